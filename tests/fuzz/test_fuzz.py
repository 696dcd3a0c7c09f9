"""The fuzzer against servers: ours, a bare pygls server, and ones with a known fault."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz import framing
from tests.fuzz.__main__ import main
from tests.fuzz.frames import FrameFuzzer
from tests.fuzz.run import PART, Fuzzer, Plan, Tally
from tests.fuzz.targets import PYGLS, ROOT, Target

pytestmark = pytest.mark.slow


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    code = main([*arguments, "--json"])
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, printed


def test_nothing_that_is_sent_breaks_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = report(capsys, "--n", "2000", "--framing", "200", "--seed", "1", "--server", "codex-lsp")
    assert printed["ok"], json.dumps(printed, indent=1)
    assert code == 0
    figures = printed["figures"]
    assert figures["messages"] == 2000
    assert figures["framing_cases"] == 200
    assert figures["abandoned"] == 0
    # That much happened: requests had results, runs ran, and edits were offered.
    assert printed["details"]["answers"]["result"] > 50
    assert printed["details"]["heard"]["a run's id"] > 5
    assert printed["details"]["heard"]["$/progress"] > 20


def test_a_bare_pygls_server_is_seen_to_fail(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = report(capsys, "--n", "250", "--framing", "6", "--seed", "1", "--server", "pygls")
    figures = printed["figures"]
    assert figures["pygls_messages"] > 200
    assert figures["pygls_unanswered"] > 10
    assert figures["pygls_leaks"] > 10
    assert figures["pygls_deaf"] > 0  # after shutdown
    assert figures["pygls_framing_deaf"] > 0
    # What is beside codex-lsp is not judged.
    assert code == 0


def run_faulty(fault: str, folder: Path) -> Tally:
    command = (sys.executable, "-m", "tests.fuzz.faulty", fault)
    fuzzer = Fuzzer(Target(fault, command, "", 1.5, {"PYTHONPATH": str(ROOT)}), 1, folder, print)
    try:
        fuzzer.run(
            [
                Plan(0, PART, "off", True, "early exit"),
                Plan(PART, 20 if fault == "deaf" else 45, "off"),
            ]
        )
    finally:
        fuzzer.close()
    return fuzzer.tally


FAULTS = ("unanswered", "duplicates", "leaks", "crashes", "deaf", "memory", "wrong_exits")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(fault: str, tmp_path: Path) -> None:
    assert run_faulty(fault, tmp_path).count(fault)


def test_frames_that_make_a_server_deaf_are_found(tmp_path: Path) -> None:
    tally = Tally()
    fuzzer = FrameFuzzer(PYGLS, tmp_path, tally, print)
    try:
        name = b"content-length"
        content = framing.body("f0")
        fuzzer.run(
            [framing.Case("lower case", (b"%b: %d\r\n\r\n%b" % (name, len(content), content),), ("f0",))]
        )
    finally:
        fuzzer.close()
    assert tally.count("framing_deaf", "unanswered") == 1
