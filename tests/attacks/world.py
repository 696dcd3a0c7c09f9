"""Where attacks are played: a project, what lies around it, and what may not be found or changed."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

CANARY = "CANARY"
LARGE = 100_000_000
Tree = dict[str, str]

# Path in the project → text. `@SECRET@` is the canary for what is secret, `@HIDDEN@` for what is ignored.
FILES: Mapping[str, str] = {
    ".git/config": "[core]\n\tbare = false\n[remote]\n\turl = https://u:@SECRET@@git.invalid/x\n",
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/hooks/pre-commit": "#!/bin/sh\nexit 0\n",
    ".github/workflows/ci.yml": "on: push\njobs: {}\n",
    ".vscode/settings.json": '{"editor.tabSize": 4}\n',
    ".env": "TOKEN=@SECRET@\n",
    ".env.local": "TOKEN=@SECRET@\n",
    "deploy/.env.production": "TOKEN=@SECRET@\n",
    "keys/id_rsa": "@SECRET@\n",
    "keys/id_ed25519": "@SECRET@\n",
    "keys/server.key": "@SECRET@\n",
    "keys/server.pem": "@SECRET@\n",
    ".npmrc": "//registry.invalid/:_authToken=@SECRET@\n",
    ".pypirc": "password = @SECRET@\n",
    ".netrc": "machine x login y password @SECRET@\n",
    ".aws/credentials": "[default]\naws_secret_access_key = @SECRET@\n",
    ".ssh/config": "Host x\n\tPassword @SECRET@\n",
    ".docker/config.json": '{"auths": {"x": {"auth": "@SECRET@"}}}\n',
    ".config/codex-lsp/config.toml": 'CODEX_AGENT_API_KEY = "@SECRET@"\n',
    "deploy/prod.tfvars": 'password = "@SECRET@"\n',
    "deploy/terraform.tfstate": '{"password": "@SECRET@"}\n',
    "deploy/prod.env": "TOKEN=@SECRET@\n",
    ".git-credentials": "https://u:@SECRET@@git.invalid\n",
    ".gitignore": "ignored/\n*.secret\nbuild*/\n",
    ".aiignore": "noai/\n",
    ".aiexclude": "noex/\n",
    ".cursorignore": "nocursor/\n",
    ".geminiignore": "nogemini/\n",
    ".codexignore": "nocodex/\n",
    "ignored/data.txt": "@HIDDEN@\n",
    "deep/er/x.secret": "@HIDDEN@\n",
    "build-1/out.txt": "@HIDDEN@\n",
    "noai/a.txt": "@HIDDEN@\n",
    "noex/a.txt": "@HIDDEN@\n",
    "nocursor/a.txt": "@HIDDEN@\n",
    "nogemini/a.txt": "@HIDDEN@\n",
    "nocodex/a.txt": "@HIDDEN@\n",
    "package.json": '{"name": "x", "scripts": {"test": "true"}}\n',
    "Makefile": "all:\n\ttrue\n",
    "conftest.py": "import os\n",
    "AGENTS.md": "Write short names.\n",
    "src/app.py": "def app() -> int:\n    return 1\n",
    "src/util.py": "def helper() -> int:\n    return 2\n",
    "src/movable.py": "movable = True\n",
    "src/doomed.py": "doomed = True\n",
    "docs/guide.md": "# Guide\n\nRead me.\n",
    "environment.md": "What .env files are for.\n",
}
# Link in the project → where it leads.
LINKS: Mapping[str, str] = {
    "links/out": "../../outside",
    "links/secret.txt": "../../outside/secret.txt",
    "links/env": "../.env",
    "links/git": "../.git",
    "links/ignored": "../ignored",
    "links/chain": "chain2",
    "links/chain2": "out",
    "links/loop": "loop",
    "links/up": "../..",
    "links/zero": "/dev/zero",
    "links/passwd": "/etc/passwd",
    "links/self": "/proc/self/environ",
    "links/inside.py": "../src/app.py",
}


class World:
    """One project in a folder of its own. `secret` and `hidden` are canaries: texts that nobody may see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.root = self.folder / "project"
        self.outside = self.folder / "outside"
        self.home = self.folder / "home"
        self.state = self.folder / "state"
        self.secret = f"{CANARY}{secrets.token_hex(8)}S"
        self.hidden = f"{CANARY}{secrets.token_hex(8)}H"
        self.abroad = f"{CANARY}{secrets.token_hex(8)}A"

    def build(self, files: Mapping[str, str] = FILES, links: Mapping[str, str] = LINKS) -> World:
        """Make all of it; returns itself."""
        for path, text in files.items():
            self.write(self.root / path, text)
        for path, target in links.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(target)
        for around in (
            "outside/secret.txt",
            "outside/only-here.py",
            "project-secret/a.py",
            "home/.ssh/id_rsa",
        ):
            self.write(self.folder / around, "@ABROAD@\n")
        self.write(self.home / ".bashrc", "# @ABROAD@\n")
        for name in ("pipe", "AGENTS.md", ".gitignore", "CLAUDE.md"):
            (self.root / "pipes").mkdir(exist_ok=True)
            os.mkfifo(self.root / "pipes" / name)
        self.state.mkdir(exist_ok=True)
        return self

    def write(self, place: Path, text: str) -> None:
        """Write a file, with the canaries in the places of their names."""
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(self.fill(text), encoding="utf-8")

    def fill(self, text: str) -> str:
        """A text with this world's canaries in it."""
        names = {"@SECRET@": self.secret, "@HIDDEN@": self.hidden, "@ABROAD@": self.abroad}
        for name, canary in names.items():
            text = text.replace(name, canary)
        return text

    @property
    def values(self) -> dict[str, str]:
        """What rows may name."""
        folders = {"@ROOT@": self.root, "@OUT@": self.outside, "@HOME@": self.home}
        return {name: str(place) for name, place in folders.items()}

    @property
    def canaries(self) -> tuple[str, ...]:
        """What nobody may be told."""
        return self.secret, self.hidden, self.abroad

    def leaked(self, text: str) -> str:
        """Which canary stands in a text, in words; "" if none does."""
        names = zip(("a secret", "what is ignored", "what is outside"), self.canaries, strict=True)
        return next((name for name, canary in names if canary in text), "")

    def tree(self) -> Tree:
        """What is there, but for the server's own state: each path, and what it holds, is or leads to."""
        found: Tree = {}
        for folder, folders, names in os.walk(self.folder):
            if Path(folder) == self.folder:
                folders.remove("state")
            for name in (*folders, *names):
                place = Path(folder, name)
                found[str(place.relative_to(self.folder))] = _told(place)
        return found


def _told(place: Path) -> str:
    status = place.lstat()
    if stat.S_ISLNK(status.st_mode):
        return f"link to {place.readlink()}"
    if stat.S_ISREG(status.st_mode):
        if status.st_size > LARGE:
            return f"{status.st_mode:o} {status.st_size}"
        return f"{status.st_mode:o} {hashlib.sha256(place.read_bytes()).hexdigest()}"
    return f"{status.st_mode:o}"


def changed(before: Tree, after: Tree) -> list[str]:
    """The paths that came, went or are not what they were; folders that only came with a file are none."""
    paths = [path for path in sorted(before | after) if before.get(path) != after.get(path)]
    return [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]
