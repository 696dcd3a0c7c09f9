"""THE policy: what may be read or changed for a model, and what a person must confirm. An error means no.

A path must be inside the root both as written and resolved, when it is checked and when it is used. Names
that hold secrets are never read; what belongs to version control is neither read nor changed. A change of
what runs code or steers tools when somebody merely opens or builds the project (`protected`, `steering`) is
proposed, and a person confirms it by itself, in every mode. Nothing in a repository or a reply changes this.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from fnmatch import translate
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path, PurePosixPath

from codex_lsp.edits.encoding import decode
from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import normalise
from codex_lsp.workspace.opening import NotPlain, read_below
from codex_lsp.workspace.protected import why_protected
from codex_lsp.workspace.steering import why_steering

MAX_FILE_BYTES = 2_000_000
MAX_UP = 32

_KEPT_OUT = (
    ".env .env.* .env-* .env_* *.env .flaskenv *.pem *.key *.p12 *.pfx *.jks *.keystore *.ppk *.kdbx id_rsa* "
    "id_ed25519* id_ecdsa* id_dsa* .netrc _netrc .authinfo* .npmrc .pypirc .pgpass .htpasswd .my.cnf "
    ".mylogin.cnf .git-credentials .vault-token .vault_pass* *.tfstate *.tfstate.* *.tfvars *.tfvars.json "
    ".s3cfg .boto .dockercfg .dockerconfigjson kubeconfig *.kubeconfig *.ovpn credentials.tfrc.json"
)
_SECRET_NAME = re.compile("|".join(map(translate, _KEPT_OUT.split())))
_SECRET_FOLDERS = frozenset((".ssh", ".gnupg", ".aws", ".azure", ".kube", ".gcloud", ".password-store"))
# Two parts, one behind the other: where programs keep credentials, and where we keep what is ours.
_SECRET_PAIRS = frozenset(
    [(".docker", "config.json"), (".codex", "auth.json"), (".m2", "settings.xml"), (".gem", "credentials")]
    + [(".cargo", "credentials"), (".cargo", "credentials.toml")]
    + [(".config", name) for name in ("gcloud", "gh", "hub", "rclone", "op", "doctl", "codex-lsp")]
    + [(above, "codex-lsp") for above in ("state", "application support", "appdata", "local", "roaming")]
)
# Version control keeps credentials and whole histories there.
REPOSITORY_FOLDERS = frozenset((".git", ".hg", ".svn", ".jj", ".bzr"))
# What `.git` is called beside its name on Windows.
_GIT_SHORT = re.compile(r"git~[0-9]+")
_MESSAGE = re.compile(
    r"(?:\.git/(?:(?:worktrees|modules)/[^/]+/)*)?(?:commit_editmsg|merge_msg|squash_msg|tag_editmsg)"
)


def _folded(path: str) -> PurePosixPath:
    return PurePosixPath(unicodedata.normalize("NFC", normalise(path)).casefold())


def is_secret(path: str) -> bool:
    """Whether the file's name says that it holds secrets, or that of a folder on the way to it."""
    folded = _folded(path)
    return is_secret_name(folded.name) or is_secret_folder(folded.parts)


def is_secret_folder(parts: Sequence[str]) -> bool:
    """The same of folders alone, by their names without case."""
    return not _SECRET_FOLDERS.isdisjoint(parts) or not _SECRET_PAIRS.isdisjoint(pairwise(parts))


def is_secret_name(name: str) -> bool:
    """The same for the last part of a path alone."""
    folded = name if name.isascii() else unicodedata.normalize("NFC", name)
    return _SECRET_NAME.match(folded.casefold()) is not None


def kept_out(path: str) -> str:
    """Why a path is never read for a model, by its name alone; "" if it may be. Raises `PathRejected`."""
    if is_secret(path):
        return "its name says that it holds secrets; it is not read."
    if is_repository(path):
        return "it belongs to version control; it is not read."
    return ""


