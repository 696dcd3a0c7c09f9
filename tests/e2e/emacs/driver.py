"""A real Emacs with Eglot, in a terminal: keys typed into it, `emacsclient` to look at it."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.e2e import debian
from tests.e2e.person import configuration, home, project
from tests.e2e.programs import Command, unpacked
from tests.e2e.terminal import SECONDS, Terminal, terminal

EMACS = debian.Program("emacs-nox", "emacs-nox", "trixie")
CLIENT = debian.Program("emacsclient.emacs", "emacs-nox", "trixie")
NAME = "m.py"
AFTER = """
(setq inhibit-startup-screen t make-backup-files nil auto-save-default nil create-lockfiles nil)
(setq server-socket-dir "%s")
(server-start)
"""


class Emacs:
    """One running Emacs that shows the file `NAME`."""

    def __init__(self, screen: Terminal, client: Command, socket: Path) -> None:
        self.screen, self._client, self._socket = screen, client, socket

    async def value(self, expression: str) -> Any:
        """What an expression of Lisp's comes to in the file's buffer, as JSON; None while nobody answers."""
        asked = f'(json-serialize (with-current-buffer "{NAME}" {expression}))'
        process = await asyncio.create_subprocess_exec(
            *(*self._client.argv, "-s", str(self._socket), "--eval", asked),
            env=self._client.env,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        out, _ = await process.communicate()
        return json.loads(json.loads(out)) if process.returncode == 0 else None

    async def until(self, what: str, expression: str) -> None:
        """Wait until an expression is true."""
        deadline = asyncio.get_running_loop().time() + SECONDS
        while await self.value(f"(if {expression} t :false)") is not True:
            late = asyncio.get_running_loop().time() > deadline
            assert not late, f"{what} never came:\n{self.screen.screen()}"
            await asyncio.sleep(0.05)

    async def has(self, text: str) -> None:
        """Wait until the buffer has this text, and no other."""
        await self.until(repr(text), f"(equal (buffer-string) {json.dumps(text)})")

    async def waiting(self, count: int) -> None:
        """Wait until Flymake shows so many proposed changes."""
        hints = (
            '(seq-filter (lambda (d) (string-match-p "Proposed change" (flymake-diagnostic-text d)))'
            " (flymake-diagnostics))"
        )
        await self.until(f"{count} changes that wait", f"(= {count} (length {hints}))")

    async def goto(self, line: int) -> None:
        """Put the cursor at the start of a line."""
        self.screen.type("M-g", "g", str(line), "Enter")
        await self.until(
            f"the cursor in line {line}",
            f"(and (not (active-minibuffer-window)) (= {line} (line-number-at-pos)))",
        )

    async def act(self, line: int, words: str) -> None:
        """Open the code actions of a line, and take the one with this title, or what begins with it."""
        await self.goto(line)
        self.command("eglot-code-actions")
        await self.screen.shows("Pick an action")
        self.screen.type("-l", f"Codex: {words}")
        self.screen.type("Enter")

    def command(self, name: str) -> None:
        """Run a command by its name, as with `M-x`."""
        self.screen.type("M-x")
        self.screen.type("-l", name)
        self.screen.type("Enter")


def emacs() -> Command:
    """Emacs and its own files; it finds its compiled ones beside the program that it takes itself for."""
    folder = unpacked(EMACS)
    share = next(folder.glob("usr/share/emacs/[0-9]*"))
    own = next(folder.glob("usr/libexec/emacs/*/*"))
    command = EMACS.command()
    command[command.index("--argv0") + 1] = command[-1]
    env = {
        "EMACSLOADPATH": str(share / "lisp"),
        "EMACSDATA": str(share / "etc"),
        "EMACSDOC": str(share / "etc"),
    }
    dump = f"--dump-file={next(own.glob('*.pdmp'))}"
    return Command([*command, dump], env | {"EMACSPATH": str(own)})


def client() -> list[str]:
    """`emacsclient`, of the same package."""
    command = EMACS.command()
    return [*command[:-1], str(EMACS.folder / "usr" / "bin" / CLIENT.name)]


@asynccontextmanager
async def editing(
    folder: Path, env: Mapping[str, str], text: str, *, apply: str = "review"
) -> AsyncIterator[Emacs]:
    """Emacs on a file of a project, with the server attached to it."""
    command, root = emacs(), project(folder, {NAME: text})
    env = home(folder, env) | command.env
    with tempfile.TemporaryDirectory(prefix="em-") as short:
        init = Path(env["HOME"], "init.el")
        told = configuration("Emacs (Eglot)").replace('"review"', f'"{apply}"')
        init.write_text(told + AFTER % short, encoding="utf-8")
        start = [*command.argv, "-nw", "-Q", "-l", str(init), NAME]
        with terminal(Path(short), start, env, root) as screen:
            editor = Emacs(screen, Command(client(), dict(env)), Path(short, "server"))
            await editor.until("a server", "(and (fboundp 'eglot-managed-p) (eglot-managed-p))")
            yield editor
