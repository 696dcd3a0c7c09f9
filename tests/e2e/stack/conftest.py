"""The engine, the images and the stack, each made once."""

from __future__ import annotations

import json
import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import debian
from tests.e2e.programs import missing
from tests.e2e.stack import engine as engines
from tests.e2e.stack import parts
from tests.support.processes import clean_environ

FILES = ("-f", "compose.agents.yml", "-f", "tests/e2e/stack/compose.override.yml")
UP_SECONDS = "600"


@dataclass(frozen=True)
class Stack:
    """A stack that is up: where its endpoints are, and how to speak to its engine."""

    engine: engines.Engine
    settings: dict[str, str]
    token: str
    profile: str
    files: tuple[str, ...]

    def compose(self, *arguments: str) -> str:
        """`docker compose ARGUMENTS`, with its files and settings."""
        return self.engine.docker(
            *("compose", *self.files, "--profile", self.profile, *arguments), **self.settings
        )

    def base(self, service: str) -> str:
        """The address of `mini-agent` or `codex-sidecar` on this machine."""
        name = {"mini-agent": "CODEX_STACK_MINI_PORT", "codex-sidecar": "CODEX_STACK_SIDECAR_PORT"}[service]
        return f"http://127.0.0.1:{self.settings[name]}"

    def containers(self, service: str) -> list[str]:
        """The names of a service's containers."""
        lines = self.compose("ps", "--format", "json", service).splitlines()
        return sorted(json.loads(line)["Name"] for line in lines)

    def inside(self, container: str, *command: str) -> str:
        """What a command says that runs in a container."""
        return self.engine.docker("exec", container, *command)

    def environ(self, **more: str) -> dict[str, str]:
        """This environment, for programs of ours that ask the stack."""
        return clean_environ(LITELLM_ENABLE_CODEX_AGENT="1", **self.settings, **more)


@pytest.fixture(scope="session")
def engine() -> Iterator[engines.Engine]:
    if absent := debian.missing():
        missing(f"Docker is taken from Debian, and this is missing: {absent}")
    if os.geteuid() != 0:
        missing("Docker's engine needs root")
    with engines.running() as running:
        yield running


@pytest.fixture(scope="session")
def images(engine: engines.Engine) -> engines.Engine:
    """The engine, with the images that stand for those of registries, and the wheels for the build."""
    parts.wheels()
    engine.load(parts.system(), ".", "codex-lsp-tests/system:1")
    engine.load(parts.codex(), "codex", "codex-lsp-tests/codex:1")
    # Those of earlier times have lost their names.
    engine.docker("image", "prune", "--force")
    return engine


@contextmanager
def up(
    engine: engines.Engine,
    folder: Path,
    profile: str,
    *options: str,
    more: Sequence[str] = (),
    **settings: str,
) -> Iterator[Stack]:
    """The one step: `docker compose up -d --wait`; then `down`. `more` are options of compose."""
    token = secrets.token_urlsafe(32)
    (folder / "token").write_text(token + "\n", encoding="utf-8")
    mini, sidecar = _free_ports()
    settings |= {
        "CODEX_STACK_TOKEN_FILE": str(folder / "token"),
        "CODEX_STACK_MINI_PORT": str(mini),
        "CODEX_STACK_SIDECAR_PORT": str(sidecar),
    }
    running = Stack(engine, settings, token, profile, (*FILES, *more))
    try:
        running.compose("up", "--detach", "--wait", "--wait-timeout", UP_SECONDS, "--build", *options)
        yield running
    except AssertionError:
        print(running.compose("ps", "--all"), running.compose("logs", "--tail", "40"))
        raise
    finally:
        running.compose("down", "--volumes", "--timeout", "5")


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]
