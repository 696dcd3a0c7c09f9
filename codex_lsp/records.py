"""Frozen dataclasses, made in a quarter of the time.

`dataclasses` writes and compiles five methods for each of them, which was a fifth of the server's start and a
third of that of `codex-lsp ask`. Here one is, `__init__`; equality, hash and text are common to all.

To type checkers `record` is `dataclass`. They, and nothing at run time, hold it that a record is not changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["record"]

if TYPE_CHECKING:
    from dataclasses import dataclass as record
else:
    import dataclasses
    from operator import attrgetter

    def record(*, frozen, slots):
        """As `dataclasses.dataclass`, of which it takes these two options, both true."""
        if not (frozen and slots):
            raise TypeError("a record is frozen and has slots")
        return _made

    def _made(cls):
        # Without one `dataclass` would write the signature down, which takes as long as all the rest.
        cls.__doc__ = cls.__doc__ or cls.__name__
        own = cls.__dict__
        made = dataclasses.dataclass(repr=False, eq=False, slots=True)(cls)
        fields = dataclasses.fields(made)
        compared = _values([each.name for each in fields if each.compare])
        shown = [each.name for each in fields if each.repr]

        def equal(self, other):
            return compared(self) == compared(other) if other.__class__ is self.__class__ else NotImplemented

        def hashed(self):
            return hash(compared(self))

        def text(self):
            values = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
            return f"{self.__class__.__qualname__}({values})"

        for name, method in (("__eq__", equal), ("__hash__", hashed), ("__repr__", text)):
            if own.get(name) is None:
                setattr(made, name, method)
        return made

    def _values(names):
        """What takes the values of these attributes from an object, as a tuple."""
        if len(names) > 1:
            return attrgetter(*names)
        return lambda each: tuple(getattr(each, name) for name in names)
