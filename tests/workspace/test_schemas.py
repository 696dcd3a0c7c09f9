from __future__ import annotations

import pytest

from codex_lsp.workspace.schemas import added


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"$schema": "https://example.org/s.json"}'),
        ("a.JSON", '{"$schema" : "http://example.org/s.json"}'),
        ("a.json", r'{"\u0024schema": "https:\/\/example.org\/s.json"}'),
        ("a.json", '{"$schema": "//example.org/s.json"}'),
        ("a.jsonc", "// x\n{'$schema': 'https://example.org/s.json'}"),
        ("a.yaml", "# yaml-language-server: $schema=https://example.org/s.json\na: 1\n"),
        ("a.yml", "$schema: http://example.org/s.json\n"),
        ("a.toml", "#:schema https://example.org/s.json\n"),
        ("a.toml", '"$schema" = "https://example.org/s.json"\n'),
        ("a.xml", '<a xmlns:x="urn:x" xsi:schemaLocation="urn:x https://example.org/s.xsd"/>\n'),
        ("a.xml", '<!DOCTYPE a SYSTEM "http://example.org/s.dtd">\n<a/>\n'),
        ("a.svg", '<!DOCTYPE a [<!ENTITY x SYSTEM "file://example.org/x">]>\n<a/>\n'),
        ("a.xml", '<?xml-model href="https://example.org/s.rng"?>\n<a/>\n'),
    ],
)
def test_a_new_one_on_the_network_is_found(path: str, text: str) -> None:
    assert added(path, "", text)
    assert added(path, text, f"{text}\n") == set(), "it was there before"
    assert added(path, text, text.replace("example.org", "example.net")), "it is another one"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"$schema": "./s.json"}'),
        ("a.json", '{"homepage": "https://example.org"}'),
        ("a.json", '{"$schema": "./s.json", "homepage": "https://example.org"}'),
        ("a.py", 'SCHEMA = {"$schema": "https://json-schema.org/draft/2020-12/schema"}'),
        ("a.yaml", "# see https://example.org about $schema\n"),
        ("a.xml", '<a xmlns="http://example.org/ns" href="https://example.org"/>\n'),
        ("a.xml", '<!DOCTYPE a SYSTEM "s.dtd">\n<a/>\n'),
        ("a.svg", "<!ENTITY " * 50_000),
    ],
)
def test_what_nobody_fetches_is_none(path: str, text: str) -> None:
    assert added(path, "", text) == set()
