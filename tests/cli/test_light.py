"""What a start loads, and what it does not: exact where milliseconds would depend on the machine."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from codex_lsp.cli import COMMANDS
from tests.support.endpoint import Answer, ScriptedEndpoint, call
from tests.support.processes import clean_environ, codex_lsp

TELL = """
import sys
from codex_lsp.__main__ import main
try:
    code = main()
except SystemExit as end:
    code = end.code
print(*sys.modules, file=sys.stderr)
sys.exit(code)
"""
HERE = Path(__file__).parent
SERVER = {"pygls", "lsprotocol", "attr", "attrs", "cattrs"}
WORKER = {"litellm", "httpx", "openai", "pydantic", "starlette", "uvicorn", "prometheus_client", "yaml"}
# Some milliseconds each, and nothing of it is for a short file and an edit that fits.
SELDOM = {
    *("ssl", "uuid", "platform", "datetime", "email", "http", "tomllib"),
    *("rapidfuzz", "tree_sitter", "importlib.resources", "importlib.metadata", "multiprocessing"),
    *("codex_lsp.lsp", "codex_lsp.llm", "codex_lsp.services", "codex_lsp.sandbox", "codex_lsp.settings"),
    *("codex_lsp.review.store", "codex_lsp.edits.rebasing", "codex_lsp.edits.fuzzy"),
    *("codex_lsp.agent.checking.checks", "codex_lsp.agent.context.relevance", "codex_lsp.traces.replay"),
    *("codex_lsp.syntax.symbols", "codex_lsp.syntax.plain_definitions"),
}
TEXT = "def add(a, b):\n    return a - b\n"
CALL = call("1", "edit", json.dumps({"path": "m.py", "old": "a - b", "new": "a + b"}))
BLOCK = "m.py\n```python\n<<<<<<< SEARCH\n    return a - b\n=======\n    return a + b\n>>>>>>> REPLACE\n```\n"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", TELL, *arguments]


def modules(*arguments: str) -> set[str]:
    """The modules of a program that ran the command line with these arguments."""
    done = subprocess.run(
        command(*arguments), capture_output=True, text=True, env=clean_environ(), check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def loaded(found: set[str], unwanted: set[str]) -> set[str]:
    return {name for name in found if name in unwanted or name.split(".")[0] in unwanted}


def own(found: set[str]) -> set[str]:
    return {name for name in found if name.startswith("codex_lsp")}


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_what_is_common_to_all_commands_loads_none(option: str) -> None:
    found = modules(option)
    assert own(found) == {"codex_lsp", "codex_lsp.__main__", "codex_lsp.cli"}
    assert not loaded(found, SERVER | WORKER | SELDOM | {"asyncio", "json", "dataclasses", "logging"})


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "serve"])
def test_a_command_is_parsed_without_the_others(name: str) -> None:
    found = modules(name, "--help")
    others = {f"codex_lsp.cli.{other}" for other in COMMANDS} - {f"codex_lsp.cli.{name}"}
    assert f"codex_lsp.cli.{name}" in found
    assert not found & others
    assert not loaded(found, SERVER | WORKER | {"codex_lsp.lsp", "codex_lsp.llm", "codex_lsp.agent.run"})


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "serve"])
def test_each_command_says_how_it_ends(name: str) -> None:
    said = codex_lsp(name, "--help", env=clean_environ(), cwd=HERE).stdout
    assert said.startswith(f"usage: codex-lsp {name} ")
    assert "exit codes: 0 " in said.lower()
    assert "2 wrong arguments" in " ".join(said.split())


def test_the_server_has_a_help_of_its_own() -> None:
    said = codex_lsp("serve", "--help", env=clean_environ(), cwd=HERE)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("usage: codex-lsp serve ")


def test_help_and_errors_name_all_commands() -> None:
    told = codex_lsp("--help", env=clean_environ(), cwd=HERE).stdout
    refused = codex_lsp("nonsense", env=clean_environ(), cwd=HERE)
    assert refused.returncode == 2
    for name, what in COMMANDS.items():
        assert f"\n    {name} " in told
        assert what in " ".join(told.split())
        assert f"'{name}'" in refused.stderr


@pytest.mark.parametrize(
    "reply", [Answer(BLOCK), Answer(tool_calls=(CALL,), finish_reason="tool_calls")], ids=["words", "call"]
)
async def test_one_edit_loads_what_it_needs(reply: Answer, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(TEXT)
    async with ScriptedEndpoint([reply, Answer("Done.")]) as endpoint:
        env = clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=endpoint.base_url, CODEX_AGENT_API_KEY="k"
        )
        process = await asyncio.create_subprocess_exec(
            *command("ask", "m.py", "add them", "--apply"),
            env=env,
            cwd=tmp_path,
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert (tmp_path / "m.py").read_text() == TEXT.replace("a - b", "a + b")
    found = set(said.decode().splitlines()[-1].split())
    assert not loaded(found, SERVER | WORKER | SELDOM)


def test_tls_is_there_for_who_asks_for_it_later() -> None:
    script = (
        "from codex_lsp.cli import light; light.load_asyncio(); import asyncio, sys; "
        "assert 'ssl' not in sys.modules; asyncio.run(asyncio.sleep(0)); "
        "import ssl; ssl.create_default_context(); light.load_asyncio(); "
        "import ssl as again; assert again is ssl"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
