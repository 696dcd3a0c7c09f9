"""What the roads of one run share: the ask, the texts, the limits, who is told, what checking found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.asks.clearing import clear
from codex_lsp.agent.checking.verifier import Verifier
from codex_lsp.agent.context.chosen import CONTEXT_TOKENS, Context
from codex_lsp.agent.context.gather import gather
from codex_lsp.agent.context.prompting import opening
from codex_lsp.agent.limits import Limits, Tally
from codex_lsp.agent.memory import Memory, follow_up
from codex_lsp.agent.model import Message, Reply
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.talk import Listener, Talk, Traced
from codex_lsp.agent.tools.extra import Extra
from codex_lsp.agent.trace import Trace
from codex_lsp.edits import EditError, Focus
from codex_lsp.edits.focus import carried
from codex_lsp.review.proposal import FileChange


@dataclass(slots=True)
class Work:
    """One run on its way. `talk` is its conversation, `tally` counts, `verifier` verifies.

    `memory` is that of the run which this one goes on from, and `note` what became of its changes.
    `tools` are offered beside our own.
    """

    ask: Ask
    overlay: Overlay
    model: Traced
    limits: Limits
    listener: Listener
    trace: Trace
    verifier: Verifier
    memory: Memory | None = None
    note: str = ""
    context_tokens: int = CONTEXT_TOKENS
    tools: tuple[Extra, ...] = ()
    road: str = ""
    sent_back: Reply | None = None
    tally: Tally = field(init=False)
    talk: Talk = field(init=False)
    _changes: tuple[FileChange, ...] = field(init=False)
    _text: str = field(init=False)

    def __post_init__(self) -> None:
        self._changes = self.overlay.changes()
        self._text = self.overlay.read(self.ask.focus.path)
        self.begin("", [])

    def begin(self, road: str, chat: list[Message]) -> Talk:
        """Begin the conversation of a road; what was counted on another one counts no more."""
        self.road, self.tally = road, Tally(self.limits)
        self.talk = Talk(self.model, self.tally, replace(self.listener, on_step=self.tell), chat)
        return self.talk

    def gather(self, *, agent: bool) -> Context:
        """What goes with the ask, as the texts are now; the person is told."""
        context = gather(self.ask, self.overlay, budget=self.context_tokens, agent=agent)
        self.tell(context.step)
        return context

    def opening(self, road: str, context: Context, *, with_tools: bool = True) -> list[Message]:
        """The messages with which a model is asked: an ask, or what follows an earlier one."""
        fresh = opening(context, with_tools=with_tools)
        return follow_up(self.memory, road, fresh, self.note) if self.memory else fresh

    @property
    def changed(self) -> bool:
        """Whether this run itself has changed anything."""
        return self.overlay.changes() != self._changes

    @property
    def text(self) -> str:
        """The file that was asked about, as it is by now; empty if the run deleted it or moved it away."""
        try:
            return self.overlay.read(self.ask.focus.path)
        except EditError:
            return ""

    @property
    def focus(self) -> Focus:
        """What was selected, in the text as it is by now."""
        return carried(self.ask.focus, self._text, self.text)

    async def objection(self, reply: Reply) -> str:
        """Why the work is not done yet with `reply`, for the model; empty if nothing speaks against it.

        A failed check is an objection once; then it is the person's to judge.
        """
        if self.sent_back is not None or not self.changed or not self.overlay.changes():
            return ""
        clear(self.ask, self.overlay)
        verification = await self.verifier.found()
        if verification.status != "failed":
            return ""
        self.sent_back = reply
        self.tell(f"sent back: {verification.note}")
        return verification.report or verification.note

    def fallback(self) -> Reply | None:
        """The reply that was sent back, if nothing has come of that: its changes are better than none."""
        return self.sent_back if self.verifier.is_current() else None

    def tell(self, step: str) -> None:
        """Tell the person a step."""
        self.trace.step(step)
        self.listener.on_step(step)
