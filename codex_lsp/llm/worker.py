"""The child process that talks to the endpoint: frames in on its standard input, frames out on its output.

Run as a file, `python -P …/codex_lsp/llm/worker.py`, because `-m` would import `codex_lsp.llm`, and with it
LiteLLM, before a line of this one. `codex_lsp.endpoint.remote.RemoteModel` is the parent's side.
"""

import os
import signal
import sys


def _claim() -> tuple[int, int]:
    """Take the pipes to the parent away from everyone else: returns the descriptors to read and to write.

    What a library prints goes to standard error from here on; what it reads is empty.
    """
    read, write = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # Ctrl-C in a terminal reaches the whole group; the parent decides, and its end is the end of our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return read, write


def _prepare() -> None:
    """Settings that LiteLLM reads when it is imported, and the place of this package."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for prices
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it loads a .env found upwards of its own folder
    os.environ.pop("USE_LITELLM_PROXY", None)  # else it sends every request there instead
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    if root not in sys.path:
        sys.path.insert(0, root)


if __name__ == "__main__":
    pipes = _claim()
    _prepare()
    from codex_lsp.llm.pipes import run

    run(*pipes)
