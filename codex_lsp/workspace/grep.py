"""Search files without ripgrep: a program of its own, so that an endless regular expression can be ended.

Run by path as `python -I -S grep.py`. Standard input is one line of JSON, `{"pattern", "regex",
"ignore_case", "most", "size", "files"}`, then paths with a NUL behind each, relative to the current folder;
or, if `files` is false, lines to be searched themselves. Standard output has a line for each line found, as
ripgrep gives them: path, NUL, line number, `:`, column in bytes, `:`, text.
"""

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

MAX_TEXT = 2_000

Finder = Callable[[str], "int | None"]

# What a line's own text does not decide: looks around, the text's ends.
_LOOKS_BEYOND = re.compile(r"\(\?|\\[AZ]")


def main() -> None:
    """Read the question, write what is found; ends with 2 and a message for a pattern that is none."""
    asked = json.loads(sys.stdin.buffer.readline())
    try:
        find, quick = finder(asked["pattern"], regex=asked["regex"], ignore_case=asked["ignore_case"])
    except (re.error, RecursionError, OverflowError) as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    out = sys.stdout.buffer
    if not asked["files"]:
        for number, line in enumerate(sys.stdin.buffer, 1):
            report(out.write, b"-", number, line.rstrip(b"\r\n").decode("utf-8", "replace"), find)
        return
    for path in sys.stdin.buffer.read().split(b"\0")[:-1]:
        data = read(path, asked["size"])
        if data and b"\0" not in data and quick(data):
            text = data.decode("utf-8", "replace")
            for number, line in islice(found(lines(text), find), asked["most"]):
                report(out.write, path, number, line, find)
            out.flush()


def finder(pattern: str, *, regex: bool, ignore_case: bool) -> tuple[Finder, Callable[[bytes], bool]]:
    """What finds the first match in a line, and what may tell of a whole file that no line of it has one."""
    if not regex and not ignore_case:
        needle = pattern.encode("utf-8", "replace")
        return (lambda line: at if (at := line.find(pattern)) >= 0 else None), (lambda data: needle in data)
    flags = re.IGNORECASE if ignore_case else 0
    source = pattern if regex else re.escape(pattern)
    search = re.compile(source, flags).search

    def find(line: str) -> "int | None":
        match = search(line)
        return match.start() if match else None

    if not regex and pattern.isascii():
        # Some other letters are ASCII ones to who ignores case.
        small = pattern.lower().encode()
        return find, lambda data: small in data.lower() or not data.isascii()
    if _LOOKS_BEYOND.search(source):
        return find, lambda data: True
    anywhere = re.compile(source, flags | re.MULTILINE).search
    return find, lambda data: b"\r" in data or anywhere(data.decode("utf-8", "replace")) is not None


def lines(text: str) -> "enumerate[str]":
    """The lines with their numbers, as the rest of the program counts them."""
    return enumerate(re.split(r"\r\n|\n|\r", text) if "\r" in text else text.split("\n"), 1)


def found(numbered: Iterable["tuple[int, str]"], find: Finder) -> Iterator["tuple[int, str]"]:
    """Those of the lines that have a match."""
    return ((number, line) for number, line in numbered if find(line) is not None)


def read(path: bytes, size: int) -> "bytes | None":
    """The bytes of a plain file of at most `size`; None for anything else, such as links."""
    flags = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    try:
        descriptor = os.open(path, flags)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > size:
            return None
        return os.read(descriptor, size)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def report(write: Callable[[bytes], object], path: bytes, number: int, line: str, find: Finder) -> None:
    """Write the line if it has a match."""
    at = find(line)
    if at is not None:
        column = len(line[:at].encode("utf-8", "replace")) + 1
        text = line[:MAX_TEXT].encode("utf-8", "replace")
        write(b"%s\0%d:%d:%s\n" % (path, number, column, text))


if __name__ == "__main__":
    main()
