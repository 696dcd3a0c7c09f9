"""The runner on cases made here: it can fail in each way that it tells apart."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.__main__ import main

OLD, NEW = "a\nb\nc\n", "a\nB\nc\n"


def update(*lines: str, path: str = "f") -> str:
    return "\n".join(("*** Begin Patch", f"*** Update File: {path}", "@@", *lines, "*** End Patch"))


def case(reply: str, after: str | None = NEW, **more: Any) -> dict[str, Any]:
    """A case of one file: its text after the reply, or None if the reply is to be refused."""
    return {
        "id": "one",
        "corpus": "codex_made_here",
        "format": "apply_patch",
        "outcome": "error" if after is None else "ok",
        "input": {"f": OLD},
        "reply": reply,
        "expected": {"f": OLD if after is None else after},
        **more,
    }


class Runner:
    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def __call__(self, *cases: dict[str, Any], code: int, arguments: tuple[str, ...] = ()) -> dict[str, Any]:
        lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in cases)
        (self.folder / "made.jsonl").write_text(lines, encoding="utf-8")
        assert main([str(self.folder), "--json", *arguments]) == code
        out, err = self._capsys.readouterr()
        assert out.count("\n") == 1
        assert "tier_a_cases" in err or code == 2
        answer = json.loads(out)
        assert set(answer) == {"ok", "figures", "details"}
        assert answer["ok"] is (code == 0)
        return dict(answer)

    def kind(self, one: dict[str, Any]) -> str:
        """What came of one case that does not pass."""
        answer = self(one, code=1)
        (failure,) = answer["details"]["failures"]
        return str(failure["kind"])


@pytest.fixture
def runner(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(tmp_path, capsys)


GOOD = update("-b", "+B")


def test_what_is_as_expected_passes(runner: Runner) -> None:
    refused = case(update("-no such line", "+x"), None)
    answer = runner(case(GOOD), refused, code=0)
    assert answer["figures"] == {
        "tier_a_cases": 2, "tier_a_passed": 2, "tier_a_declared": 0,
        "tier_b_cases": 0, "tier_b_passed": 0, "tier_b_declared": 0,
        "tier_c_cases": 0, "tier_c_passed": 0, "tier_c_declared": 0,
        "wrong_placements": 0, "tier_c_wrong_placements": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (case(update("-no such line", "+x")), "error"),
        (case(GOOD, None), "accepted"),
        (case(GOOD, "a\nX\nc\n"), "wrong_content"),
        (case(GOOD, "a\nb\nC\n"), "wrong_placement"),
        (case(GOOD, "A\nB\nc\n"), "wrong_content"),
        (case(update("-a", "-b", "+B"), "a\nB\nc\n"), "wrong_placement"),
        (case(update(" b", "+x"), "x\na\nb\nc\n"), "wrong_placement"),
        (case(update(" b", "+x"), "a\nb\ny\nc\n"), "wrong_content"),
        (case(GOOD, OLD), "wrong_placement"),
        (case(GOOD, format="no such format"), "crash"),
        (case(GOOD, input={"f": OLD, "g": ""}, expected={"f": NEW, "g": "x"}), "wrong_content"),
        (
            case(update("-b", "+B", path="g"), input={"f": OLD, "g": OLD}, expected={"f": NEW, "g": OLD}),
            "wrong_placement",
        ),
    ],
)
def test_each_way_to_fail_is_told_apart(runner: Runner, one: dict[str, Any], kind: str) -> None:
    assert runner.kind(one) == kind


def test_a_crash_of_the_engine_is_no_refusal(runner: Runner) -> None:
    chunk = {"oldLines": 7, "newLines": [], "changeContext": None, "isEndOfFile": False}
    broken = case(json.dumps([chunk]), None, format="apply_patch_chunks")
    assert runner.kind(broken) == "crash"


def test_a_structure_is_compared_by_places_and_by_content(runner: Runner) -> None:
    reply = "*** Begin Patch\n*** Add File: n\n+x\n*** End Patch"
    hunk = {"type": "AddFile", "path": "n", "contents": "x\n"}
    base: dict[str, Any] = {"format": "apply_patch_parse", "expected": None, "outcome": "ok"}
    runner(case(reply, **base, structured={"hunks": [hunk]}), code=0)
    assert runner.kind(case(reply, **base, structured={"hunks": [hunk | {"path": "m"}]})) == "wrong_placement"
    assert (
        runner.kind(case(reply, **base, structured={"hunks": [hunk | {"contents": ""}]})) == "wrong_content"
    )


def test_a_deviation_is_declared_by_its_rule_and_by_nothing_else(runner: Runner) -> None:
    legacy: dict[str, Any] = {"options": {"line_endings": "legacy-lf"}, "input": {"f": "a\r\nb\r\n"}}
    answer = runner(case(GOOD, **legacy, expected={"f": "a\nB\n"}), code=0)
    assert answer["figures"]["tier_a_declared"] == 1
    (declared,) = answer["details"]["declared"]
    assert (declared["rule"], declared["cases"]) == ("line ends are kept", 1)
    assert "nobody asked" in declared["reason"]
    assert runner.kind(case(GOOD, **legacy, expected={"f": "a\nX\n"})) == "wrong_content"


def test_the_first_of_several_places_is_declared_only_where_nothing_tells_them_apart(runner: Runner) -> None:
    twice = {"input": {"f": "a\nb\na\nb\n"}}
    first = case(GOOD, "a\nB\na\nb\n", **twice)
    assert runner(first, code=0)["details"]["declared"][0]["rule"] == "first match wins"
    assert runner.kind(case(GOOD, "a\nb\na\nB\n", **twice)) == "error"
    told = update("-b", "+B").replace("@@", "@@ no such anchor")
    assert runner.kind(case(told, "a\nB\na\nb\n", **twice)) == "error"


def test_a_source_that_leaves_half_of_a_patch_behind_is_declared(runner: Runner) -> None:
    half = case(update("-b", "+B", "@@", "-no such line", "+x"), None, expected={"f": NEW})
    assert runner(half, code=0)["details"]["declared"][0]["rule"] == "all or nothing"


@pytest.mark.parametrize(
    ("passing", "failing", "code"), [(19, 1, 0), (18, 1, 1), (0, 0, 0)], ids=["95 %", "less", "none"]
)
def test_tier_b_may_fail_in_one_of_twenty(runner: Runner, passing: int, failing: int, code: int) -> None:
    good = case(GOOD, corpus="roo_made_here")
    bad = case(update("-no such line", "+x"), corpus="roo_made_here")
    reported = case(GOOD, None, corpus="vscode_edit_rebase")
    answer = runner(*[good] * passing, *[bad] * failing, reported, code=code)
    assert answer["figures"]["tier_b_passed"] == passing
    assert answer["figures"]["tier_c_cases"] == 1


def test_tier_b_may_never_misplace(runner: Runner) -> None:
    good = case(GOOD, corpus="roo_made_here")
    runner(*[good] * 50, case(GOOD, "a\nb\nC\n", corpus="roo_made_here"), code=1)


def test_a_link_that_leads_outside_is_followed_by_nobody(runner: Runner) -> None:
    outside: dict[str, Any] = {
        "input": {"out/f": OLD, "work/g": OLD},
        "expected": {"out/f": OLD, "work/g": OLD},
        "outcome": "error",
        "options": {"cwd": "work"},
        "flags": {"symlinks": {"work/f": "../out/f"}},
    }
    runner(case(GOOD, **outside), code=0)
    inside = outside | {"flags": {"symlinks": {"work/f": "g"}}}
    assert runner.kind(case(GOOD, **inside)) == "wrong_placement"


def test_a_file_that_is_not_utf_8_is_refused(runner: Runner) -> None:
    binary = {"base64": base64.b64encode(b"a\nb\n\xff\n").decode()}
    runner(case(GOOD, None, input={"f": binary}, expected={"f": binary}), code=0)


def test_one_corpus_alone(runner: Runner) -> None:
    bad = case(GOOD, None, corpus="codex_other")
    answer = runner(case(GOOD), bad, code=0, arguments=("--corpus", "codex_made_here"))
    assert answer["figures"]["tier_a_cases"] == 1


def test_a_folder_without_cases_is_not_ok(runner: Runner) -> None:
    assert "no cases" in runner(code=2)["details"]
    assert "is no case" in runner({"id": "x"}, code=2)["details"]


def test_people_get_a_table_with_the_failures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "made.jsonl").write_text(json.dumps(case(GOOD, None)) + "\n")
    assert main([str(tmp_path), "--failures", "1"]) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert "A accepted        codex_made_here/one" in out
    assert out.endswith("not ok\n")
