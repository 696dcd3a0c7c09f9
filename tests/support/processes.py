"""The offline agent and the command line as processes, for tests that take the whole road."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from codex_lsp.endpoint.config import VARIABLES

CODEX_LSP = (sys.executable, "-m", "codex_lsp")


@dataclass(frozen=True)
class Agent:
    """A running offline agent: where it listens, and the environment that makes a server use it."""

    url: str
    token: str
    process: subprocess.Popen[str]

    def environ(self, **more: str) -> dict[str, str]:
        """This environment, with a codex-lsp that is ready and asks this agent."""
        return clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1",
            CODEX_AGENT_API_BASE=self.url,
            CODEX_AGENT_API_KEY=self.token,
            CODEX_AGENT_MODEL="codex-agent/offline",
            **more,
        )


def clean_environ(**more: str) -> dict[str, str]:
    """This environment without any configuration of codex-lsp's, and with `more`.

    Workers are shared among the programs that this process starts, and with nobody else.
    """
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    folders = {"XDG_RUNTIME_DIR": runtime_folder(), "XDG_STATE_HOME": runtime_folder()}
    return kept | {"XDG_CONFIG_HOME": os.devnull} | folders | more


@cache
def runtime_folder() -> str:
    """A runtime folder of this process' own; its path is short, for sockets. Gone at the end."""
    folder = tempfile.mkdtemp(prefix="cl-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def workers(runtime: Path | str) -> list[int]:
    """The workers, shared and own, of all programs that have this runtime folder. Linux."""
    wanted = f"XDG_RUNTIME_DIR={runtime}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        # Most are gone in between, or somebody else's.
        with suppress(OSError):
            if (
                entry.name.isdigit()
                and b"llm/worker.py\0" in (entry / "cmdline").read_bytes()
                and wanted in (entry / "environ").read_bytes().split(b"\0")
            ):
                found.append(int(entry.name))
    return sorted(found)


@contextmanager
def offline_agent() -> Iterator[Agent]:
    """`codex-lsp agent --model offline`, gone at the end."""
    with endpoint_process("agent", "--model", "offline") as agent:
        yield agent


@contextmanager
def endpoint_process(*arguments: str) -> Iterator[Agent]:
    """An endpoint of ours as a process, on any free port, gone at the end."""
    command = [*CODEX_LSP, *arguments, "--port", "0", "--json", "--until-eof"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environ()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        try:
            yield Agent(said["url"], said["token"], process)
        finally:
            process.stdin.close()
            process.wait(10)


def codex_lsp(
    *arguments: str, env: dict[str, str], cwd: Path, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [*CODEX_LSP, *arguments],
        env=env,
        cwd=cwd,
        text=True,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
