from __future__ import annotations

import json
import random
import string
import sysconfig
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.workspace.secrets import Redactor, find

# Put together here, so that no scanner of secrets takes this file for a leak.
LETTERS = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2w3X4y5Z6a7B8c9D0e1F2g3H4i5J6"
UPPER = "ABCDEFGH234567AB"
HEX = "0123456789abcdef" * 4
SAMPLES = {
    "anthropic_key": ["sk-" + "ant-api03-" + LETTERS[:40]],
    "openai_key": ["sk-" + "proj-" + LETTERS[:40], "sk-" + LETTERS[:40]],
    "github_token": ["gh" + "p_" + LETTERS[:36], "github" + "_pat_" + LETTERS[:40]],
    "gitlab_token": ["glpat" + "-" + LETTERS[:20]],
    "aws_key": ["AK" + "IA" + UPPER],
    "aws_secret": ["aws_secret_access_key = " + LETTERS[:40]],
    "google_key": ["AI" + "za" + LETTERS[:35]],
    "google_secret": ["GOC" + "SPX-" + LETTERS[:28]],
    "google_token": ["ya" + "29." + LETTERS[:40]],
    "azure_key": ["AccountName=x;AccountKey=" + LETTERS[:60] + "=="],
    "slack_token": ["xo" + "xb-1234567890-" + LETTERS[:20], "xa" + "pp-1-" + LETTERS[:20]],
    "slack_hook": ["https://hooks.slack" + ".com/services/T000/B000/" + LETTERS[:24]],
    "stripe_key": ["sk_" + "live_" + LETTERS[:24], "rk_" + "test_" + LETTERS[:24]],
    "stripe_secret": ["wh" + "sec_" + LETTERS[:32]],
    "huggingface_token": ["h" + "f_" + LETTERS[:34]],
    "groq_key": ["gs" + "k_" + LETTERS[:52]],
    "npm_token": ["np" + "m_" + LETTERS[:36]],
    "pypi_token": ["py" + "pi-AgE" + LETTERS[:60]],
    "sendgrid_key": ["S" + "G." + LETTERS[:22] + "." + LETTERS[:43]],
    "digitalocean_token": ["do" + "p_v1_" + HEX],
    "databricks_token": ["da" + "pi" + HEX[:32]],
    "telegram_token": ["123456789:A" + "A" + LETTERS[:33]],
    "jwt": ["ey" + "J" + LETTERS[:20] + ".ey" + "J" + LETTERS[:20] + "." + LETTERS[:43]],
    "bearer": ["Authorization: Bearer " + LETTERS[:30]],
    "url_password": ["postgres://user:hunter2@db/x"],
}
PEM_LINE = "MIIEpAIBAAKCAQEA" + LETTERS[:48]
PEM = "-----BEGIN RSA PRIVATE" + f" KEY-----\n{PEM_LINE}\n{PEM_LINE[::-1]}\n-----END RSA PRIVATE KEY-----\n"


@pytest.mark.parametrize(("kind", "sample"), [(kind, each) for kind, all in SAMPLES.items() for each in all])
@pytest.mark.parametrize("around", ["{}", 'key = "{}"\n', "KEY={}\n", "+    f('{}')\n", "<a>{}</a>", "{},{}"])
def test_a_secret_is_found_wherever_code_puts_it(kind: str, sample: str, around: str) -> None:
    text = around.format(sample, sample)
    assert [each.kind for each in find(text)] == [kind] * around.count("{}")
    redactor = Redactor()
    redacted = redactor.redact(text)
    secret = text[find(text)[0].start : find(text)[0].end]
    assert secret not in redacted
    assert f"SECRET_{kind}_1_" in redacted
    assert redactor.restore(redacted) == text


@pytest.mark.parametrize(
    "text",
    [
        "sk-folding-cube-container-wrapper-inner { color: red }",
        "def ghp_(): pass",
        "git commit 0123456789abcdef0123456789abcdef01234567",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ",
        "https://user@example.org/x and http://host:8080/path?x=1@y",
        "AKIA is a prefix; hf_transformer_model_name_that_is_long_enough = 1",
        "postgres://${USER}:${PASSWORD}@host/db",
        "task-management-system-with-a-long-name-2024",
        "-----BEGIN CERTIFICATE-----\n" + PEM_LINE + "\n-----END CERTIFICATE-----",
    ],
)
def test_what_only_resembles_a_secret_stays(text: str) -> None:
    assert find(text) == []
    assert Redactor().redact(text) == text


def test_a_private_key_goes_line_by_line_also_in_a_patch_in_a_listing_and_in_part() -> None:
    redactor = Redactor()
    redacted = redactor.redact(PEM)
    assert PEM_LINE not in redacted
    assert redacted.count("SECRET_private_key_") == 2
    listing = "".join(f"{number:>4}\t{line}" for number, line in enumerate(PEM.splitlines(True), 1))
    assert PEM_LINE not in Redactor().redact(listing)
    assert redactor.redact(f"+{PEM_LINE}\n") == "+SECRET_private_key_1_\n"
    assert PEM_LINE not in Redactor().redact(json.dumps({"text": PEM}))


def test_what_was_found_once_is_taken_out_everywhere_and_known_keys_from_the_start() -> None:
    redactor = Redactor([LETTERS[40:70], "short"])
    token = LETTERS[:30]
    assert token in redactor.redact(f"x = {token!r}")
    redactor.redact(f"Authorization: Bearer {token}")
    assert redactor.redact(f"x{token}7 {LETTERS[40:70]} short") == "xSECRET_bearer_2_7 SECRET_key_1_ short"
    assert redactor.count == 2


def test_offsets_move_with_the_text() -> None:
    key = SAMPLES["aws_key"][0]
    text = f"a {key} b {key} c"
    redacted, moved = Redactor().redact_at(text, 0, 2, 5, text.index("b"), text.index("c"), len(text))
    word = "SECRET_aws_key_1_"
    assert redacted == f"a {word} b {word} c"
    assert moved == (0, 2, 2, redacted.index("b"), redacted.index("c"), len(redacted))


TOKENS = [each for all in SAMPLES.values() for each in all]
PIECES = st.one_of(
    st.sampled_from([*TOKENS, PEM, "SECRET_aws_key_1_", "SECRET_key_", "1_", "SECRET_", "\n", "+", "7"]),
    st.text(string.printable, max_size=8),
)


@given(st.lists(st.lists(PIECES, max_size=8).map("".join), max_size=5))
def test_restoring_gives_back_exactly_what_was_there(texts: list[str]) -> None:
    redactor, again = Redactor(), Redactor()
    for text in texts:
        redacted = redactor.redact(text)
        assert redactor.restore(redacted) == text
        assert again.redact(text) == redacted


def test_the_standard_library_holds_no_secrets_and_is_looked_through_fast() -> None:
    folder = Path(sysconfig.get_paths()["stdlib"])
    files = random.Random(6).sample(sorted(folder.glob("*.py")), 60)
    texts = [file.read_text(encoding="utf-8") for file in files]
    start = time.process_time()
    found = [each for text in texts for each in find(text)]
    seconds = time.process_time() - start
    assert found == []
    assert seconds / sum(map(len, texts)) * 1_000_000 < 0.2, "CPU seconds for a million characters"
