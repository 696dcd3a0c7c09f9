"""Secrets stay at home and hidden characters are seen: what a run sends, and what becomes of the reply."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.context.preview import preview
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import ModelInfo, Reply, Request, ScriptedModel, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Outcome, execute
from codex_lsp.agent.veil import Veil
from codex_lsp.edits import EditError, Focus

TOKEN = "ghp_" + "a1B2c3D4e5" * 4
TEXT = f'TOKEN = "{TOKEN}"\n\n\ndef one():\n    return 1\n'
AGENT = ModelInfo("agent", "llm", "scripted")
PLACEHOLDER = "SECRET_github_token_1_"


async def run(
    text: str, *replies: Reply, info: ModelInfo | None = None, instruction: str = "do it", **others: str
) -> tuple[Outcome, ScriptedModel]:
    model = ScriptedModel(replies, info)
    files = {"m.py": text, **others}
    overlay = Overlay({path: Snapshot(path, each) for path, each in files.items()})
    ask = Ask(instruction, Focus("m.py", 0, len(text)))
    limits = Limits(repairs=0)
    return await execute(ask, overlay, model, run_id="r", limits=limits), model


def patch(*lines: str) -> str:
    return "\n".join(("Done.", "*** Begin Patch", *lines, "*** End Patch"))


def sent(model: ScriptedModel) -> str:
    return json.dumps([[list(each.messages), each.workspace] for each in model.requests], ensure_ascii=False)


def proposed(outcome: Outcome) -> dict[str, str | None]:
    assert outcome.proposal is not None
    return {change.path: change.proposed for change in outcome.proposal.changes}


async def test_a_secret_is_not_sent_and_an_edit_beside_it_keeps_it() -> None:
    reply = patch(
        "*** Update File: m.py", "@@", f'-TOKEN = "{PLACEHOLDER}"', f'+TOKEN = "{PLACEHOLDER}"  # old'
    )
    outcome, model = await run(TEXT, Reply(reply))
    assert TOKEN not in sent(model)
    assert PLACEHOLDER in sent(model)
    assert proposed(outcome) == {"m.py": TEXT.replace('"\n', '"  # old\n', 1)}


async def test_the_same_from_tools_and_in_their_arguments() -> None:
    edit = {"path": "m.py", "old": f'"{PLACEHOLDER}"', "new": f'str("{PLACEHOLDER}")'}
    outcome, model = await run(
        TEXT,
        Reply(tool_calls=(ToolCall("1", "read_file", '{"path": "m.py"}'),)),
        Reply(tool_calls=(ToolCall("2", "edit", json.dumps(edit)),)),
        Reply(tool_calls=(ToolCall("3", "finish", '{"summary": "Done."}'),)),
    )
    assert TOKEN not in sent(model)
    assert proposed(outcome) == {"m.py": TEXT.replace(f'"{TOKEN}"', f'str("{TOKEN}")')}


async def test_an_agent_gets_the_workspace_without_it_and_the_place_is_right() -> None:
    line = f'TOKEN = "{TOKEN}"; x = 1\n'
    model = ScriptedModel(
        [Reply(patch("*** Update File: m.py", "@@", f'-TOKEN = "{PLACEHOLDER}"; x = 1', "+x = 1"))], AGENT
    )
    overlay = Overlay({"m.py": Snapshot("m.py", line)})
    outcome = await execute(
        Ask("drop it", Focus("m.py", line.index("x"), len(line) - 1)), overlay, model, run_id="r"
    )
    workspace: Any = model.requests[0].workspace
    (file,) = workspace["files"]
    assert file["text"] == line.replace(TOKEN, PLACEHOLDER)
    start = workspace["focus"]["start"]
    assert file["text"][start["character"] :].startswith("x = 1")
    assert proposed(outcome) == {"m.py": "x = 1\n"}


async def test_a_secret_is_carried_nowhere_else() -> None:
    reply = patch("*** Add File: public.py", f'+TOKEN = "{PLACEHOLDER}"')
    with pytest.raises(EditError, match=r"public\.py.*a secret here that stands elsewhere"):
        await run(TEXT, Reply(reply))


async def test_what_the_person_gave_may_go_where_they_want_it() -> None:
    reply = patch("*** Add File: local.py", f'+TOKEN = "{PLACEHOLDER}"')
    outcome, model = await run("x = 1\n", Reply(reply), instruction=f"put {TOKEN} into local.py")
    assert TOKEN not in sent(model)
    assert proposed(outcome) == {"local.py": f'TOKEN = "{TOKEN}"\n'}


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\U000e0041", "\x1b"])
async def test_what_nobody_sees_is_shown_to_the_model_and_kept(hidden: str) -> None:
    text = f"name = 'a{hidden}b'\nother = 1\n"
    shown = f"a<U+{ord(hidden):04X}>b"
    reply = patch("*** Update File: m.py", "@@", f" name = '{shown}'", "-other = 1", "+other = 2")
    outcome, model = await run(text, Reply(reply))
    assert hidden not in sent(model)
    assert shown in sent(model)
    assert proposed(outcome) == {"m.py": text.replace("1", "2")}


@pytest.mark.parametrize("hidden", ["\u200b", "\u202e", "\U000e0041", "\x1b"])
async def test_an_edit_that_adds_it_is_refused_and_the_model_is_told(hidden: str) -> None:
    bad = patch("*** Update File: m.py", "@@", "-    return 1", f"+    return 1{hidden}")
    with pytest.raises(EditError, match=r"m\.py: the edit adds characters that nobody sees \(U\+"):
        await run(TEXT, Reply(bad))
    with pytest.raises(EditError, match="nobody sees"):
        await run(TEXT, Reply(patch("*** Add File: new.py", f"+x = 1{hidden}")))


@pytest.mark.parametrize("needed", ["👩‍👩‍👧", "❤️", "می‌خواهم", "葛\U000e0100"])
async def test_what_a_script_needs_is_no_reason(needed: str) -> None:
    good = patch("*** Update File: m.py", "@@", "-    return 1", f'+    return "{needed}"')
    outcome, _ = await run(TEXT, Reply(good))
    assert proposed(outcome) == {"m.py": TEXT.replace("return 1", f'return "{needed}"')}


def test_what_would_be_sent_is_shown_as_it_would_be_sent() -> None:
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)})
    _, request = preview(Ask("do it", Focus("m.py", 0, len(TEXT))), overlay)
    assert TOKEN not in json.dumps(list(request.messages))
    assert PLACEHOLDER in json.dumps(list(request.messages))


def test_arguments_stay_json_whatever_comes_back() -> None:
    veil = Veil()
    veil.cover(Request(({"role": "user", "content": 'postgres://me:pa\\ss"w@host and \u202e'},)))
    shown = json.dumps({"text": "<U+202E>"})
    reply = veil.uncover(Reply(tool_calls=(ToolCall("1", "edit", shown),)))
    assert json.loads(reply.tool_calls[0].arguments) == {"text": "\u202e"}
