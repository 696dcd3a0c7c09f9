"""From comments that ask to an ask: its words, and the place that they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codex_lsp.agent.asks.ask import Ask, Marked
from codex_lsp.agent.asks.comments import AskComment
from codex_lsp.agent.overlay import Snapshot
from codex_lsp.edits import Focus
from codex_lsp.syntax.landmarks import Landmarks

Asked = Mapping[str, Sequence[AskComment]]
"""The comments by path, all of one kind and at least one."""


def ask_of(path: str, files: Mapping[str, Snapshot], asked: Asked) -> Ask:
    """The ask for all these comments; its place is in `path` if any of them is, else in the first file."""
    path = path if asked.get(path) else next(iter(asked))
    marks = Landmarks(path, files[path].text, files[path].language)
    places = [place(marks, each) for each in asked[path]]
    focus = Focus(path, min(start for start, _ in places), max(end for _, end in places))
    found = [(name, each) for name, comments in asked.items() for each in comments]
    if found[0][1].kind == "explain":
        return Ask("\n".join(each.words for _, each in found), focus, "explain")
    marked = tuple(Marked(name, each.line, each.words) for name, each in found)
    return Ask(_instruction(found), focus, comments=marked)


def place(marks: Landmarks, comment: AskComment) -> tuple[int, int]:
    """The offsets of what a comment is about, and the comment itself.

    That is the definition right below it, or the one that it stands in, or the lines down to an empty one.
    """
    index = marks.index
    first = index.line_at(comment.start)
    alone = index.start(first) == comment.start or not index.text[index.start(first) : comment.start].strip()
    below = comment.end_line
    while below < index.line_count and not index.line(below).strip():
        below += 1
    if alone and below < index.line_count:
        for symbol in marks.enclosing((below, below + 1)):
            if symbol.start == below:
                return index.start(first), index.start(symbol.end)
    for symbol in marks.enclosing((first, comment.end_line)):
        return index.start(symbol.start), index.start(symbol.end)
    last = comment.end_line
    while alone and last < index.line_count and index.line(last).strip():
        last += 1
    return index.start(first), index.start(last)


def _instruction(found: Sequence[tuple[str, AskComment]]) -> str:
    if len(found) == 1:
        (_, comment) = found[0]
        return f"{comment.words}\nThe AI! comment at line {comment.line + 1} says so. Remove that comment."
    lines = ["Do what each of these AI! comments says, in all of these files, and remove each of them:"]
    for name, comment in found:
        lines.append(f"- {name}, line {comment.line + 1}: {' '.join(comment.words.split())}")
    return "\n".join(lines)
