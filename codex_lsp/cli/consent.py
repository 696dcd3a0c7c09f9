"""What a person has to say before some changes are written: `--yes`, and `--confirm` with a file's path."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_lsp.review.proposal import FileChange
    from codex_lsp.workspace.policy import Root


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options by which they say it."""
    parser.add_argument("--yes", action="store_true", help="apply even what asks for a look first")
    parser.add_argument(
        "--confirm",
        action="append",
        default=[],
        metavar="PATH",
        help="let this protected file be changed, too; once for each",
    )


class Consent:
    """Whether `changes` may be written, as far as the options of `args` say so.

    `cautions` are reasons to look first, `guarded` the files that are not confirmed yet: path → what it does.
    `own` is the file in which the person asked.
    """

    def __init__(
        self,
        args: argparse.Namespace,
        root: Root,
        changes: Sequence[FileChange],
        cautions: Sequence[str],
        own: str = "",
    ) -> None:
        from codex_lsp.cli.files import unconfirmed

        self.cautions = list(cautions)
        self.guarded = unconfirmed(root, changes, args.confirm, own)
        self._missing = ["--yes"] if cautions and not args.yes else []
        self._missing += (f"--confirm {path}" for path in self.guarded)

    @property
    def given(self) -> bool:
        """Whether nothing is missing."""
        return not self._missing

    def lines(self) -> Iterator[str]:
        """What speaks against writing, said or not."""
        yield from (f"look first: {caution}" for caution in self.cautions)
        yield from (f"to be confirmed: {path} {why}" for path, why in self.guarded.items())

    def refusal(self, *options: str) -> str:
        """What to say to have it written; `options` come before what is missing."""
        return f"nothing was written: look at the diff, then say {' '.join((*options, *self._missing))}."
