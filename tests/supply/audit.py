"""Whether the locked requirements are what they should be, as far as one can tell without a network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib import metadata

from tests.supply.lock import Locked, refused

# Words of licences that let anybody use, change and pass on; or, the last two, that ask for the same of
# changes to their own files only.
_FREE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|Zlib|HPND|CC0|0BSD|"
    r"CNRI-Python|MPL|Mozilla Public License)",
    re.IGNORECASE,
)
_NOT_FREE = re.compile(r"\b(AGPL|GPL|LGPL|SSPL|BUSL|Proprietary|Commercial)\b", re.IGNORECASE)


def problems(locked: Iterable[Locked]) -> Iterator[str]:
    """What is wrong with a lock file: no hashes, versions that are refused, licences that ask for more."""
    never = refused()
    for each in locked:
        if not each.hashes:
            yield f"{each.name} {each.version} has no hash"
        if reason := never.get((each.name, each.version)):
            yield f"{each.name} {each.version} must not be used: {reason}"
        said = licence(each.name)
        if said is not None and not is_free(said):
            yield f"{each.name} {each.version} has the licence {said[:100]!r}"


def licence(name: str) -> str | None:
    """What an installed package says of its licence, in its own words; None if it is not installed."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    classified = [each for each in told.get_all("Classifier") or () if each.startswith("License ::")]
    short = _field(told, "License").strip().split("\n")[0]
    return _field(told, "License-Expression") or " / ".join([*classified, short]).strip(" /")


def _field(told: metadata.PackageMetadata, name: str) -> str:
    return next(iter(told.get_all(name) or ()), "")


def is_free(said: str) -> bool:
    """Whether a licence is among those that may be used here; of several that one may choose from, one is."""
    return bool(_FREE.search(said)) and (not _NOT_FREE.search(said) or " OR " in said)
