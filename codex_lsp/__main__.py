"""The entry point: claims stdio for the protocol before anything else is imported, then dispatches."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

# Asked before anything is loaded: a parent that ends meanwhile is gone unseen, and somebody else is it then.
PARENT = os.getppid()


def main() -> int:
    """Run the command line; returns the exit code."""
    try:
        return _main(sys.argv[1:])
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package in ("", "codex_lsp"):
            raise
        sys.stderr.write(
            f"codex-lsp needs {package}, which is not installed for {sys.executable}: "
            "install codex-lsp once more, together with what it stands on.\n"
        )
        return 1


def _main(arguments: "list[str]") -> int:
    if arguments and (arguments[0] not in ("serve", "--stdio") or {"-h", "--help"} & set(arguments)):
        from codex_lsp.cli import run

        return run(arguments)
    if sys.stdin is not None and sys.stdin.isatty():
        sys.stderr.write(
            "codex-lsp speaks the Language Server Protocol on stdin and stdout: let your editor start it.\n"
            "To see it work now: codex-lsp demo. All commands: codex-lsp --help.\n"
        )
        return 2
    stdin, stdout = claim_stdio()
    from codex_lsp.cli import light

    light.load_asyncio()
    from codex_lsp.lsp.wire import garbage

    garbage.load_types()
    from codex_lsp.cli.serve import serve

    return serve(stdin, stdout, PARENT)


def claim_stdio() -> "tuple[BinaryIO, BinaryIO]":
    """Move the protocol's streams to descriptors of their own, so that no print anywhere can reach them."""
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    try:
        os.dup2(2, 1)
    except OSError:
        os.dup2(null, 1)
    os.close(null)
    sys.stdout = sys.stderr
    return stdin, stdout


if __name__ == "__main__":
    sys.exit(main())
