"""The extension in the real VS Code, installed from its package: from inside, and as a person sees it."""

from __future__ import annotations

import json
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import codex_lsp
from tests.e2e import debian
from tests.e2e.tools import index, tools
from tests.e2e.vscode import install
from tests.e2e.vscode.workbench import bundle, drive, home, python_stand_in, run, serving, with_extensions
from tests.support.processes import CODEX_LSP, Agent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parent.parent.parent
MAX_VSIX_BYTES = 500_000
# What VS Code wants of every package, and what is ours.
IN_THE_VSIX = {
    "extension.vsixmanifest",
    "[Content_Types].xml",
    "extension/LICENSE.txt",
    "extension/readme.md",
    "extension/package.json",
    "extension/dist/NOTICES.txt",
    "extension/dist/extension.js",
    *(f"extension/media/{name}.md" for name in ("ask", "endpoint", "install", "on", "review")),
}
SECONDS = 300
# Nothing that is shown unasked, and no question whether a folder of these tests is to be trusted.
QUIET = {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": True,
    "editor.lightbulb.enabled": "off",
    "extensions.ignoreRecommendations": True,
    "extensions.autoCheckUpdates": False,
}


@dataclass(frozen=True)
class Installed:
    workbench: install.Workbench
    vsix: Path
    extensions: Path
    program: Path


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    if debian.missing() and not os.environ.get("CI"):
        pytest.skip("the browser is taken from Debian, which this machine is not")
    workbench = install.install()
    vsix = install.vsix(workbench)
    folder = tmp_path_factory.mktemp("vscode")
    program = folder / "codex-lsp"
    hold = 'while [ -e "$0.hold" ]; do sleep 0.05; done'
    start = f'PYTHONPATH="{ROOT}" exec {" ".join(CODEX_LSP)} "$@"'
    program.write_text(f"#!/bin/sh\n{hold}\n{start}\n", encoding="utf-8")
    program.chmod(0o755)
    return Installed(workbench, vsix, with_extensions(workbench, folder, vsix), program)


def test_the_package_is_small_and_needs_nothing_else(installed: Installed) -> None:
    assert installed.vsix.stat().st_size < MAX_VSIX_BYTES
    with zipfile.ZipFile(installed.vsix) as package:
        assert sorted(package.namelist()) == sorted(IN_THE_VSIX)
        source = package.read("extension/dist/extension.js").decode()
        manifest = package.read("extension.vsixmanifest").decode()
    assert f'Id="codex-lsp" Version="{codex_lsp.__version__}"' in manifest
    loaded = set(re.findall(r"""\b(?:require|import)\(["']([^"']+)["']\)""", source))
    asked = "process.stdout.write(JSON.stringify(require('module').builtinModules))"
    own = json.loads(run(installed.workbench, "--eval", asked))
    assert "vscode" in loaded
    assert {name.removeprefix("node:") for name in loaded} <= {"vscode", *own}


@pytest.mark.seen("proposals", "hunks", "files", "preview", "refine", "undo", "explain", "failures")
def test_stories_in_the_extension_host(installed: Installed, agent: Agent, tmp_path: Path) -> None:
    suite = bundle(installed.workbench, tmp_path / "suite")
    project, out = tmp_path / "project", tmp_path / "told.json"
    project.mkdir()
    more = {
        "SUITE_OUT": str(out),
        "SUITE_PROGRAM": str(installed.program),
        "SUITE_OFFLINE": agent.url,
        "CODEX_AGENT_API_KEY": agent.token,
    }
    # Beside a Python, or from a package: codex-lsp is no program of the person's own.
    extensions = with_extensions(
        installed.workbench, tmp_path / "with", installed.vsix, python_stand_in(tmp_path)
    )
    own = home(tmp_path / "served") / ".local" / "bin"
    own.mkdir(parents=True)
    for name in ("uvx", "pipx"):
        (own / name).symlink_to(tools() / name)
    more |= index(tmp_path)
    with serving(installed.workbench, extensions, tmp_path / "served", QUIET, inside=True, **more) as served:
        drive(installed.workbench, "host.mjs", served.url, str(project), str(suite), seconds=SECONDS)
    told = json.loads(out.read_text(encoding="utf-8"))
    assert len(told) >= 21
    failed = [f"{each['name']}: {each['error']}" for each in told if "error" in each]
    assert not failed, "\n\n".join(failed)


@pytest.mark.seen("hunks", "undo", "show", "progress", "status", "failures")
def test_stories_by_what_a_person_sees(installed: Installed, tmp_path: Path) -> None:
    project, out = tmp_path / "project", tmp_path / "told.json"
    project.mkdir()
    more = {"UI_STORY": str(project)}
    with serving(
        installed.workbench, installed.extensions, tmp_path / "served", QUIET, inside=False, **more
    ) as served:
        machine = served.folder / "data" / "Machine" / "settings.json"
        arguments = (served.url, str(project), str(installed.program), str(machine), str(out))
        drive(installed.workbench, "ui.mjs", *arguments, seconds=SECONDS)
    told = json.loads(out.read_text(encoding="utf-8"))
    failed = [f"{each['name']}: {each['error']}" for each in told if "error" in each]
    assert not failed, "\n\n".join(failed)
