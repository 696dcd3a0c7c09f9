"""What it costs to ask through the Router and its worker, beside plain httpx and LiteLLM's own route."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import peers, router_edits
from tests.bench.router_asks import Asks
from tests.bench.router_lsp import Editor, Endpoint, opened
from tests.bench.router_results import Compared
from tests.bench.router_ways import WAYS, Way, started

CHUNKS = 500
TOGETHER = 32
# What stands beside the edits, by what it is: a plain request, and as many of them at once.
PLAIN = {"stream": ("edit",), "together_32": ("edits_32",)}
# Answered asks before those that are timed.
WARM = 5


def measure(folder: Path, quick: bool, rounds: int) -> Sequence[Compared]:
    """All figures; `quick` asks a few times only. A round to warm up is dropped."""
    peers.compile_all()
    place = peers.workspace(folder)
    book = Book({each.what: each for each in _figures()}, times=5 if quick else 50)
    with ExitStack() as stack:
        endpoint = stack.enter_context(Endpoint.started())
        ways = [stack.enter_context(started(name, endpoint.base_url, folder)) for name in WAYS]
        asks = stack.enter_context(Asks.started(endpoint, folder, place))
        for number in range(-1, rounds):
            _calls(book, ways if number % 2 else ways[::-1])
            _warm(book, endpoint, folder, place)
            _cold(book, endpoint, folder, place)
            _commands(book, asks)
            if number < 0:
                book.forget()
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return list(book.figures.values())


def _figures() -> list[Compared]:
    routes, others = ("httpx", "openai"), ("httpx", "openai", "router")
    return [
        Compared("call", "ms", "router", routes),
        Compared("stream", "ms", "router", routes),
        Compared("chunk", "us", "router", routes),
        Compared("first_token", "ms", "router", routes),
        Compared("together_32", "ms", "router", routes),
        Compared("remote_stream", "ms", "remote", others),
        Compared("remote_chunk", "us", "remote", others),
        Compared("remote_first_token", "ms", "remote", others),
        Compared("remote_together_32", "ms", "remote", others),
        Compared("edit", "ms", beside=("httpx",), target=10),
        Compared("edit_up", "ms"),
        Compared("edit_down", "ms"),
        Compared("edit_p99", "ms", p99=True),
        Compared("edit_pieces", "ms"),
        Compared("edits_32", "ms", beside=("httpx",)),
        Compared("first_edit_warm", "ms", target=310),
        Compared("first_edit_cold", "ms"),
        Compared("cancel", "ms", target=100),
        Compared("ask_warm", "s", target=0.3),
        Compared("ask_cold", "s", beside=("litellm_import",), ratio_target=1.5),
    ]


@dataclass
class Book:
    """All figures by name, and how often most of them are taken in a round."""

    figures: dict[str, Compared]
    times: int
    few: int = field(init=False)

    def __post_init__(self) -> None:
        self.few = max(2, self.times // 10)

    def keep(self, what: str, times: Sequence[float], way: str = "ours") -> None:
        """Times of this round."""
        self.figures[what].take(way, list(times))

    @contextmanager
    def noting(self, what: str) -> Iterator[None]:
        """What goes wrong inside is noted, and the next thing is measured."""
        try:
            yield
        except Exception as error:
            wrong = self.figures[what].wrong
            if (note := f"{what}: {type(error).__name__}: {error}") not in wrong:
                wrong.append(note)

    def forget(self) -> None:
        """Begin anew; what went wrong stays."""
        for each in self.figures.values():
            each.rounds.clear()


def _calls(book: Book, ways: Sequence[Way]) -> None:
    """Whole replies, streams and pieces, by each way in turns."""
    kinds: dict[str, Callable[[Way], list[float]]] = {
        "call": lambda way: way.times("whole", 1, book.times),
        "stream": lambda way: way.times("stream", 1, book.times),
        "chunk": lambda way: way.chunks(CHUNKS, book.few),
        "first_token": lambda way: way.times("first", 20, book.times // 2),
        "together_32": lambda way: way.times("together", 1, book.few),
    }
    for what, take in kinds.items():
        for way in ways:
            with book.noting(what):
                times = take(way)
                for name in (what, f"remote_{what}", *PLAIN.get(what, ())):
                    if name in book.figures and way.name in book.figures[name].ways:
                        book.keep(name, times, way.name)


def _warm(book: Book, endpoint: Endpoint, folder: Path, place: Path) -> None:
    """A session whose worker is there before anything is asked."""
    with book.noting("edit"), opened(endpoint, folder, place, settled=True) as server:
        editor = Editor(server, endpoint, place)
        book.keep("first_edit_warm", [sum(editor.edit(0))])
        for block in range(WARM):
            editor.edit(block)
        times = [editor.edit(each % router_edits.BLOCKS) for each in range(book.times)]
        book.keep("edit_up", [up for up, _ in times])
        book.keep("edit_down", [down for _, down in times])
        for what in ("edit", "edit_p99"):
            book.keep(what, [up + down for up, down in times])
        book.keep("edit_pieces", [sum(editor.edit(each, pieces=True)) for each in range(book.times // 2)])
        book.keep("cancel", [editor.cancel() for _ in range(2 * book.few)])
        editor.open(TOGETHER - 1)
        book.keep("edits_32", [editor.together() for _ in range(book.few)])
        server.shut_down()


def _cold(book: Book, endpoint: Endpoint, folder: Path, place: Path) -> None:
    """A session in which the first thing that is asked has to wait for the worker."""
    with book.noting("first_edit_cold"), opened(endpoint, folder, place) as server:
        book.keep("first_edit_cold", [sum(Editor(server, endpoint, place).edit(0))])
        server.shut_down()


def _commands(book: Book, asks: Asks) -> None:
    """`codex-lsp ask`, with a worker and without, and what the import of LiteLLM takes alone."""
    with book.noting("ask_warm"):
        book.keep("ask_warm", [asks.warm() for _ in range(book.few)])
    with book.noting("ask_cold"):
        book.keep("ask_cold", [asks.cold()])
        book.keep("ask_cold", [asks.bare_import()], "litellm_import")
