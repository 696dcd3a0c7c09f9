"""uv and pipx from PyPI, below build/, and an index of their own: codex-lsp as a package of this checkout.

What that stands on is installed where the tests are: packages that hold nothing but the way there are its
stand-ins.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import venv
import zipfile
from importlib import metadata
from pathlib import Path

from tests.e2e import debian
from tests.e2e.programs import missing

ASKED = Path(__file__).parent / "tools.txt"
_PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


def tools() -> Path:
    """The folder with `uvx` and `pipx`."""
    if sys.platform != "linux":
        missing("uv is taken from PyPI as it is for Linux")
    folder = debian.ROOT / "build" / f"tools-{hashlib.sha256(ASKED.read_bytes()).hexdigest()[:12]}"
    done = folder / "done"
    if not done.is_file():
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(folder / "bin" / "python"), *_PIP, "install", "--require-hashes", "--requirement"]
        subprocess.run([*pip, str(ASKED)], check=True)
        done.touch()
    return folder / "bin"


def index(folder: Path) -> dict[str, str]:
    """The environment in which both find codex-lsp, made anew in `folder`, and ask nobody for anything."""
    wheels = folder / "wheels"
    wheels.mkdir()
    pip = [sys.executable, *_PIP, "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        subprocess.run([*pip, "--wheel-dir", str(wheels), str(debian.ROOT)], cwd=scratch, check=True)
    for name in _dependencies():
        _signpost(wheels, name.replace("-", "_"), metadata.version(name))
    configuration = folder / "uv.toml"
    configuration.write_text(f"no-index = true\nfind-links = ['{wheels}']\n", encoding="utf-8")
    return {
        "UV_CONFIG_FILE": str(configuration),
        "UV_PYTHON": sys.executable,
        "UV_CACHE_DIR": str(folder / "uv"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheels),
        "PIPX_HOME": str(folder / "pipx"),
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }


def _dependencies() -> list[str]:
    project = tomllib.loads((debian.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [found[0] for each in project["dependencies"] if (found := re.match(r"[\w.-]+", each))]


def _signpost(wheels: Path, name: str, version: str) -> None:
    """A package of this name and version that leads to where it is installed."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.pth": f"{sysconfig.get_path('purelib')}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{info}/RECORD"
    with zipfile.ZipFile(wheels / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr(record, "".join(f"{path},,\n" for path in [*files, record]))
