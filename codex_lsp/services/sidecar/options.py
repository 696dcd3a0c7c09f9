"""What the sidecar is told when it starts, and where the Codex CLI is."""

from __future__ import annotations

import shutil
from dataclasses import field
from pathlib import Path
from typing import Literal

from codex_lsp.records import record

OPENAI = "https://api.openai.com/v1"

Effort = Literal["low", "medium", "high"]
EFFORTS: tuple[Effort, ...] = ("low", "medium", "high")


class Unready(Exception):
    """Codex cannot be asked; the message says what is to be done."""


@record(frozen=True, slots=True)
class Options:
    """`codex` is a path or a name; `upstream` serves `/v1/responses`: OpenAI, if there is only a `key`.

    `auth_file` is a Codex CLI's own `auth.json`, of which each run gets a copy; a run may take `seconds`.
    """

    codex: str = "codex"
    model: str = ""
    effort: Effort | None = None
    upstream: str = ""
    key: str = field(default="", repr=False)
    auth_file: Path | None = None
    seconds: float = 900.0

    def base(self) -> str:
        """The address that goes before `/responses`, empty if Codex's own sign-in is used."""
        base = self.upstream.rstrip("/") or (OPENAI if self.key else "")
        beyond_host = base.partition("://")[2].partition("/")[2]
        return base if beyond_host or not base else f"{base}/v1"


def find(options: Options) -> Path:
    """The program itself; raises `Unready`.

    npm's `codex` is a script that starts it; it is passed over, for what is to be killed is the program.
    """
    found = shutil.which(options.codex)
    if found is None:
        raise Unready(
            f"The Codex CLI is not here ({options.codex!r}): npm install -g @openai/codex, or give its path."
        )
    path = Path(found).resolve()
    if path.suffix == ".js":
        natives = sorted(path.parent.parent.parent.glob("codex-*/vendor/*/bin/codex"))
        natives += sorted(path.parent.parent.glob("node_modules/@openai/codex-*/vendor/*/bin/codex"))
        natives += sorted(path.parent.parent.glob("vendor/*/bin/codex"))
        if not natives:
            raise Unready(f"The Codex CLI at {path} lacks the program for this machine: install it again.")
        return natives[0].resolve()
    return path


def authorised(options: Options) -> None:
    """Raises `Unready` where there is no way to sign in, or no model is named."""
    if options.base():
        if not options.model:
            raise Unready("No model is named: --model NAME or CODEX_SIDECAR_MODEL.")
    elif options.auth_file is None:
        raise Unready(
            "Codex has no way to sign in: give a key (--upstream-key-file), a Codex CLI's auth.json "
            "(--auth-file), or the address of a server that needs neither (--upstream-base)."
        )
    else:
        signed_in(options.auth_file)


def signed_in(auth_file: Path) -> bytes:
    """What the file holds; raises `Unready`."""
    try:
        held = auth_file.read_bytes()
    except OSError as error:
        raise Unready(f"The sign-in of Codex cannot be read: {error}.") from error
    if not held.strip():
        raise Unready(f"The sign-in of Codex is empty: {auth_file}.")
    return held
