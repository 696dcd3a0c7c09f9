"""The loop of a model with tools: query it, run its calls, until it finishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from codex_lsp.agent.limits import Unfinished
from codex_lsp.agent.model import NoTools, Reply, ToolCall
from codex_lsp.agent.plain import Words
from codex_lsp.agent.replies.spoken import may_be_text
from codex_lsp.agent.tools import Result, Toolbox
from codex_lsp.agent.work import Work


async def work_with_tools(work: Work) -> Reply:
    """Let a model work with our tools until it finishes, answers, or reaches a limit.

    The reply returned is the last one; a summary given to `finish` is its content. Raises `NoTools` if the
    very first request was refused for its tools.
    """
    return await _Loop(work).run()


class _Loop:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._talk = work.begin("tools", work.opening("tools", work.gather(agent=False)))
        self._toolbox = Toolbox(work.overlay, work.ask, work.tools)
        self._words = Words(work)
        self._unmended = ""
        self._held_back = False

    async def run(self) -> Reply:
        while True:
            reply = await self._query()
            if not reply.tool_calls:
                if await self._words.settle(reply):
                    return reply
            elif (summary := await self._run(reply)) is not None:
                return summary

    async def _query(self) -> Reply:
        try:
            in_words = not may_be_text(self._work.text)
            return await self._talk.query(self._toolbox.schemas, calls_in_words=in_words)
        except NoTools as refusal:
            if self._work.tally.turns > 1:
                raise Unfinished(str(refusal)) from refusal
            raise

    async def _run(self, reply: Reply) -> Reply | None:
        """Run a reply's calls and answer them; the last reply if the model finished, and may."""
        results = [await self._call(call) for call in reply.tool_calls]
        self._judge(results)
        summary = next((each.summary for each in results if each.summary is not None), None)
        last = None if summary is None else replace(reply, content=summary)
        objection = await self._objection(last) if last else ""
        for call, result in zip(reply.tool_calls, results, strict=True):
            refused = objection and result.summary is not None
            self._talk.answer(call, f"error: {objection}" if refused else result.text)
        return None if objection else last

    async def _call(self, call: ToolCall) -> Result:
        work = self._work
        work.trace.calling(call)
        result = await self._toolbox.call(call)
        work.trace.called(call, result.text, result.problem)
        if result.step:
            work.tell(result.step)
        if call.name == "edit" and result.problem != "arguments":
            self._unmended = result.text if result.problem else ""
            self._words.only_talk = self._words.only_talk or not result.problem
        work.tally.called(call, result.text, fitted=result.problem != "arguments")
        return result

    def _judge(self, results: Sequence[Result]) -> None:
        problems = [each.problem for each in results]
        self._work.tally.turned(
            bad=all(each == "arguments" for each in problems),
            failed=bool(self._unmended) and "edit" in problems,
        )

    async def _objection(self, reply: Reply) -> str:
        """Why the model may not finish yet; each of the two reasons counts once."""
        if self._unmended and not self._held_back:
            self._held_back = True
            return "Not finished: your last edit failed. Mend it, or call finish again to leave it out."
        objection = await self._work.objection(reply)
        return f"Not finished: {objection} Please mend it, then call finish again." if objection else ""
