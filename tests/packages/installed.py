"""codex-lsp as it is installed into a clean environment, tried as a stranger would."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path

from tests.packages.built import Built
from tests.packages.pythons import Python, environment, install, without_python
from tests.packages.version import ROOT, current
from tests.support.editor import FakeEditor
from tests.support.processes import clean_environ

LOCK = ROOT / "requirements" / "runtime.txt"
SECONDS = 300
# With the library from where it was installed, and each warning an error.
LIBRARY = """
import json
from importlib.resources import files
from codex_lsp.edits import apply_reply
reply = "*** Begin Patch\\n*** Update File: a.py\\n-x = 1\\n+x = 2\\n*** End Patch"
text = apply_reply({"a.py": "x = 1\\n"}, reply).files["a.py"]
where = str(files("codex_lsp"))
print(json.dumps({"text": text, "where": where}))
"""


def locked(python: Python, folder: Path, built: Built) -> Path:
    """An environment with the locked requirements, by their hashes, and our wheel; where its programs are."""
    bin_ = environment(python, folder)
    install(bin_, "--only-binary=:all:", "--require-hashes", "--requirement", LOCK)
    install(bin_, "--no-deps", "--no-index", built.wheel)
    return bin_


async def try_out(bin_: Path, scratch: Path) -> dict[str, float]:
    """Version, library, server, and the whole road of the demo; `AssertionError` if one does not work.

    Returns seconds by what was done. `scratch` is an empty folder, so that nothing is found by chance.
    """
    took: dict[str, float] = {}
    begun = time.monotonic()
    for command in ([bin_ / "codex-lsp"], [bin_ / "python", "-m", "codex_lsp"]):
        assert said(scratch, *command, "--version").strip() == f"codex-lsp {current()}"
    took["version"] = (time.monotonic() - begun) / 2
    told = json.loads(said(scratch, bin_ / "python", "-W", "error", "-c", LIBRARY))
    assert told["text"] == "x = 2\n"
    assert Path(told["where"]).is_relative_to(bin_.parent)
    begun = time.monotonic()
    await _serve(bin_, scratch)
    took["session"] = time.monotonic() - begun
    begun = time.monotonic()
    assert "the server and the agent are gone" in said(scratch, bin_ / "codex-lsp", "demo")
    took["demo"] = time.monotonic() - begun
    said(scratch, bin_ / "python", "-m", "pip", "--disable-pip-version-check", "check")
    return took


async def _serve(bin_: Path, scratch: Path) -> None:
    """From initialize to a polite end, which is held to the protocol."""
    editor = FakeEditor.spawn(
        [str(bin_ / "codex-lsp")], env=_environ(), cwd=scratch, root=scratch, timeout=SECONDS
    )
    async with editor:
        assert editor.server["serverInfo"] == {"name": "codex-lsp", "version": current()}
        answer = await editor.execute("codexLsp.status", {})
        assert answer["version"] == current()


def said(cwd: Path, *command: object, **more: str) -> str:
    """What a command says that works."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=_environ(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _environ(**more: str) -> dict[str, str]:
    return without_python(clean_environ()) | more
