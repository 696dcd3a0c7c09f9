"""The first run of a process loads what it needs beside the loop; nothing else loads the same meanwhile."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import asyncio, sys, time
from importlib.machinery import PathFinder

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import execute
from codex_lsp.edits import Focus


class Slow(PathFinder):
    "A disk that takes its time with each module, so that two threads meet in the midst of importing."

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name.startswith("rapidfuzz"):
            time.sleep(0.03)
        return None


sys.meta_path.insert(0, Slow)
TEXT = "def f():\\n    return 1\\n\\n\\ndef g():\\n    return 2\\n"
PATCH = (
    "*** Begin Patch\\n*** Update File: m.py\\n-    return 1\\n+    return 10\\n"
    "@@ def g():\\n-    return 2\\n+    return 20\\n*** End Patch"
)


async def run():
    model = ScriptedModel([Reply(PATCH)], ModelInfo("agent", "llm"))
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT, 1, "python")})
    outcome = await execute(Ask("x", Focus("m.py", 0, 5)), overlay, model, run_id="r")
    return outcome.proposal.changes[0].proposed


async def main():
    told = await asyncio.gather(*(run() for _ in range(6)))
    assert all(each == TEXT.replace("1", "10").replace("2", "20") for each in told), told


asyncio.run(main())
"""


@pytest.mark.slow
def test_several_first_runs_at_once() -> None:
    # Half of them met before that was forbidden.
    command = [sys.executable, "-c", SCRIPT]
    programs = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    said = [program.communicate(timeout=60)[1] for program in programs]
    assert said == [""] * len(programs)
    assert [program.returncode for program in programs] == [0] * len(programs)
