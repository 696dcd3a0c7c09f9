"""A short soak. Whether memory stays flat shows after minutes: `python -m tests.soak --minutes 60`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.soak.__main__ import soak
from tests.soak.desk import Document
from tests.soak.gauges import Look, Series, Waits


@pytest.mark.slow
async def test_nothing_is_lost_while_people_type_ask_review_and_cancel(tmp_path: Path) -> None:
    report = await soak(tmp_path, 20.0, 20, seed=7)
    assert report["details"]["wrong"] == []
    assert report["figures"]["lost_characters"] == 0
    assert report["figures"]["runs"] > 10
    assert {"applied", "review", "failed"} <= {
        name.removeprefix("ended ") for name in report["details"]["counts"] if name.startswith("ended ")
    }


def looks(*values: float, handles: int = 10) -> Series:
    return Series("server", [Look(value, handles, 3, 1) for value in values])


def test_what_grows_is_told_and_what_warms_up_is_not() -> None:
    assert looks(20, 60, 70, 71, 70, 71, 70, 71).grown() == []
    (told,) = looks(20, 60, 70, 80, 90, 100, 110, 120).grown()
    assert told.startswith("server: memory grew from 75.0 to 115.0")
    leaking = looks(*[70] * 4)
    leaking.looks += looks(*[70] * 4, handles=40).looks
    assert leaking.grown() == ["server: handles grew from 10 to 40"]


def test_a_character_that_is_not_there_is_lost() -> None:
    document = Document(3)
    document.typed.append("#t1.\n")
    text = "#t1.\n" + document.plain(changed=False)
    assert document.lost(text) == 0
    assert document.lost(document.plain(changed=False)) == 5
    assert document.lost(text + "x") > 0
    assert document.lost("#t1.\n" + document.plain(changed=True)) > 0


def test_waits_of_the_beginning_and_the_end_are_compared() -> None:
    waits = Waits([9.0, 9.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0])
    assert waits.figures()["code_action_p99.ratio"] == 2.0
