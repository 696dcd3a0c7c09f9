"""`codex-lsp trust`: let a workspace bring asks of its own, see which ones may, and take it back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

_DESCRIPTION = """\
A workspace may bring asks of its own, as `.codex-lsp/asks/*.md`. They are offered once you trust it with what
they say now; when one of them changes you are asked again. Nothing else depends on it: no program is run.
"""
_EPILOG = (
    "Exit codes: 0 done, 1 there was nothing to trust or to revoke, or it was not kept, 2 wrong arguments."
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser("trust", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="the workspace")
    parser.add_argument("--list", action="store_true", help="list the workspaces that you trust")
    parser.add_argument("--revoke", action="store_true", help="trust DIR no longer")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Trust, list or revoke."""
    from codex_lsp.workspace import trust

    if args.list:
        for name in sorted(trust.known()):
            files = trust.brought(Path(name))
            _say(name if trust.is_trusted(Path(name), files) else f"{name} (changed since: not in force)")
        return 0
    if args.folder is None or not args.folder.is_dir():
        _tell("name the workspace's folder, or say --list.")
        return 2
    try:
        return _revoke(args.folder) if args.revoke else _trust(args.folder)
    except OSError as error:
        _tell(f"it could not be kept: {error.strerror}.")
        return 1


def _trust(folder: Path) -> int:
    from codex_lsp.workspace import trust

    files = trust.brought(folder)
    if not files:
        _tell(f"{folder} brings no asks: there is nothing to trust it with.")
        return 1
    trust.trust(folder, files)
    for name, data in files:
        _say(f"--- {name}\n{data.decode('utf-8', 'replace').rstrip()}")
    _tell(f"{folder} is trusted with these {len(files)} as they are now; --revoke takes it back.")
    return 0


def _revoke(folder: Path) -> int:
    from codex_lsp.workspace import trust

    found = trust.revoke(folder)
    _tell(f"{folder} is {'no longer' if found else 'not'} trusted.")
    return 0 if found else 1


def _say(text: str) -> None:
    from codex_lsp.cli.term import shown

    print(shown(text, sys.stdout))


def _tell(text: str) -> None:
    from codex_lsp.cli.term import shown

    print(f"codex-lsp trust: {shown(text, sys.stderr)}", file=sys.stderr, flush=True)
