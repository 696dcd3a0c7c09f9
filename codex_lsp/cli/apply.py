"""`codex-lsp apply`: put a model's reply into the files of a folder, like `git apply` for a patch."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from codex_lsp.cli import consent

if TYPE_CHECKING:
    from codex_lsp.agent.overlay import Overlay
    from codex_lsp.workspace.policy import Root

APPLIED, REFUSED, WRONG_ARGUMENTS, NOTHING_TO_DO = range(4)
_DESCRIPTION = """\
Apply the edits of a model's reply to the files below a folder: all of them, each in the right place, or none.
The diff goes to stdout, everything else to stderr.
"""
_EPILOG = """\
exit codes: 0 applied (with --dry-run: it would be); 1 refused, and nothing was written; 2 wrong arguments;
3 nothing to do, since the files are already as the reply wants them.
Refused are also: files that are no UTF-8 text, paths that leave the folder, names that hold secrets, and what
belongs to version control. What runs or steers something when the project is merely opened or built (CI,
hooks, editors' and agents' rules, lock files …) is written only if each such file is named by --confirm.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser(
        "apply",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("reply", metavar="REPLY", help="a file with the reply; - reads stdin")
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the files' folder (default: this one)"
    )
    parser.add_argument("--dry-run", action="store_true", help="show the diff and write nothing")
    parser.add_argument(
        "--format", default="auto", metavar="F", help="the reply's format (default: auto, by its marks)"
    )
    consent.add_options(parser)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Apply; exit codes as in `--help`."""
    from codex_lsp.agent.overlay import Overlay
    from codex_lsp.cli.files import FileProblem
    from codex_lsp.edits import EditError, formats
    from codex_lsp.edits.errors import AlreadyApplied, NoChange
    from codex_lsp.workspace.policy import Root

    if args.format not in ("auto", *formats.names()):
        _tell(f"there is no format {args.format!r}; known are auto, {', '.join(formats.names())}.")
        return WRONG_ARGUMENTS
    if not args.root.is_dir():
        _tell(f"{args.root} is no folder.")
        return WRONG_ARGUMENTS
    root = Root(args.root.absolute())
    overlay = Overlay({}, root, hides=False)
    try:
        reply = _read(args.reply)
        edits = _count(reply, args.format)
        overlay.apply(reply, format=args.format)
        return _finish(args, root, overlay)
    except (EditError, FileProblem) as error:
        _tell(str(error))
        # One edit of several that is there already says nothing of the others, which were not applied.
        done = isinstance(error, NoChange) and (edits == 1 or not isinstance(error, AlreadyApplied))
        return NOTHING_TO_DO if done else REFUSED


def _count(reply: str, format: str) -> int:
    from codex_lsp.edits import formats
    from codex_lsp.edits.intents import UpdateFile

    intents = formats.parse(reply, format).intents
    return sum(len(each.chunks) if isinstance(each, UpdateFile) else 1 for each in intents)


def _read(reply: str) -> str:
    from codex_lsp.cli.files import FileProblem, read_text

    if reply != "-":
        return read_text(Path(reply))
    try:
        return sys.stdin.buffer.read().decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileProblem(f"The reply is not UTF-8 text (byte {error.start}).") from None


def _finish(args: argparse.Namespace, root: Root, overlay: Overlay) -> int:
    from codex_lsp.cli.files import write_changes
    from codex_lsp.cli.term import coloured_diff, never_fail
    from codex_lsp.review.proposal import Proposal
    from codex_lsp.review.unified import unified_diff

    changes = overlay.changes()
    asked = consent.Consent(args, root, changes, Proposal("", "", changes).cautions())
    if not args.dry_run and asked.given:
        write_changes(root, changes, args.confirm)
    never_fail(sys.stdout)
    sys.stdout.write(coloured_diff(unified_diff(changes), sys.stdout))
    for leniency in overlay.leniencies:
        _tell(f"taken liberally: {leniency}")
    for line in asked.lines():
        _tell(line)
    if not asked.given:
        _tell(asked.refusal())
        return REFUSED
    names = ", ".join(change.move_to or change.path for change in changes)
    _tell(f"{'would be written' if args.dry_run else 'written'}: {names}")
    return APPLIED


def _tell(text: str) -> None:
    from codex_lsp.cli.term import shown

    print(f"codex-lsp apply: {shown(text, sys.stderr)}", file=sys.stderr, flush=True)
