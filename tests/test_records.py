"""`record` against the standard library's frozen dataclass, which type checkers take it for."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from codex_lsp.records import record


@record(frozen=True, slots=True)
class One:
    """One field."""

    value: object


@record(frozen=True, slots=True)
class Several:
    name: str
    many: tuple[int, ...] = ()
    known: str = dataclasses.field(default="", compare=False, repr=False)

    @property
    def size(self) -> int:
        return len(self.many)


@record(frozen=True, slots=True)
class Below(Several):
    """With a field more."""

    more: int = 0


@record(frozen=True, slots=True)
class Own:
    """With a text of its own."""

    value: int

    def __repr__(self) -> str:
        return "own"


def twin(kind: type[Any]) -> type[Any]:
    """The same as the standard library makes it."""
    fields = [
        (each.name, each.type, dataclasses.field(default=each.default, compare=each.compare, repr=each.repr))
        for each in dataclasses.fields(kind)
    ]
    return dataclasses.make_dataclass(kind.__name__, fields, frozen=True, slots=True)


VALUES = [
    (One, (1,)),
    (One, ((),)),
    (Several, ("a",)),
    (Several, ("a", (1,), "x")),
    (Below, ("a", (), "", 2)),
]


@pytest.mark.parametrize(("kind", "values"), VALUES)
def test_it_is_as_a_frozen_dataclass_is(kind: type[Any], values: tuple[Any, ...]) -> None:
    ours, theirs = kind(*values), twin(kind)(*values)
    assert repr(ours) == repr(theirs)
    assert hash(ours) == hash(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert kind.__match_args__ == twin(kind).__match_args__
    assert ours == kind(*values) == copy.deepcopy(ours) == pickle.loads(pickle.dumps(ours))
    assert ours != theirs
    assert not hasattr(ours, "__dict__")


def test_equal_is_what_has_the_class_and_the_compared_values() -> None:
    one = Several("a", (1,), "x")
    assert one == dataclasses.replace(one, known="y")
    assert hash(one) == hash(dataclasses.replace(one, known="y"))
    assert one != dataclasses.replace(one, name="b")
    assert one != Below("a", (1,), "x")
    assert len({one, Several("a", (1,)), Several("a", (2,))}) == 2


def test_what_a_class_says_itself_stays() -> None:
    assert repr(Own(1)) == "own"
    assert Own(1) == Own(1)
    assert Several("a", (1, 2)).size == 2
    assert Several.__doc__ == "Several"


def test_other_options_are_refused() -> None:
    with pytest.raises(TypeError, match="frozen and has slots"):
        record(frozen=True, slots=False)
