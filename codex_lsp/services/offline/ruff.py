"""ruff as a child process: text in on stdin, findings with fixes or formatted text out.

Measured with ruff 0.17.6: rows and columns are one-based; columns count code points (not bytes, not UTF-16
units); rows end at `\\n`, `\\r\\n` and `\\r` only (a form feed is a character like any other); a byte order
mark isn't counted; a position may be one row past the last one, which is the text's end.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from codex_lsp.records import record
from codex_lsp.services.offline.source import Edit, Lines, Region

TIMEOUT = 20.0
# Fixes to the running interpreter's syntax and no newer: what it can run, the code it works on can use.
# The bound is the newest version that every ruff this project accepts (>= 0.9) knows.
TARGET_VERSION = f"py3{min(sys.version_info.minor, 13)}"

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class RuffFailed(Exception):
    """ruff is missing, took too long, or ended without an answer; the message says which."""


class Cancelled(Exception):
    """The work was called off."""


@record(frozen=True, slots=True)
class Finding:
    """One finding and its fix. `edits` is empty if there is none that ruff calls safe."""

    code: str
    name: str
    message: str
    region: Region
    edits: tuple[Edit, ...]


@record(frozen=True, slots=True)
class Rule:
    """What ruff says of one of its rules."""

    code: str
    name: str
    preview: bool


class Ruff:
    """The ruff that was installed with this package; raises `RuffFailed` if there is none."""

    def __init__(self) -> None:
        self._binary = installed()

    def session(self) -> Session:
        """A way to use it that can be called off."""
        return Session(self)

    @cached_property
    def version(self) -> str:
        """Such as `ruff 0.17.6`."""
        return self.session().output(["--version"], "").strip()

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """Every rule that still exists, by its code and by its name."""
        entries = json.loads(self.session().output(["rule", "--all", "--output-format", "json"], ""))
        known: dict[str, Rule] = {}
        for entry in entries:
            if "Removed" not in str(entry.get("status")) and entry.get("code"):
                rule = Rule(entry["code"], entry["name"], bool(entry.get("preview")))
                known[rule.code] = known[rule.name] = rule
        return known

    def start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        """Start it, with an environment that can't configure it, and far from any project."""
        keep = {name: os.environ[name] for name in ("SYSTEMROOT", "TMP", "TEMP") if name in os.environ}
        return subprocess.Popen(  # noqa: S603  (our own binary, no shell, no text of the request in argv)
            [self._binary, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(self._binary).absolute().anchor,
            env=keep,
        )


class Session:
    """The use of ruff for one request. `cancel` may be called from any thread."""

    def __init__(self, ruff: Ruff) -> None:
        self.ruff = ruff
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._cancelled = False

    def cancel(self) -> None:
        """Kill what runs; every later use raises `Cancelled`."""
        with self._lock:
            self._cancelled = True
            if self._child is not None:
                self._child.kill()

    def check(
        self, text: str, rules: Sequence[str], *, filename: str = "module.py", first_party: Sequence[str] = ()
    ) -> list[Finding]:
        """The findings of `rules` (codes or prefixes) in `text`, in ruff's order; raises `RuffFailed`."""
        known = self.ruff.rules
        preview = ["--preview"] if any(code in known and known[code].preview for code in rules) else []
        packages = sorted({name for name in first_party if _IDENTIFIER.fullmatch(name)})
        arguments = [
            "check", *_COMMON, f"--stdin-filename={filename}", *preview,
            "--output-format", "json",
            "--select", ",".join(rules),
            "--ignore", ",".join(code for code in NEVER if code in known),
            # Else it looks around in its folder for what the imports could mean.
            "--config", "src=[]",
            "--config", f"lint.isort.known-first-party={json.dumps(packages)}",
            "-",
        ]  # fmt: skip
        lines = Lines(text)
        return [_finding(raw, lines) for raw in json.loads(self.output(arguments, text, ok=(0, 1)) or "[]")]

    def format(self, text: str, first: int, last: int, *, filename: str = "module.py") -> str:
        """`text` with the statements of lines `first` to `last` (zero-based, inclusive) formatted.

        Blank lines at both ends are left as they are: ruff would reach over them, out of the range.
        """
        lines = Lines(text)
        filled = [number for number in range(first, last + 1) if lines.line(number).strip()]
        if not filled:
            return text
        begin, end = lines.line(filled[0]), lines.line(filled[-1])
        start = f"{filled[0] + 1}:{len(begin) - len(begin.lstrip()) + 1}"
        span = f"--range={start}-{filled[-1] + 1}:{len(end) + 1}"
        return self.output(["format", *_COMMON, f"--stdin-filename={filename}", span, "-"], text)

    def output(self, arguments: Sequence[str], text: str, ok: Sequence[int] = (0,)) -> str:
        """What one call of ruff writes to stdout."""
        child = self._start(arguments)
        try:
            out, err = child.communicate(text.encode("utf-8"), timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            raise RuffFailed(f"ruff took longer than {TIMEOUT:g} s") from None
        finally:
            self._end(child)
        if self._cancelled:
            raise Cancelled
        if child.returncode not in ok:
            reason = err.decode("utf-8", "replace").strip().splitlines()
            raise RuffFailed(f"ruff ended with {child.returncode}: {reason[-1].strip() if reason else ''}")
        return out.decode("utf-8")

    def _start(self, arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._cancelled:
                raise Cancelled
            try:
                self._child = self.ruff.start(arguments)
            except OSError as error:
                raise RuffFailed(f"ruff could not be started: {error}") from error
            return self._child

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._child = None
        if child.poll() is None:
            child.kill()
            child.communicate()


_COMMON = ("--isolated", "--no-cache", "--quiet", "--target-version", TARGET_VERSION)

# RUF100 to RUF106 judge `noqa` comments by the rules that are selected, which here are never the project's
# own; W292 and W391 are about the file's end, which a patch of lines can't express.
NEVER = ("RUF100", "RUF101", "RUF102", "RUF103", "RUF104", "RUF105", "RUF106", "W292", "W391")


def _finding(raw: dict[str, Any], lines: Lines) -> Finding:
    fix = raw.get("fix") or {}
    edits = fix.get("edits", ()) if fix.get("applicability") == "safe" else ()
    return Finding(
        code=raw.get("code") or "invalid-syntax",
        name=raw.get("name") or "",
        message=raw.get("message") or "",
        region=Region(_offset(raw["location"], lines), _offset(raw["end_location"], lines)),
        edits=tuple(
            Edit(_offset(edit["location"], lines), _offset(edit["end_location"], lines), edit["content"])
            for edit in edits
        ),
    )


def _offset(position: dict[str, int], lines: Lines) -> int:
    row = position["row"] - 1
    return min(lines.start(row) + position["column"] - 1, len(lines.text))


def installed() -> str:
    """Where ruff's program is; raises `RuffFailed`."""
    try:
        from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

        return str(find_ruff_bin())
    except (ImportError, FileNotFoundError):
        raise RuffFailed(
            "ruff is not installed beside codex-lsp: `pip install ruff` in the same place"
        ) from None
