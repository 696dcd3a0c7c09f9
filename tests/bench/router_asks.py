"""`codex-lsp ask` from the shell: wall time from its start to its end."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from tests.bench import peers, router_edits
from tests.bench.figures import Wrong
from tests.bench.router_lsp import Endpoint, opened
from tests.bench.router_ways import environ

BLOCK = 7
_IMPORT = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
_numbers = count(1)


@dataclass(frozen=True)
class Asks:
    """A file to ask about, and an environment in which a worker is there already."""

    endpoint: Endpoint
    folder: Path
    file: Path
    env: Mapping[str, str]

    @classmethod
    @contextmanager
    def started(cls, endpoint: Endpoint, folder: Path, place: Path) -> Iterator[Asks]:
        """With a server that is at rest, and its worker, while it lasts."""
        file = place / "asked.py"
        file.write_text(router_edits.text(), "utf-8")
        with opened(endpoint, folder, place, settled=True) as server:
            yield cls(endpoint, folder, file, server.env)
            server.shut_down()

    def warm(self) -> float:
        """The ms of an ask that finds a worker, where programs share one."""
        return self._ask(self.env)

    def cold(self) -> float:
        """The ms of an ask that finds none."""
        return self._ask(environ(self.endpoint.base_url, self.folder / f"cold-{next(_numbers)}"))

    def bare_import(self) -> float:
        """The ms of a Python that imports LiteLLM and ends at once."""
        env = peers.environ() | _IMPORT
        code = "import litellm, os; os._exit(0)"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True)
        return (time.perf_counter() - began) * 1000

    def _ask(self, env: Mapping[str, str]) -> float:
        number = 200_000 + next(_numbers)
        target = f"{self.file}:{BLOCK * router_edits.BLOCK + 1}-{(BLOCK + 1) * router_edits.BLOCK - 1}"
        command = [*peers.OURS, "ask", target, router_edits.instruction(BLOCK, number), "--json"]
        began = time.perf_counter()
        done = subprocess.run(command, env=env, cwd=peers.ROOT, capture_output=True, text=True, check=False)
        spent = (time.perf_counter() - began) * 1000
        if done.returncode:
            raise Wrong(f"codex-lsp ask ended with {done.returncode}: {done.stdout}{done.stderr[-500:]}")
        if f"+    total = first + {number}\n" not in json.loads(done.stdout)["diff"]:
            raise Wrong(f"the diff is another: {done.stdout}")
        if self.endpoint.told()["n"] != number:
            raise Wrong("the endpoint was asked for something else")
        return spent
