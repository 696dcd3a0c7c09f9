"""The server's suite yields what it promises, and notices a server that is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import harness, peers
from tests.bench.conftest import Quick
from tests.bench.figures import Figure, Sample, Session, Wrong, measure
from tests.bench.peers import Peer
from tests.bench.person import Person
from tests.bench.texts import source

WITH_RATIO = {
    *("start_off.ms", "start_ready.ms", "start_cpu_off.ms", "start_cpu_ready.ms"),
    *("rss_off.mib", "rss_ready.mib", "rss_idle.mib"),
    *("shutdown_off.ms", "shutdown_ready.ms", "shutdown_rest.ms"),
    *("changes_1k.ms", "change_1k.ms", "code_action_p50.ms", "code_action_p99.ms"),
    *("busy_code_action_p50.ms", "busy_code_action_p99.ms"),
    *("scripted_code_action_p50.ms", "scripted_code_action_p99.ms"),
}
ALONE = {
    *("idle.ms", "idle_exact.ms", "idle_wakeups.per_second"),
    *("idle_worker.ms", "idle_worker_exact.ms", "idle_worker_wakeups.per_second", "rss_worker.mib"),
    *("busy_stall.ms", "busy_stall_cpu.ms", "busy_runs.count"),
    *("scripted_stall.ms", "scripted_stall_cpu.ms", "scripted_runs.count", "memory.mib"),
    *("first_run_stall.ms", "first_run_stall_cpu.ms", "long_run_stall.ms", "long_run_stall_cpu.ms"),
}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_server_suite_runs_and_is_right(quick: Quick) -> None:
    shown = quick("server")
    ratios = {f"{name.rpartition('.')[0]}.ratio" for name in WITH_RATIO}
    wanted = {f"server.{name}" for name in WITH_RATIO | ALONE | ratios}
    assert wanted <= set(shown["figures"])
    assert shown["figures"]["server.busy_runs.count"] == 10
    assert shown["details"]["races"]["server.code_action_p99"]["target"] == 20


def test_figures_have_medians_ratios_and_targets() -> None:
    ours: list[float] = [100, 3, 1, 2]
    theirs: list[float] = [100, 2, 2, 2]
    session = Session(
        (Figure("what", "ms", target=1, ratio_target=1.5),),
        lambda: {"what": ours.pop(0)},
        lambda: {"what": theirs.pop(0)},
    )
    found = measure([session], 3)
    shown = harness.report({"suite": found})
    # The first round, which warms up, does not count.
    assert shown["figures"] == {"suite.what.ms": 2, "suite.what.ratio": 1.0}
    assert shown["ok"]
    details = shown["details"]["races"]["suite.what"]
    assert (details["met"], details["target"], details["ours"]["worst"]) == (False, 1, 3)
    told = "| suite.what | ≤ 1 ms, ≤ 1.5 × | 2 (1.5–2.5) ms | 1 (0.75–1.25) | bare pygls 2 ms | **no** |"
    assert told in harness.table({"suite": found})


def test_what_is_wrong_makes_the_run_fail() -> None:
    def wrong() -> Sample:
        raise Wrong("its text is another")

    shown = harness.report({"suite": measure([Session((Figure("what", "ms"),), wrong, rounds=1)], 2)})
    assert (shown["ok"], shown["details"]["wrong"]) == (False, ["what: ours: Wrong: its text is another"])


def test_a_person_types_what_the_text_then_is() -> None:
    person = Person("file:///m.py", source(200, plain=False), 1)
    lines = list(person.lines)
    for _ in range(300):
        (change,) = person.change()["contentChanges"]
        start, end = (_index(lines, change["range"][each]) for each in ("start", "end"))
        text = "".join(lines)
        lines = (text[:start] + change["text"] + text[end:]).splitlines(keepends=True)
    assert "".join(lines) == person.text
    assert (len(person.marks()) > 3, person.version) == (True, 301)


def _index(lines: list[str], position: dict[str, int]) -> int:
    before = lines[position["line"]].encode("utf-16-le")[: 2 * position["character"]]
    return sum(map(len, lines[: position["line"]])) + len(before.decode("utf-16-le"))


@pytest.mark.parametrize("name", ["bare", "ready"])
def test_a_server_with_another_text_is_wrong(tmp_path: Path, name: str) -> None:
    command = peers.BARE if name == "bare" else peers.OURS
    environ = peers.environ(None if name == "bare" else "http://127.0.0.1:9")
    peer = Peer(name, command, environ, tmp_path, tmp_path / "stderr.log")
    with peer.session() as server:
        person = Person(peer.uri("m.py"), source(200), 1)
        server.open(person.uri, person.text)
        for _ in range(100):
            server.notify("textDocument/didChange", person.change())
        peer.check_text(server, person)
        person.lines.insert(0, "one line more\n")
        with pytest.raises(Wrong):
            peer.check_text(server, person)
        with pytest.raises(Wrong):
            peers.check_initialized(
                replace(peer, name="other"), {"serverInfo": {"name": "bare"}, "capabilities": {}}
            )
        server.shut_down()
