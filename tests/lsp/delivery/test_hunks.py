"""How a proposal that waits shows itself: its marks, its actions, and what the status says of it."""

from __future__ import annotations

from pathlib import Path

from tests.lsp.asking import TEXT
from tests.lsp.reviewing import BODY, NEW, actions_at, agent, ask, marks, review_actions, reviewed
from tests.support.serving import serving

SHOWS = {"window": {"showDocument": {"support": True}}}


async def test_a_mark_tells_the_change_and_leads_to_the_others(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        await reviewed(editor)
        first, second = await marks(editor)
        assert first["message"] == (
            "Proposed change 1 of 2 (−1 +1): Ten times.\n−     return 1\n+     return 10"
        )
        (related,) = first["relatedInformation"]
        assert related["location"] == {"uri": editor.uri("m.py"), "range": second["range"]}
        (related,) = second["relatedInformation"]
        assert (related["location"]["range"], related["message"]) == (first["range"], "change 1")


async def test_a_last_line_without_an_end_counts(tmp_path: Path) -> None:
    async with serving(agent("*** Update File: m.py", "-a = 1", "+a = 1", "+b = 2"), tmp_path) as (editor, _):
        await reviewed(editor, "a = 1")
        (mark,) = await marks(editor)
        assert mark["message"] == "Proposed change (−1 +2): Ten times.\n− a = 1\n+ a = 1\n+ b = 2"


async def test_related_places_are_left_out_for_who_does_not_know_them(tmp_path: Path) -> None:
    capabilities = {"textDocument": {"publishDiagnostics": {"relatedInformation": None}}}
    async with serving(agent(), tmp_path, capabilities=capabilities) as (editor, _):
        await reviewed(editor)
        assert all("relatedInformation" not in mark for mark in await marks(editor))


async def test_changes_of_several_files_lead_to_each_other(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("a = 1\n")
    body = [*BODY, "*** Update File: other.py", "-a = 1", "+a = 2"]
    async with serving(agent(*body), tmp_path) as (editor, _):
        await editor.open("other.py")
        run = await reviewed(editor)
        (mark,) = await marks(editor, "other.py")
        assert mark["message"].startswith("Proposed change 3 of 3")
        assert {each["location"]["uri"] for each in mark["relatedInformation"]} == {editor.uri("m.py")}
        (report,) = (await editor.execute("codexLsp.status"))["review"]
        assert report["proposal"] == run
        assert [(each["path"], each["waiting"]) for each in report["files"]] == [("m.py", 2), ("other.py", 1)]
        await editor.run_action((await actions_at(editor, "other.py"))["Codex: accept this change"])
        first, _ = await marks(editor)
        assert first["message"].startswith("Proposed change 1 of 2")
        (report,) = (await editor.execute("codexLsp.status"))["review"]
        assert (report["state"], report["canUndo"]) == ("partly accepted", True)
        assert [each["path"] for each in report["files"]] == ["m.py"]


async def test_a_file_that_is_to_go_says_so_itself_and_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("a = 1\n")
    async with serving(agent(*BODY, "*** Delete File: other.py"), tmp_path) as (editor, _):
        await editor.open("other.py")
        await reviewed(editor)
        (mark,) = await marks(editor, "other.py")
        assert mark["message"] == "Proposed: delete other.py: Ten times."
        actions = await actions_at(editor, "other.py")
        assert {"Codex: accept all", "Codex: delete other.py"} <= actions.keys()
        await editor.run_action(actions["Codex: do not delete other.py"])
        assert await marks(editor, "other.py") == []
        assert len(await marks(editor)) == 2


async def test_one_new_file_of_a_proposal_is_created_alone(tmp_path: Path) -> None:
    async with serving(agent(*BODY, "*** Add File: new.py", "+x = 1"), tmp_path) as (editor, _):
        run = await reviewed(editor)
        await editor.run_action((await actions_at(editor, "m.py"))["Codex: create new.py"])
        assert editor.buffer("new.py").text == "x = 1\n"
        assert editor.buffer("m.py").text == TEXT
        assert [mark["range"]["start"]["line"] for mark in await marks(editor)] == [1, 5]
        (report,) = (await editor.execute("codexLsp.status"))["review"]
        assert (report["proposal"], report["state"]) == (run, "partly accepted")


async def test_the_diff_is_shown(tmp_path: Path) -> None:
    capabilities = {"window": {"showDocument": None}}
    async with serving(agent(), tmp_path, capabilities=capabilities) as (editor, _):
        await reviewed(editor)
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: show diff"])
        message = await editor.wait_for_message("--- a/m.py")
        assert "-    return 2\n+    return 20" in message["message"]
        answer = await editor.execute("codexLsp.showDiff", {"proposal": "never was"})
        assert answer == {"diff": None}


async def test_the_way_to_the_next_change_goes_round(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path, capabilities=SHOWS) as (editor, _):
        await reviewed(editor)
        first, second = await marks(editor)
        for needle, target in (("return 1", second), ("return 2", first)):
            action = (await review_actions(editor, needle))["Codex: go to the next change"]
            (place,) = action["command"]["arguments"]
            assert place == {"uri": editor.uri("m.py"), "range": target["range"]}
        assert await editor.execute("codexLsp.jump", place) == {"shown": True}


async def test_nothing_is_refined_that_nobody_asked_for(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await reviewed(editor)
        at = TEXT.index("return 2")
        offered = await actions_at(editor, "m.py", at, trigger_kind=1)
        (arguments,) = offered["Codex: refine: make this change smaller"]["command"]["arguments"]
        assert (arguments["proposal"], arguments["path"], arguments["hunk"]) == (run, "m.py", 1)
        automatic = await actions_at(editor, "m.py", at, trigger_kind=2)
        assert "Codex: accept this change" in automatic
        assert not any("refine" in title for title in automatic)


async def test_several_proposals_wait_for_one_text(tmp_path: Path) -> None:
    async with serving(agent(*BODY[:3]), tmp_path) as (editor, server):
        first = await reviewed(editor)
        server.model = agent("*** Update File: m.py", *BODY[3:])
        second = await ask(editor, apply="review")
        await editor.wait(lambda: len(editor.diagnostics[editor.uri("m.py")]) == 2)
        review = (await editor.execute("codexLsp.status"))["review"]
        assert [each["proposal"] for each in review] == [first, second]
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept this change"])
        review = (await editor.execute("codexLsp.status"))["review"]
        assert {each["proposal"]: each["state"] for each in review} == {first: "pending", second: "applied"}
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept this change"])
        assert editor.buffer("m.py").text == NEW
        before = len(editor.applied)
        await editor.execute("codexLsp.undo", {"proposal": second})
        await editor.wait(lambda: len(editor.applied) > before)
        assert editor.buffer("m.py").text == TEXT.replace("1", "10")
