"""Colours and diffs, on a real terminal and on none."""

from __future__ import annotations

import difflib
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO

import pytest

from codex_lsp.cli.term import coloured_diff, never_fail, shown, style, visible

if sys.platform == "win32":  # pragma: no cover
    raise RuntimeError("pseudo-terminals are POSIX")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    leader, follower = os.openpty()
    with os.fdopen(follower, "w", encoding="utf-8") as stream:
        yield stream
    os.close(leader)


def test_colours_are_for_terminals_only(terminal: TextIO, monkeypatch: pytest.MonkeyPatch) -> None:
    assert style("ok", "green", terminal) == "\x1b[32mok\x1b[0m"
    assert style("", "green", terminal) == ""
    assert style("ok", "green", io.StringIO()) == "ok"
    monkeypatch.setenv("NO_COLOR", "")
    assert style("ok", "green", terminal) != "ok"
    monkeypatch.setenv("NO_COLOR", "1")
    assert style("ok", "green", terminal) == "ok"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert style("ok", "green", terminal) == "ok"


def test_a_diff_is_coloured_by_what_its_lines_are(terminal: TextIO) -> None:
    old, new = ["a\n", "-- sql\n", "b\n"], ["a\n", "++ plus\n", "b\n"]
    lines = list(difflib.unified_diff(old, new, "a/x", "b/x")) * 2
    shown = coloured_diff(lines, terminal)
    file = (
        "\x1b[1m--- a/x\x1b[0m\n\x1b[1m+++ b/x\x1b[0m\n\x1b[36m@@ -1,3 +1,3 @@\x1b[0m\n"
        " a\n\x1b[31m--- sql\x1b[0m\n\x1b[32m+++ plus\x1b[0m\n b\n"
    )
    assert shown == file * 2


def test_a_diff_for_a_pipe_stays_as_it_is(terminal: TextIO) -> None:
    lines = ["--- a/x\n", "+++ b/x\n", "@@ -1 +1 @@\n", "-a\x1b\r\n", "+b"]
    assert coloured_diff(lines, io.StringIO()) == "".join(lines) + "\n"
    assert "\x1b\r" not in coloured_diff(lines, terminal)


def test_what_could_steer_a_terminal_is_made_visible() -> None:
    assert visible("a\tb\x1b[2J\r\u202e\x9bé") == "a\tb\\x1b[2J\\r\\u202e\\x9bé"


def test_text_of_others_is_made_visible_on_a_terminal_only(terminal: TextIO) -> None:
    assert shown("one\x1b[2J\ntwo", terminal) == "one\\x1b[2J\ntwo"
    assert shown("one\x1b[2J\ntwo", io.StringIO()) == "one\x1b[2J\ntwo"


def test_a_stream_that_lacks_a_letter_writes_its_escape() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    never_fail(stream)
    stream.write("模")
    stream.flush()
    assert stream.buffer.getvalue() == b"\\u6a21"
