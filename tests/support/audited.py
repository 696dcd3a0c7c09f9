"""Run the server as `python -m codex_lsp` does, and write down what it does behind the protocol's back.

    python -m tests.support.audited REPORT.json

The report, written at the server's end, is `{"events": [[name, argument], …], "modules": [name, …]}`: each
connection, name look-up and process start (from Python's audit hooks), and the modules that were imported.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

WATCHED = ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen")
ADDRESSED = ("socket.connect", "socket.bind")
_events: list[list[str]] = []


def _hook(name: str, arguments: tuple[Any, ...]) -> None:
    if name in WATCHED:
        _events.append([name, str(arguments[-1] if name in ADDRESSED else arguments[:2])])


def main() -> int:
    report = Path(sys.argv.pop())
    sys.addaudithook(_hook)
    from codex_lsp.__main__ import main as serve

    try:
        return serve()
    finally:
        report.write_text(json.dumps({"events": _events, "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    sys.exit(main())
