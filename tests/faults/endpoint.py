"""`endpoint`: an endpoint that misbehaves in each way of a table, and the real Router and worker."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from codex_lsp.endpoint.config import GATE, VARIABLES

# Read when LiteLLM is imported: no network, no `.env`.
_FOR_LITELLM = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}


def main(argv: Sequence[str]) -> int:
    """Play and report; 0 only if every mode ended as the table says."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults endpoint", description=__doc__)
    parser.add_argument("--only", metavar="MODE", default="", help="modes whose name holds this")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    asked = parser.parse_args(argv)
    out = sys.stderr if asked.json else sys.stdout
    begun = time.monotonic()

    with surroundings():
        # LiteLLM costs seconds; --help is there without it.
        from tests.faults.endpoint_report import as_object, as_text, line

        def told(result: Any) -> None:
            if result.violations or asked.only:
                print(line(result), file=out, flush=True)

        results = asyncio.run(played(asked.only, told))
    seconds = time.monotonic() - begun
    print(as_text(results, seconds), file=out)
    found = as_object(results, seconds)
    if asked.json:
        print(json.dumps(found))
    return 0 if found["ok"] else 1


@contextmanager
def surroundings() -> Iterator[None]:
    """Nothing configured but the open gate, and LiteLLM silent; afterwards all is as it was."""
    names = (*VARIABLES, *_FOR_LITELLM, "XDG_CONFIG_HOME", "LITELLM_LOG")
    kept = {name: os.environ.get(name) for name in names}
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        stack.callback(_restore, kept)
        _restore(dict.fromkeys(kept))
        os.environ |= {GATE: "1", "XDG_CONFIG_HOME": folder, **_FOR_LITELLM}
        import litellm

        litellm.suppress_debug_info = True
        for logger in map(logging.getLogger, ("LiteLLM", "LiteLLM Router")):
            stack.callback(logger.setLevel, logger.level)
            logger.setLevel(logging.CRITICAL + 1)
        yield


def _restore(values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


async def played(only: str, told: Callable[[Any], None] = lambda result: None) -> list[Any]:
    """The table, the scenes, and what of both goes through the worker; `told` hears of each result."""
    from tests.faults.endpoint_modes import MODES
    from tests.faults.endpoint_play import Result, play
    from tests.faults.endpoint_scenes import SCENES
    from tests.faults.endpoint_worker import through_worker

    results: list[Result] = []

    def keep(found: list[Result]) -> None:
        for result in found:
            results.append(result)
            told(result)

    for mode in MODES:
        if only in mode.name:
            keep([await play(mode)])
    for name, scene in SCENES.items():
        if only in name:
            keep(await scene())
    if only in "worker":
        keep(await through_worker())
    return results