@lru_cache(1024)
def is_repository(path: str) -> bool:
    """Whether it is in a folder of version control, or is one."""
    parts = _folded(path).parts
    return not REPOSITORY_FOLDERS.isdisjoint(parts) or any(map(_GIT_SHORT.fullmatch, parts))


def is_commit_message(path: str) -> bool:
    """Whether the file is the message of a commit that is being written; git runs nothing of it."""
    return _MESSAGE.fullmatch(_folded(path).as_posix()) is not None


class Root:
    """A workspace folder, fixed when the server is initialised."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._resolved = folder.resolve()
        self._inside = os.path.normcase(f"{self._resolved}".rstrip(os.sep) + os.sep)

    @property
    def resolved(self) -> Path:
        """The folder, links followed."""
        return self._resolved

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

    def read(self, path: str, why_not: Callable[[str], str] | None = None) -> str:
        """The text of a file inside; raises `PathRejected`, `NotText` or `FileNotFoundError`.

        Line ends and a byte order mark are kept as they are. `why_not` is asked of where the path leads.
        """
        return decode(self.data(path, why_not), path)

    def data(self, path: str, why_not: Callable[[str], str] | None = None) -> bytes:
        """The same as bytes."""
        target = self.target(path)
        if reason := kept_out(path) or kept_out(target) or (why_not and why_not(target)):
            raise PathRejected(reason, path=path)
        try:
            data = read_below(self._resolved, target.split("/"), MAX_FILE_BYTES + 1)
        except NotPlain:
            raise FileNotFoundError(path) from None
        if len(data) > MAX_FILE_BYTES:
            raise PathRejected(f"it is larger than {MAX_FILE_BYTES} bytes.", path=path)
        return data

    def names(self, path: str) -> Iterable[str]:
        """All that a path is called: as written, and where it leads; each from its repository's top on.

        Raises as `resolve` does.
        """
        return dict.fromkeys(self._prefix + each for each in (normalise(path), self.target(path)))

    @cached_property
    def _prefix(self) -> str:
        """What the workspace itself is called in its repository, or below the person's home, with a slash."""
        _, prefix = repository(self.folder)
        if prefix:
            return prefix
        home = os.path.realpath(os.path.expanduser("~"))  # noqa: PTH111
        inside = _below(Path(home), self._resolved) if home != os.sep else None
        own = os.path.lexists(self._resolved / ".git") or inside in (None, ".")
        return "" if own else f"{inside}/"


def confirmation(
    root: Root | None, paths: Iterable[str], before: str | None, after: str | None, *, own: bool = False
) -> str:
    """Why a person must confirm a file's change by itself, in a few words; "" if that is not needed.

    `paths` are all that the change has to do with: the file's, and where it moves. Without a root they count
    as written. `before` and `after` are its texts, None where there is none. `own` says that the person
    asked in that very file, which may be a commit's message.
    """
    paths = list(paths)
    for path in paths:
        if why := why_named(root, path, own=own):
            return why
    return why_steering(paths[-1], before or "", after) if after is not None else ""


def why_named(root: Root | None, path: str, *, own: bool = False) -> str:
    """As `confirmation`, by the file's names alone. What cannot be found out must be confirmed."""
    try:
        names = (path,) if root is None else root.names(path)
        asked = [name for name in names if not (own and is_commit_message(name))]
        return next((why for name in asked if (why := why_protected(name))), "")
    except (PathRejected, OSError, ValueError):
        return "may be anything: where it leads cannot be found out"


def repository(folder: Path) -> tuple[Path, str]:
    """The top of the repository that a folder is in, and the folder's path in it with a slash at its end.

    A folder in none is its own top.
    """
    real = folder.resolve()
    for top in (real, *real.parents[:MAX_UP]):
        if os.path.lexists(top / ".git"):
            prefix = real.relative_to(top).as_posix()
            return top, "" if prefix == "." else prefix + "/"
    return real, ""


def _below(root: Path, path: Path) -> str | None:
    if ".." in path.parts or not path.is_relative_to(root):
        return None
    return path.relative_to(root).as_posix()
