"""The sidecar as a process, with a real Codex CLI behind it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from codex_lsp.edits import apply_reply
from codex_lsp.services.ready import AGAIN
from tests.services.asking import CHAT, Streamed, stream
from tests.support.processes import CODEX_LSP, Agent, clean_environ, runtime_folder

# A machine under load takes its time.
PATIENCE = 120.0


@contextmanager
def sidecar(*options: str, before: Sequence[str] = (), **environ: str) -> Iterator[Agent]:
    """`codex-lsp sidecar`, gone at the end; `before` is a command that starts it."""
    command = [*before, *CODEX_LSP, "sidecar", *options, "--port", "0", "--json", "--until-eof"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=clean_environ(**environ)
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            said = json.loads(process.stdout.readline())
            yield Agent(said["url"], said["token"], process)
        finally:
            process.stdin.close()
            process.wait(PATIENCE)


@contextmanager
def asking(agent: Agent) -> Iterator[httpx.Client]:
    """A client of it."""
    headers = {"Authorization": f"Bearer {agent.token}"}
    with httpx.Client(base_url=agent.url, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


def body(words: str, files: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """A request with these words, and these files, if any."""
    asked: dict[str, Any] = {"model": "codex", "messages": [{"role": "user", "content": words}], **more}
    if files is not None:
        sent = [{"path": path, "text": text} for path, text in files.items()]
        asked["codex_agent"] = {"workspace": {"files": sent}}
    return asked


def streamed(agent: Agent, words: str, files: dict[str, str] | None = None) -> Streamed:
    """The streamed answer, to its end."""
    with asking(agent) as client:
        return stream(client, {**body(words, files), "stream_options": {"include_usage": True}})


def answered(agent: Agent, words: str, files: dict[str, str] | None = None) -> httpx.Response:
    """The answer in one piece."""
    with asking(agent) as client:
        return client.post(CHAT, json=body(words, files))


def ready(agent: Agent) -> tuple[int, str]:
    """What `/readyz` says, once it knows: status and message."""
    with asking(agent) as client:
        while True:
            answer = client.get("/readyz")
            message = answer.json().get("message", "")
            if AGAIN not in message:
                return answer.status_code, message


def applied(files: dict[str, str], content: str) -> dict[str, str | None]:
    """The files after the patch in this answer, as the language server applies it."""
    result = apply_reply(files, content, format="begin_patch")
    assert result.leniencies == ()
    return {**files, **result.files}


def left_behind() -> list[str]:
    """The private folders of runs that are there now."""
    place = Path(runtime_folder(), "codex-lsp", "sidecar")
    return sorted(each.name for each in place.iterdir()) if place.is_dir() else []


def running(marker: str) -> list[int]:
    """The processes whose environment or command line has these words."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                said = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if marker.encode() in said:
                found.append(int(entry.name))
    return found


def until(true: Callable[[], object], what: str) -> None:
    """Wait for it."""
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.02)
