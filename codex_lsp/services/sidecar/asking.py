"""What Codex is told of a request: one text for the person's part, one for everybody else's."""

from __future__ import annotations

from codex_lsp.services.errors import invalid
from codex_lsp.services.requests import ChatRequest, Focus, text_of

_WORKSPACE = """\
The workspace is the current folder, a copy with the files of this request and nothing else. Do what is asked
by changing files in it: what you change there is sent back as a patch. There is no network, no git, nobody to
ask; what is refused is not tried again another way. At the end say in a sentence or two what you did."""
_ALONE = "There is no workspace: the current folder is empty. Answer in words."


def instructions(request: ChatRequest) -> str:
    """How to work, and what the client's system messages say."""
    told = [_ALONE if request.workspace is None else _WORKSPACE]
    told += [text_of(each) for each in request.messages if each["role"] in ("system", "developer")]
    return "\n\n".join(text for text in told if text.strip())


def question(request: ChatRequest) -> str:
    """The conversation, whose last message is the question; raises `ApiError` 400 where there is none."""
    spoken = [each for each in request.messages if each["role"] in ("user", "assistant")]
    texts = [(each["role"], text_of(each)) for each in spoken if text_of(each).strip()]
    if not texts or texts[-1][0] != "user":
        raise invalid("The last message must be a user's, with a text.", "no_question")
    if len(texts) == 1:
        parts = [texts[0][1]]
    else:
        names = {"user": "The person", "assistant": "You"}
        parts = [f"{names[role]} said:\n{text}" for role, text in texts]
    if request.workspace is not None and request.workspace.focus is not None:
        parts.append(_place(request.workspace.focus))
    return "\n\n".join(parts)


def _place(focus: Focus) -> str:
    first, last = focus.lines()
    lines = f"line {first + 1}" if first == last else f"lines {first + 1} to {last + 1}"
    return f"What is asked is about {lines} of {focus.path}."
