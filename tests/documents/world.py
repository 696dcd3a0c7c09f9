"""A folder in which the documents' commands are run as they stand there, by a shell, as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.documents.reading import ROOT
from tests.e2e.person import home
from tests.support.processes import clean_environ

TEXT = "import sys\nimport os\n\n\ndef f( x ):\n    return os.path.join(sys.prefix,x)\n"
REPLY = "*** Begin Patch\n*** Update File: m.py\n-import sys\n import os\n+import sys\n*** End Patch\n"
SECONDS = 300.0


class World:
    """A person with a home of their own, `codex-lsp` on the PATH, and a project, which is where they are."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.env = home(folder, env or clean_environ())
        self.home = Path(self.env["HOME"])
        self.env["XDG_STATE_HOME"] = str(self.home / ".local" / "state")
        for name in ("python", "python3"):
            (folder / "bin" / name).symlink_to(sys.executable)
        self.project = folder / "project"
        self.project.mkdir()
        (self.project / "m.py").write_text(TEXT, encoding="utf-8")
        (self.project / "reply.md").write_text(REPLY, encoding="utf-8")

    def sh(self, lines: str, *, cwd: Path | None = None, rc: int = 0) -> str:
        """What a shell prints that runs these lines; all that it says if one of them fails."""
        done = subprocess.run(
            ["sh", "-euc", lines],
            cwd=cwd or self.project,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == rc, f"{lines}\n{done.stdout}{done.stderr}"
        return done.stdout


def checkout(folder: Path, *parts: str) -> Path:
    """A copy of these parts of the tree, as they are now."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *parts]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    names = [name for name in listed if name and os.path.lexists(ROOT / name)]
    copying = ["cp", "--parents", "--no-dereference", "--target-directory", str(folder), *names]
    subprocess.run(copying, cwd=ROOT, check=True)
    return folder
