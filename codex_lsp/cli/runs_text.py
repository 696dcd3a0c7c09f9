"""Runs on record as text for a terminal: a table of them, and one of them step by step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TextIO

from codex_lsp.cli.term import coloured_diff, style, visible
from codex_lsp.review.unified import unified_diff
from codex_lsp.traces.record import Summary
from codex_lsp.traces.story import Call, Story, Turn

_HEAD = ("RUN", "WHEN (UTC)", "TOOK", "TOKENS", "COST", "ENDED", "WHAT")
_RIGHT = (2, 3, 4)
_WHAT = 60
_RESULT = 3
_COLOURS = {"finished": "", "answered": "", "failed": "red"}


def table(summaries: Sequence[Summary], stream: TextIO) -> Iterator[str]:
    """A line for each run, below a head; nothing if there is none."""
    if not summaries:
        return
    rows = [_HEAD, *map(_row, summaries)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column in _RIGHT else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        line = "  ".join(cells).rstrip()
        colour = "bold" if number == 0 else _COLOURS.get(row[5], "yellow")
        yield style(line, colour, stream) if colour else line


def _row(summary: Summary) -> tuple[str, ...]:
    what = visible(" ".join(summary.instruction.split())) or summary.kind
    return (
        summary.run,
        summary.at.replace("T", " ").rstrip("Z"),
        "" if summary.seconds is None else f"{summary.seconds:.1f} s",
        f"{summary.tokens:,}" if summary.tokens else "",
        "" if summary.cost is None else f"${summary.cost:.4f}",
        summary.reason,
        f"{what[:_WHAT]}{'…' if len(what) > _WHAT else ''}  ({visible(summary.path)})",
    )


def story_lines(story: Story, stream: TextIO) -> Iterator[str]:
    """A run from its ask to its proposal, each line with its end; diffs as `coloured_diff` has them."""
    yield from _head(story, stream)
    notes = list(story.notes)
    for turn in story.turns:
        while notes and notes[0][0] <= turn.asked:
            yield _at(notes[0][0], style(visible(notes.pop(0)[1]), "dim", stream))
        yield from _turn(turn, stream)
    for at, note in notes:
        yield _at(at, style(visible(note), "dim", stream))
    for at, event in story.verifications:
        yield _at(at, f"check {event['status']}: {visible(str(event['note']))}")
    end = story.record.end
    if end is not None:
        yield _at(float(end["t"]), f"{style(end['reason'], 'bold', stream)}: {visible(str(end['message']))}")
    if story.proposal:
        yield f"\n{style('The proposal', 'bold', stream)}\n"
        yield coloured_diff(unified_diff(story.proposal), stream)
    if story.is_damaged or story.record.is_cut:
        yield style("Some of it was too long to be recorded, or is damaged.\n", "yellow", stream)


def _head(story: Story, stream: TextIO) -> Iterator[str]:
    summary, start = story.record.summary, story.record.start
    when = datetime.strptime(summary.at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    run = style(visible(summary.run), "bold", stream)
    yield f"{run}  {when:%Y-%m-%d %H:%M:%S} UTC, codex-lsp {visible(str(start['version']))}\n"
    yield f"  {visible(' '.join(summary.instruction.split()))}  ({summary.kind}, {visible(summary.path)})\n"
    cost = "" if summary.cost is None else f", ${summary.cost:.4f}"
    counts = f"{len(story.turns)} turns, {len(story.calls)} tool calls, {summary.tokens or 0:,} tokens{cost}"
    yield f"  {visible(story.model) or 'no model'}: {counts}, {story.seconds:.1f} s\n\n"


def _turn(turn: Turn, stream: TextIO) -> Iterator[str]:
    messages, tools = len(turn.request["messages"]), len(turn.request["tools"])
    new = "message" if messages == 1 else "messages"
    yield _at(turn.asked, f"turn {turn.number}: {messages} new {new}, {tools} tools")
    if turn.error is not None:
        yield _at(turn.replied, style(visible(str(turn.error["message"])), "red", stream))
    if turn.reply is not None:
        tokens = turn.usage.get("total_tokens", 0)
        took = (turn.replied or turn.asked) - turn.asked
        yield _at(turn.replied, f"reply after {took:.1f} s" + (f", {tokens:,} tokens" if tokens else ""))
        yield from _indented(str(turn.reply["content"]))
    for call in turn.calls:
        yield from _call(call, stream)
    if turn.changes:
        yield coloured_diff(unified_diff(turn.changes), stream)


def _call(call: Call, stream: TextIO) -> Iterator[str]:
    yield _at(call.begun, f"  {style(visible(call.name), 'cyan', stream)} {visible(call.title)}".rstrip())
    if call.problem:
        yield from (style(line, "yellow", stream) for line in _indented(call.text))
    elif not call.changes:
        lines = call.text.split("\n")
        yield from _indented("\n".join(lines[:_RESULT]))
        if len(lines) > _RESULT:
            yield f"{'':12}… {len(lines) - _RESULT} more lines\n"
    if call.changes:
        yield coloured_diff(unified_diff(call.changes), stream)


def _indented(text: str) -> Iterator[str]:
    for line in text.strip().split("\n"):
        if line.strip():
            yield f"{'':12}{visible(line)}\n"


def _at(seconds: float | None, text: str) -> str:
    return f"{seconds or 0.0:8.2f} s  {text}\n"
