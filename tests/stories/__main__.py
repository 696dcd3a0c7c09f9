"""Play the stories in every captured editor.

python -m tests.stories [NAME …]            compare with the files
python -m tests.stories --update [NAME …]   write what came of them into the files
python -m tests.stories --editors           print the table of docs/EDITORS.md, as the files have it
"""

from __future__ import annotations

import argparse
import asyncio
import difflib
import sys
import time
import traceback

from tests.stories import story as stories
from tests.stories.editors import table
from tests.stories.scene import play


def main() -> int:
    """0 if all is as the files say, or was written."""
    parser = argparse.ArgumentParser(prog="python -m tests.stories", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--editors", action="store_true")
    options = parser.parse_args()
    if options.editors:
        print(table(list(map(stories.load, stories.names()))), end="")
        return 0
    begun = time.monotonic()
    names = options.names or stories.names()
    wrong = [name for name in names if not _one(name, update=options.update)]
    print(
        f"{len(names)} stories, {len(wrong)} other than written, {time.monotonic() - begun:.1f} s",
        file=sys.stderr,
    )
    return 1 if wrong and not options.update else 0


def _one(name: str, *, update: bool) -> bool:
    story = stories.load(name)
    file = stories.FOLDER / f"{name}.story"
    try:
        before, now = file.read_text(encoding="utf-8"), stories.written(story, asyncio.run(play(story)))
    except Exception:
        print(f"{name} came to no end:\n{traceback.format_exc()}", file=sys.stderr)
        return False
    if before == now:
        return True
    if update:
        file.write_text(now, encoding="utf-8")
    else:
        sys.stdout.writelines(
            difflib.unified_diff(before.splitlines(True), now.splitlines(True), f"{name}: written", "now")
        )
    return False


if __name__ == "__main__":
    sys.exit(main())
