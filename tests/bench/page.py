"""docs/BENCHMARKS.md and its picture: what stands between marks is made from the records alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tests.bench.headlines import HEADLINES
from tests.bench.outcome import HEAD, Outcome, Spread, row, short
from tests.bench.plot import draw
from tests.bench.records import DOCS, Record, read, sentence

PAGE = DOCS / "BENCHMARKS.md"
PICTURE = DOCS / "images" / "benchmarks.svg"
# In the order in which they are measured and told.
SUITES = ("edits", "server", "router", "agent", "review", "stack", "cli")
_PART = re.compile(r"(<!-- made: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
TOOLS = {
    "ask": "`codex-lsp ask`, with an editor's worker",
    "ask_cold": "`codex-lsp ask`, without",
    "floor": "Python's standard library",
    "llm": "llm",
    "aider": "Aider",
    "codex": "Codex CLI",
}


def write() -> None:
    """Make page and picture anew."""
    records = read(SUITES)
    PAGE.write_text(made(PAGE.read_text("utf-8"), records), "utf-8")
    PICTURE.write_text(draw(records), "utf-8")


def made(page: str, records: Mapping[str, Record]) -> str:
    """The page with its parts made anew; a part whose suite has no record is left as it is."""

    def part(found: re.Match[str]) -> str:
        begin, name, end = found.groups()
        if name == "summary":
            return f"{begin}{_summary(records)}\n{end}"
        return f"{begin}{_suite(records[name])}\n{end}" if name in records else found[0]

    return _PART.sub(part, page)


def _summary(records: Mapping[str, Record]) -> str:
    rows = []
    for headline in HEADLINES:
        if outcome := headline.outcome(records):
            rows.append(row(headline.words, outcome))
    return "\n".join([_score(records), "", HEAD, *rows])


def _score(records: Mapping[str, Record]) -> str:
    """How many targets there are, and which are missed."""
    met = {
        f"`{name}.{each.what}`": each.met()
        for name, record in records.items()
        for each in record.outcomes
        if each.met() is not None
    }
    missed = [name for name, reached in met.items() if not reached]
    figures = sum(len(record.outcomes) for record in records.values())
    end = f"Missed: {', '.join(missed)}." if missed else "None is missed."
    return f"{figures} figures, {len(met)} of them with a target; {len(met) - len(missed)} reach it. {end}"


def _suite(record: Record) -> str:
    rounds = f"{record.rounds} round{'s' if record.rounds > 1 else ''}"
    said = f"{record.date}, commit {record.commit}, {rounds} in {max(1, round(record.seconds / 60))} min."
    parts = [f"{said} {sentence(record.machine)}.", ""]
    rest = list(record.outcomes)
    if record.suite == "cli":
        tools = [each for each in rest if each.find("floor")]
        parts += [*_tools(tools, record.machine.get("tools", {})), ""]
        rest = [each for each in rest if each not in tools or each.met() is not None]
    return "\n".join([*parts, HEAD, *(row(f"`{each.what}`", each) for each in rest)])


def _tools(outcomes: Sequence[Outcome], versions: Mapping[str, str]) -> list[str]:
    """A line for each tool."""
    units = {"mib": ", MiB", "kib": ", KiB", "s": ", s", "count": ""}
    heads = [f"`{each.what}`{units[each.unit]}" for each in outcomes]
    lines = [f"| tool | {' | '.join(heads)} |", "|---|" + "--:|" * len(heads)]
    for name, tool in TOOLS.items():
        words = f"{tool} {versions[name]}" if name in versions else tool
        if why := outcomes[0].missing.get(name):
            lines.append(f"| {words} | not measured: {why} |" + " |" * (len(heads) - 1))
        else:
            lines.append(f"| {words} | {' | '.join(_cell(each, name) for each in outcomes)} |")
    return lines


def _cell(outcome: Outcome, name: str) -> str:
    beside = outcome.find(name)
    found: Spread | None = beside.value if beside else outcome.ours if name == "ask" else None
    if found is None:
        return "?"
    return short(found.median) if outcome.unit in ("kib", "count") else str(found)
