"""How much is asked of a case: A everything, B 95 %, C a report."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Literal

from tests.conformance.cases import Case

Tier = Literal["A", "B", "C"]

A = (
    "codex_*", "openai_agents_v4a", "opencode_apply_patch", "vscode_apply_patch_corpus",
    "vscode_code_block_patches", "aider_*", "openhands_str_replace", "lsp_apply_text_edits", "gopls_*",
)  # fmt: skip
C = ("continue_locate", "continue_lazy_apply", "vscode_edit_rebase")
STRING_REPLACEMENTS = ("string_replace", "multi_string_replace", "replace_chunk", "text_editor_tool")


def tier(case: Case) -> Tier:
    """The case's tier, as the cases' README has it. A corpus that it does not name is held to tier B."""
    if any(fnmatchcase(case.corpus, pattern) for pattern in A):
        return "A"
    if case.flags.get("unsafe"):
        return "C"
    if _is_exact_replacement(case):
        return "A"
    return "C" if any(fnmatchcase(case.corpus, pattern) for pattern in C) else "B"


def _is_exact_replacement(case: Case) -> bool:
    """Whether the case replaces strings that stand in the file exactly, once or more often."""
    text = case.texts.get(case.target)
    old = old_texts(case)
    return bool(old) and text is not None and all(each and each in text for each in old)


def old_texts(case: Case) -> list[str]:
    """The texts that a string replacement replaces; none if it is something else."""
    if case.format not in STRING_REPLACEMENTS:
        return []
    try:
        call = json.loads(case.reply)
    except ValueError:
        return []
    old = [edit.get("old_string", edit.get("old_str")) for edit in call.get("edits", [call])]
    return old if all(isinstance(each, str) for each in old) else []
