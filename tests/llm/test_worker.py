"""How the worker takes its pipes and its settings, as a process without the rest of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORKER = ROOT / "codex_lsp" / "llm" / "worker.py"

CLAIM = """
import os, runpy, subprocess, sys
worker = runpy.run_path(sys.argv[1])
read, write = worker["_claim"]()
print("a library prints", flush=True)
os.write(1, b"and writes\\n")
subprocess.run([sys.executable, "-c", "print('and a child of it')"], check=True)
assert sys.stdin.read() == ""
os.write(write, b"frame:" + os.read(read, 100))
"""

PREPARE = """
import json, os, runpy, sys
sys.path = [entry for entry in sys.path if entry != sys.argv[2]]
runpy.run_path(sys.argv[1])["_prepare"]()
print(json.dumps([dict(os.environ), sys.path[0], sorted(sys.modules)]))
"""


def run(program: str, *, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", program, str(WORKER), str(ROOT)],
        input="from the parent",
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        env=environ,
        cwd="/",
    )


def test_only_frames_reach_the_parent() -> None:
    done = run(CLAIM)
    assert done.stdout == "frame:from the parent"
    assert done.stderr.splitlines() == ["a library prints", "and writes", "and a child of it"]


def test_settings_that_litellm_reads_when_it_is_imported() -> None:
    hostile = {"LITELLM_MODE": "DEV", "USE_LITELLM_PROXY": "True", "LITELLM_LOCAL_MODEL_COST_MAP": ""}
    environ, first, modules = json.loads(run(PREPARE, environ=hostile).stdout)
    assert environ["LITELLM_MODE"] == "PRODUCTION"
    assert environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    assert "USE_LITELLM_PROXY" not in environ
    assert first == str(ROOT)
    assert not any(name.startswith(("codex_lsp", "litellm")) for name in modules)
