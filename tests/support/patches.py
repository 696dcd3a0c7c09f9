"""Patches as Codex writes them."""

from __future__ import annotations


def enveloped(*lines: str) -> str:
    """A patch of these lines."""
    return "\n".join(("*** Begin Patch", *lines, "*** End Patch"))


def patch(path: str, *body: str) -> str:
    """A patch that updates one file."""
    return enveloped(f"*** Update File: {path}", *body)
