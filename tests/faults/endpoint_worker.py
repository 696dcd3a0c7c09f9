"""Some of the modes through the real worker: what the errors are after the pipe, and how fast a cancel is."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from codex_lsp.agent.model import Model
from codex_lsp.endpoint.remote import RemoteModel
from tests.faults import endpoint_speech as say
from tests.faults.endpoint_modes import MODES, hang, head, send, then
from tests.faults.endpoint_play import Result, ask, cancel, closing, config_for, judged
from tests.faults.endpoint_scenes import CANCEL_SECONDS
from tests.faults.endpoint_server import Misbehaving

# The worker has the deadlines that people have, and waits as long between tries.
SLACK = 3.0


async def through_worker() -> list[Result]:
    """One worker for all of it, as a person has one."""
    # What refuses tools is remembered for the life of the worker.
    modes = sorted((mode for mode in MODES if mode.worker), key=lambda mode: "tools" in str(mode.steps))
    async with (
        Misbehaving(hang) as server,
        closing(RemoteModel(config_for(server.base_url))) as model,
    ):
        await model.describe()
        results = [await _cancelled(model, server, "headers"), await _cancelled(model, server, "stream")]
        for mode in modes:
            server.begin(mode.conduct)
            async with asyncio.timeout(30):
                result = await ask(f"worker: {mode.name}", model, server)
            results.append(judged(replace(mode, seconds=mode.seconds + SLACK), result))
        return results


async def _cancelled(model: Model, server: Misbehaving, where: str) -> Result:
    if where == "headers":
        server.begin(hang)
        result = await cancel(
            "worker: cancel at the headers",
            model,
            server,
            lambda there, _: there.arrived.wait(),
            connected=True,
        )
    else:
        server.begin(then(head, send(say.text()), hang))
        result = await cancel(
            "worker: cancel in mid-stream", model, server, lambda _, told: told.wait(), connected=True
        )
    if result.ends != "cancelled" or result.seconds > CANCEL_SECONDS:
        result.violations.append(f"{result.ends} after {result.seconds * 1000:.0f} ms")
    return result
