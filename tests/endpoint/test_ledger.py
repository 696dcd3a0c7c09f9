"""The account of a day: one for all programs, private, and never booked beyond its limit."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from codex_lsp.endpoint.ledger import DayLedger, spent_today

BOOKS = """
import sys
from pathlib import Path
from codex_lsp.endpoint.ledger import DayLedger
ledger, booked = DayLedger(Path(sys.argv[1])), 0
sys.stdin.readline()
for _ in range(40):
    if ledger.book(0.5, 20.0) is not None:
        booked += 1
print(booked)
"""


def test_bookings_and_what_came_of_them(tmp_path: Path) -> None:
    ledger = DayLedger(tmp_path)
    first = ledger.book(1.0, 3.0)
    assert first is not None
    assert first.left == 3.0
    second = ledger.book(2.0, 3.0)
    assert second is not None
    assert second.left == 2.0
    assert ledger.book(0.001, 3.0) is None
    first.settle(0.25)
    assert spent_today(tmp_path) == 2.25
    second.settle(0)
    assert spent_today(tmp_path) == 0.25
    assert DayLedger(tmp_path).book(2.75, 3.0) is not None


def test_only_its_person_can_read_it(tmp_path: Path) -> None:
    place = tmp_path / "state" / "spent"
    DayLedger(place).book(1.0, 3.0)
    (file,) = place.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert len(file.read_text(encoding="ascii").splitlines()) == 1


def test_a_new_day_begins_with_nothing_and_ends_what_was_begun_on_the_old_one(tmp_path: Path) -> None:
    days = iter(["2026-11-23", "2026-11-23", "2026-11-24"])
    ledger = DayLedger(tmp_path, lambda: next(days))
    late = ledger.book(3.0, 3.0)
    assert late is not None
    assert ledger.book(0.1, 3.0) is None
    assert ledger.book(3.0, 3.0) is not None
    assert [each.name for each in tmp_path.iterdir()] == ["2026-11-24.txt"]
    late.settle(1.0)
    assert (tmp_path / "2026-11-23.txt").exists()


def test_lines_that_are_not_ours_say_nothing(tmp_path: Path) -> None:
    ledger = DayLedger(tmp_path, lambda: "2026-11-23")
    (tmp_path / "2026-11-23.txt").write_bytes(b"\xff\xfe\nabc\nabc 1.5\nabc x\n")
    assert ledger.book(1.5, 3.0) is not None
    assert ledger.book(0.001, 3.0) is None


def test_a_day_that_nobody_booked_on(tmp_path: Path) -> None:
    assert spent_today(tmp_path / "none") == 0


def test_a_place_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        DayLedger(tmp_path / "file" / "spent").book(1.0, 3.0)


def test_programs_at_once_do_not_both_take_what_is_left(tmp_path: Path) -> None:
    command = [sys.executable, "-c", BOOKS, str(tmp_path)]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    booked = [int(process.communicate(timeout=60)[0]) for process in running]
    assert sum(booked) == 40
    assert spent_today(tmp_path) == 20.0
