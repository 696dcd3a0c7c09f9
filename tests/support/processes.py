"""The offline agent and the command line as processes, for tests that take the whole road."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
    """This environment without any configuration of codex-lsp's, and with `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return kept | {"XDG_CONFIG_HOME": os.devnull} | more


@contextmanager
def offline_agent() -> Iterator[Agent]:
    """`codex-lsp agent --model offline`, gone at the end."""
    command = [*CODEX_LSP, "agent", "--model", "offline", "--json", "--until-eof"]
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
