"""What an attack is: a row that says who does what, and what must not come of it.

Texts of a row may name what is only known when it is played: `@OWN@` (the file that is asked about), `@MARK@`
(a word of this row alone), `@ROOT@`, `@OUT@` and `@HOME@` (folders), `@TRIP@` (an address where nobody may
ever come), `@SECRET@` (what stands in the files that nobody may read).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.endpoint import Answer, Raw, Step, call

OWN, MARK = "@OWN@", "@MARK@"
FAMILIES = (
    "config", "paths", "exfiltration", "invisible", "tools", "resources", "injection", "repository", "http",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One attack, or, as a `twin`, something harmless that looks like one and has to work.

    `stage` is where it is played. `family` is one of `FAMILIES`.
    """

    name: str
    family: str
    stage: str
    twin: bool = False


@dataclass(frozen=True)
class Ask(Case):
    """An ask in an editor, and what the model says to it, step by step; then it says that it is done.

    `text` is the file asked about, at `path` or a path of its own; `files` are there from the beginning, and
    `others` open. Of an attack nothing changes, unless `own` allows its own file or `may` others, no request
    holds a text of `untold` or any canary, and a line of `fenced` stands in fences only. Of a twin `changes`
    are texts that files hold afterwards, `gone` paths that are there no more, `told` texts that one of the
    later requests holds, and `said` a text that the answer has. `confirms` are the files that the person
    confirms one by one, after taking all else.
    """

    says: tuple[Step, ...] = ()
    text: str = "first = 1\nsecond = 2\nthird = 3\n"
    path: str = ""
    kind: str = "ask"
    diagnostics: tuple[Mapping[str, Any], ...] = ()
    instruction: str = "change it"
    changes: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    said: str = ""
    untold: tuple[str, ...] = ()
    fenced: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    own: bool = False
    may: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a case: `why` it is a breach, or a twin that failed; "" if all is well."""

    case: Case
    why: str = ""
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the attack did nothing, or the twin worked."""
        return not self.why


def tool(name: str, /, **arguments: Any) -> Answer:
    """A turn in which the model calls one tool."""
    return calls(call("c1", name, json.dumps(arguments)))


def calls(*made: Mapping[str, Any]) -> Answer:
    """A turn in which the model makes these calls."""
    return Answer(tool_calls=made, finish_reason="tool_calls", piece=4_000)


def words(text: str) -> Answer:
    """A turn in which the model just speaks."""
    return Answer(text, piece=4_000)


def patch(*lines: str) -> str:
    """Lines between the marks of a patch."""
    return "\n".join(("*** Begin Patch", *lines, "*** End Patch"))


def add(path: str, *lines: str) -> str:
    """A patch that makes a file."""
    return patch(f"*** Add File: {path}", *(f"+{line}" for line in lines))


def filled(step: Step, values: Mapping[str, str]) -> Step:
    """The step with the values in the places of their names."""
    if isinstance(step, Raw):
        headers = {name: fill(value, values) for name, value in step.headers.items()}
        return replace(
            step, headers=headers, body=fill(step.body.decode("latin-1"), values).encode("latin-1")
        )
    made = json.loads(fill(json.dumps(list(step.tool_calls)), values, quoted=True))
    return replace(step, text=fill(step.text, values), tool_calls=tuple(made))


def fill(text: str, values: Mapping[str, str], *, quoted: bool = False) -> str:
    """The text with the values in it; `quoted` for values that stand in JSON within JSON."""
    for name, value in values.items():
        if name in text:
            text = text.replace(name, json.dumps(json.dumps(value)[1:-1])[1:-1] if quoted else value)
    return text


def edited(name: str, content: str, *, road: int = 0, old: str = "") -> tuple[str, Step]:
    """A file made, or `old` in it replaced, in one of the ways of models; the way's name, and the turn."""
    ways = tuple(_NEW if not old else _CHANGED)
    way = ways[road % len(ways)]
    return way, (_NEW if not old else _CHANGED)[way](name, old, content)


def _fence(text: str) -> str:
    return f"```\n{text}\n```"


def _search(path: str, old: str, new: str) -> str:
    return "\n".join((path, "<<<<<<< SEARCH", *([old] if old else []), "=======", new, ">>>>>>> REPLACE"))


def _diff(path: str, old: str, new: str) -> str:
    head = f"--- {'a/' + path if old else '/dev/null'}\n+++ b/{path}\n"
    lines = [f"-{line}" for line in _split(old)] + [f"+{line}" for line in _split(new)]
    counts = f"-{'1' if old else '0'},{len(_split(old))} +1,{len(_split(new))}"
    return head + f"@@ {counts} @@\n" + "\n".join(lines) + "\n"


def _split(text: str) -> list[str]:
    """Lines of no other ends than line feeds."""
    return text.split("\n") if text else []


def _lines(mark: str, text: str) -> list[str]:
    return [mark + line for line in _split(text)]


_NEW = {
    "by tool": lambda path, old, new: tool("edit", patch=add(path, *_split(new))),
    "by patch": lambda path, old, new: words(add(path, *_split(new))),
    "by blocks": lambda path, old, new: words(_search(path, "", new)),
    "by diff": lambda path, old, new: words(_diff(path, "", new)),
    "by file": lambda path, old, new: words(f"{path}\n{_fence(new)}\n"),
    "by json": lambda path, old, new: words(json.dumps({"file_path": path, "content": new + "\n"})),
}
_CHANGED = {
    "by tool": lambda path, old, new: tool("edit", path=path, old=old, new=new),
    "by patch": lambda path, old, new: words(
        patch(f"*** Update File: {path}", "@@", *_lines("-", old), *_lines("+", new))
    ),
    "by blocks": lambda path, old, new: words(_search(path, old, new)),
    "by diff": lambda path, old, new: words(_diff(path, old, new)),
    "by json": lambda path, old, new: words(
        json.dumps({"file_path": path, "old_string": old, "new_string": new})
    ),
    "by tool's patch": lambda path, old, new: tool(
        "edit", patch=patch(f"*** Update File: {path}", "@@", *_lines("-", old), *_lines("+", new))
    ),
}


def unique(cases: Sequence[Case]) -> list[Case]:
    """The cases, after a look that no two have one name in one family."""
    names = [(case.family, case.name) for case in cases]
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    assert not twice, f"two cases of one name: {sorted(twice)}"
    return list(cases)
