"""What checks the project, `python -m tests.…`: each takes the options with which the documents show it."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.documents.claims import CHECKS
from tests.documents.reading import DOCUMENTS, ROOT, Command, commands

_CHECK = re.compile(r"(?:\S*python) -m (tests\.[\w.]+)(.*)")


def is_check(command: Command) -> bool:
    """Whether it is one of these."""
    found = _CHECK.fullmatch(command.text)
    return found is not None and found[1] in CHECKS


SHOWN = sorted({each.text: each for name in DOCUMENTS for each in commands(name) if is_check(each)}.items())
# What stands there for something of one's own.
EXAMPLES = {"N": "1", "NAME": "ready-tidy", "FAMILY": "paths", "S": "1"}


class Taken(BaseException):
    """The options were read, and would be followed now."""


class Refused(BaseException):
    """The options do not fit."""


def module(name: str) -> Any:
    """The module that `python -m NAME` runs."""
    package = ROOT / Path(*name.split("."))
    return importlib.import_module(f"{name}.__main__" if package.is_dir() else name)


def given(words: str) -> list[str]:
    """The options as somebody would give them: those in brackets too, examples for what is in capitals."""
    return [EXAMPLES.get(word, word) for word in shlex.split(re.sub(r"[\[\]…]", "", words))]


@pytest.mark.parametrize("text", [text for text, _ in SHOWN])
def test_a_check_takes_the_options_that_are_shown(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program's own parser has read its options it is ended: that it works is tested beside it."""
    parse = argparse.ArgumentParser.parse_args

    def read(self: argparse.ArgumentParser, args: Sequence[str] | None = None, namespace: Any = None) -> Any:
        found = parse(self, args, namespace)
        raise Taken(vars(found))

    def refuse(self: argparse.ArgumentParser, message: str) -> None:
        raise Refused(message)

    found = _CHECK.fullmatch(text)
    assert found
    main = module(found[1]).main
    monkeypatch.setattr(sys, "argv", [found[1], *given(found[2])])
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", read)
    monkeypatch.setattr(argparse.ArgumentParser, "error", refuse)
    with pytest.raises(Taken):
        main()


def test_options_that_do_not_fit_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["tests.soak", "--hours", "1"])
    with pytest.raises(SystemExit):
        module("tests.soak").main()


@pytest.mark.parametrize("name", CHECKS)
def test_a_short_one_is_run_by_its_own_test(name: str) -> None:
    test = (ROOT / CHECKS[name]).read_text(encoding="utf-8")
    assert name in test, f"{CHECKS[name]} knows nothing of {name}"
