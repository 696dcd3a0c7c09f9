"""`codex-lsp runs`: the runs on record, one of them step by step, and one run again."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex_lsp.traces.record import Record, Summary
    from codex_lsp.traces.replay import Replayed

_DESCRIPTION = """\
List the runs on record, the newest first; show one step by step; run one again from its record, without
network and without its folder. A run is named by its id, the beginning of it, `last`, or the path of a trace,
which may come from another machine. Traces are files of JSON lines in your state folder, for you alone, and
without secrets.
"""
_EPILOG = """\
exit codes: 0 done (replay: the same proposal, byte for byte); 1 no such run, or replay came to another
proposal; 2 wrong arguments. CODEX_AGENT_TRACES=0 and the setting `traces` keep runs off the record.
"""
_ACTIONS = ("list", "show", "replay")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser(
        "runs",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("action", nargs="?", choices=_ACTIONS, default="list", help="default: list")
    parser.add_argument("run", nargs="?", metavar="RUN", help="an id, the beginning of one, `last`, a file")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument(
        "--html",
        nargs="?",
        const="",
        metavar="FILE",
        help="show: write a page to look at, and print where (default: RUN.html here; - prints the page)",
    )
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="list: how many (default: 20)")
    parser.set_defaults(func=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """List, show or replay; exit codes as in `--help`."""
    from codex_lsp.cli.term import never_fail
    from codex_lsp.traces.place import NoTrace
    from codex_lsp.traces.replay import NotReplayable

    if (args.run is None) != (args.action == "list"):
        args.parser.error("list takes no RUN" if args.run else f"{args.action} needs a RUN, such as `last`")
    if args.html is not None and args.action != "show":
        args.parser.error("--html is for show")
    never_fail(sys.stdout)
    never_fail(sys.stderr)
    try:
        return {"list": _list, "show": _show, "replay": _replay}[args.action](args)
    except (NoTrace, NotReplayable) as error:
        if args.json:
            print(json.dumps({"error": {"message": str(error)}}, ensure_ascii=False))
        _tell(str(error))
        return 1


def _list(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from codex_lsp.cli.runs_text import table
    from codex_lsp.traces.place import folder
    from codex_lsp.traces.record import summaries

    found = summaries(limit=max(1, args.limit))
    if args.json:
        told = {"folder": str(folder()), "runs": [asdict(each) for each in found]}
        print(json.dumps(told, ensure_ascii=False))
        return 0
    for line in table(found, sys.stdout):
        print(line)
    _tell(f"in {folder()}" if found else f"No run is on record in {folder()}.")
    return 0


def _show(args: argparse.Namespace) -> int:
    record = _loaded(args.run)
    if args.html is not None:
        return _page(record, args.html)
    if args.json:
        print(json.dumps(_json(record), ensure_ascii=False))
        return 0
    from codex_lsp.cli.runs_text import story_lines
    from codex_lsp.traces.story import tell

    for line in story_lines(tell(record), sys.stdout):
        sys.stdout.write(line)
    return 0


def _page(record: Record, target: str) -> int:
    from codex_lsp import state
    from codex_lsp.traces.page import page
    from codex_lsp.traces.story import tell

    text = page(tell(record))
    if target == "-":
        sys.stdout.write(text)
        return 0
    file = Path(target or f"{record.run}.html")
    try:
        state.replace(file, text.encode("utf-8", "replace"))
    except OSError as error:
        _tell(f"{file} cannot be written: {error.strerror}.")
        return 1
    print(file)
    return 0


def _replay(args: argparse.Namespace) -> int:
    import asyncio

    from codex_lsp.traces.replay import replay

    record = _loaded(args.run)
    replayed = asyncio.run(replay(record))
    if args.json:
        print(json.dumps(_replayed_json(record, replayed), ensure_ascii=False))
    else:
        _tell_replayed(record, replayed)
    return 0 if replayed.is_same else 1


def _tell_replayed(record: Record, replayed: Replayed) -> None:
    from codex_lsp.cli.term import coloured_diff
    from codex_lsp.review.unified import unified_diff

    for problem in replayed.problems:
        _tell(problem)
    sys.stdout.write(coloured_diff(unified_diff(replayed.changes), sys.stdout))
    paths = ", ".join(change.move_to or change.path for change in replayed.changes) or "no change"
    if replayed.is_same:
        _tell(f"{record.run}: the same proposal, byte for byte ({paths}).")
    else:
        _tell(
            f"{record.run}: this is not the proposal on record; `codex-lsp runs show {record.run}` has that."
        )


def _loaded(name: str) -> Record:
    from codex_lsp.traces.place import find
    from codex_lsp.traces.record import load

    return load(find(name))


def _json(record: Record) -> dict[str, Any]:
    from codex_lsp.review.unified import unified_diff
    from codex_lsp.traces.story import tell

    story = tell(record)
    return {
        "summary": _summary_json(record.summary),
        "complete": record.end is not None and not record.is_cut,
        "diff": "".join(unified_diff(story.proposal)),
        "events": list(record.events),
    }


def _replayed_json(record: Record, replayed: Replayed) -> dict[str, Any]:
    from codex_lsp.review.unified import unified_diff

    return {
        "run": record.run,
        "same": replayed.is_same,
        "problems": list(replayed.problems),
        "files": [
            {"path": each.path, "move_to": each.move_to, "deleted": each.proposed is None}
            for each in replayed.changes
        ],
        "diff": "".join(unified_diff(replayed.changes)),
    }


def _summary_json(summary: Summary) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(summary)


def _tell(text: str) -> None:
    from codex_lsp.cli.term import shown

    print(shown(text, sys.stderr), file=sys.stderr, flush=True)
