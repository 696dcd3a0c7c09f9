from __future__ import annotations

import os
from pathlib import Path

import pytest

from codex_lsp.edits.errors import NotText, PathRejected
from codex_lsp.workspace.ignore import Ignore
from codex_lsp.workspace.opening import read_below, read_plain
from codex_lsp.workspace.policy import MAX_FILE_BYTES, Root, confirmation, is_secret
from codex_lsp.workspace.protected import GIT, why_protected
from codex_lsp.workspace.steering import MODELINE, SCHEMA
from codex_lsp.workspace.walk import Walk


@pytest.mark.parametrize(
    "path",
    [
        ".env", "a/.env.local", ".git/config", "x/.GIT/hooks/pre-commit", ".github/workflows/ci.yml",
        "conftest.py", "sub/CONFTEST.py", "evil.pth", "package.json", "AGENTS.md", ".gitignore", "Makefile",
        "a.code-workspace", "id_rsa",
        ".bashrc", "home/.zshrc", ".vimrc", ".exrc", ".nvim.lua", ".dir-locals.el", ".devcontainer/x.json",
        ".helix/languages.toml", ".zed/settings.json", ".fleet/run.json", "x.sublime-project", ".mcp.json",
        ".circleci/config.yml", ".buildkite/p.yml", ".drone.yml", ".travis.yml", "bitbucket-pipelines.yml",
        ".forgejo/workflows/x.yml", ".claude/settings.json", ".windsurfrules", "Agent.md", "lefthook.yml",
        ".tool-versions", "mise.toml", ".cargo/config.toml", ".mvn/extensions.xml", "gradlew",
        "GIT~1/hooks/c", ".GITHUB/Workflows/x", ".ssh/authorized_keys",
        ".luarc.json", ".luacheckrc", ".ycm_extra_conf.py", ".ghci", "hie.yaml", ".bsp/x.json",
        ".run/x.run.xml",
        "rust-analyzer.toml", ".rust-analyzer.toml", ".config/environment.d/x.conf",
        ".config/codex-lsp/x.toml",
        ".local/bin/ls", "lakefile.lean", "x.nims", "app/build2.gradle", "project/plugins.sbt", "x.shproj",
        ".config/dotnet-tools.json", "docs/conf.py", "hatch_build.py", ".coveragerc", "pytest.toml",
        "pixi.toml",
        ".rubocop.yml", ".formatter.exs", "analysis_options.yaml", "karma.config.js", ".anythingrc.cjs",
        "devbox.json", ".crush.json", "CRUSH.md", ".factory/droids/x.md", "X.xcodeproj/project.pbxproj",
        "Pipfile", "pylock.toml", "captainhook.json", ".ci/run", "nodemon.json", ".python-version", ".nvmrc",
        "x.desktop", "evil.lnk", "evil.url", ".htaccess", "go.work", "uv.toml",
    ],
)  # fmt: skip
def test_protected(path: str) -> None:
    assert why_protected(path)


@pytest.mark.parametrize(
    "path",
    [
        "m.py",
        "environment.py",
        "docs/git.md",
        "a/env",
        "packages.json",
        "test_conf.py",
        "pyproject.toml",
        "Dockerfile",
        "src/config.py",
        "tsconfig.json",
        "a~b.py",
        "notes~",
        "github/x.py",
        "shell/profile.py",
        "vim.py",
        "app/tasks.py",
        "src/app.config.ts",
        "config.js",
        "src/local/x.py",
        "config/settings.py",
        "README.md",
        "go.mod",
        "Cargo.toml",
        "main.tf",
        "ssh/client.py",
        "aws/lambda.py",
        "keys.py",
        "env.py",
        "environment.ts",
        "docs/kube/config.md",
        ".editorconfig",
        "LICENSE",
        "src/search.rs",
        "arc.py",
    ],
)
def test_not_protected(path: str) -> None:
    assert not why_protected(path)
    assert not is_secret(path)


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/x",
        "a/../../x",
        "~/x",
        "C:\\x",
        "a\\..\\..\\x",
        "a:b",
        "a\0b",
        "nul",
        "COM1.txt",
        "a.",
        "b /c",
        "",
    ],
)
def test_paths_that_leave_or_cannot_be(tmp_path: Path, path: str) -> None:
    with pytest.raises(PathRejected):
        Root(tmp_path).resolve(path)


