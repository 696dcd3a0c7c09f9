"""VS Code's server as a process on loopback, with the extension installed from its package."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.vscode.install import EXTENSION, ROOT, Workbench, browser
from tests.support.heard import heard
from tests.support.processes import clean_environ

HERE = Path(__file__).parent
PICTURES = ROOT / "build" / "pictures" / "vscode"
START_SECONDS = 60.0
READY = "Extension host agent listening on "


@dataclass(frozen=True)
class Served:
    """A running server, and the folder of all that it keeps."""

    url: str
    folder: Path
    log: Path


def with_extensions(workbench: Workbench, folder: Path, *packages: Path) -> Path:
    """A folder of extensions with these installed by VS Code itself."""
    extensions = folder / "extensions"
    wanted = [part for package in packages for part in ("--install-extension", str(package))]
    command = [*_command(workbench, folder, extensions), *wanted]
    done = subprocess.run(
        command, env=_environ(workbench, folder), text=True, capture_output=True, timeout=120, check=False
    )
    count = done.stdout.count("was successfully installed")
    assert count == len(packages), done.stdout + done.stderr
    return extensions


def python_stand_in(folder: Path) -> Path:
    """A package of an extension that exports what the Python extension does; its file."""
    package = folder / "python.vsix"
    with zipfile.ZipFile(package, "w") as made:
        for file in sorted((HERE / "python_stand_in").iterdir()):
            made.write(file, f"extension/{file.name}")
    return package


def home(folder: Path) -> Path:
    """The home of whoever has VS Code with this folder."""
    return folder / "home"


@contextmanager
def serving(
    workbench: Workbench,
    extensions: Path,
    folder: Path,
    settings: Mapping[str, object],
    *,
    inside: bool,
    **more: str,
) -> Iterator[Served]:
    """VS Code from when it listens on, with these settings for the machine and `more` in its environment.

    `inside` is for a suite inside the extension host: no question of trust, and no notification, pops up.
    """
    machine = folder / "data" / "Machine"
    machine.mkdir(parents=True)
    (machine / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    log = folder / "server.log"
    command = [*_command(workbench, folder, extensions), "--host", "127.0.0.1", "--port", "0"]
    command += ["--enable-smoke-test-driver", "--disable-workspace-trust"] if inside else []
    env = _environ(workbench, folder, **more)
    with heard(command, log, READY, env=env, seconds=START_SECONDS) as (_, port):
        yield Served(f"http://127.0.0.1:{port}", folder, log)


def bundle(workbench: Workbench, folder: Path) -> Path:
    """The suite for the extension host, checked and as one file; the folder that VS Code is to load."""
    suite = HERE / "suite"
    modules = EXTENSION / "node_modules"
    run(workbench, str(modules / "typescript" / "bin" / "tsc"), "-p", str(suite))
    folder.mkdir()
    shutil.copy(suite / "package.json", folder)
    options = ["--bundle", "--platform=node", "--format=cjs", "--external:vscode", "--log-level=warning"]
    esbuild = str(modules / "esbuild" / "bin" / "esbuild")
    run(workbench, esbuild, str(suite / "index.ts"), *options, f"--outfile={folder / 'index.js'}")
    return folder


def drive(workbench: Workbench, script: str, *arguments: str, seconds: float) -> str:
    """Run a script that drives the browser; what it says, or an error with that."""
    program, libraries = browser()
    PICTURES.mkdir(parents=True, exist_ok=True)
    environ = clean_environ(
        VSCODE_MODULES=str(workbench.modules),
        VSCODE_CHROMIUM=str(program),
        VSCODE_LIBRARIES=json.dumps(libraries),
        VSCODE_PICTURES=str(PICTURES),
    )
    return run(workbench, str(HERE / script), *arguments, env=environ, seconds=seconds)


def run(
    workbench: Workbench,
    script: str,
    *arguments: str,
    env: Mapping[str, str] | None = None,
    seconds: float = 60,
) -> str:
    """Run a script in Node; what it says, or an error with that."""
    done = subprocess.run(
        [str(workbench.node), script, *arguments],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def _command(workbench: Workbench, folder: Path, extensions: Path) -> list[str]:
    # Not code-server's own start: only this one takes the switch without which no suite is run in the host.
    main = workbench.code / "out" / "server-main.js"
    return [
        *(str(workbench.node), str(main), "--without-connection-token", "--accept-server-license-terms"),
        *("--telemetry-level", "off"),
        *("--server-data-dir", str(folder), "--extensions-dir", str(extensions)),
    ]


def _environ(workbench: Workbench, folder: Path, **more: str) -> dict[str, str]:
    """As of somebody who has neither codex-lsp nor anything else of their own installed."""
    own = home(folder)
    own.mkdir(parents=True, exist_ok=True)
    path = f"{workbench.node.parent}:/usr/bin:/bin"
    return clean_environ(HOME=str(own), PATH=path, EXTENSIONS_GALLERY="{}", **more)
