"""Servers of other people's, as processes on loopback for as long as a test needs them."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import debian, tiny_model
from tests.e2e.programs import unpacked
from tests.support.heard import heard

START_SECONDS = 30.0


@dataclass(frozen=True)
class Service:
    """A running server; `kill` ends it as an accident would."""

    port: int
    process: subprocess.Popen[str]
    log: Path

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


def llama_options(model: str, host: str, port: int) -> list[str]:
    """How llama.cpp's server is started with a model, named `tiny`."""
    given = ["--host", host, "--port", str(port), "--model", model, "--alias", "tiny"]
    given += ["--ctx-size", str(tiny_model.CONTEXT), "--parallel", "1", "--threads", "1", "--no-warmup"]
    return [*given, "--slots", "--no-webui"]


def llama_backend() -> Path:
    """What every machine of this kind can run; which one would be best, it finds out by trying."""
    return next(debian.LLAMA.folder.rglob("libggml-cpu-x64.so"))


@contextmanager
def model_server(folder: Path, *options: str) -> Iterator[Service]:
    """llama.cpp's server with a model of random numbers, named `tiny`."""
    model, port = folder / "tiny.gguf", _free_port()
    tiny_model.write(model)
    given = [*llama_options(str(model), "127.0.0.1", port), *options]
    unpacked(debian.LLAMA)
    environ = {"GGML_BACKEND_PATH": str(llama_backend())}
    with _running(debian.LLAMA, given, port, "listening on http", folder, environ) as service:
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
    """Runs from when it has said `ready` on; all that it says goes to a file in `folder`."""
    unpacked(program)
    log = folder / f"{program.name}.log"
    command, env = [*program.command(), *options], {**os.environ, **(environ or {})}
    with heard(command, log, ready, env=env, seconds=START_SECONDS, cwd=folder) as (process, _):
        yield Service(port, process, log)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
