"""`codexLsp.runs`: the runs on record, and one of them as a page."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from codex_lsp.lsp.commands.arguments import Arguments, optional
from codex_lsp.lsp.session import Origin, Session

# So many are told, and so many pages are kept.
LIMIT = 20


def runs(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    """Tell the last runs on record; with `run`, write its page and have it opened where the client can."""
    from codex_lsp.traces.place import NoTrace, find, folder, run_of
    from codex_lsp.traces.record import summaries

    name = optional(arguments, "run")
    if name is None:
        found = [asdict(each) for each in summaries(limit=LIMIT)]
        return {"folder": str(folder()), "runs": found}
    try:
        file = find(name, paths=False)
    except NoTrace as error:
        session.tell(types.MessageType.Warning, str(error))
        return {"run": None, "error": {"code": "no_run", "message": str(error)}}
    page = _pages() / f"{run_of(file)}.html"
    session.spawn(_open(session, file, page))
    return {"run": run_of(file), "page": page.as_uri()}


async def _open(session: Session, file: Path, page: Path) -> None:
    problem = await asyncio.to_thread(_write, file, page)
    if problem:
        session.tell(types.MessageType.Warning, problem)
    elif not (session.client.show_document and await _shown(session, page)):
        session.tell(types.MessageType.Info, f"Codex: the run's page is {page}")


async def _shown(session: Session, page: Path) -> bool:
    params = types.ShowDocumentParams(page.as_uri(), external=True)
    try:
        result = await session.wire.send_request_async(types.WINDOW_SHOW_DOCUMENT, params)
    except JsonRpcException:
        return False
    return bool(result and result.success)


def _write(file: Path, page: Path) -> str:
    """Write the page; what is wrong, or nothing."""
    from codex_lsp import state
    from codex_lsp.traces.page import page as made
    from codex_lsp.traces.place import NoTrace
    from codex_lsp.traces.record import load
    from codex_lsp.traces.story import tell

    try:
        state.write(page, made(tell(load(file))).encode("utf-8", "replace"))
        old = sorted(page.parent.glob("*.html"), key=lambda each: each.stat().st_mtime_ns)[:-LIMIT]
        for each in old:
            each.unlink(missing_ok=True)
    except NoTrace as error:
        return str(error)
    except OSError as error:
        return f"The run's page cannot be written: {error.strerror}."
    return ""


def _pages() -> Path:
    from codex_lsp import state

    return state.folder("pages")
