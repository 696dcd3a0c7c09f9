"""docs/PROTOCOL.md lists what there is: what commands read and answer, refusals, events, the environment."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from codex_lsp.agent.limits import StopReason
from codex_lsp.endpoint.config import VARIABLES
from codex_lsp.endpoint.errors import Off, Unconfigured
from codex_lsp.lsp.commands.table import COMMANDS
from codex_lsp.lsp.delivery.deliver import Delivered
from codex_lsp.traces.telling import settle
from tests.documents.reading import ROOT, read, section
from tests.support.client_sessions import TEXT, agent
from tests.support.editor import ResponseError
from tests.support.serving import serving

PROTOCOL = read("docs/PROTOCOL.md")
ROWS = {
    name: (arguments, result)
    for name, arguments, result in re.findall(r"^\| `(codexLsp\.\w+)` \| (.*) \| (.*) \|$", PROTOCOL, re.M)
}
FOLDER = ROOT / "codex_lsp" / "lsp" / "commands"
EMPTY = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
ASKED = {"range": EMPTY, "instruction": "Make it ten.", "name": "tidy"}


def members(cell: str) -> list[set[str]]:
    """The objects of a cell, by their members."""
    parts = [re.sub(r"\[.*?\]", "", inner).split(",") for inner in re.findall(r"`\{(.*?)\}`", cell)]
    named = [[part.split(":")[0].strip() for part in each] for each in parts]
    return [{one.rstrip("?") for name in names for one in name.split(" or ") if one} for names in named]


def test_every_command_has_its_row() -> None:
    assert list(ROWS) == sorted(COMMANDS, key=lambda name: PROTOCOL.index(f"| `{name}` |"))


class Reader:
    """What the functions of a command read of its arguments, by their sources."""

    def __init__(self) -> None:
        modules = {file.stem: ast.parse(file.read_text(encoding="utf-8")) for file in FOLDER.glob("*.py")}
        self.functions = {
            (module, each.name): each
            for module, tree in modules.items()
            for each in tree.body
            if isinstance(each, ast.FunctionDef)
        }
        self.by_name = {key[1]: key for key, each in self.functions.items() if "arguments" in _takes(each)}

    def of(self, module: str, name: str) -> set[str]:
        """All members that this handler may look at."""
        found: set[str] = set()
        for call in (each for each in ast.walk(self.functions[module, name]) if isinstance(each, ast.Call)):
            called = call.func.id if isinstance(call.func, ast.Name) else ""
            said = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
            if (
                isinstance(call.func, ast.Attribute)
                and call.func.attr == "get"
                and _is_arguments(call.func.value)
            ):
                found.add(said[0])
            elif not any(map(_is_arguments, call.args)):
                continue
            elif called in ("string", "optional", "decoded"):
                found.add(said[0])
            elif called == "wished":
                found.add("apply")
            else:
                key = (module, called) if (module, called) in self.functions else self.by_name[called]
                found |= self.of(*key)
        return found


def _takes(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in function.args.args]


def _is_arguments(node: ast.expr) -> bool:
    # `whole` are the arguments with a range.
    return isinstance(node, ast.Name) and node.id in ("arguments", "whole")


@pytest.mark.parametrize("command", ROWS)
def test_the_arguments_are_those_that_are_read(command: str) -> None:
    handler: Any = COMMANDS[command]
    told = set().union(*members(ROWS[command][0]))
    assert told == Reader().of(handler.__module__.rpartition(".")[2], handler.__name__)


@pytest.mark.parametrize("command", ROWS)
async def test_what_may_be_missing_may_be_missing(command: str, tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        if "`{}`" in ROWS[command][0]:
            assert isinstance(await editor.execute(command, {}), dict)
        else:
            with pytest.raises(ResponseError, match=r"must (be|not)"):
                await editor.execute(command, {})


async def test_the_answers_are_those_of_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ROWS}
    async with serving(agent(), tmp_path, initialization_options={"apply": "review"}) as (editor, _):
        uri = (await editor.open("m.py", f"{TEXT}# AI! do it\n")).uri

        async def do(command: str, **arguments: Any) -> dict[str, Any]:
            answer = await editor.execute(f"codexLsp.{command}", arguments)
            found[f"codexLsp.{command}"].append(answer)
            return dict(answer)

        run = (await do("ask", uri=uri, **ASKED))["run"]
        await editor.wait_for_progress_end()
        for command in ("showDiff", "accept", "confirm", "reject"):
            await do(command, proposal=run, path="m.py")
        for command in ("fix", "explain", "askReady", "askComments", "showPrompt", "jump"):
            await do(command, uri=uri, reach="file", **ASKED)
        await do("refine", run=run, instruction="Again.")
        for command in ("undo", "offer", "cancel", "status", "runs"):
            await do(command)
        # It is on record by then.
        await asyncio.to_thread(settle)
        await do("runs", run=run)
    for command, (_, told) in ROWS.items():
        shapes = members(told) or [set(re.findall(r"\w+", _status()))]
        answered = [set(each) for each in found[command]]
        assert answered
        assert all(each in shapes for each in answered), (command, answered, shapes)
        assert len({frozenset(each) for each in answered}) == len(shapes), (command, answered)


def _status() -> str:
    (told,) = re.findall(r"\*\*`status`\*\* is `\{(.*?)\}`", PROTOCOL, re.S)
    return str(told)


def test_every_refusal_of_a_run_is_told() -> None:
    (told,) = re.findall(r"Codes: (.*?)\.\n", PROTOCOL, re.S)
    said = r"\bRefused\(\s*\"(\w+)\"|\brefused\(session, \"(\w+)\"|\"code\": \"(\w+)\""
    sources = "".join(file.read_text(encoding="utf-8") for file in FOLDER.glob("*.py"))
    made = {code for codes in re.findall(said, sources) for code in codes if code}
    assert set(re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", told, flags=re.S))) == made | {
        Off.code,
        Unconfigured.code,
    }


async def test_the_events_are_those_that_are_told(tmp_path: Path) -> None:
    told = section("docs/PROTOCOL.md", "## Events").partition("A run ends at")[0]
    members_of = {
        state: {"run", "state", *re.findall(r"`(\w+)`", inner)}
        for state, inner in re.findall(r"`(started|step|text)`\s+\(([^)]*)\)", told)
    }
    options = {"apply": "review", "events": True}
    async with serving(agent(), tmp_path, initialization_options=options) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        await editor.execute("codexLsp.ask", {"uri": uri, **ASKED})
        await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        events = [params for method, params in editor.notifications if method == "codexLsp/run"]
    *before, last = events
    assert set(members_of) == {each["state"] for each in before}
    assert all(set(each) == members_of[each["state"]] for each in before)
    assert set(last) == {"run", "state", "ended", "text", "usage", "reason"}
    assert all(f"`{name}`" in told or f"`{name}:" in told or name in ("run", "state") for name in last)
    ended = told.partition("`ended: true`")[2].partition("The last one")[0]
    states = {*get_args(get_type_hints(Delivered)["status"]), "answered", "failed", "cancelled"}
    assert {
        name for name in re.findall(r"`(\w+)`", ended) if name not in ("text", "code", "budget")
    } == states


def test_every_stop_reason_is_told() -> None:
    (told,) = re.findall(r"`reason`: (.*?); and", PROTOCOL, re.S)
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(get_args(StopReason))


def test_every_variable_is_told() -> None:
    told = set(
        re.findall(r"`((?:LITELLM_ENABLE|CODEX_AGENT)_\w+)`", section("docs/PROTOCOL.md", "## Environment"))
    )
    assert told == set(VARIABLES)
