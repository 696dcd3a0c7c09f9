"""ruff's positions and borders, as they were measured: a new ruff that counts otherwise fails here."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from codex_lsp.services.offline.ruff import Cancelled, Ruff, RuffFailed
from codex_lsp.services.offline.source import Edit, Lines, Region, apply, normalise

SET = "set([x for x in y])"  # C403, whose fix ruff calls unsafe
FSTRING = 'f"none"'  # F541, whose fix it calls safe


@pytest.mark.parametrize(
    "before",
    [
        "",
        'a = "😀é"; ',
        "a = 'e\u0301\u200d👩\u200d👩'; ",
        'if 1:\n\ta = "\t"; ',
        "a = 1\n\f\n",
        "a = 1\n\fb = 2; ",
        "a = '\v\x1c\x85\u2028\u2029'\n",
        "a = '\v\x1c\x85\u2028\u2029'; ",
        "a = '''\n😀\n'''; ",
    ],
)
def test_offsets_are_exact(ruff: Ruff, before: str) -> None:
    text = f"{before}z = {FSTRING}; w = 2\n"
    (finding,) = ruff.session().check(text, ["F541"])
    assert text[finding.region.start : finding.region.end] == FSTRING
    assert apply(text, finding.edits) == text.replace(FSTRING, '"none"')


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_marks_are_normalised_before_ruff_sees_them(ruff: Ruff, end: str, mark: str) -> None:
    text = normalise(f"{mark}a = 1{end}b = {FSTRING}{end}")
    (finding,) = ruff.session().check(text, ["F541"])
    assert apply(text, finding.edits) == 'a = 1\nb = "none"\n'


def test_a_fix_that_is_not_safe_has_no_edits(ruff: Ruff) -> None:
    (finding,) = ruff.session().check(f"y = []\nx = {SET}\n", ["C403"])
    assert (finding.code, finding.edits) == ("C403", ())


def test_a_fix_may_reach_the_end_of_the_text(ruff: Ruff) -> None:
    for text in ("import os\n", "import os"):
        (finding,) = ruff.session().check(text, ["F401"])
        assert apply(text, finding.edits) == ""


@pytest.mark.parametrize(
    ("text", "first", "last", "expected"),
    [
        ("a  = 1\nb  = 2\nc  = 3\n", 1, 1, "a  = 1\nb = 2\nc  = 3\n"),
        ("a  = 1\nb  = '😀é'", 1, 5, 'a  = 1\nb = "😀é"'),
        ("a  = 1\n\n\n\n\nb  = 2\n", 2, 5, "a  = 1\n\n\n\n\nb = 2\n"),
        ("a  = 1\n\n\n", 1, 2, "a  = 1\n\n\n"),
        ("if a:\n    b  = 1\n    c  = 2\n", 1, 1, "if a:\n    b = 1\n    c  = 2\n"),
    ],
)
def test_format_keeps_to_its_range(ruff: Ruff, text: str, first: int, last: int, expected: str) -> None:
    last = min(last, Lines(text).count - 1)
    assert ruff.session().format(text, first, last) == expected


def test_rules_are_known_by_code_and_by_name(ruff: Ruff) -> None:
    assert ruff.rules["F401"] is ruff.rules["unused-import"]
    assert ruff.rules["E225"].preview
    assert ruff.version.startswith("ruff ")


def test_a_preview_rule_can_be_asked_for_by_name(ruff: Ruff) -> None:
    (finding,) = ruff.session().check("a=1\n", ["E225"])
    assert apply("a=1\n", finding.edits) == "a = 1\n"


def test_an_unknown_rule_is_an_error_with_ruffs_own_words(ruff: Ruff) -> None:
    with pytest.raises(RuffFailed, match="ZZZ999"):
        ruff.session().check("a = 1\n", ["ZZZ999"])


class Started(Ruff):
    """Tells when a ruff was started."""

    def __init__(self) -> None:
        super().__init__()
        self.started = threading.Event()

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        child = super().start(arguments)
        self.started.set()
        return child


def test_cancel_kills_what_runs_and_refuses_what_comes(tmp_path: Path) -> None:
    ruff = Started()
    session = ruff.session()
    ended: list[BaseException] = []

    def watch() -> None:
        try:
            session.output(["check", "--isolated", "--no-cache", "--watch", str(tmp_path)], "")
        except Cancelled as error:
            ended.append(error)

    thread = threading.Thread(target=watch)
    thread.start()
    assert ruff.started.wait(5)
    session.cancel()
    thread.join(5)
    assert not thread.is_alive()
    assert ended
    with pytest.raises(Cancelled):
        session.check("a = 1\n", ["F"])


def test_packages_around_it_mean_nothing(ruff: Ruff, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "attr"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    assert ruff.session().check("import attr\nimport yaml\n", ["I"]) == []


def test_environment_and_files_do_not_configure_it(ruff: Ruff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "concise")
    monkeypatch.setenv("RUFF_CONFIG", "/nowhere")
    assert [finding.code for finding in ruff.session().check("import os\n", ["F401"])] == ["F401"]


@pytest.mark.parametrize(
    ("region", "edit", "expected"),
    [
        (Region(5, 10), Edit(0, 2, ""), Region(3, 8)),
        (Region(5, 10), Edit(0, 5, "xyz"), Region(3, 8)),
        (Region(5, 10), Edit(5, 5, "xyz"), Region(5, 13)),
        (Region(5, 10), Edit(10, 10, "xyz"), Region(5, 13)),
        (Region(5, 10), Edit(6, 8, ""), Region(5, 8)),
        (Region(5, 10), Edit(10, 12, ""), Region(5, 10)),
        (Region(5, 10), Edit(8, 12, "x"), Region(5, 9)),
        (Region(5, 10), Edit(3, 7, "x"), Region(3, 7)),
        (Region(5, 10), Edit(3, 12, "x"), Region(3, 4)),
    ],
)
def test_regions_follow_edits(region: Region, edit: Edit, expected: Region) -> None:
    assert region.after(edit) == expected
