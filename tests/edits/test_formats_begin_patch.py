from __future__ import annotations

import json

import pytest

from codex_lsp.edits import formats
from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, Parsed, ReplaceText, UpdateFile
from tests.support.patches import enveloped


def parsed(*body: str) -> Parsed:
    return formats.parse(enveloped(*body))


def chunks(*body: str) -> tuple[Chunk, ...]:
    (intent,) = parsed("*** Update File: a.py", *body).intents
    assert isinstance(intent, UpdateFile)
    return intent.chunks


def test_context_that_lost_its_leading_space_has_both_readings() -> None:
    (chunk,) = chunks("@@", "\tif x:", " * note", "-\t\ty", "+\t\tz")
    assert chunk.old == ("\tif x:", "* note", "\t\ty")
    assert [each.old for each in chunk.readings] == [("\tif x:", " * note", "\t\ty")]
    # Where most lines lack the space, the first space of the others is indentation.
    (chunk,) = chunks("@@", "\tif x:", "\tfor y:", " * note", "-\t\ty")
    assert chunk.old == ("\tif x:", "\tfor y:", " * note", "\t\ty")
    assert [each.old for each in chunk.readings] == [("\tif x:", "\tfor y:", "* note", "\t\ty")]
    assert parsed("*** Update File: a.py", "x", "-y").leniencies == (
        "a context line lacks its leading space",
    )


def test_indented_context_may_be_unmarked_without_any_sign_of_it() -> None:
    (chunk,) = chunks("@@", "    x", "-    y")
    assert (chunk.old, chunk.readings[0].old) == (("   x", "    y"), ("    x", "    y"))


def test_an_empty_line_may_be_layout_or_added() -> None:
    (chunk,) = chunks("@@", "", "-x", "+y", "", "+z", "")
    assert (chunk.old, chunk.new) == (("", "x", ""), ("", "y", "", "z"))
    readings = [(each.old, each.new) for each in chunk.readings]
    assert (("x",), ("y", "", "z")) in readings
    assert (("", "x"), ("", "y", "", "z")) in readings


@pytest.mark.parametrize(
    ("header", "anchors", "line", "bind"),
    [
        (["@@ def f():"], ("def f():",), None, False),
        (["@@def f():"], ("def f():",), None, False),
        (["@@ def f(): @@"], ("def f():",), None, False),
        (["@@ ... @@"], (), None, False),
        (["@@ -3,2 +3,4 @@ def f():"], ("def f():",), 3, False),
        (["@@ class A:", "@@     def f():"], ("class A:", "def f():"), None, True),
        (["@@ class A:", "@@"], ("class A:",), None, True),
        (["@@", "@@"], (), None, False),
        ([" class A:", "@@ def f():"], ("class A:", "def f():"), None, False),
    ],
)
def test_anchors(header: list[str], anchors: tuple[str, ...], line: int | None, bind: bool) -> None:
    assert chunks(*header, "-x", "+y") == (Chunk(("x",), ("y",), anchors, line=line, anchors_bind=bind),)


@pytest.mark.parametrize(
    ("reply", "leniency"),
    [
        ("<<EOF\n" + enveloped("*** Delete File: a.py") + "\nEOF\n", "heredoc"),
        ("apply_patch <<'EOF'\n" + enveloped("*** Delete File: a.py") + "\nEOF\n", "heredoc"),
        ("bash -lc \"apply_patch <<'EOF'\n" + enveloped("*** Delete File: a.py") + '\nEOF"\n', "heredoc"),
        ("*** Begin Patch \n*** Delete File: a.py\n *** End Patch", "space around"),
        ("  *** Begin Patch\n  *** Delete File: a.py\n  *** End Patch", "indented as a whole"),
        (enveloped("  ***Delete file : a.py"), "not spelt"),
        (enveloped("*** Delete File: `a.py`"), "quotes"),
        (enveloped("*** Environment ID: remote", "*** Delete File: a.py"), "environment"),
        ("*** Delete File: a.py\n*** End Patch\n", "no '*** Begin Patch'"),
        ("```\n*** Begin Patch\n*** Delete File: a.py\n```\n", "no '*** End Patch'"),
        ("<<X\n*** Begin Patch\n*** Delete File: a.py\nX\n", "no '*** End Patch'"),
    ],
)
def test_what_models_make_of_the_envelope(reply: str, leniency: str) -> None:
    found = formats.parse(reply)
    assert found.intents == (DeleteFile("a.py"),)
    assert any(leniency in each for each in found.leniencies)


def test_a_patch_as_asked_for_needs_no_leniency() -> None:
    update = [
        "*** Update File: b.py",
        "*** Move to: c.py",
        "@@ def f():",
        " x",
        "-y",
        "+z",
        "*** End of File",
    ]
    found = parsed("*** Add File: a.py", "+a", "+", "*** Delete File: d.py", *update)
    chunk = Chunk(("x", "y"), ("x", "z"), ("def f():",), at_end=True)
    assert found.intents == (
        AddFile("a.py", "a\n\n"),
        DeleteFile("d.py"),
        UpdateFile("b.py", (chunk,), "c.py"),
    )
    assert found.leniencies == ()


