"""`codex-lsp demo`: the whole road on a real file, with the offline agent and the server as processes."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import sysconfig
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codex_lsp.lsp.client import Editor

START_SECONDS = 30.0
RUN_SECONDS = 120.0
MAX_DIFF_LINES = 80
MAX_SYMBOLS = 4
_TITLES = ("tidy up", "write docstrings")
_DESCRIPTION = """\
Start the offline agent and the server, open FILE as an editor would, run a code action on it, and show what
happens. Nothing is written; no network, no key and no model is needed.
"""
_EPILOG = "Exit codes: 0 it worked, 1 it did not and the message says why, 2 wrong arguments."


class DemoFailed(Exception):
    """The demo could not go on; the message says why."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser("demo", description=_DESCRIPTION, epilog=_EPILOG)
    parser.add_argument("file", nargs="?", type=Path, help="a Python file (default: one of Python's own)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Show it; 0 if an edit was applied and undone, 1 if not."""
    from codex_lsp.cli.files import FileProblem, read_text
    from codex_lsp.cli.term import never_fail

    never_fail(sys.stdout)
    file = (args.file or Path(sysconfig.get_path("stdlib")) / "colorsys.py").absolute()
    try:
        text = read_text(file)
        asyncio.run(_demo(file, text))
    except (DemoFailed, FileProblem, OSError) as error:
        print(f"codex-lsp demo: {error}", file=sys.stderr)
        return 1
    return 0


async def _demo(file: Path, text: str) -> None:
    from codex_lsp import __version__
    from codex_lsp.lsp.client import Editor

    _line("demo", f"codex-lsp {__version__}; the offline agent is a rule engine for Python, not a model")
    started = time.perf_counter()
    async with _agent() as agent:
        _line("agent", f"{agent['url']}  mode: {agent['mode']}", started)
        started = time.perf_counter()
        editor = Editor(lambda step: _line("", step))
        await editor.start([sys.executable, "-m", "codex_lsp"], _environ(agent), file.parent)
        try:
            _line(
                "server", f"on stdio, positions in {editor.encoding}; its worker is loading LiteLLM", started
            )
            editor.open(file.as_uri(), text)
            _line("open", f"{file} (only in memory; the file stays as it is)")
            await _show(editor, file, text)
        finally:
            await editor.close()
    _line("end", "the server and the agent are gone")


async def _show(editor: Editor, file: Path, text: str) -> None:
    from codex_lsp.cli.term import coloured_diff
    from codex_lsp.edits.text import LineIndex
    from codex_lsp.review.proposal import FileChange
    from codex_lsp.review.unified import unified_diff
    from codex_lsp.syntax.plain_definitions import enclosing_definition

    index = LineIndex(text)
    symbols = [enclosing_definition(index, line) for line in range(index.line_count)]
    spans = [
        (index.start(symbol.start), index.start(symbol.end)) for symbol in dict.fromkeys(symbols) if symbol
    ]
    for start, end in [*spans[:MAX_SYMBOLS], (0, len(text))]:
        where = f"lines {index.line_at(start) + 1}–{index.line_at(end - 1) + 1}"
        for title in _TITLES:
            await _act(editor, file.as_uri(), title, (start, end), where)
        changed = editor.texts[file.as_uri()]
        if changed != text:
            lines = unified_diff([FileChange(file.name, text, changed)])
            sys.stdout.write(coloured_diff(lines[:MAX_DIFF_LINES], sys.stdout))
            if len(lines) > MAX_DIFF_LINES:
                print(f"… {len(lines) - MAX_DIFF_LINES} more lines")
            return
    raise DemoFailed(f"the offline agent found nothing to change in {file}; try another Python file.")


async def _act(editor: Editor, uri: str, title: str, span: tuple[int, int], where: str) -> None:
    """Run the action with this title on a selection of the text as it was opened."""
    start, end = span[0], min(span[1], len(editor.texts[uri]))
    action = next((each for each in await editor.actions(uri, start, end) if title in each["title"]), None)
    if action is None:
        raise DemoFailed(f"the server offers nothing for {where}. {editor.log}")
    _line("action", f"{action['title']}  ({where})")
    started = time.perf_counter()
    try:
        async with asyncio.timeout(RUN_SECONDS):
            ended = await editor.run(action)
    except TimeoutError:
        raise DemoFailed(f"the run did not end within {RUN_SECONDS:g} s. {editor.log}") from None
    _line(str(ended["state"]), str(ended["text"]).partition("\n")[0], started)
    if ended["state"] not in ("applied", "answered", "unchanged"):
        raise DemoFailed(f"{ended['text']} {editor.log}".strip())


@asynccontextmanager
async def _agent() -> AsyncIterator[dict[str, Any]]:
    """The offline agent as a process, gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "codex_lsp",
            "agent",
            "--model",
            "offline",
            "--port",
            "0",
            "--json",
            "--until-eof",
        ),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline()
        if not line:
            raise DemoFailed("the offline agent did not start; what it said stands above.")
        yield json.loads(line)
    except TimeoutError:
        raise DemoFailed(f"the offline agent was not ready within {START_SECONDS:g} s.") from None
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _environ(agent: dict[str, Any]) -> dict[str, str]:
    from codex_lsp.endpoint import config

    kept = {name: value for name, value in os.environ.items() if name not in config.VARIABLES}
    own = config.EndpointConfig(
        enabled=True, api_base=agent["url"], api_key=agent["token"], model="codex-agent/offline"
    )
    return kept | own.as_environ()


def _line(what: str, text: str, started: float | None = None) -> None:
    from codex_lsp.cli.term import shown, style

    took = "" if started is None else style(f"  {time.perf_counter() - started:.2f} s", "dim", sys.stdout)
    print(f"{style(f'{what:>10}', 'cyan', sys.stdout)}  {shown(text, sys.stdout)}{took}", flush=True)
