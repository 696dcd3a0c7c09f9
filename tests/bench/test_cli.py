"""The suite of the command line runs: the floor, ours, the real Codex CLI; a wrong edit is noticed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.bench import cli_run, cli_tools, peers_install
from tests.bench.cli import ENDPOINT
from tests.bench.conftest import Quick
from tests.bench.figures import Wrong
from tests.bench.router_lsp import Endpoint

EDITS = {"wall.s", "first.s", "cpu.s", "peak.mib", "peak_with_worker.mib", "requests.count", "sent.kib"}


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_the_cli_suite_runs_and_is_right(quick: Quick) -> None:
    shown = quick("cli")
    figures = shown["figures"]
    beside = {f"{each.rpartition('.')[0]}.ratio_{peer}" for each in EDITS for peer in ("floor", "codex")}
    wanted = EDITS | beside | {"version.ms", "version.ratio", "version_above.ms"}
    assert {f"cli.{each}" for each in wanted} <= set(figures)
    assert figures["cli.peak.mib"] < figures["cli.peak_with_worker.mib"]
    assert figures["cli.requests.count"] == 1


def test_another_edit_is_wrong(tmp_path: Path) -> None:
    with Endpoint.started(ENDPOINT) as endpoint:
        floor = cli_tools.other("floor", endpoint.base_url, tmp_path)
        cli_run.repository(floor.place)
        sample = cli_run.edit(floor, endpoint.base_url)
        assert (sample["requests"], sample["first"] < sample["wall"]) == (1, True)
        assert cli_run.peak(floor, endpoint.base_url) > 1
        more = "\nopen(sys.argv[1], 'a').write('x')"
        spoiled = [sys.executable, "-c", f"{Path(floor.command[1]).read_text()}{more}"]
        with pytest.raises(Wrong, match="the file is another"):
            cli_run.edit(replace(floor, command=[*spoiled, *floor.command[2:]]), endpoint.base_url)
        idle = [sys.executable, "-c", "raise SystemExit(3)"]
        with pytest.raises(Wrong, match="exit code 3, 0 requests"):
            cli_run.edit(replace(floor, command=idle), endpoint.base_url)


def test_what_no_registry_has_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(peers_install, "PLACE", tmp_path)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(peers_install.NotHere, match="pip has no llm"):
        peers_install.program("llm")
