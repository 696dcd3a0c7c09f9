"""`run_python` and `run_command`: what a model wants to try, in a sandbox, on a copy that it cannot change.

There is no network, nobody else's files, no environment, and little time, memory and output. Without a
sandbox these tools are not offered at all.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from codex_lsp import sandbox
from codex_lsp.agent.checking.programs import Program, find
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.extra import Extra, tool
from codex_lsp.agent.tools.result import Result, refused
from codex_lsp.agent.tools.schemas import BadArguments
from codex_lsp.edits.paths import normalise
from codex_lsp.sandbox import MEGABYTE, Finished, Limits
from codex_lsp.services import scratch
from codex_lsp.services.offline.ruff import RuffFailed, installed

# None of them needs a network, and none starts others by its own options but Python, in the same sandbox.
ALLOWED = (
    *("cat", "cut", "diff", "grep", "head", "ls", "nl"),
    *("python3", "ruff", "sort", "tail", "tr", "uniq", "wc"),
)
LIMITS = Limits(seconds=20.0, memory=512 * MEGABYTE, processes=32, output=256 * 1024, scratch=32 * MEGABYTE)
MAX_CODE = 100_000
MAX_SHOWN = 12_000
KIND = "mini-agent"
_AT = Path("/project")
_WHY = {
    "time": f"it was stopped: it took longer than {LIMITS.seconds:g} s",
    "memory": "it was stopped: it needed more memory than it may have",
    "processes": "it was stopped: it started more processes than it may",
    "output": "it was stopped: it said more than it may",
}


async def extras() -> tuple[tuple[Extra, ...], str]:
    """The tools, and why there are none."""
    reason = await sandbox.available()
    if reason:
        return (), reason
    return _TOOLS, ""


async def run_python(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """Run a script in a folder that holds the files as the run sees them."""
    code = arguments["code"]
    if len(code) > MAX_CODE:
        raise BadArguments(f"code has more than {MAX_CODE:,} characters.")
    return await _run(overlay, "python3", (), code, "Python")


async def run_command(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """Run one of the allowed programs; there is no shell."""
    try:
        argv = shlex.split(arguments["command"])
    except ValueError as error:
        raise BadArguments(f"command cannot be split into words: {error}.") from None
    if not argv or argv[0] not in ALLOWED:
        name = argv[0][:40] if argv else ""
        said = f"there is no program {name!r} here; there are {', '.join(ALLOWED)}. No shell: no pipes."
        return refused("denied", said, f"run_command refused: {name}")
    if any("\0" in each for each in argv):
        raise BadArguments("command holds a character that no argument can have.")
    return await _run(overlay, argv[0], argv[1:], None, argv[0])


_TOOLS = (
    Extra(
        tool(
            "run_python",
            "Run a Python script in a sandbox, in a folder with the files as they are with your edits. It "
            "cannot change them: edits are made by `edit`. No network; scratch files go to /tmp.",
            ("code",),
            code="string: The whole script; print what you want to know.",
        ),
        run_python,
    ),
    Extra(
        tool(
            "run_command",
            "Run one program in the same sandbox, without a shell: " + ", ".join(ALLOWED) + ".",
            ("command",),
            command="string: The program and its arguments, quoted as in a shell.",
        ),
        run_command,
    ),
)


async def _run(overlay: Overlay, name: str, given: Sequence[str], code: str | None, said: str) -> Result:
    texts = overlay.live()
    try:
        with scratch.folder(KIND) as folder:
            try:
                finished = await _in(folder, texts, name, given, code)
            finally:
                await scratch.clear(folder)
    except (OSError, sandbox.Unavailable) as error:
        return refused("failed", f"it cannot be run: {error}.", f"{said} could not be run")
    if finished is None:
        return refused("failed", f"{name} is not installed here.", f"{said} is not installed")
    how = _WHY.get(finished.ended) or f"exit code {finished.code}"
    return Result(f"{how}\n{_shown(finished.output)}", f"ran {said}: {how}")


async def _in(
    folder: Path, texts: Mapping[str, str], name: str, given: Sequence[str], code: str | None
) -> Finished | None:
    files = folder / "work"
    program = _program(name, files)
    if program is None:
        return None
    script = folder / "script.py"
    await asyncio.to_thread(_write, files, texts, script, code)
    return await sandbox.run(
        [str(program.path), *([str(script)] if code is not None else given)],
        folder=files,
        at=_AT,
        writable=False,
        readable=[*program.readable, *([script] if code is not None else [])],
        limits=LIMITS,
        env={
            "PATH": os.pathsep.join((str(program.path.parent), *sandbox.PATH)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "RUFF_NO_CACHE": "true",
            "PYTHONPATH": str(_AT),
        },
    )


def _program(name: str, folder: Path) -> Program | None:
    # By the user's PATH these two may be starters that look for the real ones where a sandbox has nothing.
    if name == "python3":
        name = os.path.realpath(sys.executable)
    if name == "ruff":
        try:
            name = installed()
        except RuffFailed:
            return None
    return find(name, folder)


def _write(folder: Path, texts: Mapping[str, str], script: Path, code: str | None) -> None:
    folder.mkdir()
    for path, text in texts.items():
        file = folder / normalise(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode("utf-8", "surrogatepass"))
    if code is not None:
        script.write_text(code, encoding="utf-8", errors="surrogatepass")


def _shown(output: str) -> str:
    if len(output) <= MAX_SHOWN:
        return output
    half = MAX_SHOWN // 2
    return f"{output[:half]}\n[… {len(output) - 2 * half} characters left out …]\n{output[-half:]}"
