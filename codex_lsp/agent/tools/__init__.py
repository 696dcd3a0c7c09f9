"""The tools that a model may call, each on the overlay. No shell, no network, no file is written."""

from codex_lsp.agent.tools.box import Toolbox
from codex_lsp.agent.tools.result import Problem, Result

__all__ = ["Problem", "Result", "Toolbox"]
