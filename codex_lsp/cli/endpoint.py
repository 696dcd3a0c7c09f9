"""What the commands that serve an endpoint have in common: options, token, what they say at first."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_lsp.services.chat import Answerer
    from codex_lsp.services.serve import Listener

TOKEN = "CODEX_AGENT_API_KEY"  # noqa: S105
ENDS = "Exit codes: 0 after an orderly end, 1 it cannot start and the message says why, 2 wrong arguments."
_MODES = {
    "offline": "The offline rule engine (no model, Python only)",
    "echo": "An echo (no model: it only shows that the wire works)",
    "llm": "The agent with {models}",
}


def add_options(parser: argparse.ArgumentParser, port: int) -> None:
    """Address, token, load, and how it is started; `port` is the default one."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=port, help="port to listen on; 0 is any free one (default: %(default)s)"
    )
    parser.add_argument(
        "--token",
        help=f"bearer token that clients must send (default: {TOKEN} from the environment, else a fresh "
        "one); other users can read command lines, so prefer --token-file",
    )
    add_key(parser, "--token-file", f"the token (default: {TOKEN}_FILE)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="also accept this Host header, such as a container's name; may be given several times",
    )
    parser.add_argument(
        "--max-runs", type=int, default=4, metavar="N", help="requests worked on at a time (%(default)s)"
    )
    parser.add_argument(
        "--max-queue", type=int, default=64, metavar="N", help="requests that may wait (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object once it listens")
    parser.add_argument(
        "--until-eof",
        "--exit-with-parent",
        action="store_true",
        help="end when stdin does, so that it never outlives whoever started it",
    )


def add_key(parser: argparse.ArgumentParser, option: str, what: str) -> None:
    """An option for a file that holds a secret."""
    parser.add_argument(option, type=Path, metavar="FILE", help=f"a file that holds {what}")


def secret(file: Path | None, variable: str) -> str:
    """A secret from a file, else from the environment: `VARIABLE`, or the file that `VARIABLE_FILE` names.

    Empty if there is none. Raises `OSError` or `UnicodeDecodeError` for a file that cannot be read.
    """
    named = file or (os.environ.get(f"{variable}_FILE", "") if not os.environ.get(variable) else "")
    if named:
        return Path(named).read_text(encoding="utf-8").strip()
    return os.environ.get(variable, "").strip()


def serve(command: str, args: argparse.Namespace, make: Callable[[], Answerer]) -> int:
    """Serve what `make` makes until told to stop.

    Returns 0 after an orderly end, 1 if it can't start, 2 for bad usage. `make` may raise `CannotServe`,
    `OSError` and `UnicodeDecodeError`.
    """
    if args.max_runs < 1 or args.max_queue < 0:
        print(f"codex-lsp {command}: --max-runs is at least 1, --max-queue at least 0.", file=sys.stderr)
        return 2
    from codex_lsp.services import serve as serving

    try:
        # First: whoever has no address to listen on need not wait for what takes long to load.
        token = _token(args)
        listener = serving.listen(args.host, args.port, token, extra_hosts=args.allow_host)
        answerer = make()
    except (serving.CannotServe, OSError, UnicodeDecodeError) as error:
        print(f"codex-lsp {command}: {error}", file=sys.stderr)
        return 1
    serving.run(
        answerer,
        listener,
        ready=lambda: _announce(listener, answerer, as_json=args.json, fresh=token is None),
        until_eof=0 if args.until_eof else None,
        load=serving.Load(args.max_runs, args.max_queue),
    )
    if "litellm" in sys.modules:
        # It keeps threads that a normal exit would wait for.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
    return 0


def _token(args: argparse.Namespace) -> str | None:
    if args.token is not None:
        return str(args.token)
    return secret(args.token_file, TOKEN) or (None if args.token_file is None else "")


def _announce(listener: Listener, answerer: Answerer, *, as_json: bool, fresh: bool) -> None:
    token, mode = listener.access.token, answerer.mode
    if as_json:
        print(json.dumps({"url": listener.url, "token": token, "mode": mode, "pid": os.getpid()}), flush=True)
        return
    models = ", ".join(f"{alias} ({real})" for alias, real in answerer.models.items())
    # Whoever chose a token has it, and what is printed may end in a log.
    shown = shlex.quote(token) if fresh else "the token that it was given"
    print(
        f"{_MODES[mode].format(models=models)} listens on {listener.url}. To use it:\n"
        f"  export LITELLM_ENABLE_CODEX_AGENT=1\n"
        f"  export CODEX_AGENT_API_BASE={listener.url}\n"
        f"  export {TOKEN}={shown}\n"
        "Ctrl+C ends it.",
        flush=True,
    )
