"""The tasks that are done on every road: each is a folder of real files, an ask, and what is wished."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from codex_lsp.agent.asks.ask import AskKind
from codex_lsp.agent.overlay import Diagnostic
from tests.agent.runs.material import Block, Source, blocks, package, shared_name
from tests.agent.runs.wishes import Change, Create, Delete, Move, Wish

Files = Mapping[str, Source]


@dataclass(frozen=True)
class Task:
    """`path` is asked about, its lines `[first, last)` are selected. `unsaved` are texts only the editor has.

    All files in `live` are open in the editor, the asked one too.
    """

    files: Files
    path: str
    first: int
    last: int
    wishes: tuple[Wish, ...]
    instruction: str = "Do it."
    kind: AskKind = "edit"
    diagnostics: tuple[Diagnostic, ...] = ()
    unsaved: Files = field(default_factory=dict)
    also_open: tuple[str, ...] = ()

    @property
    def texts(self) -> Files:
        """The files as the person sees them: what is unsaved, and else what is on disk."""
        return {**self.files, **self.unsaved}

    @property
    def changes(self) -> tuple[Change, ...]:
        """The wishes, if all of them are changes of files that stay; else nothing."""
        found = tuple(each for each in self.wishes if isinstance(each, Change))
        return found if len(found) == len(self.wishes) else ()

    @property
    def is_the_selection(self) -> bool:
        """Whether the selected lines are exactly what changes."""
        one = self.changes[0] if len(self.changes) == 1 else None
        return one is not None and (one.path, one.first, one.last) == (self.path, self.first, self.last)


def _task(files: Files, path: str, block: Block, *wishes: Wish, instruction: str = "Do it.") -> Task:
    return Task(files, path, block.first, block.last, wishes, instruction)


def _noted(source: Source, path: str, block: Block, note: str = "checked by hand") -> Change:
    """A comment as the first line of a function's body."""
    return Change(path, block.body, block.body, (f"{block.indent}# {note}",))


def a_line_comes(name: str, path: str, number: int) -> Task:
    """A line is put into a function."""
    files = package(name)
    block = blocks(files[path])[number]
    return _task(files, path, block, _noted(files[path], path, block))


def a_function_is_written_anew(name: str, path: str, number: int) -> Task:
    """All lines of a function's body become others, and the function is what is selected."""
    source = package(name)[path]
    block = blocks(source)[number]
    new = (
        *source.lines[block.first : block.body],
        f"{block.indent}raise NotImplementedError({block.name!r})",
    )
    return _task(package(name), path, block, Change(path, block.first, block.last, new))


def a_function_goes(name: str, path: str, number: int) -> Task:
    """A function of a module is deleted."""
    files = package(name)
    block = blocks(files[path], top=True)[number]
    return _task(files, path, block, Change(path, block.first, block.last, ()))


def two_functions_change_places(name: str, path: str) -> Task:
    """Two functions of a module, one after the other in it, change places."""
    files = package(name)
    first, second = blocks(files[path], top=True)[:2]
    lines = files[path].lines
    upper = Change(path, first.first, first.last, lines[second.first : second.last])
    lower = Change(path, second.first, second.last, lines[first.first : first.last])
    return _task(files, path, first, upper, lower)


def a_body_is_wrapped(name: str, path: str, number: int) -> Task:
    """A function's body goes into a `with` block: all of its lines are indented."""
    files = package(name)
    block = blocks(files[path])[number]
    body = files[path].lines[block.body : block.last]
    new = (f"{block.indent}with suppress(OSError):", *(f"    {line}" if line else line for line in body))
    return _task(files, path, block, Change(path, block.body, block.last, new))


def many_functions_are_noted(name: str, path: str, most: int) -> Task:
    """So many places in one file."""
    files = package(name)
    found = blocks(files[path])[:most]
    return _task(files, path, found[0], *(_noted(files[path], path, block, block.name) for block in found))


def a_name_is_changed_everywhere(name: str, least: int) -> Task:
    """A class gets another name in every file that knows it."""
    files = package(name)
    old, paths = shared_name(files, least)
    word = re.compile(rf"\b{old}\b")
    made = [
        Change(path, number, number + 1, (word.sub(f"Plain{old}", line),))
        for path in paths
        for number, line in enumerate(files[path].lines)
        if word.search(line)
    ]
    path = next(path for path in paths if f"class {old}" in files[path].text)
    at = files[path].find(f"class {old}")
    return Task(
        files, path, at, at + 1, tuple(made), f"Rename {old} to Plain{old}.", also_open=tuple(paths[:2])
    )


def files_come(name: str, path: str, *new: str) -> Task:
    """New files, and the file asked about imports them."""
    files = package(name)
    at = next(number for number, line in enumerate(files[path].lines) if line.startswith("import "))
    stem = [each.rpartition("/")[2].removesuffix(".py") for each in new]
    lines = tuple(f"import {each}" for each in stem)
    created = [Create(each, f'"""{each}."""\n\nVALUE = {number}\n') for number, each in enumerate(new)]
    return Task(files, path, at, at + 1, (*created, Change(path, at, at, lines)))


