"""Check a proposal before it is offered: it parses, then what the person's own checks say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from codex_lsp.agent.parsing import prepare, problem
from codex_lsp.review.proposal import FileChange, Verification

if TYPE_CHECKING:
    from codex_lsp.agent.checks import Checks

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
        return _result(parsed, unknown)
    from codex_lsp.agent.checks import run_checks

    found = await run_checks(changes, checks)
    unknown += [f"{each.name}: {each.reason}" for each in found if each.status == "unchecked"]
    failed = [each for each in found if each.status == "failed"]
    passed = [each.name for each in found if each.status == "passed"]
    if failed:
        note = f"{_listed(each.name for each in failed)} failed on a copy with the change."
        report = "\n\n".join((note, *(f"{each.name}:\n{each.output}" for each in failed)))
        return Verification("failed", note, (*_parses(parsed), *passed), tuple(unknown), report)
    return _result(parsed, unknown, passed)


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


def _parses(parsed: list[str]) -> list[str]:
    return ["parses"] if parsed else []


def _result(parsed: list[str], unknown: list[str], passed: list[str] | None = None) -> Verification:
    passed = passed or []
    said = [f"{', '.join(parsed)} parsed"] if parsed else []
    said += [f"{_listed(passed)} passed"] if passed else []
    note = "; ".join(said) + "." if said else ""
    return Verification("passed" if said else "unchecked", note, (*_parses(parsed), *passed), tuple(unknown))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
