"""Check a proposal before it is offered: it parses, then what the person's own checks say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from codex_lsp.agent.checking.parsing import prepare, problem
from codex_lsp.review.proposal import FileChange, Verification

if TYPE_CHECKING:
    from codex_lsp.agent.checking.checks import Checks, Result

__all__ = ["prepare", "verify"]


async def verify(changes: Iterable[FileChange], *, checks: Checks | None = None) -> Verification:
    """Parse every changed file whose language is known here, then run the person's checks on a copy.

    What did not parse, or failed in the same way, before the change is not held against it; what cannot be
    found out neither. Checks are not run on what does not parse.
    """
    changes = tuple(changes)
    parsed, failures, unknown = await _parse(changes)
    if failures:
        note = " ".join(failures)
        return Verification("failed", note, (), tuple(unknown), note)
    if checks is None:
        status: Literal["passed", "unchecked"] = "passed" if parsed else "unchecked"
        return Verification(status, _sentence(_parsed(parsed), []), _parses(parsed), tuple(unknown))
    from codex_lsp.agent.checking.checks import run_checks
    from codex_lsp.agent.context.prompting import fenced

    found = await run_checks(changes, checks)
    left_out = [f"{each.name} ({each.reason})" for each in found if each.status == "unchecked"]
    failed = [each for each in found if each.status == "failed"]
    made = (*_parses(parsed), *(each.name for each in found if each.status == "passed"))
    unchecked = (*unknown, *(f"{each.name}: {each.reason}" for each in found if each.status == "unchecked"))
    if failed:
        note = _sentence([f"{_names(failed)} failed on a copy with the change"], left_out)
        report = "\n\n".join((note, *(f"{each.name}:\n{fenced(each.output)}\n" for each in failed)))
        return Verification("failed", note, made, unchecked, report)
    passed = [each for each in found if each.status == "passed"]
    said = [*_parsed(parsed), *([f"{_names(passed)} passed"] if passed else [])]
    return Verification("passed" if said else "unchecked", _sentence(said, left_out), made, unchecked)


async def _parse(changes: tuple[FileChange, ...]) -> tuple[list[str], list[str], list[str]]:
    parsed, failures, unknown = [], [], []
    for change in changes:
        path = change.move_to or change.path
        if change.proposed is None:
            continue
        found = await problem(change)
        if found is None:
            unknown.append(f"{path}: whether it parses")
        elif found:
            failures.append(f"{path} would no longer parse: {found}.")
        else:
            parsed.append(path)
    return parsed, failures, unknown


def _parses(parsed: list[str]) -> tuple[str, ...]:
    return ("parses",) if parsed else ()


def _parsed(parsed: list[str]) -> list[str]:
    return [f"{', '.join(parsed)} parsed"] if parsed else []


def _names(results: list[Result]) -> str:
    return ", ".join(each.name for each in results)


def _sentence(said: list[str], left_out: list[str]) -> str:
    parts = [*said, *([f"not checked: {', '.join(left_out)}"] if left_out else [])]
    return "; ".join(parts) + "." if parts else ""
