"""Servers of other people's, as processes on loopback for as long as a test needs them."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e import debian


@dataclass(frozen=True)
class Service:
    """A running server; `kill` ends it as an accident would."""

    port: int
    process: subprocess.Popen[str]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@contextmanager
def redis(folder: Path, password: str) -> Iterator[Service]:
    """A Redis that keeps nothing on disk."""
    port = _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    options += ["--requirepass", password]
    with _running(debian.REDIS, options, port, "Ready to accept connections", folder) as service:
        yield service


@contextmanager
def _running(
    program: debian.Program,
    options: Sequence[str],
    port: int,
    ready: str,
    folder: Path,
    environ: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """Runs from when it has said `ready` on; what it says after that goes to a file in `folder`."""
    if debian.missing() and not os.environ.get("CI") and not program.folder.is_dir():
        pytest.skip(f"{program.name} is taken from Debian, which this machine is not")
    debian.unpack(program)
    log = folder / f"{program.name}.log"
    with (
        log.open("w", encoding="utf-8") as written,
        subprocess.Popen(
            [*program.command(), *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **(environ or {})},
        ) as process,
    ):
        service = Service(port, process)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                written.write(line)
                if ready in line:
                    break
            else:
                raise AssertionError(f"{program.name} ended: {log.read_text(encoding='utf-8')}")
            yield service
        finally:
            process.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
