"""The commands that show something and change nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from lsprotocol import types

from codex_lsp.agent.asks.ask import AskKind
from codex_lsp.agent.model import ModelError
from codex_lsp.edits import EditError
from codex_lsp.lsp.commands.arguments import Arguments, optional, string
from codex_lsp.lsp.commands.asking import INSTRUCTIONS, Refused, prepare
from codex_lsp.lsp.session import Origin, Session

if TYPE_CHECKING:
    from codex_lsp.agent.context.chosen import Context
    from codex_lsp.agent.model import Request
    from codex_lsp.review.proposal import FileChange, Proposal

# So long the endpoint may take to say what it is, before both are shown that it may be.
_DESCRIBE_SECONDS = 10.0


def show_prompt(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Show exactly what an ask would send first, and return it; nothing is sent.

    Where it is not known yet whether the endpoint is a model or an agent, both requests are returned.
    """
    kind = string(arguments, "kind", "edit")
    if kind not in get_args(AskKind):
        raise ValueError(f"'kind' must be one of {', '.join(get_args(AskKind))}")
    instruction = string(arguments, "instruction", INSTRUCTIONS[kind])
    try:
        made = _previews(session, arguments, kind, instruction)  # type: ignore[arg-type] # one of them, as checked
    except Refused as refusal:
        session.tell(types.MessageType.Warning, str(refusal))
        return {"road": None, "requests": {}, "error": {"code": refusal.code, "message": str(refusal)}}
    session.spawn(_show(session, made))
    return {
        "road": next(iter(made)) if len(made) == 1 else None,
        "requests": {road: body(request) for road, (_, request) in made.items()},
        "tokens": {road: context.used for road, (context, _) in made.items()},
        "budget": next(iter(made.values()))[0].budget,
        "paths": {road: list(context.paths) for road, (context, _) in made.items()},
    }


Previews = Mapping[str, tuple["Context", "Request"]]
"""By road, `model` or `agent`."""


def _previews(session: Session, arguments: Arguments, kind: AskKind, instruction: str) -> Previews:
    from codex_lsp.agent.context.preview import preview
    from codex_lsp.agent.overlay import Overlay

    settings = session.settings_for(string(arguments, "uri"))
    ask, places = prepare(session, arguments, kind, instruction)
    road = settings.road if settings.road != "auto" else session.info.kind if session.info else None
    try:
        return {
            each: preview(
                ask,
                Overlay(places.snapshots(), places.root),
                agent=each == "agent",
                context_tokens=settings.max_context_tokens,
            )
            for each in ([road] if road else ["model", "agent"])
        }
    except EditError as error:
        raise Refused("edit", str(error)) from error


async def _show(session: Session, made: Previews) -> None:
    if len(made) > 1 and (road := await _road(session)):
        made = {road: made[road]}
    await session.shown.show(_title(made), "\n".join(readable(road, *each) for road, each in made.items()))


async def _road(session: Session) -> str | None:
    """What the endpoint says it is; None if it cannot be asked now."""
    try:
        async with asyncio.timeout(_DESCRIBE_SECONDS):
            session.info = await session.model.describe()
    except (ModelError, TimeoutError):
        return None
    return session.info.kind


def _title(made: Previews) -> str:
    context, _ = next(iter(made.values()))
    return f"prompt for {context.ask.focus.path.rpartition('/')[2]}"


def body(request: Request) -> dict[str, Any]:
    """What of a Chat Completions request comes from here; the worker adds the model's name and the key."""
    made: dict[str, Any] = {"messages": [dict(message) for message in request.messages]}
    if request.tools:
        made["tools"] = [dict(tool) for tool in request.tools]
    if request.workspace is not None:
        made["codex_agent"] = {"workspace": request.workspace}
    return made


def readable(road: str, context: Context, request: Request) -> str:
    """A request for a person: each message as it is, what is no text as JSON."""
    sent = body(request)
    to = "an agent" if road == "agent" else "a model"
    lines = [f"# What would be sent to {to}", "", f"{context.step[0].upper()}{context.step[1:]}", ""]
    for message in sent["messages"]:
        lines += [f"## {message['role']}", "", str(message["content"]), ""]
    for name in ("tools", "codex_agent"):
        if name in sent:
            lines += [f"## {name}", "", json.dumps(sent[name], ensure_ascii=False, indent=2), ""]
    return "\n".join(lines)


def show_diff(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Show what waits of a proposal, of one of its files, or one change, as a unified diff; return that."""
    from codex_lsp.review.unified import unified_diff

    proposal, path, hunk = _waiting(session, arguments)
    changes = _chosen(proposal.changes, path, hunk) if proposal else ()
    if proposal is None or not changes:
        session.tell(types.MessageType.Info, "That does not wait any more: it was taken, dropped or changed.")
        return {"diff": None}
    diff = "".join(unified_diff(changes))
    names = [each.path.rpartition("/")[2] for each in changes]
    title = f"diff of {', '.join(names[:3])}"
    session.spawn(_shown(session, title, diff, _head(replace(proposal, changes=changes))))
    return {"diff": diff}


def _waiting(session: Session, arguments: Arguments) -> tuple[Proposal | None, str | None, int | None]:
    path, hunk = optional(arguments, "path"), arguments.get("hunk")
    if not isinstance(hunk, int | None) or (path is None and hunk is not None):
        raise ValueError("'path' must be a string, and 'hunk', if any, one of its numbers")
    return session.pending.get(string(arguments, "proposal")), path, hunk


def _chosen(changes: Sequence[FileChange], path: str | None, hunk: int | None) -> tuple[FileChange, ...]:
    from codex_lsp.review.unified import only

    if path is None:
        return tuple(changes)
    own = [each for each in changes if each.path == path]
    if hunk is None:
        return tuple(own)
    return tuple(one for each in own if (one := only(each, hunk)))


def _head(proposal: Proposal) -> str:
    """What a diff's reader should know; `git apply` passes over it."""
    lines = [*proposal.summary.splitlines(), *proposal.verification.detail.splitlines()]
    for change in proposal.changes:
        for held in change.held:
            line = (change.base or "").count("\n", 0, held.start) + 1
            lines.append(
                f"{change.path}, line {line}: conflicts with what was typed, and is not in this diff."
            )
    return "".join(f"# {line}\n" for line in lines) + "\n"


async def _shown(session: Session, title: str, text: str, head: str) -> None:
    await session.shown.show(title, text, head=head, suffix="diff")
