"""The private folder of one run: Codex's home, the workspace, and a place for temporary files.

Codex's settings are made here: nothing of the user's own counts, and nothing of the workspace's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from codex_lsp.records import record
from codex_lsp.services import scratch
from codex_lsp.services.sidecar.options import Options, signed_in

KIND = "sidecar"
PROFILE = "codex-lsp"
KEY = "CODEX_LSP_UPSTREAM_KEY"
PATH = "/usr/local/bin:/usr/bin:/bin"

# How the network is reached is the machine's business, and all that Codex gets of its environment.
_PASSED = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "CODEX_CA_CERTIFICATE")

# What would reach beyond the folder, run programs of a workspace's, ask somebody, or try for ever.
_OFF = (
    *("apps", "plugins", "remote_plugin", "plugin_sharing", "hooks", "tool_suggest", "memories", "goals"),
    *("browser_use", "browser_use_external", "browser_use_full_cdp_access", "computer_use", "in_app_browser"),
    *("image_generation", "multi_agent_v2", "shell_snapshot", "skill_mcp_dependency_install"),
    *("unbounded_connection_retries", "workspace_dependencies", "daemon_auto_start"),
)


@record(frozen=True, slots=True)
class Home:
    """The folders of one run."""

    root: Path

    @property
    def codex(self) -> Path:
        """`CODEX_HOME`."""
        return self.root / "home"

    @property
    def workspace(self) -> Path:
        """What Codex works on, and all that it may change."""
        return self.root / "workspace"

    @property
    def scratch(self) -> Path:
        """The temporary folder, the only other place that commands may write to."""
        return self.root / "scratch"

    def environ(self, options: Options) -> dict[str, str]:
        """Codex's whole environment."""
        passed = (*_PASSED, *(name.lower() for name in _PASSED), *_CERTIFICATES)
        environ = {name: os.environ[name] for name in passed if name in os.environ}
        # Codex makes no helpers below the temporary folder, and its sandbox fails: it is told of another.
        environ |= {"PATH": PATH, "LANG": "C.UTF-8", "HOME": str(self.scratch), "TMPDIR": str(self.scratch)}
        environ |= {"CODEX_HOME": str(self.codex), "RUST_LOG": "error"}
        return environ | ({KEY: options.key} if options.key else {})


@contextmanager
def home(options: Options, program: Path) -> Iterator[Home]:
    """A new one, gone afterwards. Raises `OSError`, `Unready`."""
    with scratch.folder(KIND) as root:
        made = Home(root)
        for folder in (made.codex, made.workspace, made.scratch):
            folder.mkdir(mode=0o700)
        _write(made.codex / "config.toml", config(options, program, made).encode())
        if not options.base() and options.auth_file is not None:
            _write(made.codex / "auth.json", signed_in(options.auth_file))
        yield made


def _write(path: Path, data: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(data)


def config(options: Options, program: Path, made: Home) -> str:
    """Codex's settings, as TOML.

    Commands see the system's programs and their own folder, not the disk: a model that reads files could tell
    of them. They have no network, and no variable of this process'.
    """
    tables = [
        _table("", _general(options)),
        _table("history", {"persistence": "none"}),
        _table("analytics", {"enabled": False}),
        _table("feedback", {"enabled": False}),
        _table("shell_environment_policy", {"inherit": "none"}),
        _table(
            "shell_environment_policy.set",
            {"PATH": PATH, "HOME": str(made.scratch), "TMPDIR": str(made.scratch)},
        ),
        _table(
            f"permissions.{PROFILE}.filesystem",
            {":minimal": "read", ":tmpdir": "write", str(_package(program)): "read"},
        ),
        _table(f'permissions.{PROFILE}.filesystem.":workspace_roots"', {".": "write"}),
        _table(f"permissions.{PROFILE}.network", {"enabled": False}),
        _table("agents", {"enabled": False}),
        _table("features", dict.fromkeys(_OFF, False)),
        _table(f"projects.{json.dumps(str(made.workspace))}", {"trust_level": "untrusted"}),
    ]
    if options.base():
        tables.append(_table("model_providers.upstream", _provider(options)))
    return "\n".join(tables)


def _general(options: Options) -> dict[str, object]:
    told: dict[str, object] = {
        # Asked, so that what is refused is seen as refused; nobody ever agrees.
        "approval_policy": "on-request",
        "default_permissions": PROFILE,
        "check_for_update_on_startup": False,
        "cli_auth_credentials_store": "file",
        "web_search": "disabled",
        # What rules hold is the request's to say.
        "project_doc_max_bytes": 0,
    }
    if options.base():
        told["model_provider"] = "upstream"
    if options.model:
        told["model"] = options.model
    return told


def _provider(options: Options) -> dict[str, object]:
    told: dict[str, object] = {
        "name": "upstream",
        "base_url": options.base(),
        "wire_api": "responses",
        "request_max_retries": 2,
        "stream_max_retries": 1,
        "supports_websockets": False,
    }
    return told | ({"env_key": KEY} if options.key else {})


def _package(program: Path) -> Path:
    """The folder with all that belongs to the program: its sandbox starts it again from inside."""
    return program.parent.parent if program.parent.name == "bin" else program.parent


def _table(name: str, values: Mapping[str, object]) -> str:
    # JSON's strings and booleans are TOML's, too.
    lines = [f"{json.dumps(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(([f"[{name}]"] if name else []) + lines) + "\n"
