"""Each story, in every captured editor, comes to what its file says; and so does the table of the editors."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.stories import notes, story
from tests.stories.editors import FEATURES, REAL, seen, table
from tests.stories.scene import play
from tests.support.editor_clients import NAMES

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "EDITORS.md"
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


@pytest.mark.parametrize("name", story.names())
async def test_a_story(name: str) -> None:
    told = story.load(name)
    now = story.written(told, await play(told))
    again = f"if that is as it should be: python -m tests.stories --update {name}"
    assert now == (story.FOLDER / f"{name}.story").read_text(encoding="utf-8"), again


def test_every_feature_is_told_in_every_editor() -> None:
    stories = [story.load(name) for name in story.names()]
    assert len(stories) >= 80
    assert Counter(each.feature for each in stories).keys() == FEATURES.keys()
    assert all(set(each.results) == set(NAMES) for each in stories)
    assert len({each.title for each in stories}) == len(stories)


def test_what_was_seen_is_a_feature() -> None:
    assert all(seen(editor) and seen(editor) <= FEATURES.keys() for editor in REAL)


def test_the_document_has_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    now = text.partition(BEGIN)[2].partition(END)[0]
    stories = [story.load(name) for name in story.names()]
    assert now == table(stories), "put this into docs/EDITORS.md: python -m tests.stories --editors"


STORY = """Two say the same, one does not
feature: hunks

--- m.py
x = ‸1

--- does
look
"""


def test_what_is_alike_is_written_once_and_read_for_each() -> None:
    results = {
        "a": "> look\n- this\n= m.py\n  x = 1\n",
        "b": "> look\n- this\n= m.py\n  x = 1\n",
        "c": f"> look\n- that\n{notes.LESS}{notes.WAITS}\n= m.py\n  x = 1\n",
    }
    text = story.written(story.parse("s", STORY), results)
    assert text == (
        f"{STORY}\n=== a, b\n> look\n- this\n= m.py\n  x = 1\n"
        f"\n=== c\n> look\n- that\n~ {notes.WAITS}\n= m.py  (as above)\n"
    )
    again = story.parse("s", text)
    assert again.results == results
    assert story.written(again, results) == text


@pytest.mark.parametrize("wrong", ["features: hunks", "feature: hunks\nsetting: {}"])
def test_what_is_no_story_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="no story"):
        story.parse("s", STORY.replace("feature: hunks", wrong))
