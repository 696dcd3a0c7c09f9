"""The servers to fuzz, and the circumstances that they run in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

from tests.fuzz.values import DOCUMENTS, LINES
from tests.support.processes import CODEX_LSP, clean_environ

ROOT = Path(__file__).parents[2]
DEAD_PORT = "http://127.0.0.1:9"
STEPS = 3000
# `off`: the gate is closed. `dead`: nobody listens. `scripted`: an endpoint that answers well and badly.
Profile = Literal["off", "dead", "scripted"]


@dataclass(frozen=True)
class Target:
    """A server program. `hard_limit` is how many seconds a silent one is watched before it is given up."""

    name: str
    command: Sequence[str]
    prefix: str
    hard_limit: float
    environ: Mapping[str, str] = field(default_factory=dict)


CODEX = Target("codex-lsp", CODEX_LSP, "", 10.0)
PYGLS = Target(
    "bare pygls", (sys.executable, "-m", "tests.fuzz.bare"), "pygls_", 1.0, {"PYTHONPATH": str(ROOT)}
)


def environ(target: Target, base: str | None) -> dict[str, str]:
    """The environment of a server that asks the endpoint at `base`, or none."""
    ready = {}
    if base is not None:
        ready = {"LITELLM_ENABLE_CODEX_AGENT": "1", "CODEX_AGENT_API_BASE": base, "CODEX_AGENT_API_KEY": "k"}
    return clean_environ(**ready, **target.environ)


@contextmanager
def endpoint(profile: Profile, seed: int | str, folder: Path) -> Iterator[str | None]:
    """The endpoint of a profile, while it is needed; its base URL."""
    if profile != "scripted":
        yield DEAD_PORT if profile == "dead" else None
        return
    script = folder / "endpoint.json"
    script.write_text(json.dumps({"script": _script(Random(f"{seed}/endpoint"))}))
    command = [sys.executable, "-m", "tests.support.endpoint", str(script)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, env=dict(os.environ)
    ) as process:
        assert process.stdin and process.stdout  # noqa: PT018
        try:
            yield json.loads(process.stdout.readline())["base_url"]
        finally:
            process.stdin.close()
            process.wait(10)


def _script(random: Random) -> list[dict[str, Any]]:
    return [random.choice(_ANSWERS) for _ in range(STEPS)]


def _tool(name: str, arguments: str) -> dict[str, Any]:
    return {"id": "c1", "type": "function", "function": {"name": name, "arguments": arguments}}


_BLOCK = f"a.py\n<<<<<<< SEARCH\n{LINES[0]}=======\nalpha = 2\n>>>>>>> REPLACE\n"
_PATCH = f"*** Begin Patch\n*** Update File: a.py\n@@\n-{LINES[0]}+alpha = 3\n*** End Patch"
_ANSWERS: tuple[dict[str, Any], ...] = (
    {"text": _BLOCK, "piece": 30},
    {"text": _BLOCK.partition("\n")[2], "piece": 500},
    *({"text": f"```python\nalpha = {each}\n```", "piece": 50} for each in range(6)),
    {"text": _PATCH, "piece": 500},
    {"text": _PATCH * 3, "piece": 500},
    {"text": "Nothing to do.", "piece": 50},
    {"text": ""},
    {"text": "```python\nalpha = 2\n```", "piece": 50, "finish_reason": "length"},
    {"text": "half", "finish_reason": None, "done": False},
    {"text": "half" * 100, "piece": 50, "cut_after": 300},
    {"tool_calls": [_tool("read_file", '{"path": "a.py"}')], "piece": 50, "finish_reason": "tool_calls"},
    {"tool_calls": [_tool("edit", '{"path": 7}')], "piece": 50, "finish_reason": "tool_calls"},
    {"tool_calls": [_tool("none", "[")], "finish_reason": "tool_calls"},
    {"status": 500, "body": "no"},
    {"status": 429, "headers": {"Retry-After": "0"}},
    {"status": 401},
    {"status": 0},
    {"status": 200, "headers": {"Content-Type": "text/event-stream"}, "body": ": wait\n\n", "every": 0.2},
)


def initialize_params(random: Random, folder: Path) -> dict[str, Any]:
    """An editor's `initialize`, with more or less of what an editor can do."""
    edit = {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]}
    literals = {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}}
    able = {
        "workspace": {
            "applyEdit": True,
            "workspaceEdit": edit,
            "configuration": True,
            "workspaceFolders": True,
            "didChangeConfiguration": {"dynamicRegistration": True},
        },
        "textDocument": {"codeAction": {"codeActionLiteralSupport": literals, "disabledSupport": True}},
        "window": {"workDoneProgress": True, "showMessage": {}},
        "general": {"positionEncodings": random.choice((["utf-8"], ["utf-16"], ["utf-32", "utf-16"]))},
    }
    kept = (
        able
        if random.random() < 0.7
        else {name: each for name, each in able.items() if random.random() < 0.5}
    )
    root = random.choice((folder.as_uri(), DOCUMENTS[0].rpartition("/")[0]))
    return {
        "processId": os.getpid(),
        "rootUri": root,
        "workspaceFolders": [{"uri": root, "name": "f"}],
        "capabilities": kept,
        "initializationOptions": random.choice(({"events": True}, {"apply": "review"}, {}, None)),
    }