def test_the_same_file_twice_is_two_intents() -> None:
    twice = parsed("*** Update File: a.py", "-x", "+y", "*** Update File: a.py", "-y", "+z").intents
    expected = [UpdateFile("a.py", (Chunk((old,), (new,)),)) for old, new in ("xy", "yz")]
    assert list(twice) == expected


def test_a_new_file_keeps_the_replys_line_ends() -> None:
    assert formats.parse(enveloped("*** Add File: a", "+x", "", "+y").replace("\n", "\r\n")).intents == (
        AddFile("a", "x\r\n\r\ny\r\n"),
    )


def test_markers_that_are_content_stay_content() -> None:
    body = [
        "*** Update File: a.md",
        " *** Begin Patch",
        "+*** End Patch",
        " *** End Patch",
        "-*** Add File: x",
    ]
    (chunk,) = parsed(*body).intents[0].chunks  # type: ignore[union-attr]
    assert chunk.old == ("*** Begin Patch", "*** End Patch", "*** Add File: x")


COMMAND = [
    ("apply_patch <<'E'\n{}\nE", "", True),
    ('cd sub && applypatch <<"E"\n{}\nE', "sub/", True),
    ("cd 'a b' && apply_patch <<E\n{}\nE", "a b/", True),
    ("cd sub; apply_patch <<'E'\n{}\nE", "", False),
    ("cd sub | apply_patch <<'E'\n{}\nE", "", False),
    ("apply_patch x <<'E'\n{}\nE", "", False),
    ("apply_patch <<'E'\n{}\nE && rm -r x", "", False),
    ("rm x; apply_patch <<'E'\n{}\nE", "", False),
    ("apply_patch <<'E'\n{}", "", False),
    ("{}", "", False),
]


@pytest.mark.parametrize(("script", "folder", "good"), COMMAND)
@pytest.mark.parametrize("shell", [["bash", "-lc"], ["/bin/sh", "-c"], ["pwsh", "-NoProfile", "-Command"]])
def test_a_command_is_a_patch_only_if_it_does_nothing_else(
    shell: list[str], script: str, folder: str, good: bool
) -> None:
    text = script.format(enveloped("*** Delete File: a.py"))
    for reply in (json.dumps([*shell, text]), json.dumps({"command": [*shell, text]})):
        if good:
            assert formats.parse(reply).intents == (DeleteFile(f"{folder}a.py"),)
        else:
            with pytest.raises(ParseError):
                formats.parse(reply)


def test_a_call_of_the_program_itself() -> None:
    reply = json.dumps(["apply_patch", enveloped("*** Delete File: a.py")])
    assert formats.parse(reply).intents == (DeleteFile("a.py"),)
    with pytest.raises(ParseError):
        formats.parse(json.dumps([enveloped("*** Delete File: a.py")]))


@pytest.mark.parametrize(
    ("body", "intent"),
    [
        ("@@\n-x\n+y", UpdateFile(None, (Chunk(("x",), ("y",)),))),
        (
            "@@ def f():\n x\n+y\n@@\n-z",
            UpdateFile(None, (Chunk(("x",), ("x", "y"), ("def f():",)), Chunk(("z",), ()))),
        ),
        ("+a\n+b\n+", ReplaceText(None, "", "a\nb\n")),
        ("*** Update File: a\n-x\n*** End Patch", UpdateFile("a", (Chunk(("x",), ()),))),
    ],
)
def test_chunks_alone_if_the_caller_says_so(body: str, intent: Intent) -> None:
    found = formats.parse(body, "begin_patch")
    assert found.intents == (intent,)
    assert found.leniencies


@pytest.mark.parametrize(
    "reply",
    [
        "bad",
        "*** Begin Patch\nbad",
        "*** Begin Patch\n*** Update File: a\n-x\n+y\n",
        "<<\"EOF'\n" + enveloped("*** Delete File: a") + "\nEOF\n",
        "<<EOF\n*** Begin Patch\n*** Update File: a\nEOF\n",
        "git apply <<EOF\n" + enveloped("*** Delete File: a") + "\nEOF\n",
        "apply_patch <<EOF\n" + enveloped("*** Delete File: a") + "\nEOF && rm x\n",
        enveloped("*** Frobnicate File: a"),
        enveloped("*** Update File: a", "@@"),
        enveloped("*** Update File: a", "@@", "x"),
        enveloped("*** Update File: a", "@@", "*** End of File"),
        enveloped("*** Update File: a", "-x", "*** Frobnicate File: b"),
        enveloped("*** Delete File: a") * 2,
    ],
)
def test_what_is_no_whole_patch_is_refused(reply: str) -> None:
    with pytest.raises(ParseError):
        formats.parse(reply, "begin_patch")
