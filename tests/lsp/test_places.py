from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types
from pygls.workspace import Workspace

from codex_lsp.edits.errors import FileMissing, PathRejected
from codex_lsp.lsp.documents import Document, Documents
from codex_lsp.lsp.places import Places
from codex_lsp.workspace.policy import Root


class Session:
    """Open documents, and the places of a run that was asked for in the first of them."""

    def __init__(self, root: Path | None, *uris: str, language: str = "python") -> None:
        self.documents = Documents(Workspace(None))
        for uri in uris:
            self.open(uri, language=language)
        self.places = Places(self.documents, [Root(root)] if root else [], self.find(uris[0]))

    def open(self, uri: str, text: str = "open\n", language: str = "python") -> None:
        self.documents.put_text_document(types.TextDocumentItem(uri, language, 1, text))

    def close(self, uri: str) -> None:
        self.documents.remove_text_document(uri)

    def find(self, uri: str) -> Document:
        document = self.documents.find(uri)
        assert document
        return document


@pytest.mark.parametrize(
    ("uri", "language", "path"),
    [
        ("untitled:Untitled-1", "plaintext", "Untitled-1"),
        ("untitled:Untitled-1", "python", "Untitled-1.py"),
        ("untitled:", "python", "unnamed.py"),
        ("foo:/", "nothing", "unnamed"),
        ("vscode-notebook-cell:/w/n.ipynb#W0s", "python", "n.ipynb#W0s.py"),
        ("vscode-remote://host/w/m.py", "python", "m.py"),
        ("inmemory://model/con", "python", "unnamed.py"),
        ("file:///elsewhere/m.txt", "python", "m.txt"),
    ],
)
def test_what_is_in_no_folder_is_known_by_its_last_name(uri: str, language: str, path: str) -> None:
    session = Session(None, uri, language=language)
    assert session.places.asked_path == path
    assert session.places.uri(path) == uri
    assert session.places.texts([path]) == {path: "open\n"}
    assert session.places.snapshots()[path].language == language


def test_texts_are_the_editors_or_the_disks_and_none_for_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("disk\n")
    (tmp_path / "c.py").write_bytes(b"\0")
    places = Session(tmp_path, (tmp_path / "a.py").as_uri()).places
    found = places.texts(["a.py", "b.py", "c.py", "d.py", "b.py/e.py", "../x", ".env"])
    assert found == {"a.py": "open\n", "b.py": "disk\n", "d.py": None, "b.py/e.py": None}


def test_what_was_closed_counts_only_if_the_disk_shall(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("disk\n")
    uri = (tmp_path / "a.py").as_uri()
    session = Session(tmp_path, uri)
    session.close(uri)
    assert session.places.texts(["a.py"]) == {}
    assert session.places.texts(["a.py"], closed=True) == {"a.py": "disk\n"}
    (tmp_path / "a.py").unlink()
    assert session.places.texts(["a.py"], closed=True) == {"a.py": None}


def test_a_single_file_in_no_folder_has_its_own_disk_and_no_neighbours(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("disk\n")
    uri = (tmp_path / "a.py").as_uri()
    session = Session(None, uri)
    session.close(uri)
    assert session.places.texts(["a.py", "b.py"], closed=True) == {"a.py": "disk\n", "b.py": None}
    session.places.require_inside("a.py")
    with pytest.raises(FileMissing):
        session.places.require_inside("b.py")
    assert session.places.document("b.py") is None


def test_a_closed_text_that_is_no_file_cannot_be_known() -> None:
    session = Session(None, "untitled:a")
    session.close("untitled:a")
    assert session.places.texts(["a.py"], closed=True) == {}


def test_what_the_editor_changed_unseen_is_known_once_it_is_open(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("disk\n")
    session = Session(tmp_path, (tmp_path / "a.py").as_uri())
    session.places.unseen.add("b.py")
    assert session.places.texts(["b.py"], closed=True) == {}
    session.open((tmp_path / "b.py").as_uri(), "seen\n")
    assert session.places.texts(["b.py"]) == {"b.py": "seen\n"}
    assert session.places.unseen == set()


def test_a_file_that_moved_keeps_its_path_and_is_read_at_its_new_place(tmp_path: Path) -> None:
    (tmp_path / "new dir").mkdir()
    (tmp_path / "new dir" / "b.py").write_text("moved\n")
    session = Session(tmp_path, (tmp_path / "a.py").as_uri())
    assert session.places.texts(["old/b.py"]) == {"old/b.py": None}
    session.documents.renamed((tmp_path / "old").as_uri() + "/", (tmp_path / "new dir").as_uri())
    assert session.places.uri("old/b.py") == (tmp_path / "new dir" / "b.py").as_uri()
    assert session.places.texts(["old/b.py", "older/b.py"]) == {"old/b.py": "moved\n", "older/b.py": None}


def test_a_file_that_moved_out_of_the_workspace_is_not_followed_there(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "out.py").write_text("out\n")
    session = Session(root, (root / "a.py").as_uri())
    session.places.uri("b.py")
    session.documents.renamed((root / "b.py").as_uri(), (tmp_path / "out.py").as_uri())
    assert session.places.texts(["b.py"], closed=True) == {}
    with pytest.raises(PathRejected):
        session.places.require_inside("b.py")


def test_an_open_document_of_an_odd_name_is_left_out_and_spoils_no_other_ones_run(tmp_path: Path) -> None:
    odd = [(tmp_path / name).as_uri() for name in ("x:y.py", "con.py", "a. ", "a\nb.py")]
    session = Session(tmp_path, (tmp_path / "m.py").as_uri(), *odd, (tmp_path / "n.py").as_uri())
    assert set(session.places.snapshots()) == {"m.py", "n.py"}
