"""The tools of the suite `cli`: how each of them is told to make one edit without a person, and to end."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import peers, peers_install
from tests.bench.cli_task import FILE, TASK

OURS, COLD, FLOOR = "ask", "ask_cold", "floor"
PEERS = ("llm", "aider", "codex")
CODEX_SETTINGS = """\
model = "bench"
model_provider = "bench"
check_for_update_on_startup = false

[model_providers.bench]
name = "bench"
base_url = "{url}"
wire_api = "responses"
env_key = "OPENAI_API_KEY"
"""
LLM_MODELS = "- model_id: bench\n  model_name: whole\n  api_base: {url}\n"


@dataclass(frozen=True)
class Tool:
    """A command for the folder `place`, which holds the file; `env` is its whole environment.

    It runs in that folder, unless `cwd` says where.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    place: Path
    cwd: Path | None = None


def ours(name: str, env: Mapping[str, str], place: Path) -> Tool:
    """`codex-lsp ask`, of this checkout; whether it finds a worker is a matter of its environment."""
    return Tool(name, [*peers.OURS, "ask", str(place / FILE), TASK, "--apply"], env, place, peers.ROOT)


def other(name: str, base_url: str, folder: Path) -> Tool:
    """One of `FLOOR` and `PEERS`, with a home of its own in `folder`; raises `peers_install.NotHere`."""
    url, home = f"{base_url}/v1", folder / "home"
    command, files, more = _COMMANDS[name](url)
    for path, text in files.items():
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_text(text, "utf-8")
    return Tool(name, command, environ(url, home) | more, folder / "place")


def environ(url: str, home: Path) -> dict[str, str]:
    """As in an empty account: no configuration, and the endpoint in the variables that all of them know."""
    home.mkdir(parents=True, exist_ok=True)
    return peers.environ() | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "OPENAI_API_KEY": "key",
        "OPENAI_BASE_URL": url,
        "OPENAI_API_BASE": url,
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


Told = tuple[list[str], dict[str, str], dict[str, str]]


def _floor(url: str) -> Told:
    return [sys.executable, str(Path(__file__).parent / "cli_floor.py"), FILE, TASK], {}, {}


def _llm(url: str) -> Told:
    program = peers_install.program("llm")
    shell = f'"{program}" --no-log -m bench -x "$0" < {FILE} > new && mv new {FILE}'
    models = {".config/io.datasette.llm/extra-openai-models.yaml": LLM_MODELS.format(url=url)}
    return ["sh", "-c", shell, TASK], models, {}


def _aider(url: str) -> Told:
    """With what makes it slower left out: no repository map, no commit, no look for updates or prices."""
    quiet = ("check-update", "show-model-warnings", "show-release-notes", "auto-commits", "gitignore")
    command = [str(peers_install.program("aider")), "--model", "openai/bench", "--edit-format", "diff"]
    command += [
        "--yes-always",
        "--analytics-disable",
        "--map-tokens",
        "0",
        *(f"--no-{each}" for each in quiet),
    ]
    return [*command, "--message", TASK, FILE], {}, {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}


def _codex(url: str) -> Told:
    """Without its sandbox, which costs time too."""
    command = [str(peers_install.program("codex")), "exec", "--dangerously-bypass-approvals-and-sandbox"]
    return [*command, "--ephemeral", TASK], {".codex/config.toml": CODEX_SETTINGS.format(url=url)}, {}


_COMMANDS = {"floor": _floor, "llm": _llm, "aider": _aider, "codex": _codex}
