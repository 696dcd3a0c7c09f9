"""What the documents list is what there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from codex_lsp.agent.limits import StopReason
from codex_lsp.lsp.commands.table import COMMANDS

PROTOCOL = (Path(__file__).parent.parent / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")


def test_every_command_has_its_row() -> None:
    assert re.findall(r"^\| `(codexLsp\.\w+)` \|", PROTOCOL, re.MULTILINE) == sorted(
        COMMANDS, key=lambda name: PROTOCOL.index(f"| `{name}` |")
    )


def test_every_stop_reason_is_told() -> None:
    (told,) = re.findall(r"`reason`: (.*?); and", PROTOCOL, re.DOTALL)
    assert sorted(re.findall(r"`(\w+)`", told)) == sorted(get_args(StopReason))
