"""`codex-lsp agent`: run an agent's endpoint on this machine. So far there is one model, `offline`."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_lsp.services.serve import Listener

KEY = "CODEX_AGENT_API_KEY"
MODELS = ("offline",)
_DESCRIPTION = """\
Serve an OpenAI-compatible endpoint for codex-lsp. The model `offline` is a deterministic rule engine for
Python: no network, no key, no weights. Once it listens, it prints one line (with --json) or how to use it.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser(
        "agent", help="run an agent's endpoint on this machine", description=_DESCRIPTION
    )
    parser.add_argument("--model", default="offline", help="what to serve: offline (the default)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on (default: any free one)")
    parser.add_argument(
        "--token",
        help=f"bearer token that clients must send (default: {KEY} from the environment, else a fresh one); "
        "other users can read command lines, so prefer --token-file",
    )
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="read the token from a file")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also accept this Host header, such as a container's name; may be given several times",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object once it listens")
    parser.add_argument(
        "--until-eof",
        "--exit-with-parent",
        action="store_true",
        help="end when stdin does, so that it never outlives whoever started it",
    )
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Exit codes: 0 after an orderly end, 1 if it can't start, 2 for bad usage."""
    if args.model not in MODELS:
        print(
            f"codex-lsp agent: there is no model {args.model!r} here, only {', '.join(MODELS)}. For "
            "an endpoint of your own, set CODEX_AGENT_API_BASE to its address.",
            file=sys.stderr,
        )
        return 2
    from codex_lsp.services import serve
    from codex_lsp.services.offline.agent import OfflineAgent
    from codex_lsp.services.offline.ruff import Ruff, RuffFailed

    try:
        answerer = OfflineAgent(Ruff())
        listener = serve.listen(args.host, args.port, _token(args), extra_hosts=args.allow_host)
    except (serve.CannotServe, RuffFailed, OSError, UnicodeDecodeError) as error:
        print(f"codex-lsp agent: {error}", file=sys.stderr)
        return 1
    serve.run(
        answerer,
        listener,
        ready=lambda: _announce(listener, as_json=args.json),
        until_eof=0 if args.until_eof else None,
    )
    return 0


def _token(args: argparse.Namespace) -> str | None:
    if args.token is not None:
        return str(args.token)
    if args.token_file is not None:
        return str(args.token_file.read_text(encoding="utf-8").strip())
    return os.environ.get(KEY, "").strip() or None


def _announce(listener: Listener, *, as_json: bool) -> None:
    if as_json:
        line = {"url": listener.url, "token": listener.access.token, "mode": "offline", "pid": os.getpid()}
        print(json.dumps(line), flush=True)
        return
    print(
        f"The offline rule engine (no model, Python only) listens on {listener.url}. To use it:\n"
        f"  export LITELLM_ENABLE_CODEX_AGENT=1\n"
        f"  export CODEX_AGENT_API_BASE={listener.url}\n"
        f"  export {KEY}={shlex.quote(listener.access.token)}\n"
        "Ctrl+C ends it.",
        flush=True,
    )
