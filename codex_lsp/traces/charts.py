"""The pictures of a run's page, as SVG: what happened when, and the tokens of each turn."""

from __future__ import annotations

import math
from collections.abc import Iterator

from codex_lsp.records import record
from codex_lsp.traces.markup import Markup, tag
from codex_lsp.traces.story import Call, Story, Turn

WIDTH, LEFT, RIGHT = 1000, 64, 24
LANES = ("model", "tools", "checks")
_TOP, _LANE, _BAR, _MIN_BAR = 30, 40, 20, 4.0
_BARS_HEIGHT, _BARS_TOP = 150, 14


@record(frozen=True, slots=True)
class Scale:
    """From seconds to the picture's own units; `whole` is all of the run."""

    whole: float

    def x(self, seconds: float) -> float:
        """Where a moment is."""
        return LEFT + (WIDTH - LEFT - RIGHT) * min(1.0, max(0.0, seconds / self.whole))

    def bar(self, begun: float, done: float | None, lane: int, hint: str, class_: str) -> Markup:
        """What took from one moment to another; open-ended if it never ended."""
        x = self.x(begun)
        width = max(_MIN_BAR, self.x(self.whole if done is None else done) - x)
        y = _middle(lane) - _BAR / 2
        return tag(
            "rect",
            tag("title", hint),
            **{"x": f"{x:.1f}", "y": y, "width": f"{width:.1f}", "height": _BAR, "rx": 4, "class_": class_},
        )


def timeline(story: Story) -> Markup:
    """The run from left to right: the model's turns, the tools' calls, the checks."""
    scale = Scale(max(story.seconds, 0.001))
    height = _TOP + _LANE * len(LANES) + 6
    shapes = [*_axis(scale, height), *_lanes()]
    for turn in story.turns:
        shapes.append(_linked(turn, _turn_bar(scale, turn)))
        shapes += (_linked(turn, _call_bar(scale, call)) for call in turn.calls)
    for seconds, event in story.verifications:
        x, y = scale.x(seconds), _middle(1 + 1)
        hint = tag("title", f"{event['status']}: {event['note']}")
        path = f"M{x:.1f} {y - 10:g}l10 10l-10 10l-10 -10z"
        shapes.append(tag("path", hint, d=path, class_=f"check {event['status']}"))
    return _picture(shapes, height, "What happened when")


def tokens(story: Story) -> Markup:
    """A bar for each turn: the tokens of its prompt, on top those of the reply; nothing if none were told."""
    counted = [turn for turn in story.turns if turn.usage.get("total_tokens")]
    if not counted:
        return Markup()
    most = _round(max(int(turn.usage["total_tokens"]) for turn in counted))
    step = (WIDTH - LEFT - RIGHT) / len(counted)
    shapes = list(_levels(most))
    for number, turn in enumerate(counted):
        middle = LEFT + step * (number + 0.5)
        shapes.append(_linked(turn, *_token_bar(turn, middle, min(56.0, step * 0.7), most)))
    return _picture(shapes, _BARS_TOP + _BARS_HEIGHT + 24, "Tokens of each turn")


def _picture(shapes: list[Markup], height: float, label: str) -> Markup:
    return tag("svg", shapes, viewBox=f"0 0 {WIDTH} {height:g}", role="img", aria_label=label)


def _linked(turn: Turn, *shapes: Markup) -> Markup:
    return tag("a", shapes, href=f"#turn-{turn.number}")


def _middle(lane: int) -> float:
    return _TOP + _LANE * (lane + 0.5)


def _axis(scale: Scale, height: float) -> Iterator[Markup]:
    step = _round(scale.whole / 8)
    for number in range(int(scale.whole / step * 1.000001) + 1):
        x = f"{scale.x(number * step):.1f}"
        yield tag("line", x1=x, x2=x, y1=_TOP - 8, y2=height - 6, class_="grid")
        yield tag("text", f"{number * step:g} s", x=x, y=_TOP - 14, class_="tick")


def _lanes() -> Iterator[Markup]:
    for number, name in enumerate(LANES):
        y = _middle(number)
        yield tag("text", name, x=LEFT - 14, y=y + 4, class_="lane")
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="rail")


def _turn_bar(scale: Scale, turn: Turn) -> Markup:
    took = "no answer" if turn.replied is None else f"{turn.replied - turn.asked:.2f} s"
    class_ = "bar failed" if turn.error is not None else "bar model"
    return scale.bar(turn.asked, turn.replied, 0, f"turn {turn.number}: {took}", class_)


def _call_bar(scale: Scale, call: Call) -> Markup:
    problem = f" ({call.problem})" if call.problem else ""
    return scale.bar(call.begun, call.done, 1, f"{call.name} {call.title}{problem}", f"bar {kind_of(call)}")


def kind_of(call: Call) -> str:
    """What colour a call has: `bad`, `edit` if it changed something, `finish`, else `read`."""
    if call.problem or call.done is None:
        return "bad"
    return "edit" if call.changes else "finish" if call.name == "finish" else "read"


def _levels(most: float) -> Iterator[Markup]:
    for part in (0.0, 0.5, 1.0):
        y = f"{_BARS_TOP + _BARS_HEIGHT * (1 - part):g}"
        yield tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid")
        yield tag("text", f"{most * part:,.0f}", x=LEFT - 10, y=f"{float(y) + 4:g}", class_="lane")


def _token_bar(turn: Turn, middle: float, width: float, most: float) -> Iterator[Markup]:
    bottom = float(_BARS_TOP + _BARS_HEIGHT)
    for name, label in (("prompt", "prompt_tokens"), ("reply", "completion_tokens")):
        count = int(turn.usage.get(label, 0))
        height = _BARS_HEIGHT * count / most
        bottom -= height
        yield tag(
            "rect",
            tag("title", f"turn {turn.number}: {count:,} tokens of the {name}"),
            **{"x": f"{middle - width / 2:.1f}", "y": f"{bottom:.1f}", "width": f"{width:.1f}"},
            **{"height": f"{max(height, 1.0):.1f}", "rx": 2, "class_": f"tokens {name}"},
        )
    y = _BARS_TOP + _BARS_HEIGHT + 16
    yield tag("text", str(turn.number), x=f"{middle:.1f}", y=y, class_="tick")


def _round(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next((power * times for times in (1, 2, 5) if power * times >= value), power * 10)
