"""A small server with one fault, named by its argument, to show that the fuzzer sees it."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import Any, BinaryIO

SINCE = 30


def main(fault: str, stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Serve until `exit`; the fault shows after some messages."""
    kept: list[str] = []
    text = ""
    asked = shut = count = 0
    while line := stdin.readline():
        found = re.match(rb"Content-Length: (\d+)", line)
        if not found:
            continue
        stdin.readline()
        body = stdin.read(int(found.group(1)))
        count += 1
        faulty = count > SINCE
        message = read(body)
        text = body.decode("latin-1") if b"didOpen" in body else text
        if message.get("method") == "exit":
            return 0 if shut or fault == "wrong_exits" else 1
        shut = shut or message.get("method") == "shutdown"
        if fault == "memory" and faulty:
            kept.append("x" * 2_000_000)
        if fault == "crashes" and faulty:
            return 3
        if fault == "deaf" and faulty:
            time.sleep(60)
        if "id" not in message or ("method" not in message and not message.get("error")):
            continue
        asked += 1
        if fault == "unanswered" and faulty and asked % 3 == 0 and "probe" not in str(message["id"]):
            continue
        for _ in range(2 if fault == "duplicates" and faulty and asked % 3 == 0 else 1):
            write(stdout, message, text if fault == "leaks" and faulty else "no")
    return 1


def read(body: bytes) -> dict[str, Any]:
    """The message, or one that asks for the error that a body that cannot be read gets."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return {"id": None, "error": -32700}
    return message if isinstance(message, dict) else {"id": None, "error": -32600}


def write(stdout: BinaryIO, message: dict[str, Any], text: str) -> None:
    """Answer with an error, or with a result where there must be one."""
    answer: dict[str, Any] = {"jsonrpc": "2.0", "id": message["id"]}
    if message.get("method") in ("initialize", "shutdown"):
        answer["result"] = {}
    else:
        answer["error"] = {"code": -32601, "message": text}
    written = json.dumps(answer).encode()
    stdout.write(b"Content-Length: %d\r\n\r\n%b" % (len(written), written))
    stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer))
