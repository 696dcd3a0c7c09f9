"""`codex-lsp doctor`: what is in the way of an answer, and what to do about it."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import os
import sys

from codex_lsp.cli.term import never_fail, style
from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint import probe
from codex_lsp.endpoint.probe import Check, Status

_DESCRIPTION = """\
Check, in this order: the flag LITELLM_ENABLE_CODEX_AGENT, the configuration file, the endpoint's address, the
Router's deployments, the key (which is never shown), the model, whether the endpoint answers and how fast,
whether it takes the key, which models it has, what kind of endpoint it is, whether your own checks could be
run, and whether there is a sandbox for them. Then an edit of a few lines, which are no file, is asked for in
the way in which an editor's asks go, and applied in memory: that tells whether tools and streaming work, and
costs some hundred tokens where tokens cost. --no-ask leaves it out. While the flag is not 1, no connection is
opened and nothing is started.

--stack checks what compose.agents.yml runs instead: mini-agent and Codex sidecar, each alive, ready, saying
the same of itself everywhere, and asked for an edit that is applied in memory and verified.
"""
_EPILOG = """\
Exit codes: 0 an ask works, or with --no-ask nothing speaks against it (warnings allowed); 1 something failed;
2 wrong arguments.

--json prints one object: {"ok": bool, "state": "off" | "unconfigured" | "ready" | "stack",
"checks": [{"name", "status": "ok" | "warn" | "fail" | "skipped", "finding", "next"}]}
"""
_COLOURS: dict[Status, str] = {"ok": "green", "warn": "yellow", "fail": "red", "skipped": "dim"}
_STATUS_WIDTH = len("skipped")
_NAME_WIDTH = len("reachable")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser(
        "doctor",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--ask",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="ask for an edit, which may cost tokens (default: yes)",
    )
    parser.add_argument(
        "--stack",
        action="store_true",
        help="check the services of compose.agents.yml instead: each alive, ready, honest and able to edit",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=probe.SECONDS,
        metavar="SECONDS",
        help="how long to wait for a connection, and again for its answer (default: %(default)g)",
    )
    parser.set_defaults(func=run)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 600:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 600")
    return seconds


def run(args: argparse.Namespace) -> int:
    """Check and report; returns 0 if nothing failed, else 1."""
    never_fail(sys.stdout)
    config = configuration.load()
    state = "stack" if args.stack else probe.state(config)
    checks = asyncio.run(_examine(config, args))
    ok = all(check.status != "fail" for check in checks)
    if args.json:
        listed = [dataclasses.asdict(check) for check in checks]
        print(json.dumps({"ok": ok, "state": state, "checks": listed}))
    else:
        print(_summary(state, checks))
    return 0 if ok else 1


async def _examine(config: configuration.EndpointConfig, args: argparse.Namespace) -> list[Check]:
    checks = []
    found, width = probe.examine(config, os.environ, seconds=args.timeout, ask=args.ask), _NAME_WIDTH
    if args.stack:
        from codex_lsp.endpoint.probe_stack import NAMES, stack_checks

        width = max(map(len, NAMES))
        found = stack_checks(config, os.environ, seconds=args.timeout, ask=args.ask)
    async for check in found:
        checks.append(check)
        if not args.json:
            _print(check, width)
    return checks


def _print(check: Check, width: int) -> None:
    status = style(f"{check.status:{_STATUS_WIDTH}}", _COLOURS[check.status], sys.stdout)
    print(f"{status}  {check.name:{width}}  {check.finding}", flush=True)
    if check.next:
        print(" " * (_STATUS_WIDTH + width + 4) + f"next: {check.next}", flush=True)


def _summary(state: str, checks: list[Check]) -> str:
    failed = [check.name for check in checks if check.status == "fail"]
    found = (
        f"codex-agent is {state}" if state != "stack" else f"the stack is {'not well' if failed else 'well'}"
    )
    if not failed:
        return style(f"\n{found}.", "bold", sys.stdout)
    return style(f"\n{found}; begin with: {failed[0]}.", "bold", sys.stdout)
