"""Every command and every block in the documents is run by a test, here or elsewhere."""

from __future__ import annotations

import pytest

from codex_lsp.cli import COMMANDS
from tests.documents import (
    claims,
    test_api,
    test_blocks,
    test_commands,
    test_editors,
    test_first_change,
    test_model,
)
from tests.documents.reading import DOCUMENTS, ROOT, Block, Command, blocks, commands
from tests.documents.test_checks import is_check

HERE = {
    *test_api.SHOWN, *test_blocks.SHOWN, *test_commands.SHOWN, *test_editors.SHOWN,
    *test_first_change.SHOWN, *test_model.SHOWN,
}  # fmt: skip
READ = [*test_api.READ, *test_blocks.READ, *test_editors.READ, *test_first_change.READ]
ALL = [each for name in DOCUMENTS for each in commands(name)]
BLOCKS = [each for name in DOCUMENTS for each in blocks(name)]


NAMES = {f"codex-lsp {name}" for name in COMMANDS}
"""By which sentences name a command."""


def is_claimed(command: Command) -> bool:
    return (
        command.text in HERE
        or command.text in claims.COMMANDS
        or is_check(command)
        or command.text in NAMES
        or any(command.text in block.text and key(block) in claims.BLOCKS for block in BLOCKS)
    )


def key(block: Block) -> tuple[str, str, str]:
    return (block.document, block.heading, block.language)


def test_every_command_is_run() -> None:
    assert [str(each) for each in ALL if not is_claimed(each)] == []


def test_every_block_is_run_or_read() -> None:
    shell = {str(each) for each in BLOCKS if each.language == "sh"}
    left = [each for each in BLOCKS if each not in READ and key(each) not in claims.BLOCKS]
    assert [str(each) for each in left if str(each) not in shell] == []


def test_nothing_is_claimed_that_is_not_there() -> None:
    there = {each.text for each in ALL}
    assert {*HERE, *claims.COMMANDS} - there == set()
    assert set(claims.BLOCKS) - {key(each) for each in BLOCKS} == set()


@pytest.mark.parametrize(
    "elsewhere", sorted({*claims.COMMANDS.values(), *claims.BLOCKS.values()}, key=str), ids=str
)
def test_who_runs_it_elsewhere_does(elsewhere: claims.Elsewhere) -> None:
    assert elsewhere.words in (ROOT / elsewhere.file).read_text(encoding="utf-8"), elsewhere


def test_what_nobody_runs_is_seen() -> None:
    assert not is_claimed(Command("README.md", 1, "codex-lsp doctor --everything"))
    assert not is_claimed(Command("README.md", 1, "python -m tests.nothing"))
