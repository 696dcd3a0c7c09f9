"""`python -m tests.soak --minutes N [--seed S] [--documents D] [--json]`: does it stay as it was?

One server with a hundred open documents, a person who types and looks for code actions without a pause, four
runs at a time that end in every way there is, documents that are closed and opened, a worker that is killed
now and then. Memory, handles, threads and children are looked at all the while; exits 0 if they stayed flat,
nothing of any text was lost and the protocol was kept.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from tests.soak.desk import Desk, Soaked
from tests.soak.gauges import Series
from tests.soak.moody import MoodyEndpoint
from tests.support.processes import CODEX_LSP, clean_environ, runtime_folder, workers

AT_ONCE = 4
LOOKS = 120
KILLS_EVERY = 150.0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="codex-lsp-soak-") as folder:
        report = asyncio.run(soak(Path(folder), asked.minutes * 60, asked.documents, asked.seed))
    print(json.dumps(report) if asked.json else _shown(report))
    return 0 if report["ok"] else 1


async def soak(folder: Path, seconds: float, documents: int, seed: int) -> dict[str, Any]:
    """Play for so long; returns the report."""
    server, worker = Series("server", []), Series("worker", [])
    async with MoodyEndpoint() as endpoint:
        environ = clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1",
            CODEX_AGENT_API_BASE=endpoint.base_url,
            CODEX_AGENT_API_KEY="key-for-the-soak",
        )
        editor = Soaked.spawn(
            CODEX_LSP,
            env=environ,
            root=folder,
            initialization_options={"events": True},
            check_violations=False,
            timeout=60,
        )
        async with editor:
            desk = Desk(editor, endpoint, seed, documents)
            await desk.open_all()
            assert editor.process is not None
            pid = editor.process.pid

            async def look() -> None:
                server.look(pid)
                worker.look(next(iter(workers(runtime_folder())), None))

            await _play(desk, look, seconds)
            desk.check_all()
    return _report(desk, server, worker, editor.violations, seconds, Path(runtime_folder()))


async def _play(desk: Desk, look: Callable[[], Awaitable[None]], seconds: float) -> None:
    ending = time.monotonic() + seconds

    async def often(act: Callable[[], Awaitable[None]], pause: float, first: float = 0.0) -> None:
        await asyncio.sleep(min(first, seconds))
        while time.monotonic() < ending:
            await act()
            await asyncio.sleep(min(pause, max(0.0, ending - time.monotonic())))

    async with asyncio.TaskGroup() as people:
        for _ in range(AT_ONCE):
            people.create_task(often(desk.ask, 0.2))
        people.create_task(often(desk.type, 0.02))
        people.create_task(often(desk.look, 0.05))
        people.create_task(often(desk.reopen, 1.0))
        people.create_task(often(desk.kill, KILLS_EVERY, KILLS_EVERY))
        people.create_task(often(look, seconds / LOOKS, min(20.0, seconds / 4)))


def _report(
    desk: Desk, server: Series, worker: Series, violations: list[str], seconds: float, state: Path
) -> dict[str, Any]:
    wrong, grown = [*desk.problems, *violations], [*server.grown(), *worker.grown()]
    runs = sum(count for name, count in desk.counts.items() if name.startswith("runs "))
    kept = sum(each.stat().st_size for each in state.rglob("*") if each.is_file())
    figures = {
        "minutes": round(seconds / 60, 2),
        "documents": len(desk.documents),
        "runs": runs,
        "keystrokes": desk.counts["keystrokes"],
        "code_actions": desk.counts["code actions"],
        "workers_killed": desk.kills,
        "violations": len(wrong),
        "lost_characters": desk.lost,
        "records.mib": round(kept / 2**20, 2),
        **server.figures(),
        **worker.figures(),
        **desk.waits.figures(),
    }
    memory = {each.name: [round(look.rss, 1) for look in each.looks] for each in (server, worker)}
    details = {
        "counts": dict(sorted(desk.counts.items())),
        "wrong": wrong[:50],
        "grown": grown,
        "rss.mib": memory,
    }
    return {"ok": not wrong and not grown, "figures": figures, "details": details}


def _shown(report: dict[str, Any]) -> str:
    lines = [f"{name:32} {value:g}" for name, value in report["figures"].items()]
    said = [*report["details"]["wrong"], *report["details"]["grown"]]
    return "\n".join([*lines, *said, "flat, and nothing lost" if report["ok"] else "NOT ok"])


if __name__ == "__main__":
    sys.exit(main())
