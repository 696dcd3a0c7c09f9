"""The rule engine: one task in, one outcome out. The same task gives the same outcome, with the same ruff.

`intents` has the table of what an instruction can ask for.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from codex_lsp.records import record
from codex_lsp.services.offline import diagnostics as foreign
from codex_lsp.services.offline import docstrings, explain, fixes, layout, tree
from codex_lsp.services.offline.draft import Draft
from codex_lsp.services.offline.fixes import Report, Target
from codex_lsp.services.offline.intents import Intent, intents
from codex_lsp.services.offline.ruff import RuffFailed, Session
from codex_lsp.services.offline.source import BOM, Lines, Region, Unparsable, normalise, parse
from codex_lsp.services.offline.words import codes, count, listing, span
from codex_lsp.services.requests import Diagnostic

# Parsing holds the interpreter's lock, for up to half a second at this size; requests wait meanwhile.
MAX_CHARACTERS = 500_000
Step = Callable[[str], None]

ABILITIES = (
    "I am the offline rule engine, not a language model. For Python I can fix what ruff can fix safely, sort "
    "imports, modernise syntax, format, write docstring skeletons, and explain code from its syntax tree; "
    "ask with one of these words."
)


@record(frozen=True, slots=True)
class Task:
    """What to do: the text as the editor has it, the selected lines (zero-based, inclusive), the wish."""

    path: str
    text: str
    first: int
    last: int
    instruction: str
    diagnostics: tuple[Diagnostic, ...] = ()
    first_party: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Outcome:
    """The answer. `after` is the new text with `\\n` line ends, or None if nothing is to be changed."""

    summary: str
    after: str | None = None


@dataclass(slots=True)
class _Work:
    """One task under way. Region 0 of the draft is the selection."""

    task: Task
    session: Session
    step: Step
    draft: Draft
    sentences: list[str] = field(default_factory=list)

    def lines(self, region: int = 0) -> str:
        return span(*self.draft.lines.span(self.draft.regions[region]))

    def run_fixes(self, targets: Sequence[Target], rules: Sequence[str]) -> Report:
        """Fix at the targets by the rules, and by the codes that the targets name."""
        named = {code for target in targets for code in target.codes or ()}
        check = partial(
            self.session.check,
            rules=sorted({*rules, *named}),
            filename=_filename(self.task.path),
            first_party=self.task.first_party,
        )
        return fixes.fix(self.draft, targets, check, self.step)


def run(task: Task, session: Session, step: Step) -> Outcome:
    """Do what the task asks. `step` is told each step as it is done; raises `ruff.Cancelled`."""
    if not _is_python(task.path, task.text):
        return Outcome(
            f"{task.path} is no Python file, and the offline rule engine knows only Python. {ABILITIES}"
        )
    if len(task.text) > MAX_CHARACTERS:
        return Outcome(
            f"{task.path} is longer than {MAX_CHARACTERS:,} characters; the offline rule engine stops there."
        )
    if any("\ud800" <= character <= "\udfff" for character in task.text):
        return Outcome(f"{task.path} holds lone surrogates, which no Python file can; nothing was changed.")
    try:
        return _run(task, session, step)
    except RuffFailed as error:
        return Outcome(f"The offline rule engine could not do it: {error}. Nothing was changed.")
    except RecursionError:
        return Outcome(f"{task.path} is nested too deeply for the offline rule engine. Nothing was changed.")


def _run(task: Task, session: Session, step: Step) -> Outcome:
    text = normalise(task.text)
    lines = Lines(text)
    step(f"read {task.path} ({count(lines.count, 'line')})")
    wanted = set(intents(task.instruction))
    if not wanted and task.diagnostics:
        wanted = {"fix"}
    if not wanted:
        return Outcome(ABILITIES)
    module = parse(text)
    if "explain" in wanted:
        return _explained(task, module)
    work = _Work(task, session, step, Draft(text))
    last_line = max(0, lines.count - 1)
    work.draft.track(lines.region(min(task.first, last_line), min(task.last, last_line)))
    if isinstance(module, Unparsable):
        reason = _no_parse(task.path, module)
        work.sentences.append(f"{reason}, so only what ruff can still fix was tried.")
    _carry_out(work, wanted)
    return _outcome(work, text)


def _carry_out(work: _Work, wanted: set[Intent]) -> None:
    if wanted & {"fix", "improve"}:
        _fix(work)
    if "modernise" in wanted:
        report = work.run_fixes([Target(0, 0)], fixes.MODERN_RULES)
        _tell(work, report, "modernised", "nothing to modernise")
    if not work.draft.parsed:
        if wanted & {"imports", "docstring", "format", "improve"}:
            work.sentences.append("Imports, docstrings and layout have to wait until that is repaired.")
        return
    if wanted & {"imports", "improve"}:
        _imports(work, wanted)
    if "docstring" in wanted or (
        "fix" in wanted and any(map(foreign.wants_docstring, work.task.diagnostics))
    ):
        _docstrings(work, only_diagnosed="docstring" not in wanted)
    if wanted & {"format", "improve"}:
        _format(work)


def _fix(work: _Work) -> None:
    targets = _diagnosed(work)
    if targets:
        report = work.run_fixes(targets, fixes.FIX_RULES)
        if report.fixed or any(map(foreign.wants_docstring, work.task.diagnostics)):
            _tell(work, report, "fixed what was reported", "")
            return
        work.step("ruff: no safe fix for what was reported")
        work.sentences.append("ruff has no safe fix for what was reported.")
    report = work.run_fixes([Target(0, 0)], fixes.FIX_RULES)
    _tell(work, report, "fixed", "" if targets else "nothing to fix")


def _diagnosed(work: _Work) -> list[Target]:
    """A target for each diagnostic: at its lines, within the statement around it."""
    targets: list[Target] = []
    lines = work.draft.lines
    module = parse(work.draft.text)
    rules = work.session.ruff.rules
    for diagnostic in work.task.diagnostics:
        if diagnostic.line >= lines.count:
            continue
        first, last = diagnostic.line, min(diagnostic.end_line, lines.count - 1)
        at = work.draft.track(lines.region(first, last))
        around = None if isinstance(module, Unparsable) else tree.statement_around(module, first, last)
        within = work.draft.track(lines.region(*(around or (first, last))))
        targets.append(Target(at, within, foreign.ruff_codes(diagnostic, rules) or None))
    return targets


def _imports(work: _Work, wanted: set[Intent]) -> None:
    """Sort the import blocks that the selection touches, each as a whole.

    If it touches none: all of the file's, unless the code there is to be improved in general.
    """
    module = parse(work.draft.text)
    blocks = [] if isinstance(module, Unparsable) else tree.import_blocks(module)
    lines = work.draft.lines
    first, last = lines.span(work.draft.regions[0])
    inside = [block for block in blocks if block[0] <= last and block[1] >= first]
    if not inside and "improve" in wanted:
        return
    if not blocks:
        work.sentences.append("There are no imports in this file.")
        return
    if not inside:
        work.sentences.append("The selection holds no imports, so all of the file's were taken.")
    whole = work.draft.track(Region(0, len(work.draft.text)))
    codes_wanted = frozenset({"I001", fixes.UNUSED_IMPORT} if "unused" in wanted else {"I001"})
    targets = [
        Target(work.draft.track(lines.region(*block)), whole, codes_wanted) for block in inside or blocks
    ]
    report = work.run_fixes(targets, fixes.IMPORT_RULES)
    _tell(work, report, "sorted imports", "the imports are in order already")
    if report.fixed and any(block[0] < first or block[1] > last for block in inside):
        work.sentences.append("Imports that go on beyond the selection were taken as a whole.")


def _docstrings(work: _Work, *, only_diagnosed: bool) -> None:
    module = parse(work.draft.text)
    if isinstance(module, Unparsable):
        return
    if work.task.path.endswith(".pyi"):
        work.sentences.append("Stub files carry no docstrings, so none were written.")
        return
    places = [work.draft.lines.span(work.draft.regions[0])]
    if only_diagnosed:
        places = [
            (item.line, item.end_line) for item in work.task.diagnostics if foreign.wants_docstring(item)
        ]
    found = [node for first, last in places for node in tree.selected(module, first, last)]
    made = docstrings.skeletons(work.draft.text, list(dict.fromkeys(found)), module)
    if not made:
        work.sentences.append("No function or class there lacks a docstring.")
        return
    names = listing(f"`{skeleton.name}`" for skeleton in made)
    work.step(f"docstrings: {count(len(made), 'skeleton')} for {names.replace('`', '')}")
    work.draft.apply([skeleton.edit for skeleton in made])
    work.sentences.append(
        f"Wrote {count(len(made), 'docstring skeleton')}: {names}; they tell names and types, not meaning."
    )


def _format(work: _Work) -> None:
    formatter = partial(work.session.format, filename=_filename(work.task.path))
    lines = work.lines()
    made, left_out = layout.format_region(work.draft, 0, formatter)
    if made:
        work.step(f"format {lines}")
        work.sentences.append(f"Formatted {lines}.")
    if left_out:
        work.sentences.append(
            f"{count(left_out, 'change')} of layout left out: outside the selection, or a form feed would go."
        )
    if not made and not left_out:
        work.step(f"format {lines}: nothing to change")


def _tell(work: _Work, report: Report, done: str, nothing: str) -> None:
    if report.fixed:
        fixes_made = count(report.count(), "safe fix", "safe fixes")
        work.sentences.append(f"{done.capitalize()}: {fixes_made} by ruff ({codes(report.fixed)}).")
    elif nothing:
        work.step(f"ruff: {nothing}")
    if report.outside:
        work.sentences.append(
            f"Left out, since they reach outside the selection: {listing(sorted(report.outside))}."
        )
    if report.broken:
        work.sentences.append(
            f"Left out, since the file would no longer parse: {listing(sorted(report.broken))}."
        )


def _outcome(work: _Work, before: str) -> Outcome:
    after = work.draft.text
    if before and not before.endswith("\n"):
        after = after.rstrip("\n")
    elif after and not after.endswith("\n"):
        after += "\n"
    said = " ".join(work.sentences)
    if after == before:
        nothing = f"The offline rule engine found nothing to change in {work.lines()} of {work.task.path}."
        return Outcome(f"{nothing} {said}".strip())
    mark = BOM if after and work.task.text.startswith(BOM) else ""
    return Outcome(f"The offline rule engine changed {work.task.path}. {said}".strip(), mark + after)


def _explained(task: Task, module: ast.Module | Unparsable) -> Outcome:
    if isinstance(module, Unparsable):
        return Outcome(f"{_no_parse(task.path, module)}.")
    return Outcome(explain.explain(module, task.path, task.first, task.last))


def _no_parse(path: str, problem: Unparsable) -> str:
    where = f"line {problem.line} of {path}" if problem.line else path
    return f"There is a syntax error in {where} ({problem.reason})"


def _is_python(path: str, text: str) -> bool:
    name = PurePosixPath(path).name.lower()
    if name.endswith((".py", ".pyi", ".pyw")):
        return True
    first = text.removeprefix(BOM).split("\n", 1)[0]
    return "." not in name.lstrip(".") and first.startswith("#!") and "python" in first


def _filename(path: str) -> str:
    """A name for ruff that says what kind of file it is and nothing else: paths stay off its command line."""
    name = PurePosixPath(path).name
    if name.endswith(".pyi"):
        return "module.pyi"
    return name if name in {"__init__.py", "__main__.py", "conftest.py"} else "module.py"
