"""The roads without our tools: a model whose words hold the edit, and an agent that has tools of its own."""

from __future__ import annotations

from dataclasses import replace

from codex_lsp import edits
from codex_lsp.agent.context.gather import gather
from codex_lsp.agent.context.prompting import opening, workspace
from codex_lsp.agent.model import Reply
from codex_lsp.agent.talk import Talk
from codex_lsp.agent.work import Work
from codex_lsp.edits import EditError


async def work_in_words(work: Work) -> Reply:
    """One prompt and one reply that holds the edits; what does not fit may be mended, twice at most."""
    opening = work.opening("plain", work.gather(agent=False), with_tools=False)
    talk, words = work.begin("plain", opening), Words(work)
    while True:
        reply = await talk.query()
        if await words.settle(reply):
            return reply


async def work_by_agent(work: Work, mode: str) -> Reply:
    """Workspace in, patch out: the agent runs its own tools, and its reply's edits go into the overlay.

    What fails its checks is sent back once, to an agent that has a model: rules say the same again.
    """
    context = work.gather(agent=True)
    talk = work.begin("agent", work.opening("agent", context))
    reply = await talk.query(workspace=workspace(context))
    _take(work, reply)
    if mode == "llm" and (objection := await work.objection(reply)):
        reply = await _sent_back(work, talk, objection)
        _take(work, reply)
    return reply


async def _sent_back(work: Work, talk: Talk, objection: str) -> Reply:
    """The reply to the same ask with what is wrong with its change, which the workspace has by now."""
    said = f"{work.ask.instruction} (Your change was refused: {objection} Mend it.)"
    context = gather(replace(work.ask, instruction=said, focus=work.focus), work.overlay, agent=True)
    talk.messages += opening(context)
    return await talk.query(workspace=workspace(context))


class Words:
    """Takes the edits that a reply holds in its text.

    `only_talk`: none are taken any more, since there are edits by tools, and a fence beside them is talk.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._repairs = work.limits.repairs
        self.only_talk = False

    async def settle(self, reply: Reply) -> bool:
        """Whether the work is done; if not, the model was told why. Raises `EditError` after the last try."""
        work = self._work
        try:
            if not self.only_talk:
                _take(work, reply)
        except EditError as error:
            if not self._repairs:
                raise
            self._repairs -= 1
            work.tell(f"the edit did not fit: {error.reason}")
            work.talk.say(f"Your edit was refused: {error} Please mend it.")
            return False
        objection = await work.objection(reply)
        if objection:
            work.talk.say(f"Your change is in place, but not finished: {objection} Please mend it.")
        return not objection


def _take(work: Work, reply: Reply) -> None:
    if work.ask.kind != "explain" and edits.holds_edits(reply.content):
        work.overlay.apply(reply.content, work.focus)
