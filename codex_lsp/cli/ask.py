"""`codex-lsp ask`: one ask from a terminal or a script, against the configured endpoint."""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import TYPE_CHECKING, Any

from codex_lsp.cli import consent, light

if TYPE_CHECKING:
    from codex_lsp.agent.model import Model
    from codex_lsp.agent.run import Outcome
    from codex_lsp.cli.files import Target
    from codex_lsp.endpoint.config import EndpointConfig

_DESCRIPTION = """\
Ask the agent to change a file, or some of its lines. Without --apply the file stays as it is and the diff is
shown. Steps go to stderr, the result to stdout.
"""
_EPILOG = """\
exit codes: 0 a proposal, an answer, or nothing to do; 1 it did not work and nothing was written;
2 wrong arguments.
--json prints {"run", "text", "model", "mode", "usage", "applied", "verification", "cautions",
"to_confirm": [{"path", "why"}], "files": [{"path", "move_to", "deleted"}], "diff"}, or {"error": {"code",
"message"}}. "cost" in "usage" is in USD, and null where no price is known.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser(
        "ask",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", metavar="FILE[:LINE[-LINE]]", help="lines are one-based and inclusive")
    parser.add_argument("instruction", type=_words, help="what you want")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="show the diff and write nothing (the default)")
    how.add_argument("--apply", action="store_true", help="write the change to the file")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    consent.add_options(parser)
    _add_limits(parser)
    parser.add_argument(
        "--trace",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="keep a record of the run, which `codex-lsp runs` shows (default: yes)",
    )
    parser.set_defaults(func=run)


def _add_limits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-tokens", type=_count, default=0, metavar="N", help="stop before more are used")
    parser.add_argument(
        "--max-cost", type=_amount, default=0.0, metavar="USD", help="stop before it costs more"
    )
    parser.add_argument(
        "--max-cost-per-day",
        type=_amount,
        default=0.0,
        metavar="USD",
        help="stop before all asks with this option, and editors' runs with maxCostPerDay, cost more today",
    )


def _words(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError("say what you want")
    return text


def _count(text: str) -> int:
    return int(_amount(str(int(text))))


def _amount(text: str) -> float:
    amount = float(text)
    if not 0 <= amount < math.inf:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return amount


def run(args: argparse.Namespace) -> int:
    """Ask; exit codes as in `--help`."""
    light.load_asyncio()
    with light.loading():
        import asyncio

        from codex_lsp.agent.model import ModelError
        from codex_lsp.cli.files import FileProblem, read_target
        from codex_lsp.edits import EditError

    try:
        target = read_target(args.target)
        outcome = asyncio.run(_execute(target, args))
        with light.loading():
            return _finish(args, target, outcome)
    except ModelError as error:
        return _failed(args, error.code, str(error))
    except EditError as error:
        return _failed(args, "edit", str(error))
    except FileProblem as error:
        return _failed(args, "file", str(error))


async def _execute(target: Target, args: argparse.Namespace) -> Outcome:
    with light.loading():
        from codex_lsp.endpoint import config
        from codex_lsp.endpoint.remote import RemoteModel

    configuration = config.load()
    for problem in configuration.problems:
        _tell(problem)
    configuration.require_ready()
    model = RemoteModel(configuration)
    try:
        # A worker that has to be started imports LiteLLM while this process imports the rest.
        await model.start()
        return await _asked(target, args, model, configuration)
    finally:
        if telling := sys.modules.get("codex_lsp.traces.telling"):
            telling.finish()
        await model.close()


async def _asked(
    target: Target, args: argparse.Namespace, model: Model, configuration: EndpointConfig
) -> Outcome:
    with light.loading():
        from codex_lsp.agent.asks.ask import Ask
        from codex_lsp.agent.limits import Limits
        from codex_lsp.agent.overlay import Overlay, Snapshot
        from codex_lsp.agent.run import execute, new_id
        from codex_lsp.agent.talk import Listener
        from codex_lsp.endpoint.checks import load_checks
        from codex_lsp.endpoint.ledger import DayLedger
        from codex_lsp.traces import trace_of

    overlay = Overlay({target.path: Snapshot(target.path, target.text)}, target.root)
    ask = Ask(args.instruction, target.focus)
    limits = Limits(tokens=args.max_tokens, cost=args.max_cost, cost_per_day=args.max_cost_per_day)
    checks, problems = load_checks()
    for problem in problems:
        _tell(problem)
    run_id, wanted = new_id(), args.trace and configuration.traces
    return await execute(
        *(ask, overlay, model),
        run_id=run_id,
        limits=limits,
        listener=Listener(on_step=_tell),
        ledger=DayLedger(),
        checks=checks,
        trace=trace_of(run_id, wanted=wanted, keys=[configuration.api_key]),
    )


def _finish(args: argparse.Namespace, target: Target, outcome: Outcome) -> int:
    from codex_lsp.cli.files import write_changes
    from codex_lsp.review.unified import unified_diff

    proposal = outcome.proposal
    changes = proposal.changes if proposal else ()
    cautions = proposal.cautions() if proposal else []
    asked = consent.Consent(args, target.root, changes, cautions, target.path)
    applied = bool(args.apply and proposal and asked.given)
    if applied:
        write_changes(target.root, changes, args.confirm, target.path)
    _show(args, outcome, applied, unified_diff(changes), asked)
    if used := str(outcome.usage):
        _tell(used)
    for line in asked.lines():
        _tell(line)
    if args.apply and not asked.given:
        _tell(asked.refusal("--apply"))
        return 1
    if applied:
        _tell(f"written: {', '.join(change.move_to or change.path for change in changes)}")
    return 0


def _show(
    args: argparse.Namespace, outcome: Outcome, applied: bool, diff: list[str], asked: consent.Consent
) -> None:
    from codex_lsp.cli.term import coloured_diff, never_fail, shown

    if args.json:
        print(json.dumps(_json(outcome, applied, diff, asked), ensure_ascii=False))
        return
    never_fail(sys.stdout)
    if outcome.proposal is None:
        print(shown(outcome.text, sys.stdout))
        return
    _tell(outcome.text)
    if not applied:
        sys.stdout.write(coloured_diff(diff, sys.stdout))


def _json(outcome: Outcome, applied: bool, diff: list[str], asked: consent.Consent) -> dict[str, Any]:
    proposal = outcome.proposal
    return {
        "run": proposal.id if proposal else None,
        "text": outcome.text,
        "model": outcome.model,
        "mode": outcome.mode,
        "usage": {
            "prompt_tokens": outcome.usage.prompt_tokens,
            "completion_tokens": outcome.usage.completion_tokens,
            "total_tokens": outcome.usage.total_tokens,
            "cost": outcome.usage.cost,
        },
        "applied": applied,
        "verification": proposal.verification.status if proposal else None,
        "cautions": asked.cautions,
        "to_confirm": [{"path": path, "why": why} for path, why in asked.guarded.items()],
        "files": [
            {"path": each.path, "move_to": each.move_to, "deleted": each.proposed is None}
            for each in (proposal.changes if proposal else ())
        ],
        "diff": "".join(diff),
    }


def _failed(args: argparse.Namespace, code: str, message: str) -> int:
    if args.json:
        print(json.dumps({"error": {"code": code, "message": message}}, ensure_ascii=False))
    _tell(message)
    return 1


def _tell(text: str) -> None:
    from codex_lsp.cli.term import shown

    print(shown(text, sys.stderr), file=sys.stderr, flush=True)
