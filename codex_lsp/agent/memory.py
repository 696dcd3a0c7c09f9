"""What is kept of a run after its end, compressed: what was said, and what it had made if it was stopped."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import Message
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange

# Of one conversation, compressed. Longer ones lose the middles of their long messages first, then all.
MAX_BYTES = 48 * 1024
MAX_CHARS = 200_000
CLIPPED_CHARS = 2_000


@record(frozen=True, slots=True)
class Memory:
    """A run that is over. `road` is `"tools"`, `"plain"` or `"agent"`: how its messages were made.

    `ask.focus` is a place in `text`, the file that was asked about as the run left it. `changes` are those
    that a run had made which was stopped.
    """

    ask: Ask
    road: str
    packed: bytes

    @classmethod
    def of(
        cls,
        ask: Ask,
        road: str,
        messages: Sequence[Message],
        text: str,
        changes: Iterable[FileChange] = (),
    ) -> Memory:
        """Pack it. What a conversation has beyond `MAX_BYTES` is cut or left out; texts are not."""
        said = complete(messages)
        # Packing stops the loop, for some 10 ms at this size.
        if _size(said) > MAX_CHARS or len(_pack(said)) > MAX_BYTES:
            said = [_clipped(each) for each in said]
        if _size(said) > MAX_CHARS or len(_pack(said)) > MAX_BYTES:
            said = []
        left = [(each.path, each.base, each.proposed, each.move_to) for each in changes]
        return cls(ask, road, _pack([said, text, left]))

    @property
    def messages(self) -> list[Message]:
        """The conversation, up to its last whole exchange; empty if it was too long to keep."""
        found: list[Message] = self._unpack()[0]
        return found

    @property
    def text(self) -> str:
        """The file that was asked about, as the run left it."""
        return str(self._unpack()[1])

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """What the run had changed when it was stopped; empty if it was not."""
        return tuple(FileChange(*each) for each in self._unpack()[2])

    def _unpack(self) -> Any:
        return json.loads(zlib.decompress(self.packed))


def complete(messages: Sequence[Message]) -> list[Message]:
    """The messages without a last turn whose calls were not all answered: no endpoint takes those."""
    asked: set[str] = set()
    end = begun = 0
    for number, message in enumerate(messages):
        if not asked:
            begun = number
        if message["role"] == "tool":
            asked.discard(message["tool_call_id"])
        else:
            asked |= {call["id"] for call in message.get("tool_calls", ())}
        end = number + 1
    return list(messages[: begun if asked else end])


def follow_up(memory: Memory, road: str, fresh: Sequence[Message], note: str) -> list[Message]:
    """The messages of a run that goes on from another: its conversation, then the new ask with a note.

    Where the conversation is not kept, or was of another kind, the ask begins anew and tells what was asked.
    """
    *head, ask = fresh
    earlier = memory.messages if memory.road == road else []
    if not earlier:
        note = f"The person asked before: {' '.join(memory.ask.instruction.split())}\n{note}"
    return [*(earlier or head), {**ask, "content": f"{ask['content']}\n\n{note}"}]


def _size(messages: Sequence[Message]) -> int:
    return sum(len(str(each.get("content")) + str(each.get("tool_calls", ""))) for each in messages)


def _pack(value: object) -> bytes:
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 3)


def _clipped(message: Message) -> Message:
    content = message.get("content")
    if not isinstance(content, str) or len(content) <= CLIPPED_CHARS or message["role"] == "system":
        return message
    half = CLIPPED_CHARS // 2
    cut = f"{content[:half]}\n[{len(content) - 2 * half} characters were cut here]\n{content[-half:]}"
    return {**message, "content": cut}
