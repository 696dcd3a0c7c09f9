"""What the README shows, as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import Agent

README = (Path(__file__).parents[2] / "README.md").read_text()


def python_blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("flag", ["set after the imports", "set before the imports"])
def test_the_router_example_runs_against_the_offline_agent(agent: Agent, flag: str) -> None:
    example = python_blocks()[0]
    setting = next(line for line in example.splitlines() if line.startswith("os.environ"))
    if flag == "set before the imports":
        example = f"import os\n{setting}\n" + example.replace(setting + "\n", "")
    body = "".join(f"    {line}\n" for line in example.splitlines())
    env = agent.environ()
    del env["LITELLM_ENABLE_CODEX_AGENT"]
    done = subprocess.run(
        [sys.executable, "-c", f"import asyncio\nasync def main():\n{body}asyncio.run(main())"],
        env=env, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "offline" in done.stdout


def test_the_library_example_runs() -> None:
    scope = {
        "text": "x = 1\n",
        "reply": "*** Begin Patch\n*** Update File: a.py\n-x = 1\n+x = 2\n*** End Patch",
    }
    exec(python_blocks()[1], scope)
    assert scope["result"].files["a.py"] == "x = 2\n"  # type: ignore[attr-defined]
