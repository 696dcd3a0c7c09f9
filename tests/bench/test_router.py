"""The router suite runs, and what it reports can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench import harness, peers, router_driver, router_edits
from tests.bench.conftest import Quick
from tests.bench.figures import Wrong
from tests.bench.router_lsp import Editor, Endpoint, opened
from tests.bench.router_results import Compared
from tests.bench.router_ways import started

BESIDE = {f"{kind}{what}" for kind in ("", "remote_") for what in ("stream.ms", "chunk.us", "first_token.ms")}
ALONE = {"edit.ms", "edit_up.ms", "edit_down.ms", "edit_p99.ms", "edit_pieces.ms", "edits_32.ms", "cancel.ms"}
FIRST = {"first_edit_warm.ms", "first_edit_cold.ms", "ask_warm.s", "ask_cold.s", "ask_cold.ratio"}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_router_suite_runs_and_is_right(quick: Quick) -> None:
    shown = quick("router")
    ratios = {f"{each.rpartition('.')[0]}.ratio{other}" for each in BESIDE for other in ("", "_openai")}
    wanted = {f"router.{name}" for name in BESIDE | ALONE | FIRST | ratios | {"call.ms", "call.ratio"}}
    assert wanted <= set(shown["figures"])
    assert shown["details"]["races"]["router.edit"]["target"] == 10


def test_ratios_are_to_the_same_round() -> None:
    figure = Compared("call", "us", "router", ("httpx", "openai"), target=2500, ratio_target=3)
    for ours, httpx, openai in ((2, 1, 4), (9, 3, 9), (4, 1, 8)):
        figure.take("router", [ours - 1, ours, ours + 50])
        figure.take("httpx", [httpx])
        figure.take("openai", [openai])
    assert figure.figures() == {"us": 4000, "ratio": 3, "ratio_httpx": 3, "ratio_openai": 0.5}
    assert figure.outcome().met() is False
    told = "| 4,000 (3,000–6,500) µs | 3 (2.5–3.5) | httpx 1,000 µs, openai 8,000 µs (× 0.5) | **no** |"
    assert told in harness.table({"router": [figure]})
    worst = Compared("call", "ms", p99=True)
    worst.take("ours", [float(each) for each in range(200)])
    assert worst.figures() == {"ms": 198}


def test_edits_of_a_client_are_applied_as_it_would() -> None:
    text = router_edits.text()
    at = {"line": 3 * router_edits.BLOCK + 1, "character": 20}
    edit = {"range": {"start": at, "end": at | {"character": 21}}, "newText": "70"}
    assert router_edits.applied(text, [edit]) == router_edits.edited(3, 70) != text
    assert len(text.splitlines()) == 400 - 1


class Liar:
    """Leaves the end out."""

    async def whole(self, say: str) -> str:
        """Without streaming."""
        return "word0 "

    async def stream(self, say: str, on_text: Callable[[], None]) -> str:
        """Streamed."""
        return "word0 "


@pytest.mark.parametrize("do", ["whole", "stream", "together"])
async def test_another_text_is_wrong(do: str) -> None:
    assert await router_driver.timed(Liar(), do, 1) > 0
    with pytest.raises(ValueError, match="the text is another"):
        await router_driver.timed(Liar(), do, 2)


def test_a_request_that_fails_is_wrong(tmp_path: Path) -> None:
    with Endpoint.started() as endpoint, started("httpx", endpoint.base_url, tmp_path) as way:
        assert len(way.times("whole", 3, 2)) == len(way.times("together", 3, 2)) == 2
    with started("httpx", endpoint.base_url, tmp_path) as way, pytest.raises(Wrong, match="ConnectError"):
        way.times("whole", 3, 1)


@pytest.mark.slow
def test_an_edit_that_is_another_is_wrong(tmp_path: Path) -> None:
    place = peers.workspace(tmp_path)
    with Endpoint.started() as endpoint, opened(endpoint, tmp_path, place) as server:
        editor = Editor(server, endpoint, place)
        assert min(editor.edit(5)) > 0
        editor._blocks[7] = 8
        with pytest.raises(Wrong, match="the edit is another"):
            server.on_request["workspace/applyEdit"]({"edit": {"documentChanges": [{"edits": []}]}})
        server.shut_down()
