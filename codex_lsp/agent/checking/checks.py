"""The person's own checks, run on a throw-away copy of the workspace, in a sandbox without network.

A check that fails on the changed copy is run on an unchanged one, too: what it said there already is not held
against the change.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from codex_lsp import sandbox
from codex_lsp.agent.checking.copies import TooLarge, copy
from codex_lsp.agent.checking.programs import Program, find
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange
from codex_lsp.sandbox import Finished, Limits
from codex_lsp.syntax.languages import language_of

# What is told of what a check said: its end matters most.
MAX_REPORT = 6_000
FILES = "{files}"

# Numbers, addresses and times differ from run to run, and lines move with a change.
_VARYING = re.compile(r"0x[0-9a-fA-F]+|\d+(?:\.\d+)?")
_WHY = {
    "time": "it took longer than {seconds:g} s",
    "memory": "it needed more memory than it may have",
    "processes": "it started more processes than it may",
    "output": "it said more than it may",
}


@record(frozen=True, slots=True)
class Check:
    """One check: its name, and the command as a list in which `"{files}"` stands for the changed files.

    `languages` limit it to changes of files in them (`"python"`, or a pattern as `"*.md"`); none means any.
    `readable` are further files and folders that it needs to see, relative to the workspace or absolute.
    """

    name: str
    command: tuple[str, ...]
    languages: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


@record(frozen=True, slots=True)
class Checks:
    """The checks of a workspace. `texts` are its live texts by path: what is not on disk, or newer there.

    `tell` is told what is being checked.
    """

    folder: Path
    checks: tuple[Check, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[[str], None] = lambda step: None


@record(frozen=True, slots=True)
class Result:
    """What a check found; `reason` is why it was not made, `output` what it said when it failed."""

    name: str
    status: Literal["passed", "failed", "unchecked"]
    reason: str = ""
    output: str = ""


async def run_checks(changes: tuple[FileChange, ...], checks: Checks) -> list[Result]:
    """Run the checks that these changes call for, one by one. Nothing of the workspace is written."""
    wanted = [check for check in checks.checks if any(_concerns(check, change) for change in changes)]
    if not wanted:
        return []
    if reason := await sandbox.available():
        return [Result(check.name, "unchecked", reason) for check in wanted]
    scratch = tempfile.TemporaryDirectory(prefix="codex-lsp-", ignore_cleanup_errors=True)
    try:
        checking = _Checking(changes, checks, Path(scratch.name))
        return [await checking.result(check) for check in wanted]
    finally:
        # Thousands of files, and nobody else runs meanwhile.
        await asyncio.shield(asyncio.to_thread(scratch.cleanup))


def _concerns(check: Check, change: FileChange) -> bool:
    paths = [path for path in (change.path, change.move_to) if path is not None]
    return not check.languages or any(_is_in(path, each) for path in paths for each in check.languages)


def _is_in(path: str, language: str) -> bool:
    if "*" in language:
        return fnmatchcase(path, language)
    return language_of(path) == language_of("", language) != ""


class _Checking:
    """All checks of one change, on at most two copies."""

    def __init__(self, changes: tuple[FileChange, ...], checks: Checks, scratch: Path) -> None:
        self._checks = checks
        self._changes = changes
        self._scratch = scratch
        self._copies: dict[bool, Path] = {}

    async def result(self, check: Check) -> Result:
        """Run one check on the changed copy, and if it fails there, on the unchanged one."""
        program = find(check.command[0], self._checks.folder, check.readable)
        if program is None:
            return Result(check.name, "unchecked", f"there is no program {check.command[0]} to run")
        self._checks.tell(f"checking: {check.name}")
        try:
            new = await self._run(check, program, changed=True)
            if new is None or (new.ended == "done" and new.code == 0):
                return Result(check.name, "passed" if new else "unchecked", "" if new else "no file is left")
            self._checks.tell(f"checking: {check.name}, without the change")
            return _judged(check, new, await self._run(check, program, changed=False))
        except (TooLarge, OSError, sandbox.Unavailable) as error:
            return Result(check.name, "unchecked", str(error))

    async def _run(self, check: Check, program: Program, *, changed: bool) -> Finished | None:
        """None if the command is about the changed files, and there are none on this side."""
        files = self._files(check, changed=changed)
        if FILES in check.command and not files:
            return None
        given = [part for each in check.command[1:] for part in (files if each == FILES else (each,))]
        return await sandbox.run(
            [str(program.path), *given],
            folder=await self._copy(changed=changed),
            at=self._checks.folder,
            readable=program.readable,
            limits=check.limits,
            env={"PATH": os.pathsep.join((str(program.path.parent), *sandbox.PATH))},
        )

    def _files(self, check: Check, *, changed: bool) -> list[str]:
        found = []
        for change in self._changes:
            if (change.proposed if changed else change.base) is not None and _concerns(check, change):
                # Never an option, whatever it is called.
                found.append("./" + ((change.move_to if changed else None) or change.path))
        return found

    async def _copy(self, *, changed: bool) -> Path:
        if changed not in self._copies:
            target = self._scratch / ("new" if changed else "old")
            target.mkdir()
            await _on_a_thread(self._checks.folder, target, self._texts(changed=changed))
            self._copies[changed] = target
        return self._copies[changed]

    def _texts(self, *, changed: bool) -> dict[str, str | None]:
        texts: dict[str, str | None] = dict(self._checks.texts)
        for change in self._changes:
            texts[change.path] = change.base
            if changed:
                texts[change.path] = None if change.move_to else change.proposed
                if change.move_to:
                    texts[change.move_to] = change.proposed
        return texts


async def _on_a_thread(folder: Path, target: Path, texts: Mapping[str, str | None]) -> None:
    stop = threading.Event()
    copying = asyncio.ensure_future(asyncio.to_thread(copy, folder, target, texts, stop))
    try:
        await asyncio.shield(copying)
    except asyncio.CancelledError:
        # Or it would go on in a folder that is being removed.
        stop.set()
        await asyncio.wait([copying])
        raise


def _judged(check: Check, new: Finished, old: Finished | None) -> Result:
    said = new.output if new.ended == "done" else f"{new.output}\n{_why(check, new)}"
    if old is not None and not (old.ended == "done" and old.code == 0):
        if old.ended not in {new.ended, "done"}:
            return Result(check.name, "unchecked", f"without the change, {_why(check, old)}")
        if old.ended == new.ended and (new.ended != "done" or not _new_lines(new.output, old.output)):
            return Result(check.name, "unchecked", "it fails in the same way without the change")
    return Result(check.name, "failed", output=_shortened(said))


def _why(check: Check, finished: Finished) -> str:
    return _WHY[finished.ended].format(seconds=check.limits.seconds)


def _new_lines(new: str, old: str) -> bool:
    """Whether something is said that was not said, or not as often."""
    return bool(Counter(_lines(new)) - Counter(_lines(old)))


def _lines(said: str) -> list[str]:
    return [_VARYING.sub("#", line).strip() for line in said.splitlines() if line.strip()]


def _shortened(said: str) -> str:
    said = said.strip()
    if len(said) <= MAX_REPORT:
        return said
    half = MAX_REPORT // 2
    return f"{said[:half]}\n[… {len(said) - 2 * half} characters left out …]\n{said[-half:]}"
