"""The command line: one file a command. Diagnostics go to stderr, results to stdout.

Exit codes: 0 done, 1 it did not work and the message says why, 2 wrong arguments, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from codex_lsp import __version__

if TYPE_CHECKING:
    import argparse

COMMANDS = ("demo", "ask", "apply", "doctor", "runs", "settings", "agent", "trust", "sidecar")


def build_parser(commands: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser with these commands; each module adds its own and imports the heavy on demand."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="codex-lsp",
        description="A language server that puts a coding agent into every editor. Without a command, or "
        "with `serve` or `--stdio`, it speaks the Language Server Protocol on stdin and stdout.",
        epilog="Exit codes: 0 done, 1 it did not work, 2 wrong arguments, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"codex-lsp {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    subparsers.add_parser(
        "serve", help="speak the Language Server Protocol on stdin and stdout (the default)"
    )
    for name in commands:
        import_module(f"codex_lsp.cli.{name}").add_parser(subparsers)
    return parser


def run(arguments: Sequence[str]) -> int:
    """Parse and run one command."""
    # One command does not wait for the imports of the others, and the version waits for none.
    asked = [name for name in COMMANDS if name in arguments[:1]]
    commands = () if arguments[:1] == ["--version"] else asked or COMMANDS
    args = build_parser(commands).parse_args(arguments)
    try:
        return int(args.func(args))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read it, `head` for instance, has enough. What is left must not fail at the end, either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
