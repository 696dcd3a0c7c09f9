"""The ratios of the headlines as a picture: a bar to the left of 1 is ahead of its reference.

A plain SVG, readable in light and dark, its words as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from math import ceil, floor, log10

from tests.bench.headlines import HEADLINES, reference
from tests.bench.outcome import Beside, Outcome, short
from tests.bench.records import Record

WIDTH, LEFT, RIGHT = 980, 440, 790
TOP, ROW, BAR, FOOT = 78, 22, 12, 34
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.small { font-size: 11px; fill: #59636e; }
.title { font-size: 16px; font-weight: 600; }
.ground { fill: #ffffff; }
.grid { stroke: #d1d9e0; }
.one { stroke: #1f2328; stroke-width: 1.5; }
.ahead { fill: #2c7fb8; }
.behind { fill: #d9822b; }
.spread { stroke: #1f2328; stroke-width: 1.2; }
.target { stroke: #b31d28; stroke-width: 2.5; }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; }
.small { fill: #9198a1; }
.ground { fill: #0d1117; }
.grid { stroke: #3d444d; }
.one, .spread { stroke: #f0f6fc; }
.ahead { fill: #4aa3df; }
.behind { fill: #f0a050; }
.target { stroke: #ff7b72; }
}
"""


def draw(records: Mapping[str, Record]) -> str:
    """The picture of all headlines that have a ratio."""
    rows: list[tuple[str, Outcome, Beside]] = []
    for headline in HEADLINES:
        outcome = headline.outcome(records)
        if outcome and (beside := reference(outcome)):
            rows.append((headline.words, outcome, beside))
    axis = _Axis([each.ratio.median for _, _, each in rows if each.ratio])
    height = TOP + ROW * len(rows) + FOOT
    bottom = height - FOOT
    parts = [_head(height), axis.grid(bottom)]
    for number, (words, outcome, beside) in enumerate(rows):
        parts.append(_row(axis, TOP + ROW * number, words, outcome, beside))
    return "\n".join([*parts, _line("one", axis.x(1), TOP - 8, axis.x(1), bottom), "</svg>", ""])


class _Axis:
    """Powers of ten from the smallest to the largest ratio."""

    def __init__(self, ratios: list[float]) -> None:
        self.first = min(-1, floor(log10(min(ratios, default=1))))
        self.last = max(1, ceil(log10(max(ratios, default=1))))

    def x(self, ratio: float) -> float:
        """Where a ratio is; what is beyond an end is at that end."""
        place = (log10(max(ratio, 1e-9)) - self.first) / (self.last - self.first)
        return round(LEFT + min(1.0, max(0.0, place)) * (RIGHT - LEFT), 1)

    def grid(self, bottom: int) -> str:
        """A line and a number for each power of ten."""
        parts = []
        for power in range(self.first, self.last + 1):
            x = self.x(10.0**power)
            parts.append(_line("grid", x, TOP - 8, x, bottom))
            parts.append(_text(x, bottom + 16, f"{10.0**power:g} ×", "small", "middle"))
        return "\n".join(parts)


def _head(height: int) -> str:
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            "<title>codex-lsp beside its references: ratios</title>",
            f"<style>\n{STYLE}</style>",
            f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
            _text(16, 28, "codex-lsp beside its references", "title"),
            _text(
                16,
                48,
                "Ours by theirs in the same round, by powers of ten: less time or memory is left of 1. "
                "Red: the target. Thin: the quartiles.",
                "small",
            ),
        ]
    )


def _row(axis: _Axis, y: int, words: str, outcome: Outcome, beside: Beside) -> str:
    ratio = beside.ratio
    assert ratio is not None
    start, end = sorted((axis.x(1), axis.x(ratio.median)))
    kind = "ahead" if ratio.median <= 1 else "behind"
    middle = y + ROW / 2 - 1
    parts = [
        _text(LEFT - 12, middle + 4.5, words.replace("`", ""), "", "end"),
        f'<rect class="{kind}" x="{start}" y="{middle - BAR / 2}" width="{max(1.0, round(end - start, 1))}" '
        f'height="{BAR}"/>',
        _line("spread", axis.x(ratio.low), middle, axis.x(ratio.high), middle),
        _text(RIGHT + 12, middle + 4.5, f"{short(ratio.median)} × {beside.words}"),
    ]
    if (target := _target(outcome, beside)) is not None:
        x = axis.x(target)
        parts.append(_line("target", x, middle - BAR / 2 - 2, x, middle + BAR / 2 + 2))
    return "\n".join(parts)


def _target(outcome: Outcome, beside: Beside) -> float | None:
    """The most that the ratio should be, or what it is where the value is at its target."""
    if beside.target is not None or outcome.target is None:
        return beside.target
    return outcome.target / beside.value.median if beside.value.median > 0 else None


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    as_kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}"{as_kind} text-anchor="{anchor}">{escape(words)}</text>'


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
