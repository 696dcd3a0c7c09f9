"""Which paths may be read or changed for a model. An error means no.

A path must be inside the root both as written and resolved. Names that hold secrets are never read; names
that run code or steer tools when somebody merely opens or builds the project are never changed.
"""

from __future__ import annotations

import os
import re
import unicodedata
from fnmatch import fnmatchcase, translate
from pathlib import Path, PurePosixPath

from codex_lsp.edits.encoding import decode
from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import normalise

MAX_FILE_BYTES = 2_000_000

_SECRET = frozenset(
    (".env", ".env.*", "*.pem", "*.key", "id_rsa*", "id_ed25519*", ".netrc", ".npmrc", ".pypirc")
)
_SECRET_NAME = re.compile("|".join(map(translate, sorted(_SECRET))))
# Version control keeps credentials and whole histories there.
REPOSITORY_FOLDERS = frozenset((".git", ".hg", ".svn", ".jj", ".bzr"))
_PROTECTED_FOLDERS = frozenset(
    (".git", ".hg", ".svn", ".vscode", ".idea", ".github", ".gitlab", ".husky", ".cursor", ".codex")
)
_MESSAGES = frozenset(("commit_editmsg", "merge_msg", "squash_msg", "tag_editmsg"))
_PROTECTED = _SECRET | frozenset(
    (
        # version control, editors, hooks and CI
        ".gitmodules", ".gitattributes", ".gitignore", "*.code-workspace", ".pre-commit-config.yaml",
        ".gitlab-ci.yml", "azure-pipelines.yml", "jenkinsfile", ".envrc",
        # what rules agents, and what they may see
        ".aiignore", ".aiexclude", ".cursorignore", ".geminiignore", ".codexignore", ".cursorrules",
        "agents.md", "claude.md", "gemini.md", "copilot-instructions.md",
        # what package managers, builds and test runners execute
        "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml",
        "poetry.lock", "uv.lock", "cargo.lock",
        "setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py", "*.pth", "makefile", "justfile",
    )
)  # fmt: skip


def _folded(path: str) -> PurePosixPath:
    return PurePosixPath(unicodedata.normalize("NFC", normalise(path)).casefold())


def is_secret(path: str) -> bool:
    """Whether the file's name says that it holds secrets."""
    return is_secret_name(_folded(path).name)


def is_secret_name(name: str) -> bool:
    """The same for the last part of a path alone."""
    folded = name if name.isascii() else unicodedata.normalize("NFC", name)
    return _SECRET_NAME.match(folded.casefold()) is not None


def kept_out(path: str) -> str:
    """Why a path is never read for a model, by its name alone; "" if it may be. Raises `PathRejected`."""
    folded = _folded(path)
    if is_secret_name(folded.name):
        return "its name says that it holds secrets; it is not read."
    if not REPOSITORY_FOLDERS.isdisjoint(folded.parts):
        return "it belongs to version control; it is not read."
    return ""


def is_protected(path: str) -> bool:
    """Whether the file may not be changed by an edit that nobody looked at."""
    folded = _folded(path)
    return any(part in _PROTECTED_FOLDERS for part in folded.parts) or any(
        fnmatchcase(folded.name, pattern) for pattern in _PROTECTED
    )


def is_commit_message(path: str) -> bool:
    """Whether the file is the message of a commit that is being written; git runs nothing of it."""
    folded = _folded(path)
    return folded.name in _MESSAGES and set(folded.parts[:-1]) <= {".git"}


class Root:
    """A workspace folder, fixed when the server is initialised."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._resolved = folder.resolve()
        self._inside = os.path.normcase(f"{self._resolved}".rstrip(os.sep) + os.sep)

    def relative(self, file: Path) -> str | None:
        """The workspace-relative path (with `/`) of a file inside; None for one that is outside."""
        # Links are followed on the disk, part by part: only where the path as written says nothing.
        return _below(self.folder, file) or _below(self._resolved, file.resolve())

    def resolve(self, path: str) -> Path:
        """The file that a workspace-relative path names; raises `PathRejected` if a link leads outside."""
        self.target(path)
        return self.folder / normalise(path)

    def target(self, path: str) -> str:
        """The path at which the file really is, links followed; raises as `resolve` does."""
        written = f"{self.folder}{os.sep}{normalise(path)}"
        try:
            file = os.path.realpath(written, strict=True)
        except (FileNotFoundError, NotADirectoryError):
            file = os.path.realpath(written)
        except OSError as error:
            raise PathRejected(f"it leads nowhere: {error.strerror}.", path=path) from None
        if file == os.fspath(self._resolved):
            return "."
        if not os.path.normcase(file).startswith(self._inside):
            raise PathRejected("a link leads out of the workspace.", path=path)
        return file[len(self._inside) :].replace(os.sep, "/")

    def read(self, path: str) -> str:
        """The text of a file inside; raises `PathRejected`, `Encoding` or `FileNotFoundError`.

        Line ends and a byte order mark are kept as they are.
        """
        if reason := kept_out(path) or kept_out(self.target(path)):
            raise PathRejected(reason, path=path)
        file = self.folder / normalise(path)
        if not file.is_file():
            raise FileNotFoundError(path)
        if file.stat().st_size > MAX_FILE_BYTES:
            raise PathRejected(f"it is larger than {MAX_FILE_BYTES} bytes.", path=path)
        return decode(file.read_bytes(), path)


def _below(root: Path, path: Path) -> str | None:
    if ".." in path.parts or not path.is_relative_to(root):
        return None
    return path.relative_to(root).as_posix()
