"""The software bill of materials: CycloneDX 1.5, from the lock file alone, the same each time.

`hashes` of a component are those of all its locked files, one for each platform and the source.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from codex_lsp import __version__
from tests.supply.audit import licence
from tests.supply.lock import RUNTIME, Locked, direct, read

_SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def bill() -> dict[str, Any]:
    """The document, for `json.dumps`."""
    locked = read(RUNTIME)
    text = RUNTIME.read_text(encoding="utf-8")
    root = f"pkg:pypi/codex-lsp@{__version__}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_SPACE, root + text)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": "codex-lsp",
                "version": __version__,
                "purl": root,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": [_component(each) for each in locked],
        "dependencies": [{"ref": root, "dependsOn": _direct(locked)}],
    }


def _direct(locked: Sequence[Locked]) -> list[str]:
    wanted = set(direct()["runtime"])
    return [_ref(each) for each in locked if each.name in wanted]


def _component(each: Locked) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _ref(each),
        "name": each.name,
        "version": each.version,
        "purl": f"pkg:pypi/{each.name}@{each.version}",
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in sorted(set(each.hashes))],
    }
    if each.marker:
        component["properties"] = [{"name": "codex-lsp:only-where", "value": each.marker}]
    if said := licence(each.name):
        component["licenses"] = [{"license": {"name": said}}]
    return component


def _ref(each: Locked) -> str:
    # Of one package there may be two versions, for two versions of Python.
    return f"pkg:pypi/{each.name}@{each.version}" + (f"#{each.marker}" if each.marker else "")
