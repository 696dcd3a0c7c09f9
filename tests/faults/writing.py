"""The person at the keyboard: types, deletes, takes back, and moves files about."""

from __future__ import annotations

from pathlib import Path

from tests.faults.play import PATHS, Play
from tests.faults.texts import bare, split


def place(play: Play, text: str) -> int:
    """An offset, often at a line's end or beginning, never within a CRLF."""
    lines = split(text)
    kind = play.random.random()
    if kind < 0.1 or not lines:
        at = play.random.choice((0, len(text)))
    elif kind < 0.6:
        number = play.random.randrange(len(lines))
        at = len("".join(lines[:number])) + play.random.choice((0, len(bare(lines[number]))))
    else:
        at = play.random.randint(0, len(text))
    return at - (text[at - 1 : at + 1] == "\r\n")


async def types(play: Play) -> str | None:
    """Type something somewhere."""
    uri = play.any_uri()
    if uri is None:
        return None
    await play.before_typing()
    at, text = place(play, play.editor.text(uri)), play.maker.typing()
    play.editor.splice(uri, at, at, text)
    return f"types {text!r} at {at} of {_name(uri)}"


async def types_fast(play: Play) -> str | None:
    """Type several pieces, one behind the other, as keys come."""
    uri = play.any_uri()
    if uri is None:
        return None
    await play.before_typing()
    at = place(play, play.editor.text(uri))
    word = play.maker.token("t")
    for number, char in enumerate(word):
        play.editor.splice(uri, at + number, at + number, char)
    return f"types {word!r}, key by key, at {at} of {_name(uri)}"


async def replaces(play: Play) -> str | None:
    """Delete a part, or type over it."""
    uri = play.any_uri()
    if uri is None:
        return None
    await play.before_typing()
    text = play.editor.text(uri)
    start, most = place(play, text), play.random.choice((1, 2, 10, 40, 40, 400))
    end = min(len(text), start + play.random.randint(0, most))
    end -= text[end - 1 : end + 1] == "\r\n"
    start, end = min(start, end), max(start, end)
    new = play.random.choice(("", "", play.maker.typing()))
    play.editor.splice(uri, start, end, new)
    return f"puts {new!r} for {start} to {end} of {_name(uri)}"


async def undoes(play: Play) -> str | None:
    """Take the last steps back, the server's edits among them."""
    able = [uri for uri in play.uris if play.editor.documents.buffers[uri].undo_steps]
    if not able:
        return None
    await play.before_typing()
    uri = play.random.choice(able)
    for _ in range(min(play.random.choice((1, 1, 2)), play.editor.documents.buffers[uri].undo_steps)):
        play.editor.take_back(uri)
    return f"undoes in {_name(uri)}"


async def rewrites(play: Play) -> str | None:
    """Let a formatter replace the whole text: trailing space goes, or every line end becomes another."""
    uri = play.any_uri()
    if uri is None or play.random.random() < 0.5:
        return None
    await play.before_typing()
    text = play.editor.text(uri)
    end = play.random.choice(("\n", "\r\n"))
    kind = play.random.choice(("ends", "space", "nothing", "empty"))
    new = {
        "ends": "".join(bare(line) + (end if bare(line) != line else "") for line in split(text)),
        "space": "".join(bare(line).rstrip() + line[len(bare(line)) :] for line in split(text)),
        "nothing": text,
        "empty": text if play.random.random() < 0.7 else "",
    }[kind]
    play.editor.rewrite(uri, new)
    return f"rewrites {_name(uri)} ({kind})"


async def saves(play: Play) -> str | None:
    """Save a document."""
    uri = play.any_uri()
    if uri is None:
        return None
    await play.editor.save(uri)
    play.oracle.look(play.editor)
    return f"saves {_name(uri)}"


async def opens(play: Play) -> str | None:
    """Open a document that is not open, as it is on disk, or a new one."""
    paths = [path for path in PATHS if play.editor.uri(path) not in play.uris]
    if not paths:
        return None
    path = play.random.choice(paths)
    file = play.root / path
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(play.maker.document(path).encode())
    await play.editor.open(path)
    play.oracle.look(play.editor)
    return f"opens {path}"


async def closes(play: Play) -> str | None:
    """Close a document; sometimes open it again at once, which begins anew at version 1."""
    uri = play.any_uri()
    if uri is None or len(play.uris) < 2:
        return None
    await play.before_typing()
    again = play.random.random() < 0.5
    if play.random.random() < 0.7:
        await play.editor.save(uri)
    await play.editor.close(uri)
    play.oracle.look(play.editor)
    if again:
        await play.editor.open(uri)
        play.oracle.look(play.editor)
    return f"closes {_name(uri)}" + (" and opens it again" if again else "")


async def renames(play: Play) -> str | None:
    """Rename a document's file; the editor closes the old URI and opens the new one."""
    uri = play.any_uri()
    free = [path for path in (*PATHS, "moved.py", "pkg/moved.txt") if not (play.root / path).exists()]
    if uri is None or not free:
        return None
    await play.before_typing()
    await play.editor.save(uri)
    old, new = _path(play, uri), play.root / play.random.choice(free)
    new.parent.mkdir(parents=True, exist_ok=True)
    old.rename(new)
    text = play.editor.text(uri)
    tell = play.random.random() < 0.8
    early = play.random.random() < 0.5
    files = {"files": [{"oldUri": uri, "newUri": new.as_uri()}]}
    if tell and early:
        await play.editor.notify("workspace/didRenameFiles", files)
    play.oracle.moved(uri, new.as_uri())
    await play.editor.close(uri)
    await play.editor.open(new.as_uri(), text)
    play.oracle.look(play.editor)
    if tell and not early:
        await play.editor.notify("workspace/didRenameFiles", files)
    return f"renames {_name(uri)} to {new.name}"


async def deletes(play: Play) -> str | None:
    """Delete a document's file and close it."""
    uri = play.any_uri()
    if uri is None or len(play.uris) < 3:
        return None
    await play.before_typing()
    _path(play, uri).unlink(missing_ok=True)
    await play.editor.notify("workspace/didDeleteFiles", {"files": [{"uri": uri}]})
    await play.editor.close(uri)
    play.oracle.look(play.editor)
    return f"deletes {_name(uri)}"


def _path(play: Play, uri: str) -> Path:
    from tests.support.editor_edits import path_of

    return path_of(uri)


def _name(uri: str) -> str:
    return uri.rsplit("/", 1)[-1]