def a_file_goes(name: str, gone: str, path: str = "") -> Task:
    """A file is deleted; a comment in another one says so."""
    files = package(name)
    wishes: tuple[Wish, ...] = (Delete(gone),)
    if path:
        block = blocks(files[path])[0]
        wishes += (_noted(files[path], path, block, f"{gone} is gone"),)
    return Task(files, path or gone, 0, 1, wishes)


def a_file_moves(name: str, old: str, new: str, *, changed: bool) -> Task:
    """A file goes to another place, as it is or changed."""
    files = package(name)
    block = blocks(files[old])[-1]
    return _task(files, old, block, Move(old, new, (_noted(files[old], old, block),) if changed else ()))


def in_another_form(name: str, path: str, form: Callable[[Source], Source]) -> Task:
    """A file with other line ends, a byte order mark, or no final line end; what is not changed stays."""
    task = a_line_comes(name, path, 1)
    return replace(task, files={**task.files, path: form(task.files[path])})


def at_an_end(name: str, path: str, *, first: bool, final_end: bool = True) -> Task:
    """The very first or the very last line is changed."""
    files = package(name)
    source = files[path] if final_end else files[path].without_final_end()
    at = 0 if first else len(source.lines) - 1
    change = Change(
        path, at, at + 1, ("# on an edge", source.lines[at]) if first else (source.lines[at], "# end")
    )
    return Task({**files, path: source}, path, at, at + 1, (change,))


def text_of_all_alphabets(name: str, path: str) -> Task:
    """Lines with all kinds of characters come, and others that had some stay."""
    files = package(name)
    block = blocks(files[path])[0]
    odd = tuple(f"{block.indent}# {each}" for each in ("Größe 𝔘𝔫𝔦", "数える", "👩‍👩‍👧 e\u0301", "a\u00a0b"))
    source = files[path].put(block.body, block.body, odd)
    change = Change(path, block.body + 2, block.body + 3, (f"{block.indent}# ﬁne 🎈",))
    return Task({**files, path: source}, path, block.body, block.body + 4, (change,))


def what_is_not_saved(name: str, path: str, number: int) -> Task:
    """The editor has lines that the disk has not; the change is at one of them."""
    task = a_line_comes(name, path, number)
    block = blocks(task.files[path])[number]
    fresh = (f"{block.indent}fresh = 1", f"{block.indent}print(fresh)")
    unsaved = task.files[path].put(block.body, block.body, fresh)
    change = Change(path, block.body, block.body + 1, (f"{block.indent}fresh = 2",))
    return replace(task, unsaved={path: unsaved}, wishes=(change,), first=block.body, last=block.body + 2)


def a_problem_is_fixed(name: str, path: str, most: int) -> Task:
    """Imports that nobody uses, as a linter tells them, go."""
    files = package(name)
    source = files[path].put(1, 1, tuple(f"import unused_{number}" for number in range(most)))
    problems = tuple(
        Diagnostic(line, line, f"`unused_{line - 1}` imported but unused", "F401", "Ruff")
        for line in range(1, most + 1)
    )
    wishes = tuple(Change(path, line, line + 1, ()) for line in range(1, most + 1))
    return Task(
        {**files, path: source}, path, 1, most + 1, wishes, "Fix the problems listed.", "fix", problems
    )


def a_value_in_json(number: int) -> Task:
    """A key comes into a JSON schema of an installed package."""
    files = package("jsonschema_specifications", ".json")
    path = sorted(each for each in files if '"$id"' in files[each].text)[number]
    at = files[path].find('"$id"')
    indent = files[path].lines[at].partition('"')[0]
    change = Change(path, at, at, (f'{indent}"$comment": {json.dumps("as it is")},',))
    return Task(files, path, at, at + 1, (change,))


