"""git as a subprocess, in a folder of its own and with nobody's configuration."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path

from tests.bench.harness import Way


class Git:
    """The ways of git, each on files that it finds in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        # No repository above the folder is looked for.
        self._environment = {**os.environ, **quiet, "GIT_CEILING_DIRECTORIES": str(folder.parent)}

    def apply(self, path: str, old: str, new: str) -> Way:
        """`git apply` of a patch with three lines of context."""
        place, patch = self._folder / path, self._folder / "change.patch"
        self._write(path, old)
        self._write("new", new)
        made = self._run("diff", "--no-index", path, "new", expected=1)
        # The second name has to be the first one's.
        self._write(patch.name, made.replace("b/new", f"b/{path}"))
        return Way(
            "git_apply",
            partial(self._run, "apply", patch.name),
            lambda _: "" if place.read_text("utf-8") == new else "the file is not what it should be",
            prepare=partial(self._write, path, old),
        )

    def diff(self, old: str, new: str) -> Way:
        """`git diff --no-index` of two files."""
        self._write("diff.old", old)
        self._write("diff.new", new)
        return Way(
            "git_diff",
            partial(self._run, "diff", "--no-index", "diff.old", "diff.new", expected=1),
            lambda shown: "" if shown.count("\n@@ ") == 3 else "it has not three hunks",
        )

    def merge(self, current: str, base: str, other: str, merged: str) -> Way:
        """`git merge-file -p` of three files."""
        for name, text in {"current": current, "base": base, "other": other}.items():
            self._write(name, text)
        return Way(
            "git_merge_file",
            partial(self._run, "merge-file", "-p", "current", "base", "other"),
            lambda text: "" if text == merged else "the merge is not what it should be",
        )

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text, "utf-8", newline="")

    def _run(self, *arguments: str, expected: int = 0) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        if done.returncode != expected:
            raise RuntimeError(f"git {arguments[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout
