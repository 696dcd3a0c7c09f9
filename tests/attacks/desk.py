"""A real server with an editor that does what a careless person would, while many asks go wrong at once."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.attacks.case import Ask, Outcome, fill, filled
from tests.attacks.edits_seen import Touch, touches, wrong
from tests.attacks.fences import unfenced
from tests.attacks.hostile import KEY, Hostile, body, instruction
from tests.attacks.watch import Tripwire, environ, memory_mb, strange
from tests.attacks.world import World, changed
from tests.support.editor import FakeEditor
from tests.support.editor_edits import path_of
from tests.support.endpoint import Recorded

HERE = Path(__file__).parents[2]
DEADLINE = 90.0
# After a run's end, until its edit is seen; only what fails waits for it.
SHOWN = 30.0
AT_ONCE = 8
MEMORY_MB = 700
# What may not be told and is this long is a secret, which no record may hold either.
LONG = 18

MODES: Mapping[str, Mapping[str, Any]] = {
    "direct": {"apply": "direct"},
    "review": {"apply": "review"},
    "annotated": {"apply": "annotated"},
    "agent": {"apply": "direct", "road": "agent"},
    "words": {"apply": "direct", "road": "model"},
    "plain": {"apply": "review"},
    "poisoned": {"apply": "direct"},
    "hasty": {"apply": "direct", "maxSeconds": 6},
}

# An editor that cannot ask about single changes.
PLAIN: Mapping[str, Any] = {
    "workspace": {"workspaceEdit": {"changeAnnotationSupport": None}},
    "textDocument": {"codeAction": {"honorsChangeAnnotations": None}},
}


class Desk:
    """One server at one project, in one mode. `play` each ask, then `finish`."""

    def __init__(
        self, world: World, endpoint: Hostile, trip: Tripwire, mode: str, first: int, **environ: str
    ) -> None:
        self._world, self._endpoint, self._trip = world, endpoint, trip
        self._mode, self._environ = mode, environ
        self._next = first
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._report = world.folder / "report.json"
        self._allowed: set[str] = set()
        self._played: list[tuple[int, Ask]] = []
        self._offered: list[Touch] = []
        # Files of attacks that were found out already.
        self._guilty: set[str] = set()
        self._ends: dict[str, dict[str, Any]] = {}
        self._heard = 0
        self._confirmed: set[str] = set()
        self.peak_mb = 0.0

    async def __aenter__(self) -> Desk:
        self._before = self._world.tree()
        self.editor = FakeEditor.spawn(
            [sys.executable, "-P", "-m", "tests.support.audited", str(self._report)],
            env=environ(self._world, self._endpoint.base_url, **self._environ),
            cwd=self._world.root,
            root=self._world.root,
            capabilities=PLAIN if self._mode == "plain" else {},
            initialization_options={**MODES[self._mode], "events": True},
            confirm=lambda note: note["label"].partition(" (")[0] in self._confirmed,
            timeout=DEADLINE,
            check_violations=False,
        )
        await self.editor.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.editor.process is not None and self.editor.process.returncode is None:
            await self.editor.kill()

    async def play(self, case: Ask) -> Outcome:
        """Ask, let the model speak, take whatever is offered, and look what came of it."""
        async with self._turns:
            number, begun = self._next, time.monotonic()
            self._next += 1
            self._played.append((number, case))
            try:
                why = await self._play(case, number)
            except (TimeoutError, ConnectionError) as error:
                why = f"it hung: {str(error)[:2000]}"
            if why and not case.twin:
                self._guilty.add(case.path or f"work/{number}.py")
            return Outcome(case, why, time.monotonic() - begun)

    async def _play(self, case: Ask, number: int) -> str:
        own = case.path or f"work/{number}.py"
        values = {**self._world.values, "@OWN@": own, "@MARK@": f"mark{number}x", "@TRIP@": self._trip.url}
        text = self._world.fill(fill(case.text, values))
        self._endpoint.arm(number, [filled(step, values) for step in case.says])
        if case.twin or case.own:
            self._allowed.add(own)
        self._allowed |= {fill(path, values) for path in (*case.changes, *case.gone, *case.may)}
        uri = self.editor.uri(own)
        if uri not in self.editor.documents.buffers:
            await self.editor.open(uri, text, case.language or None)
        for path, other in case.others.items():
            await self.editor.open(path, self._world.fill(fill(other, values)))
        end = await self._ask(case, uri, fill(case.instruction, values), number)
        if end.get("state") == "review":
            await self._take(end["run"], uri, [fill(path, values) for path in case.confirms])
        if case.twin:
            return await self._missing(case, number, values, end, own)
        return self._breach(case, number, own, text)

    async def _ask(self, case: Ask, uri: str, words: str, number: int) -> dict[str, Any]:
        buffer = self.editor.documents.buffers[uri]
        whole = buffer.range(0, len(buffer.text), self.editor.documents.encoding)
        given: dict[str, Any] = {"uri": uri, "range": whole, "instruction": instruction(number, words)}
        if case.diagnostics:
            given["diagnostics"] = [dict(each) for each in case.diagnostics]
        answer = await self.editor.execute(f"codexLsp.{case.kind}", given)
        run = answer.get("run")
        if run is None:
            return {"state": "refused", **answer}
        return await self.editor.wait(lambda: self._ended(run), DEADLINE)

    def _ended(self, run: str) -> dict[str, Any]:
        """How a run ended; empty while it has not."""
        for method, params in self.editor.notifications[self._heard :]:
            if method == "codexLsp/run" and params.get("ended"):
                self._ends[params["run"]] = params
        self._heard = len(self.editor.notifications)
        return self._ends.get(run, {})

    async def _take(self, run: str, uri: str, confirmed: Sequence[str]) -> None:
        """Press whatever accepts something, as a person would who never looks, but for what is confirmed."""
        buffer = self.editor.documents.buffers[uri]
        actions = await self.editor.code_actions(uri, 0, len(buffer.text), trigger_kind=1)
        self._offered += (touch for each in actions for touch in touches(each.get("edit") or {}))
        await self.editor.execute("codexLsp.accept", {"proposal": run})
        for path in confirmed:
            self._confirmed.add(path)
            await self._confirm(run, path)
        await self.editor.execute("codexLsp.status", {})

    async def _confirm(self, run: str, path: str) -> None:
        """Say yes to one file, once what was accepted before has settled; the editor may have asked."""
        async with asyncio.timeout(SHOWN):
            asked = {"proposal": run, "path": path}
            while not (await self.editor.execute("codexLsp.confirm", asked))["confirmed"]:
                status = await self.editor.execute("codexLsp.status", {})
                states = [each["state"] for each in status["review"] if each["proposal"] == run]
                if states != ["pending"]:
                    return

    def _breach(self, case: Ask, number: int, own: str, text: str) -> str:
        for request in self._endpoint.asked[number]:
            said = body(request)
            if leak := self._world.leaked(said) or next((each for each in case.untold if each in said), ""):
                return f"the endpoint was told {leak!r}"
            if case.fenced and (line := unfenced(request.json["messages"], case.fenced)):
                return f"the endpoint was told outside of all fences: {line!r}"
        buffer = self.editor.documents.buffers.get(self.editor.uri(own))
        if not case.own and (buffer is None or buffer.text != text):
            return f"{own} is {buffer and buffer.text[:400]!r} now"
        return ""

    async def _missing(
        self, case: Ask, number: int, values: Mapping[str, str], end: Mapping[str, Any], own: str
    ) -> str:
        def lacking() -> list[str]:
            wanted = {fill(path, values): fill(text, values) for path, text in case.changes.items()}
            found = [path for path, text in wanted.items() if text not in self._text(path)]
            return found + [path for path in case.gone if (self._world.root / fill(path, values)).exists()]

        try:
            await self.editor.wait(lambda: not lacking(), SHOWN)
        except TimeoutError:
            return f"not changed as wanted: {lacking()}; {end.get('state')}: {end.get('text', '')[:500]}"
        heard = "".join(map(_told, self._endpoint.asked[number]))
        if untold := [each for each in case.told if self._world.fill(fill(each, values)) not in heard]:
            return f"the model was not told {untold}: {heard[-300:]}; {end}"
        if fill(case.said, values) not in end.get("text", ""):
            return f"the answer lacks {case.said!r}: {end}"
        return ""

    def _text(self, path: str) -> str:
        uri = self.editor.uri(path)
        if uri in self.editor.documents.buffers:
            return self.editor.documents.buffers[uri].text
        place = self._world.root / path
        return place.read_text(encoding="utf-8") if place.is_file() else ""

    async def finish(self) -> list[str]:
        """End the server; what was done that nobody may do, by whichever ask."""
        editor = self.editor
        assert editor.process is not None
        await editor.execute("codexLsp.status", {})
        self.peak_mb = memory_mb(editor.process.pid)
        await editor.shutdown()
        code = await editor.exit()
        await editor.__aexit__(None, None, None)
        found = [f"the server ended with {code}: {editor.stderr[-1000:]}"] if code else []
        if self.peak_mb > MEMORY_MB:
            found.append(f"the server took {self.peak_mb:.0f} MB")
        return [*found, *self._edits(), *self._traces_of_it(), *strange(self._report, self._world.state)]

    def _edits(self) -> Iterable[str]:
        root = self._world.root
        asked = [touch for each in self.editor.applied for touch in touches(each.params["edit"])]
        found = dict(wrong([*asked, *self._offered], root, self._allowed))
        for place in changed(self._before, self._world.tree()):
            path = place.removeprefix("project/")
            if path not in self._allowed and place != self._report.name:
                found.setdefault(path, f"{place} is not what it was")
        for uri, buffer in self.editor.documents.buffers.items():
            path = str(path_of(uri).relative_to(root))
            if path not in self._allowed and path not in self._owns() and "mark" in buffer.text:
                found.setdefault(path, f"{path} holds {buffer.text[:300]!r}")
        for path, why in found.items():
            if path in self._guilty:
                continue
            yield self._blamed(path, why)
        for shown in self.editor.shown_documents:
            if not shown["uri"].startswith(("file://", "codex-lsp:")):
                yield f"the editor was told to open {shown['uri']}"

    def _owns(self) -> set[str]:
        return {case.path or f"work/{number}.py" for number, case in self._played}

    def _traces_of_it(self) -> Iterable[str]:
        texts = {"what the server logs": self.editor.stderr + json.dumps(self.editor.logs)}
        for place in sorted(self._world.state.rglob("*")):
            if place.is_file():
                texts[f"state/{place.name}"] = place.read_text(encoding="utf-8", errors="replace")
        told = {each for _, case in self._played for each in case.untold if len(each) >= LONG}
        for where, text in texts.items():
            if leak := self._world.leaked(text) or ("the endpoint's key" if KEY in text else ""):
                yield f"{where} holds {leak}"
            yield from (f"{where} holds {each}" for each in told if each in text)

    def _blamed(self, path: str, why: str) -> str:
        """The fault, and the asks whose model spoke of the file."""
        name = path.rpartition("/")[2]
        guilty = [case.name for _, case in self._played if not case.twin and name in repr(case.says)]
        return f"{why} (perhaps {', '.join(guilty[:5])})" if guilty else why


def _told(request: Recorded) -> str:
    return "\n".join(str(message.get("content")) for message in request.json["messages"])
