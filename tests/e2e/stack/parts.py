"""What the stack's tests are built of, from Debian, PyPI and npm alone: no registry of images is asked.

Folders below build/stack, each whole or not there: a small Debian for the images, and the wheels that the
lock names for that Debian's Python.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e import debian
from tests.e2e.codex.install import install
from tests.e2e.folders import whole

ROOT = debian.ROOT
PLACE = ROOT / "build" / "stack"

# Debian's package is called like a registry, which nothing here asks.
DOCKER = debian.Program("dockerd", "docker" + ".io", "bookworm")
COMPOSE = debian.Program("docker-compose", "docker-compose", "trixie")
# What stands for python:…-slim, haproxy:… and, with llama.cpp's server, for ollama/ollama:….
SYSTEM = debian.Program(
    "system",
    "base-files bash coreutils dash grep sed findutils libc-bin busybox python3 python3-venv bubblewrap "
    "haproxy",
    "trixie",
)
SYSTEM_PYTHON = "3.13"
PLATFORMS = [f"manylinux_2_{minor}_x86_64" for minor in (5, 12, 17, 24, 27, 28, 31, 34, 35, 39)]


def wheels() -> Path:
    """The wheels of requirements/runtime.txt for the images' Python, in a folder that the build may see."""
    lock = ROOT / "requirements" / "runtime.txt"
    wanted, stamp = hashlib.sha256(lock.read_bytes()).hexdigest(), PLACE / "wheels" / "made-from"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(PLACE / "wheels")

    def make(made: Path) -> None:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        only = ["--only-binary=:all:", "--require-hashes", "--python-version", SYSTEM_PYTHON]
        only += [word for name in PLATFORMS for word in ("--platform", name)]
        subprocess.run([*pip, *only, "--requirement", lock, "--dest", made], check=True, stdout=sys.stderr)
        (made / "made-from").write_text(wanted, encoding="utf-8")

    return whole(PLACE / "wheels", make)


def codex() -> Path:
    """A folder with Codex' own package in `node_modules`, as npm's lock has it."""
    return install().parents[2]


def system() -> Path:
    """A Debian of a few packages, unpacked. Maintainers' scripts have not run; what they do is done here."""
    folder = debian.unpack(SYSTEM)
    if not (folder / "etc" / "group").exists():
        _settle(folder)
    return folder


def _settle(folder: Path) -> None:
    for name in ("usr/local/bin", "etc/ssl/certs"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    authorities = sorted((folder / "usr/share/ca-certificates/mozilla").glob("*.crt"))
    bundle = "".join(each.read_text(encoding="utf-8") for each in authorities)
    (folder / "etc/ssl/certs/ca-certificates.crt").write_text(bundle, encoding="utf-8")
    for link, program in (("python", "python3"), ("wget", "busybox")):
        (folder / "usr/bin" / link).unlink(missing_ok=True)
        (folder / "usr/bin" / link).symlink_to(program)
    (folder / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\n", encoding="utf-8")
    (folder / "etc/group").write_text("root:x:0:\n", encoding="utf-8")


def libraries() -> Path:
    """Links to what Docker's programs need beside this machine's own C library."""

    def make(made: Path) -> None:
        for file in sorted(debian.unpack(DOCKER).rglob("*.so*")):
            if not file.name.startswith(debian.LIBC):
                (made / file.name).unlink(missing_ok=True)
                (made / file.name).symlink_to(file)

    return whole(PLACE / "libraries", make)


def programs() -> Path:
    """Links to Docker's programs, under the names that they look for each other by."""

    def make(made: Path) -> None:
        below = debian.unpack(DOCKER) / "usr"
        names = (
            "docker",
            "dockerd",
            "docker-init",
            "docker-proxy",
            "containerd",
            "containerd-shim-runc-v2",
            "runc",
        )
        for name in names:
            (made / name).symlink_to(next(each for each in below.glob(f"*bin/{name}")))
        for name in ("iptables", "ip6tables"):
            (made / name).symlink_to(below / "sbin" / "xtables-nft-multi")

    return whole(PLACE / "programs", make)


def plugins() -> Path:
    """Docker's configuration folder, with Compose."""

    def make(made: Path) -> None:
        (made / "cli-plugins").mkdir()
        found = debian.unpack(COMPOSE) / "usr/libexec/docker/cli-plugins/docker-compose"
        (made / "cli-plugins" / "docker-compose").symlink_to(found)

    return whole(PLACE / "plugins", make)


def environ() -> dict[str, str]:
    """In which Docker's programs run."""
    path = (
        f"{programs()}{os.pathsep}{os.environ.get('PATH', os.defpath)}{os.pathsep}/usr/sbin{os.pathsep}/sbin"
    )
    tables = next((debian.unpack(DOCKER) / "usr" / "lib").glob("*/xtables"))
    more = {"PATH": path, "LD_LIBRARY_PATH": str(libraries()), "XTABLES_LIBDIR": str(tables)}
    return dict(os.environ) | more | {"DOCKER_CONFIG": str(plugins())}
