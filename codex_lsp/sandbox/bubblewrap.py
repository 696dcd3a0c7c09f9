"""How bubblewrap is called: whether it works here, what a program sees, its environment."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

STREAMS: dict[str, Any] = {
    "stdin": asyncio.subprocess.DEVNULL,
    "stdout": asyncio.subprocess.PIPE,
    "stderr": asyncio.subprocess.STDOUT,
}

# What programs need of the system. /etc in pieces: names, certificates, the loader's cache, the time zone.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt")
_ETC = ("alternatives", "ca-certificates", "group", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
        "mime.types", "nsswitch.conf", "passwd", "pki", "ssl")  # fmt: skip
PATH = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
_ALONE = ("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv")
_HOME = "/tmp/home"  # noqa: S108
_PROBE_SECONDS = 10.0

# Where bubblewrap is → how it is called, and what is wrong with it.
_probed: dict[str, tuple[list[str], str]] = {}


class Unavailable(Exception):
    """There is no sandbox here; the message says why, in a sentence for a person."""


async def command() -> list[str]:
    """How bubblewrap is called here; raises `Unavailable`."""
    if not sys.platform.startswith("linux"):
        raise Unavailable("there is no sandbox for this system yet")
    found = shutil.which("bwrap")
    if found is None:
        raise Unavailable("bubblewrap (bwrap) is not installed")
    if found not in _probed:
        _probed[found] = await _probe(found)
    called, problem = _probed[found]
    if problem:
        raise Unavailable(f"bubblewrap does not work here: {problem}")
    return called


async def _probe(program: str) -> tuple[list[str], str]:
    """How it is called, and what is wrong with it; older ones cannot forbid further namespaces."""
    problem = ""
    for further in (("--unshare-user", "--disable-userns"), ()):
        command = [program, *_ALONE, *further]
        problem = await _try([*command, *_system(), "--proc", "/proc", "--dev", "/dev", "true"])
        if not problem:
            return command, ""
    return [], problem


async def _try(command: list[str]) -> str:
    try:
        process = await asyncio.create_subprocess_exec(*command, **STREAMS, env={}, start_new_session=True)
    except OSError as error:
        return str(error)
    try:
        async with asyncio.timeout(_PROBE_SECONDS):
            said, _ = await process.communicate()
    except TimeoutError:
        return "it takes too long"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    lines = said.decode("utf-8", "replace").strip().splitlines()
    return "" if process.returncode == 0 else lines[-1] if lines else f"exit code {process.returncode}"


def _system() -> list[str]:
    return [part for path in _SYSTEM for part in ("--ro-bind-try", path, path)]


def filesystem(scratch: int) -> list[str]:
    """The system, read only, and a `/tmp` of `scratch` bytes."""
    options = _system()
    options += [part for name in _ETC for part in ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")]
    size = ("--size", str(scratch), "--tmpfs")
    return [*options, "--proc", "/proc", "--dev", "/dev", *size, "/tmp", "--dir", _HOME]  # noqa: S108


def shown(folder: Path, at: Path, readable: Sequence[Path], *, writable: bool) -> list[str]:
    """The folder at its place, then what is only read: what is inside of the place lies on top."""
    options = ["--bind" if writable else "--ro-bind", str(folder), str(at)]
    for path in sorted(set(readable)):
        options += ["--ro-bind-try", str(path), str(path)]
    return [*options, "--chdir", str(at)]


def environment(env: Mapping[str, str]) -> list[str]:
    """The whole environment of what is run."""
    values = {"PATH": os.pathsep.join(PATH), "HOME": _HOME, "LANG": "C.UTF-8", "TMPDIR": "/tmp", **env}  # noqa: S108
    return [part for name, value in values.items() for part in ("--setenv", name, value)]
