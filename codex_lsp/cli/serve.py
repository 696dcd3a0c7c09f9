"""`codex-lsp`: the server on stdio."""

from __future__ import annotations

import logging
from typing import BinaryIO

from codex_lsp.endpoint import config
from codex_lsp.endpoint.remote import RemoteModel
from codex_lsp.lsp.wire.stdio import serve_stdio
from codex_lsp.lsp.wiring import create_server


def serve(stdin: BinaryIO, stdout: BinaryIO, parent: int) -> int:
    """Serve one client until it ends the session; 0 after `shutdown` and `exit`, else 1 (LSP 3.17, Exit).

    `parent` is whose child this process was when it began.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # pygls logs whole messages, documents included, at INFO and parts of them at ERROR.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    configuration = config.load()
    return serve_stdio(create_server(configuration, RemoteModel(configuration)), stdin, stdout, parent)