def test_a_link_out_is_refused_and_one_inside_is_not(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "inside").mkdir(parents=True)
    (root / "inside" / "x").write_text("x")
    (tmp_path / "secret").write_text("key")
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "inside")
    assert Root(root).read("in/x") == "x"
    with pytest.raises(PathRejected):
        Root(root).read("out/secret")


def test_a_root_that_is_a_link_knows_its_files_by_both_names(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    root = Root(tmp_path / "link")
    assert root.relative(tmp_path / "link" / "m.py") == "m.py"
    assert root.relative(tmp_path / "real" / "m.py") == "m.py"
    assert root.relative(tmp_path / "other.py") is None


def test_what_is_no_text_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xe9")
    (tmp_path / "big").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    (tmp_path / ".env").write_text("KEY=1")
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfx\r\n")
    (tmp_path / "binary").write_bytes(b"a\0b")
    refused = {"latin": NotText, "binary": NotText, "big": PathRejected, ".env": PathRejected}
    for name, error in refused.items():
        with pytest.raises(error):
            Root(tmp_path).read(name)
    assert Root(tmp_path).read("bom") == "\ufeffx\r\n"
    with pytest.raises(FileNotFoundError):
        Root(tmp_path).read("nothing")


def test_a_way_up_and_out_is_outside(tmp_path: Path) -> None:
    root = Root(tmp_path / "root")
    assert root.relative(tmp_path / "root" / ".." / "x.py") is None
    assert root.relative(tmp_path / "root" / "a" / ".." / "x.py") == "x.py"
    assert root.relative(tmp_path / "else" / ".." / "root" / "x.py") == "x.py"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (".github/workflows/ci.yml", "runs in CI"), (".github/CODEOWNERS", "steers the project's forge"),
        (".github/instructions/a.md", "instructs agents"), (".husky/pre-push", "steers git, or is run by it"),
        (".VSCode/Settings.JSON", "is obeyed by editors"),
        ("home/.bashrc", "is run by a shell, or at log-in"),
        ("conftest.py", "is run by builds, installs or tests"), ("uv.lock", "says what is installed"),
        ("\uff0egithub/workflows/x.yml", "runs in CI"), ("link/x.yml", "runs in CI"),
        ("nowhere/x", "may be anything: where it leads cannot be found out"), ("src/m.py", ""),
    ],
)  # fmt: skip
def test_why_a_change_must_be_confirmed(tmp_path: Path, path: str, why: str) -> None:
    root = tmp_path / "root"
    (root / ".github" / "workflows").mkdir(parents=True)
    (root / "link").symlink_to(root / ".github" / "workflows")
    (root / "nowhere").symlink_to(tmp_path)
    assert confirmation(Root(root), [path], "", "x") == why