def another_language(name: str, suffix: str, line: str) -> Task:
    """A line comes into a file that is not Python's."""
    files = package(name, suffix)
    path = sorted(files)[0]
    at = next(
        n for n in range(len(files[path].lines) // 2, len(files[path].lines)) if not files[path].lines[n]
    )
    return Task(files, path, at, at + 1, (Change(path, at, at, (line,)),))


def in_a_long_file(name: str, path: str, part: float) -> Task:
    """A line above a class, somewhere in a file of more than ten thousand lines."""
    files = package(name)
    lines = files[path].lines
    assert len(lines) > 10_000
    at = next(n for n in range(int(len(lines) * part), len(lines)) if lines[n].startswith("class "))
    return Task(files, path, at, at + 4, (Change(path, at, at, ("# The next one.", "", "")),))


TASKS: dict[str, Callable[[], Task]] = {
    "a line, httpx": partial(a_line_comes, "httpx", "httpx/_utils.py", 0),
    "a line, in the middle": partial(a_line_comes, "httpx", "httpx/_client.py", 20),
    "a line, starlette": partial(a_line_comes, "starlette", "starlette/routing.py", 5),
    "a line, uvicorn": partial(a_line_comes, "uvicorn", "uvicorn/config.py", 3),
    "a line, in 10,000": partial(in_a_long_file, "lsprotocol", "lsprotocol/types.py", 0.7),
    "a line, yaml": partial(a_line_comes, "yaml", "yaml/scanner.py", 40),
    "anew, httpx": partial(a_function_is_written_anew, "httpx", "httpx/_decoders.py", 2),
    "anew, starlette": partial(a_function_is_written_anew, "starlette", "starlette/responses.py", 4),
    "anew, pygls": partial(a_function_is_written_anew, "pygls", "pygls/workspace/workspace.py", 6),
    "anew, platformdirs": partial(a_function_is_written_anew, "platformdirs", "platformdirs/unix.py", 3),
    "goes, httpx": partial(a_function_goes, "httpx", "httpx/_api.py", 3),
    "goes, platformdirs": partial(a_function_goes, "platformdirs", "platformdirs/__init__.py", 5),
    "goes, yaml": partial(a_function_goes, "yaml", "yaml/__init__.py", 2),
    "places, httpx": partial(two_functions_change_places, "httpx", "httpx/_models.py"),
    "places, starlette": partial(two_functions_change_places, "starlette", "starlette/_utils.py"),
    "wrapped, uvicorn": partial(a_body_is_wrapped, "uvicorn", "uvicorn/server.py", 2),
    "wrapped, pygls": partial(a_body_is_wrapped, "pygls", "pygls/uris.py", 0),
    "many, httpx": partial(many_functions_are_noted, "httpx", "httpx/_urls.py", 20),
    "many, starlette": partial(many_functions_are_noted, "starlette", "starlette/datastructures.py", 30),
    "rename, httpx": partial(a_name_is_changed_everywhere, "httpx", 5),
    "rename, starlette": partial(a_name_is_changed_everywhere, "starlette", 5),
    "rename, uvicorn": partial(a_name_is_changed_everywhere, "uvicorn", 5),
    "comes, one": partial(files_come, "httpx", "httpx/_auth.py", "httpx/_fresh.py"),
    "comes, two": partial(files_come, "pygls", "pygls/server.py", "pygls/new/one.py", "pygls/new/two.py"),
    "comes, tests": partial(files_come, "starlette", "starlette/config.py", "tests/test_config.py"),
    "goes, a file": partial(a_file_goes, "uvicorn", "uvicorn/workers.py"),
    "goes, a file that is known": partial(a_file_goes, "httpx", "httpx/_main.py", "httpx/_api.py"),
    "moves": partial(a_file_moves, "httpx", "httpx/_content.py", "httpx/body/_content.py", changed=False),
    "moves, changed": partial(a_file_moves, "yaml", "yaml/reader.py", "yaml/input.py", changed=True),
    "form, CRLF": partial(in_another_form, "httpx", "httpx/_config.py", lambda s: s.ended("\r\n")),
    "form, CR": partial(in_another_form, "httpx", "httpx/_config.py", lambda s: s.ended("\r")),
    "form, BOM": partial(in_another_form, "yaml", "yaml/nodes.py", Source.with_bom),
    "form, BOM and CRLF": partial(
        in_another_form, "uvicorn", "uvicorn/main.py", lambda s: s.ended("\r\n").with_bom()
    ),
    "form, no final end": partial(in_another_form, "yaml", "yaml/parser.py", Source.without_final_end),
    "edge, first": partial(at_an_end, "httpx", "httpx/_models.py", first=True),
    "edge, last": partial(at_an_end, "starlette", "starlette/types.py", first=False),
    "edge, last without end": partial(at_an_end, "yaml", "yaml/events.py", first=False, final_end=False),
    "alphabets": partial(text_of_all_alphabets, "starlette", "starlette/requests.py"),
    "unsaved, httpx": partial(what_is_not_saved, "httpx", "httpx/_client.py", 4),
    "unsaved, pygls": partial(what_is_not_saved, "pygls", "pygls/protocol/json_rpc.py", 3),
    "fix, one": partial(a_problem_is_fixed, "httpx", "httpx/_types.py", 1),
    "fix, all": partial(a_problem_is_fixed, "uvicorn", "uvicorn/logging.py", 5),
    "JSON": partial(a_value_in_json, 0),
    "JSON, another": partial(a_value_in_json, 2),
    "queries": partial(another_language, "tree_sitter_python", ".scm", "; on purpose"),
    "C": partial(another_language, "tree_sitter_python", ".c", "/* on purpose */"),
}
