"""Which names a path may have, by the part and by the whole."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import is_name, normalise

ODD = st.sampled_from(
    [
        "",
        ".",
        "..",
        "con",
        "NUL.txt",
        "com1",
        "com10",
        "x ",
        "x.",
        " x",
        "~t",
        "a\\b",
        "c:d",
        "\x1b",
        "\udc80",
    ]
)


def stays(path: str) -> bool:
    try:
        return normalise(path) == path
    except PathRejected:
        return False


@given(ODD | st.text(max_size=6))
@example("a/b")
def test_a_name_is_one_that_a_path_may_have(name: str) -> None:
    assert is_name(name) == (stays(f"folder/{name}") and "/" not in name)
