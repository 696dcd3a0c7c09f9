"""The judge of misbehaving endpoints can fail, and a few of the scenes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.faults.endpoint import surroundings


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    with surroundings():
        yield


async def test_the_judge_sees_what_is_wrong() -> None:
    from tests.faults import endpoint_speech as say
    from tests.faults.endpoint_modes import echoed, good, hang, serve, status
    from tests.faults.endpoint_play import PATIENCE, STAMINA, Mode, Result, judged, play
    from tests.faults.endpoint_report import as_object

    short = replace(STAMINA, patience=PATIENCE)
    other = serve(say.stream(say.PATCH.replace("a = 2", "a = 3\n-b = 2")))
    wrong = {
        "ended as 'edited', not 'bad_reply'": Mode("good", good, "bad_reply"),
        "a false success": Mode("other", other, "edited"),
        "1 calls upstream, not 2": Mode("once", status(401), "unauthorized", 2),
        "ended as 'timeout', not 'unreachable'": Mode("slow", hang, "unreachable", stamina=short),
        "took": Mode("soon", good, "edited", least=60),
        "no step says 'wait'": Mode("untold", good, "edited", steps=("wait",)),
        "does not say 'memory'": Mode("unsaid", status(404), "not_found", says="memory"),
        "the mode itself failed": Mode(
            "broken", lambda turn: turn.answer(200, {"X": "\u2028"}), "unreachable", 3
        ),
    }
    for sentence, mode in wrong.items():
        result = await play(mode)
        assert sentence in str(result.violations)
        assert as_object([result], 1.0)["ok"] is False
    lost = await play(wrong["a false success"])
    assert lost.lost == len("b = 2\n")
    shown = judged(
        Mode("echo", echoed, "refused"),
        Result("echo", "refused", 1, 0.0, "it said sk-fault-0123456789abcdef"),
    )
    assert "the key is shown" in str(shown.violations)
    assert as_object([], 1.0)["ok"] is False


async def test_a_cut_and_a_cancel_by_the_way() -> None:
    from tests.faults.endpoint_scenes import cancels, cuts

    results = [*await cuts(step=60), *await cancels()]
    assert len(results) > 15
    assert [each for each in results if each.violations] == []
