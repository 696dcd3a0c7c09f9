"""Who runs what the documents show and is not run here: a file of the tests', and the words that do it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Elsewhere:
    """A file that runs a command or reads a block, and the words by which it does."""

    file: str
    words: str


_STACK = Elsewhere("tests/e2e/stack/conftest.py", '"up", "--detach", "--wait"')
_PACKAGE = Elsewhere("tests/e2e/vscode/install.py", 'for script in ("check", "test", "package"):')
_RUN = Elsewhere(".ci/run", "\ntests/run\n")

COMMANDS = {
    "tests/run": _RUN,
    "codex-lsp demo [FILE]": Elsewhere("tests/cli/test_demo.py", 'codex_lsp("demo", *arguments'),
    "npm ci": Elsewhere("tests/e2e/vscode/install.py", '_npm(workbench, EXTENSION, "ci")'),
    "npm ci && npm run package": _PACKAGE,
    "npm run check": _PACKAGE,
    "npm test": _PACKAGE,
    "npm run package": _PACKAGE,
    "docker compose -f compose.agents.yml --profile cpu up -d --wait": _STACK,
    "docker compose -f compose.agents.yml --profile own up -d --wait": _STACK,
    "docker compose -f compose.agents.yml --profile cpu down": Elsewhere(
        "tests/e2e/stack/conftest.py", 'compose("down", "--volumes"'
    ),
    "LITELLM_ENABLE_CODEX_AGENT=1 codex-lsp doctor --stack": Elsewhere(
        "tests/e2e/stack/test_stack.py", '"doctor", "--stack"'
    ),
    "codex-lsp doctor --stack": Elsewhere("tests/e2e/stack/test_stack.py", '"doctor", "--stack"'),
    "apt install bubblewrap": Elsewhere("tests/support/bubblewrap.py", "debian.BUBBLEWRAP"),
    "pipx install .": Elsewhere(
        "tests/packages/test_installed.py", 'said(empty, pipx, "install", built.wheel'
    ),
    "uvx --from . codex-lsp demo": Elsewhere(
        "tests/packages/test_installed.py", 'said(empty, uvx, "--from", built.wheel'
    ),
    "python -m tests.packages.version 0.2.0": Elsewhere(
        "tests/packages/test_version.py", 'version.main(["9.8.7"], tree)'
    ),
    "python -m hatchling build": Elsewhere("tests/packages/built.py", '"-m", "hatchling", "build"'),
    "codex-lsp settings --format vscode": Elsewhere(
        "tests/test_settings_files.py", '"vscode": "editors/vscode/configuration.json"'
    ),
    "python -m tests.e2e.neovim.installed": Elsewhere(
        "tests/e2e/neovim/driver.py", "from tests.e2e.neovim.installed import neovim"
    ),
    "python -m tests.e2e.vscode.install": Elsewhere("tests/e2e/test_vscode.py", "install.vsix(workbench)"),
}
"""A command, as it stands there → who runs it."""

BLOCKS = {
    ("README.md", "codex-lsp", "sh"): Elsewhere(".ci/run", "/^```sh first$/,/^```$/p' README.md"),
    ("docs/EDITORS.md", "Helix", "toml"): Elsewhere("tests/e2e/helix/driver.py", 'configuration("Helix")'),
    ("docs/EDITORS.md", "Emacs (Eglot)", "elisp"): Elsewhere(
        "tests/e2e/emacs/driver.py", 'configuration("Emacs (Eglot)")'
    ),
    ("docs/EDITORS.md", "Vim (ALE)", "vim"): Elsewhere(
        "tests/e2e/vim/driver.py", 'configuration("Vim (ALE)")'
    ),
    ("docs/OPERATIONS.md", "A fleet", "yaml"): Elsewhere(
        "tests/llm/test_router_config.py", '"docs" / "OPERATIONS.md"'
    ),
}
"""A block (document, heading, language) → who reads it there."""

CHECKS = {
    "tests.attacks": "tests/attacks/test_whole.py",
    "tests.attacks.many": "tests/attacks/test_many.py",
    "tests.bench": "tests/bench/test_bench.py",
    "tests.e2e.orphans": "tests/e2e/test_orphans.py",
    "tests.faults": "tests/faults/test_endpoint.py",
    "tests.packages": "tests/packages/test_installed.py",
    "tests.soak": "tests/soak/test_soak.py",
    "tests.stories": "tests/stories/test_stories.py",
    "tests.supply": "tests/supply/test_supply.py",
}
"""The programs of the tests → the test that runs a short one; test_checks.py has their options read."""
