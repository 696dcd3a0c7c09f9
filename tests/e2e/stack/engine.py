"""A Docker Engine of the tests' own: its programs, sockets and images lie in folders of ours. Needs root."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.stack import parts

START_SECONDS = 120.0


@dataclass(frozen=True)
class Engine:
    """A running one; `environ` is that in which its command line reaches it."""

    environ: dict[str, str]

    def docker(self, *arguments: str, **more: str) -> str:
        """What `docker ARGUMENTS` prints; what it says is in the error if it fails. `more` is environment."""
        done = subprocess.run(
            ["docker", *arguments],
            env=self.environ | more,
            cwd=parts.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise AssertionError(
                f"docker {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    def load(self, folder: Path, below: str, name: str) -> None:
        """Make an image of a folder, which is seen as `below` in it."""
        tar = [
            "tar",
            "--numeric-owner",
            "--owner=0",
            "--group=0",
            "--transform",
            f"s,^[.],{below},",
            "-c",
            ".",
        ]
        with subprocess.Popen(tar, cwd=folder, stdout=subprocess.PIPE) as packing:
            command = ["docker", "import", "-", name]
            subprocess.run(
                command, stdin=packing.stdout, env=self.environ, stdout=subprocess.DEVNULL, check=True
            )
        assert packing.returncode == 0


@contextmanager
def running() -> Iterator[Engine]:
    """Start one and end it. Its images stay in build/stack, so that the next one has them."""
    environ = parts.environ()
    # Paths of sockets are short.
    folder = Path(tempfile.mkdtemp(prefix="docker-"))
    socket = f"unix://{folder}/docker.sock"
    (folder / "daemon.json").write_text(json.dumps({"bridge": "none"}), encoding="utf-8")
    places = ["--config-file", folder / "daemon.json", "--data-root", parts.PLACE / "engine"]
    places += ["--exec-root", folder / "exec", "--pidfile", folder / "pid", "--host", socket]
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["dockerd", *map(str, places)], env=environ, stdout=log, stderr=log, start_new_session=True
            )
        try:
            engine = Engine(environ | {"DOCKER_HOST": socket, "DOCKER_BUILDKIT": "1"})
            _wait(engine, process, folder / "log")
            yield engine
        finally:
            _end(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(engine: Engine, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        asked = subprocess.run(["docker", "version"], env=engine.environ, capture_output=True, check=False)
        if asked.returncode == 0:
            return
        alive = process.poll() is None and time.monotonic() < until
        assert alive, log.read_text(encoding="utf-8")[-4000:]
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
