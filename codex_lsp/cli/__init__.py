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

# Here and not in their modules, of which `--help` and `--version` load none.
COMMANDS = {
    "serve": "speak the Language Server Protocol on stdin and stdout (the default)",
    "demo": "see it work on a file, without a model",
    "ask": "ask the agent about a file, or some of its lines",
    "apply": "apply a model's reply to files",
    "doctor": "check flag, address, key, model and versions, and say what to do",
    "runs": "list the runs on record, show one, run one again",
    "settings": "list every setting, or print them as a JSON Schema or for an editor",
    "agent": "run an agent's endpoint on this machine",
    "trust": "let a workspace bring asks of its own",
    "sidecar": "run the Codex CLI behind an agent's endpoint",
}


def build_parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of one command with all its options; else that of all, by their names alone."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="codex-lsp",
        description="A language server that puts a coding agent into every editor. Without a command, or "
        "with `serve` or `--stdio`, it speaks the Language Server Protocol on stdin and stdout.",
        epilog="Exit codes: 0 done, 1 it did not work, 2 wrong arguments, 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"codex-lsp {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    if command in COMMANDS and command != "serve":
        import_module(f"codex_lsp.cli.{command}").add_parser(subparsers)
        return parser
    for name, what in COMMANDS.items():
        subparsers.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
    return parser


def run(arguments: Sequence[str]) -> int:
    """Parse and run one command."""
    command = next((each for each in arguments if each != "--"), "")
    args = build_parser(command).parse_args(arguments)
    try:
        return int(args.func(args))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read it, `head` for instance, has enough. What is left must not fail at the end, either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
