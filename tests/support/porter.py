"""A `Door` as a process, no LiteLLM behind it: `python -m tests.support.porter FOLDER NAME KIND [STALL]`.

KIND is "unix" or "tcp". It says its process id on standard output; each guest gets back what it sends, and
for `give N\\n` N bytes.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from codex_lsp.endpoint import door, meeting
from codex_lsp.endpoint.place import Place


def main(folder: str, name: str, kind: str, stall: str = str(door.STALL_SECONDS)) -> None:
    place = Place(Path(folder), name)
    listener, token = meeting.listen(place, unix=kind == "unix")
    opened = door.Door(listener, place, token, stall=float(stall))

    def take(guest: door.Guest, data: bytes | None) -> None:
        if data and data.startswith(b"give "):
            guest.send(bytes(int(data.split()[1])))
        elif data:
            guest.send(data)

    opened.connect(take)
    print(os.getpid(), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