def test_a_workspace_within_a_repository_has_its_names_there(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    assert confirmation(Root(tmp_path / ".github"), ["workflows/ci.yml"], None, "x") == "runs in CI"
    assert confirmation(Root(tmp_path / ".github" / "workflows"), ["ci.yml"], None, "x") == "runs in CI"


@pytest.mark.parametrize(
    ("before", "after", "why"),
    [
        ("{}", '{"$schema": "https://e.example/s"}', SCHEMA),
        ('{"$schema": "https://e.example/s"}', '{"$schema": "https://e.example/s", "a": 1}', ""),
        ("", "# vim: set foldexpr=system('x'):\n", MODELINE),
        ("x\n", "x\n// Local Variables:\n// eval: (x)\n// End:\n", MODELINE),
        ("# vim: set sw=4:\na\n", "# vim: set sw=4:\nb\n", ""),
        ("", "Vim: a story. See https://e.example\n", ""),
    ],
)
def test_texts_that_editors_obey(tmp_path: Path, before: str, after: str, why: str) -> None:
    assert confirmation(Root(tmp_path), ["data.json"], before, after) == why


def test_pipes_and_devices_are_not_waited_for(tmp_path: Path) -> None:
    for name in ("AGENTS.md", ".gitignore", "m.py"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "zero").symlink_to("/dev/zero")
    with pytest.raises(FileNotFoundError):
        Root(tmp_path).read("AGENTS.md")
    with pytest.raises(PathRejected):
        Root(tmp_path).read("zero")
    assert Ignore(tmp_path).why("a.py") == ""
    assert read_plain(tmp_path / "m.py", 9) is None


def test_no_link_counts_that_comes_after_the_check(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_text("secret")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "in").symlink_to(tmp_path / "out")
    (tmp_path / "root" / "x").symlink_to(tmp_path / "out" / "x")
    for parts in (["in", "x"], ["x"]):
        with pytest.raises(OSError):  # noqa: PT011
            read_below(tmp_path / "root", parts, 99)


def test_only_the_message_itself_is_gits_own_file_that_may_change(tmp_path: Path) -> None:
    (tmp_path / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / "COMMIT_EDITMSG").symlink_to(tmp_path / ".git" / "hooks" / "pre-commit")
    root = Root(tmp_path)
    for path in (".git/COMMIT_EDITMSG", ".git/worktrees/x/COMMIT_EDITMSG", ".git/modules/a/MERGE_MSG"):
        assert confirmation(root, [path], "", "x", own=True) == ""
        assert confirmation(root, [path], "", "x") == GIT
    assert confirmation(root, ["COMMIT_EDITMSG"], "", "x", own=True) == GIT
    assert confirmation(root, [".git/hooks/COMMIT_EDITMSG"], "", "x", own=True) == GIT


@pytest.mark.parametrize(
    "path",
    [
        ".aws/credentials", ".ssh/config", "home/.gnupg/x", ".kube/config", "sub/.docker/config.json",
        "a.p12",
        "id_ecdsa", "id_dsa.bak", ".git-credentials", "terraform.tfstate", "prod.tfvars", "prod.env",
        ".env-prod",
        ".env_local", ".config/gcloud/x", ".config/gh/hosts.yml", ".config/codex-lsp/config.toml", "x.kdbx",
        ".local/state/codex-lsp/trust.json", "AppData/Local/codex-lsp/config.toml", ".cargo/credentials.toml",
        ".codex/auth.json", ".AWS/Credentials",
    ],
)  # fmt: skip
def test_what_holds_secrets_by_its_name_or_folder_is_not_read(tmp_path: Path, path: str) -> None:
    place = tmp_path / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("key")
    root = Root(tmp_path)
    with pytest.raises(PathRejected):
        root.read(path)
    assert path not in list(Walk(root, Ignore(tmp_path)))


PYPROJECT = '[project]\nname = "x"\ndependencies = []\n[tool.ruff]\nline-length = 100\n'


@pytest.mark.parametrize(
    ("path", "before", "after", "confirms"),
    [
        ("pyproject.toml", PYPROJECT, PYPROJECT.replace("[]", '["httpx"]'), False),
        ("pyproject.toml", PYPROJECT, PYPROJECT.replace("100", "88"), False),
        ("pyproject.toml", "", PYPROJECT, False),
        ("pyproject.toml", PYPROJECT, PYPROJECT + '[build-system]\nbackend-path = ["."]\n', True),
        ("sub/PyProject.toml", PYPROJECT, PYPROJECT + '[tool.pylint.main]\ninit-hook = "x"\n', True),
        ("pyproject.toml", PYPROJECT, PYPROJECT + '[tool.pytest.ini_options]\naddopts = "-p x"\n', True),
        ("pyproject.toml", PYPROJECT, PYPROJECT + '[tool."mypy"]\nplugins = ["x.py"]\n', True),
        ("pyproject.toml", PYPROJECT, PYPROJECT + "[tool.mypy]\nstrict = true\n", False),
        ("pyproject.toml", PYPROJECT, PYPROJECT + "no toml", True),
        ("Cargo.toml", '[package]\nname = "x"\n', '[package]\nname = "x"\nbuild = "evil.rs"\n', True),
        ("Cargo.toml", '[package]\nname = "x"\n', '[package]\nname = "x"\n[dependencies]\na = "1"\n', False),
        ("go.mod", "module x\n", "module x\nreplace a => ../evil\n", True),
        ("go.mod", "module x\n", "module x\nrequire a v1.0.0\n", False),
        ("tsconfig.json", "{}", '{"compilerOptions": {"plugins": [{"name": "./evil"}]}}', True),
        ("tsconfig.json", "{}", '{"compilerOptions": {"strict": true}}', False),
    ],
)
def test_a_manifest_is_confirmed_for_what_it_runs(path: str, before: str, after: str, confirms: bool) -> None:
    assert bool(confirmation(None, [path], before, after)) is confirms
