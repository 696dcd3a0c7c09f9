"""`codex-lsp sidecar`: the Codex CLI behind an agent's endpoint on this machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from codex_lsp.cli import endpoint
from codex_lsp.services.sidecar.options import EFFORTS, Options

if TYPE_CHECKING:
    from codex_lsp.services.chat import Answerer

PREFIX = "CODEX_SIDECAR_"
_DESCRIPTION = """\
Serve the Codex CLI as an OpenAI-compatible endpoint for codex-lsp: a request's files go into a private
folder, Codex works there in its own sandbox, and what it changed comes back as a patch. In the environment:
CODEX_SIDECAR_CODEX, _MODEL, _EFFORT, _UPSTREAM_BASE, _UPSTREAM_KEY or _UPSTREAM_KEY_FILE, and _AUTH_FILE.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser("sidecar", description=_DESCRIPTION, epilog=endpoint.ENDS)
    parser.add_argument("--codex", metavar="PATH", help="the Codex CLI (default: codex on the PATH)")
    parser.add_argument("--model", metavar="MODEL", help="the model that Codex asks")
    parser.add_argument("--effort", choices=EFFORTS, help="how much it thinks (default: the model's own)")
    parser.add_argument(
        "--upstream-base",
        metavar="URL",
        help="the server of that model, which must serve /v1/responses (default, with a key: OpenAI's)",
    )
    endpoint.add_key(parser, "--upstream-key-file", "the key for that server")
    parser.add_argument(
        "--auth-file", metavar="FILE", help="a Codex CLI's own auth.json instead of a key; it is only read"
    )
    parser.add_argument(
        "--echo", action="store_true", help="no Codex: repeat what is asked, to test the wire"
    )
    endpoint.add_options(parser, 8077)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Exit codes: 0 after an orderly end, 1 if it can't start, 2 for bad usage."""
    return endpoint.serve("sidecar", args, lambda: _answerer(args))


def _answerer(args: argparse.Namespace) -> Answerer:
    if args.echo:
        from codex_lsp.services.sidecar.echo import Echo

        return Echo()
    from codex_lsp.services.scratch import sweep
    from codex_lsp.services.sidecar.agent import CodexSidecar
    from codex_lsp.services.sidecar.home import KIND

    sweep(KIND)
    return CodexSidecar(_options(args))


def _options(args: argparse.Namespace) -> Options:
    from codex_lsp.services.serve import CannotServe

    effort = _given(args.effort, "EFFORT")
    known = next((each for each in EFFORTS if each == effort), None)
    if effort and known is None:
        raise CannotServe(f"{PREFIX}EFFORT must be one of {', '.join(EFFORTS)}, not {effort!r}.")
    upstream = _given(args.upstream_base, "UPSTREAM_BASE")
    key = endpoint.secret(args.upstream_key_file, f"{PREFIX}UPSTREAM_KEY")
    auth_file = _given(args.auth_file, "AUTH_FILE")
    return Options(
        codex=_given(args.codex, "CODEX") or "codex",
        model=_given(args.model, "MODEL"),
        effort=known,
        upstream=upstream,
        key=key,
        auth_file=Path(auth_file) if auth_file else None,
    )


def _given(option: str | None, variable: str) -> str:
    return option if option is not None else os.environ.get(PREFIX + variable, "").strip()
