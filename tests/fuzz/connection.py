"""One process of a server: steps of messages, each with a probe behind it that must be answered."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.fuzz.client import Garbage, Server
from tests.fuzz.ledger import Ledger
from tests.fuzz.manners import Manners
from tests.fuzz.messages import Message, frame, to_frame
from tests.fuzz.oracle import Phase
from tests.fuzz.targets import Target
from tests.fuzz.values import PROBE

SECOND = 1.0
# A probe costs a server about as much as a line costs the reference, so many times at the very most.
PER_ROUND_TRIP = 50
START_SECONDS = 30.0
PHASES: Mapping[str, Phase] = {"-32002": "new", "-32601": "running", "-32600": "shut"}
_ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


class Lost(Exception):
    """The server crashed, went deaf or wrote garbage; `kind` says which."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(what)
        self.kind = kind


class Reference:
    """A process that only echoes lines: how long a round trip takes on this machine, just now."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.round_trip()

    def round_trip(self) -> float:
        """Seconds."""
        assert self._process.stdin and self._process.stdout  # noqa: PT018
        started = time.monotonic()
        self._process.stdin.write(b"x\n")
        self._process.stdin.flush()
        self._process.stdout.readline()
        return time.monotonic() - started

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin and self._process.stdout  # noqa: PT018
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


class Connection:
    """A started server. Its methods raise `Lost`; after that only `end` may be called."""

    def __init__(
        self,
        target: Target,
        env: Mapping[str, str],
        cwd: Path,
        ledger: Ledger,
        manners: Manners,
        reference: Reference,
    ) -> None:
        self.server = Server(target.command, env, cwd)
        self.phase: Phase = "new"
        self.slowest = 0.0
        self.ended: set[str | int] = set()
        self._target, self._ledger, self._manners, self._reference = target, ledger, manners, reference
        self._probes = 0
        self._started = False
        self._answers: dict[Any, dict[str, Any]] = {}
        self._waiting_for: Any = None

    def step(self, messages: Sequence[Message]) -> None:
        """Send the messages and a probe in one write, and wait for the probe's answer."""
        settled = not any(b'"initialize"' in each.body or b'"shutdown"' in each.body for each in messages)
        bodies = [(each.body, each.index) for each in messages]
        bodies += [(late, -1) for late in self._manners.late()]
        for body, index in bodies:
            self._ledger.owe(body, index, self.phase if settled and self._started else "unclear")
        self._probe(b"".join(frame(body) for body, _ in bodies))
        self.note_leaks(messages[-1].index if messages else -1)
        self._ledger.next_step()

    def request(self, id_: str, method: str, params: Any, seconds: float) -> dict[str, Any] | None:
        """The answer to a request that is no subject of the test; None if none came in time."""
        self.phase = "unclear"
        self._waiting_for = id_
        self._write(to_frame({"jsonrpc": "2.0", "id": id_, "method": method, "params": params}))
        end = time.monotonic() + seconds
        while id_ not in self._answers and time.monotonic() < end and not self.server.gone():
            self._take(self._read(end - time.monotonic()))
        return self._answers.pop(id_, None)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification that is no subject of the test."""
        self.phase = "unclear"
        self._write(to_frame({"jsonrpc": "2.0", "method": method, "params": params}))

    def wait_for_end(self, token: str, seconds: float) -> None:
        """Wait for the end of a progress."""
        end = time.monotonic() + seconds
        while token not in self.ended and time.monotonic() < end and not self.server.gone():
            self._take(self._read(end - time.monotonic()))

    def settle(self, seconds: float) -> None:
        """Wait until nothing is owed any more, or the time is over."""
        end = time.monotonic() + seconds
        while self._ledger.waiting and time.monotonic() < end and not self.server.gone():
            self._take(self._read(end - time.monotonic()))

    def _probe(self, before: bytes) -> None:
        self._probes += 1
        self._waiting_for = id_ = f"{PROBE}{self._probes}"
        probe = {"jsonrpc": "2.0", "id": id_, "method": "fuzz/probe", "params": {"n": self._probes}}
        started = time.monotonic()
        self._write(before + to_frame(probe))
        worst = 0.0
        limit = self._target.hard_limit if self._started else START_SECONDS
        while id_ not in self._answers and time.monotonic() - started < limit and not self.server.gone():
            over = time.monotonic() - started - SECOND
            if over > 0 and self._started:
                worst = max(worst, self._reference.round_trip())
            self._take(self._read(0.05 if over > 0 else -over))
        self._judge(self._answers.pop(id_, None), time.monotonic() - started, worst)

    def _judge(self, answer: dict[str, Any] | None, took: float, worst: float) -> None:
        if answer is None:
            if self.server.gone():
                raise Lost(
                    "crashes", f"ended with code {self.server.wait(SECOND)}: {self.server.stderr[-500:]}"
                )
            raise Lost("deaf", f"no answer to a probe in {took:.1f} s")
        if self._started:
            self.slowest = max(self.slowest, took)
            if took > SECOND + PER_ROUND_TRIP * worst:
                raise Lost(
                    "deaf", f"a probe took {took:.2f} s, an echo at that time {worst * 1000:.1f} ms at most"
                )
        self._started = True
        error = answer.get("error")
        self.phase = PHASES.get(str(error.get("code")), "unclear") if isinstance(error, dict) else "unclear"

    def _write(self, data: bytes) -> None:
        try:
            self._take(self.server.write(data, self._target.hard_limit if self._started else START_SECONDS))
        except BrokenPipeError:
            return  # it has ended; whoever waits for an answer will see it
        except TimeoutError as error:
            raise Lost("deaf", "it does not read any more") from error
        except Garbage as error:
            raise Lost("crashes", f"it wrote what is no message: {error}") from error

    def _read(self, seconds: float) -> list[Any]:
        try:
            return self.server.read(max(0.0, seconds))
        except Garbage as error:
            raise Lost("crashes", f"it wrote what is no message: {error}") from error

    def _take(self, messages: list[Any]) -> None:
        replies = b""
        for message in messages:
            if not isinstance(message, dict):
                raise Lost("crashes", f"it wrote what is no message: {message}")
            if "method" in message:
                self._ledger.sent(message)
            if "method" in message and "id" in message:
                for body in self._manners.answer(message):
                    self._ledger.owe(body, -1, "unclear")
                    replies += frame(body)
            elif "method" in message:
                self._note_end(message)
            elif isinstance(message.get("id"), str) and message["id"] == self._waiting_for:
                if message["id"] in self._answers:
                    self._ledger.answered(message)  # a second one, which nobody is owed
                self._answers[message["id"]] = message
            else:
                self._ledger.answered(message)
        if replies:
            self._write(replies)

    def _note_end(self, notification: dict[str, Any]) -> None:
        params: Any = notification.get("params")
        if notification["method"] == "$/progress" and params["value"].get("kind") == "end":
            self.ended.add(params["token"])

    def note_leaks(self, index: int) -> None:
        """Count what stderr showed since the last time, at the message that was sent last."""
        for leak in self.server.leaks:
            self._ledger.fail("leaks", index, leak)
        self.server.leaks.clear()

    def end(self) -> None:
        """Kill what is left of the process."""
        self.server.kill()
        self.note_leaks(-1)
