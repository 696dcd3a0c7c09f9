"""A short run of the sessions, and proof that their judge sees what is wrong."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.faults import report, suite_session
from tests.faults.__main__ import main
from tests.faults.clock import Loop
from tests.faults.editors import Manner, PlayedEditor
from tests.faults.endpoints import good, marker
from tests.faults.inprocess import InProcess
from tests.faults.oracle import Errand, Kind, Oracle
from tests.faults.play import Play
from tests.faults.session import run_session
from tests.faults.texts import Change, Maker, beside
from tests.support.editor import Options

TEXT = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"
CHANGES = (
    Change("b.txt", ("two",), ("two", "k1f0h0"), ("one\n", "two\n", "three\n")),
    Change("b.txt", ("six",), ("six  k1f0h1",), ("five\n", "six\n", "seven\n")),
)

Said = list[tuple[Kind, str]]


def staged(
    root: Path,
    scene: Callable[[Play], Awaitable[None]],
    editor: type[PlayedEditor] = PlayedEditor,
    **more: Any,
) -> Said:
    """What the judge says of a scene that is played on the real server."""
    said: Said = []

    async def play() -> None:
        oracle = Oracle(lambda kind, text: said.append((kind, text)))
        options = {"root": root, "initialization_options": {"events": True}, "timeout": 1000.0, **more}
        stage = InProcess(oracle, agent=True, options=options, editor=editor)
        random = Random(1)
        await stage.start(lambda each: _complete(each, oracle, random))
        await stage.editor.open("b.txt", TEXT)
        await scene(Play("test", random, Maker(random), oracle, stage, root, True, "auto", True, True, True))
        await stage.end("shutdown")

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(play())
    return said


def _complete(editor: PlayedEditor, oracle: Oracle, random: Random) -> None:
    editor.oracle, editor.pick, editor.type_now = oracle, random.choice, lambda uri: None


async def ask(play: Play, manner: Manner = "apply", **more: Any) -> Errand:
    """Ask for `CHANGES` of the one open document; the endpoint has answered already."""
    (uri,) = play.uris
    errand = Errand(1, uri, CHANGES, wants=True, direct="apply" not in more, uris={"b.txt": uri}, open={uri})
    play.oracle.errands.append(errand)
    play.stage.play(errand, good(CHANGES, play.random, agent=True))
    errand.released = True
    errand.release()
    play.editor.manners.append(manner)
    whole = play.editor.documents.buffers[uri].range(0, len(TEXT), play.editor.documents.encoding)
    arguments = {"uri": uri, "range": whole, "instruction": marker(1), **more}
    params = {"command": "codexLsp.ask", "arguments": [arguments]}
    call = play.editor.send_request("workspace/executeCommand", params)
    play.editor.on_answer[call.id] = lambda result: play.oracle.started(errand, result["run"])
    play.oracle.look(play.editor)
    await play.stage.settle()
    return errand


async def test_a_scene_without_a_fault_breaks_no_rule(tmp_path: Path) -> None:
    async def scene(play: Play) -> None:
        errand = await ask(play)
        assert errand.state == "applied"
        await play.calm()

    assert await asyncio.to_thread(staged, tmp_path, scene) == []


@pytest.mark.parametrize("then", ["leaves it open", "closes it"])
async def test_what_an_editor_takes_back_before_it_answers_is_not_applied(tmp_path: Path, then: str) -> None:
    async def scene(play: Play) -> None:
        errand = await ask(play, "takes back")
        play.editor.splice(play.uris[0], 0, 0, "typed behind it\n")
        await play.stage.settle()
        if then == "closes it":
            await play.editor.close(play.uris[0])
        await play.calm()
        assert errand.state == "review"

    assert await asyncio.to_thread(staged, tmp_path, scene) == []


async def test_an_editor_that_knows_no_confirmation_is_not_waited_for_without_end(tmp_path: Path) -> None:
    async def scene(play: Play) -> None:
        errand = await ask(play, "no_reply", apply="annotated")
        await play.calm()
        assert errand.state == "review"

    capabilities = {"workspace": {"workspaceEdit": {"changeAnnotationSupport": None}}}
    assert await asyncio.to_thread(staged, tmp_path, scene, capabilities=capabilities) == []


async def test_a_run_that_is_cancelled_before_it_took_its_first_step_ends(tmp_path: Path) -> None:
    async def scene(play: Play) -> None:
        uri = play.uris[0]
        errand = Errand(1, uri, stopping=True)
        play.oracle.errands.append(errand)
        play.stage.play(errand, [])
        whole = play.editor.documents.buffers[uri].range(0, 3, play.editor.documents.encoding)
        asked = {"uri": uri, "range": whole, "instruction": marker(1)}
        ask = {"command": "codexLsp.ask", "arguments": [asked]}
        cancel = {"command": "codexLsp.cancel", "arguments": [{}]}
        first = play.editor.send_request("workspace/executeCommand", ask)
        second = play.editor.send_request("workspace/executeCommand", cancel)
        play.editor.on_answer[first.id] = lambda result: play.oracle.started(errand, result["run"])
        play.editor.on_answer[second.id] = lambda result: play.oracle.cancelled(result["cancelled"])
        await play.calm()
        assert errand.acknowledged
        assert errand.state == "cancelled"

    assert await asyncio.to_thread(staged, tmp_path, scene) == []


async def test_what_conflicts_with_the_text_is_not_sent_as_an_empty_edit(tmp_path: Path) -> None:
    async def scene(play: Play) -> None:
        errand = await ask(play, apply="review")
        for line in ("two", "six"):
            at = play.editor.text(errand.uri).index(line)
            play.editor.splice(errand.uri, at, at, "mine ")
        assert await play.editor.execute("codexLsp.accept", {"proposal": errand.id}) == {"accepted": True}
        await play.calm()
        assert not play.editor.applied
        assert "Nothing of it fits" in play.editor.messages[-1]["message"]
        assert (await play.status())["proposals"] == [errand.id]

    assert await asyncio.to_thread(staged, tmp_path, scene) == []


class Liar(PlayedEditor):
    """Tells the server of the whole edit, and loses a part of it."""

    def _apply_quietly(self, params: dict[str, Any]) -> dict[str, Any]:
        answer = super()._apply_quietly(params)
        buffer = self.documents.buffers[self.uri("b.txt")]
        text = buffer.text.replace("k1f0h0\n", "")
        buffer.splice(0, len(buffer.text), text, "utf-16")
        self.oracle.look(self)
        return answer


class Stutterer(PlayedEditor):
    """Applies an edit twice, and tells of it once."""

    def _apply_quietly(self, params: dict[str, Any]) -> dict[str, Any]:
        answer = super()._apply_quietly(params)
        buffer = self.documents.buffers[self.uri("b.txt")]
        buffer.splice(0, 0, "k1f0h0\n", "utf-16")
        return answer


@pytest.mark.parametrize("editor", [Liar, Stutterer])
async def test_texts_that_drift_apart_are_seen(tmp_path: Path, editor: type[PlayedEditor]) -> None:
    async def scene(play: Play) -> None:
        await ask(play, "late answer")
        await play.calm()

    said = await asyncio.to_thread(staged, tmp_path, scene, editor)
    assert any("the server's text" in text for _, text in said)


def judged(edits: list[tuple[int, str]], prepare: Callable[[Errand], None] = lambda errand: None) -> Said:
    """What the judge says of an edit that inserts texts at offsets, or deletes a line for an empty one."""
    said: Said = []
    oracle = Oracle(lambda kind, text: said.append((kind, text)))
    editor = PlayedEditor(Options())
    editor.oracle = oracle
    uri = "file:///b.txt"
    list(editor.documents.opened(_buffer(uri)))
    errand = Errand(1, uri, CHANGES, wants=True, id="r", uris={"b.txt": uri}, open={uri})
    oracle.errands.append(errand)
    oracle.ids["r"] = errand
    prepare(errand)
    buffer = editor.documents.buffers[uri]
    found = [
        {"range": buffer.range(at, at if text else at + 4, "utf-16"), "newText": text} for at, text in edits
    ]
    document = {"uri": uri, "version": 1}
    oracle.edit_arrives(editor, {"documentChanges": [{"textDocument": document, "edits": found}]})
    return said


def _buffer(uri: str) -> Any:
    from tests.support.buffers import Buffer

    return Buffer(uri, TEXT)


BOTH = [(TEXT.index("three"), "k1f0h0\n"), (TEXT.index("\nseven"), "  k1f0h1")]


def test_the_judge_has_nothing_against_the_whole_of_an_edit() -> None:
    assert judged(BOTH) == []


def test_half_an_edit_is_seen() -> None:
    ((kind, text),) = judged(BOTH[:1])
    assert kind == "rule"
    assert "lacks ('six  k1f0h1',)" in text


def test_a_line_of_the_person_that_an_edit_takes_along_is_counted() -> None:
    said = judged([*BOTH, (TEXT.index("one"), "")])
    assert [kind for kind, _ in said] == ["lost"]


def test_an_edit_after_its_cancel_is_seen() -> None:
    said = judged(BOTH, lambda errand: setattr(errand, "acknowledged", True))
    assert "after its cancel was acknowledged" in said[0][1]


def test_an_edit_of_a_reply_that_is_not_whole_is_seen() -> None:
    said = judged(BOTH, lambda errand: setattr(errand, "wants", False))
    assert "must not change anything" in said[0][1]


def test_an_edit_twice_is_seen() -> None:
    assert judged([*BOTH, (0, "k1f0h0\n")])[0][0] == "rule"


def test_a_success_that_is_none_is_seen() -> None:
    said: Said = []
    oracle = Oracle(lambda kind, text: said.append((kind, text)))
    errand = Errand(1, "file:///b.txt", CHANGES, wants=True, id="r")
    oracle.ids["r"] = errand
    oracle.event({"run": "r", "state": "applied", "text": ""})
    assert [kind for kind, _ in said] == ["false success"]


def test_what_is_lost_is_counted_in_characters() -> None:
    assert beside(TEXT, TEXT.replace("four\n", ""), ()) is not None
    found = beside(TEXT, TEXT.replace("four\n", ""), ())
    assert found is not None
    assert found.lost == 5
    assert beside("a\r\nb\r\n", "a\r\nb\nx\n", ()) is not None


def test_the_same_seed_is_the_same_session() -> None:
    first, second = run_session("7.1"), run_session("7.1")
    assert first.story == second.story
    assert first.counts == second.counts


def test_the_report_has_its_figures_and_is_ok_only_without_violations(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["session", "--n", "40", "--seed", "5", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["ok"]
    assert found["figures"]["injections"] == 40
    assert not report.is_ok(found["figures"] | {"false_successes": 1})
    assert not report.is_ok(found["figures"] | {"injections": 0})


@pytest.mark.slow
def test_a_short_run_breaks_no_rule() -> None:
    outcomes = suite_session.play(600, "11")
    found = report.as_object(outcomes, 0)
    assert found["ok"], report.as_text(outcomes, 0)
