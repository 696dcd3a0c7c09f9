"""Schemas on the network that a data file names: editors fetch them when somebody merely opens it."""

from __future__ import annotations

import re

SUFFIXES = (".json", ".jsonc", ".json5", ".yaml", ".yml", ".toml")

_SCHEMA = re.compile(
    r"(?:[\"']?\$schema[\"']?\s*[:=]\s*[|>]?[\"']?|#:schema\s+)((?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://|\\\\)[^\s\"',}]+)",
    re.IGNORECASE,
)
XML = (".xml", ".xsd", ".xsl", ".xslt", ".dtd", ".rng", ".wsdl", ".svg", ".plist", ".resx")
_FETCHED = re.compile(
    r"(?:schemaLocation\s*=\s*[\"'][^\"']{0,2000}|<!(?:DOCTYPE|ENTITY)\b[^>]{0,2000}|"
    r"<\?xml-(?:model|stylesheet)\b[^>]{0,2000})"
    r"\b(?:https?|ftp|file|smb):[^\"'>]{0,2000}",
    re.IGNORECASE,
)
# JSON and YAML may spell each character by its number, and JSON a slash with a backslash.
_ESCAPED = re.compile(r"\\(?:u00|x)([0-7][0-9A-Fa-f])")


def added(path: str, before: str, after: str) -> set[str]:
    """The addresses of schemas that a change of a data file adds; of XML, with what stands before them."""
    if path.casefold().endswith(XML):
        return set(_FETCHED.findall(after)) - set(_FETCHED.findall(before)) if "<" in after else set()
    if not path.casefold().endswith(SUFFIXES) or "schema" not in _spelt(after).casefold():
        return set()
    return _found(after) - _found(before)


def _found(text: str) -> set[str]:
    return {found[1] for found in _SCHEMA.finditer(_spelt(text))}


def _spelt(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\\/", "/")
