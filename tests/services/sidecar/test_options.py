from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from codex_lsp.services.sidecar.home import KEY, home
from codex_lsp.services.sidecar.options import Options, Unready, authorised, find


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.mark.parametrize(
    ("upstream", "key", "base"),
    [
        ("http://ollama:11434", "", "http://ollama:11434/v1"),
        ("http://ollama:11434/", "", "http://ollama:11434/v1"),
        ("http://h/v1/", "", "http://h/v1"),
        ("http://h/proxy/v1", "", "http://h/proxy/v1"),
        ("", "sk", "https://api.openai.com/v1"),
        ("", "", ""),
    ],
)
def test_base(upstream: str, key: str, base: str) -> None:
    assert Options(upstream=upstream, key=key).base() == base


def test_npms_script_is_passed_over(tmp_path: Path) -> None:
    modules = tmp_path / "node_modules" / "@openai"
    script = modules / "codex" / "bin" / "codex.js"
    native = modules / "codex-linux-x64" / "vendor" / "x86_64" / "bin" / "codex"
    for path in (script, native):
        path.parent.mkdir(parents=True)
        path.write_text("", encoding="utf-8")
        path.chmod(0o755)
    link = tmp_path / "codex"
    link.symlink_to(script)
    assert find(Options(codex=str(link))) == native
    native.unlink()
    with pytest.raises(Unready, match="install it again"):
        find(Options(codex=str(link)))


def test_a_run_has_a_home_of_its_own_that_goes(tmp_path: Path) -> None:
    options = Options(model='na"me\n', upstream="http://h", key="sk-secret", effort="high")
    with home(options, Path("/opt/codex/bin/codex")) as made:
        for folder in (made.root, made.codex, made.workspace, made.scratch):
            assert folder.stat().st_mode & 0o777 == 0o700
        file = made.codex / "config.toml"
        assert file.stat().st_mode & 0o777 == 0o600
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        assert told["model"] == 'na"me\n'
        assert (
            told["model_providers"]["upstream"] | {"base_url": "http://h/v1", "env_key": KEY}
            == (told["model_providers"]["upstream"])
        )
        assert told["permissions"]["codex-lsp"]["network"] == {"enabled": False}
        assert told["permissions"]["codex-lsp"]["filesystem"]["/opt/codex"] == "read"
        assert "sk-secret" not in file.read_text(encoding="utf-8")
        environ = made.environ(options)
        assert (environ[KEY], environ["CODEX_HOME"]) == ("sk-secret", str(made.codex))
        locked = made.workspace / "locked" / "inside"
        locked.mkdir(parents=True)
        locked.parent.chmod(0)
    assert not made.root.exists()


def test_the_environment_is_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-mine")
    monkeypatch.setenv("https_proxy", "http://proxy")
    with home(Options(), Path("/usr/bin/codex")) as made:
        environ = made.environ(Options())
    assert "sk-mine" not in environ.values()
    assert environ["https_proxy"] == "http://proxy"


def test_a_sign_in_is_copied_for_its_run(tmp_path: Path) -> None:
    auth = tmp_path / "auth.json"
    auth.write_text('{"OPENAI_API_KEY": "sk"}', encoding="utf-8")
    options = Options(auth_file=auth)
    authorised(options)
    with home(options, Path("/usr/bin/codex")) as made:
        copy = made.codex / "auth.json"
        assert json.loads(copy.read_text(encoding="utf-8")) == {"OPENAI_API_KEY": "sk"}
        assert copy.stat().st_mode & 0o777 == 0o600
    assert auth.exists()
