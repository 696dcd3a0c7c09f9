"""No key is shown, in whatever form it comes back."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest

from codex_lsp.endpoint.redact import redact

KEY = 'own+key/with="odd"&signs'
FORMS = [
    KEY,
    quote(KEY, safe=""),
    json.dumps(KEY),
    base64.b64encode(KEY.encode()).decode(),
    base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
    KEY.encode().hex(),
]
OTHERS = [
    "sk-proj-abcdefgh12345678",
    "sk-ant-api03-abc_def-123456",
    "sk-abcd************wxyz",
    "ghp_abcdefghijklmnop1234",
    "github_pat_11ABCDEFG0abcdefghij_klmnop",
    "hf_abcdefghijklmnop",
    "gsk_abcdefgh12345678",
    "xoxb-1234567890-abcdefg",
    "AKIAIOSFODNN7EXAMPLE",
    "AIza" + "Sy0" * 12,
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def_123",
    "a1" * 24,
]


@pytest.mark.parametrize("form", FORMS)
def test_the_key_in_any_form(form: str) -> None:
    shown = redact(f"what about {form}, then?", [KEY])
    assert shown.removeprefix("what about ").removesuffix(", then?").strip('"') == "[key]"


@pytest.mark.parametrize("other", OTHERS)
def test_what_looks_like_a_key(other: str) -> None:
    assert redact(f"the key {other} is odd") == "the key [key] is odd"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abcdef123", "Authorization: Bearer [key]"),
        ('{"api_key": "plain-secret"}', '{"api_key": "[key]"}'),
        ("x-api-key=plain-secret&b=1", "x-api-key=[key]&b=1"),
        ("password: hunter2hunter2", "password: [key]"),
        ("http://me:secret@host/v1", "http://[key]@host/v1"),
    ],
)
def test_where_a_key_stands(text: str, shown: str) -> None:
    assert redact(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "the model does not support tools",
        "maximum context length is 8192 tokens; you asked for 9000",
        "see http://127.0.0.1:8010/v1/models",
        "request id 0123456789abcdef0123456789abcdef",
        "risk-free tasks and masks, ask-me-anything",
        "no bearer token was given",
    ],
)
def test_what_is_no_key_stays(text: str) -> None:
    assert redact(text, ["", "k", "key"]) == text


def test_a_short_key_is_taken_out_where_it_stands_alone() -> None:
    assert redact("no key abc, but abcd", ["abc"]) == "no key [key], but abcd"


@pytest.mark.parametrize(
    "token",
    [
        "shpa" + "t_" + "0123456789abcdef" * 2,
        "r8" + "_" + "aB3dE" * 7 + "xY",
        "AVN" + "S_" + "a1B2c3D4e5F6g7H8i9J",
    ],
)
def test_what_has_the_form_of_a_secret(token: str) -> None:
    assert redact(f"got {token!r} there") == "got '[key]' there"
