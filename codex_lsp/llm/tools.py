"""Whether an endpoint takes requests with tools; what it once refused for their sake it is not sent again."""

from __future__ import annotations

import re

from codex_lsp.agent.model import Request
from codex_lsp.endpoint.errors import EndpointError, StatusError, ToolsRefused

# Ollama says that the model "does not support tools", llama-server (with 500) that the "tools param requires
# --jinja", vLLM that "auto" tool choice needs an option, OpenRouter (with 404) that there are "no endpoints
# found that support tool use".
_OF_TOOLS = re.compile(r"(?i)\btools?\b|\btool_|\bfunction[ _-]?call")
# Beside that there is what a model did with its tools, such as "failed to parse the tool call".
_UNSUPPORTED = re.compile(
    r"(?i)support|require|enable|\bnot (?:allow|avail|implement|permit)|un(?:known|recogni|expect)|extra"
)
_OF_SOMETHING_ELSE = re.compile(r"(?i)context|token|too (?:long|large|many)|length|quota|credit|billing")
_STATUSES = (400, 404, 405, 422, 500, 501)
_REMEMBERED = "The endpoint takes no tools, as it said before."


class Tools:
    """What is known of one endpoint and model, for the life of the process."""

    def __init__(self) -> None:
        self._refused = False
        self._doubt = False

    def require(self, request: Request) -> None:
        """Raise `ToolsRefused` for what is known to be refused; nothing is sent then."""
        if request.tools and self._refused:
            raise ToolsRefused(_REMEMBERED, 400)

    def refused(self, request: Request, error: EndpointError) -> ToolsRefused | None:
        """The error to raise instead, if the tools are why, or may be.

        An endpoint that says so is believed. A 400 that gives no reason may be about them too: that counts
        once the same was answered without.
        """
        if not request.tools or not isinstance(error, StatusError) or error.status not in _STATUSES:
            return None
        said = _said(error)
        of_tools = _OF_TOOLS.search(said) is not None
        if of_tools and _UNSUPPORTED.search(said):
            self._refused = True
        elif error.status != 400 or (not of_tools and _OF_SOMETHING_ELSE.search(said)):
            return None
        elif not of_tools:
            self._doubt = True
        return ToolsRefused(str(error), error.status)

    def answered(self, request: Request) -> None:
        """The request got its reply."""
        if request.tools:
            self._doubt = False
        elif self._doubt:
            self._refused = True


def _said(error: EndpointError) -> str:
    return str(error).partition(" It said: ")[2]
