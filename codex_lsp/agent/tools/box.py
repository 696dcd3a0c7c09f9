"""One run's tools: a call in, a result out. Counts nothing and forbids no repetition; the loop does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ToolCall
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.changing import edit
from codex_lsp.agent.tools.extra import Extra
from codex_lsp.agent.tools.outlining import outline
from codex_lsp.agent.tools.problems import diagnostics
from codex_lsp.agent.tools.reading import read_file
from codex_lsp.agent.tools.result import Problem, Result, refused
from codex_lsp.agent.tools.schemas import BadArguments, arguments, offered
from codex_lsp.edits import EditError
from codex_lsp.edits.errors import PathRejected

_AT_ONCE: dict[str, Callable[[Overlay, Mapping[str, Any]], Result]] = {
    "read_file": read_file,
    "outline": outline,
    "diagnostics": diagnostics,
}


class Toolbox:
    """Executes calls on `overlay`, for `ask`. Cancelling the task that awaits a call stops what it began.

    `extra` are tools beyond ours.
    """

    def __init__(self, overlay: Overlay, ask: Ask, extra: Sequence[Extra] = ()) -> None:
        self._overlay = overlay
        self._ask = ask
        self._extra = {each.name: each for each in extra}
        schemas = (*offered(ask.kind), *(each.schema for each in extra))
        self._schemas = {schema["function"]["name"]: schema for schema in schemas}

    @property
    def schemas(self) -> Sequence[Mapping[str, Any]]:
        """What the model is offered, in Chat Completions form."""
        return tuple(self._schemas.values())

    async def call(self, call: ToolCall) -> Result:
        """Run one call. Whatever the model got wrong is a result with a `problem`, never an exception."""
        schema = self._schemas.get(call.name)
        if schema is None:
            names = ", ".join(self._schemas)
            return refused("arguments", f"there is no tool {call.name!r}; the tools are {names}.")
        try:
            return await self._run(call.name, arguments(call.arguments, schema))
        except BadArguments as error:
            return refused("arguments", str(error))
        except PathRejected as error:
            return refused("denied", _told(call, error), f"{call.name} refused: {error.reason}")
        except EditError as error:
            problem: Problem = "edit" if call.name == "edit" else "failed"
            return refused(problem, _told(call, error), f"{call.name} failed: {error.reason}")
        except OSError as error:
            return refused("failed", f"it cannot be read: {error.strerror}.", f"{call.name} failed")

    async def _run(self, name: str, given: Mapping[str, Any]) -> Result:
        if name in self._extra:
            return await self._extra[name].run(self._overlay, given)
        if name in _AT_ONCE:
            return _AT_ONCE[name](self._overlay, given)
        # What starts processes and walks loads with the first call.
        if name == "list_files":
            from codex_lsp.agent.tools.listing import list_files

            return await list_files(self._overlay, given)
        if name == "search":
            from codex_lsp.agent.tools.searching import search_files

            return await search_files(self._overlay, given)
        if name == "edit":
            return edit(self._overlay, self._ask.focus, given)
        return Result("finished.", summary=given["summary"])


def _told(call: ToolCall, error: EditError) -> str:
    if call.name == "edit":
        return str(error)
    return f"{error.path}: {error.reason}" if error.path else error.reason
