"""Parts of objects that rest as bytes while nobody works on them, so that a group of thousands fits into memory.

synthetic_pkg.world declares which parts of a book are such; whoever uses them sees ordinary attributes.
"""

from __future__ import annotations

import pickle
import zlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

ROOM = 32  # objects open at once; a planter works on two or three
LARGE = 1000  # bytes, from which compressing is worth its time
FAST, COMPRESSED = 1, 0x78  # level of zlib, and its first byte; a pickle starts with another
T = TypeVar("T")
ParcelT = TypeVar("ParcelT", bound="Parcel")
CLOSED: Any = object()


class Shelf:
    """The parcels of one world. The last `room` that were used stay open, the others are packed again.

    So a part may be changed in place as long as fewer than `room` other parcels are opened meanwhile.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._open: OrderedDict[Parcel, None] = OrderedDict()
        self._last: Parcel | None = None

    def touch(self, parcel: Parcel) -> None:
        """Note that a parcel is in use."""
        if parcel is self._last:
            return
        self._last = parcel
        self._open[parcel] = None
        self._open.move_to_end(parcel)
        if len(self._open) > self._room:
            self._open.popitem(last=False)[0].close()

    def look(self, parcel: ParcelT, question: Callable[[ParcelT], T]) -> T:
        """The answer to a question that changes nothing: what is opened for it is closed without packing."""
        was_open = parcel in self._open
        answer = question(parcel)
        if not was_open and parcel in self._open:
            del self._open[parcel]
            self._last = None
            parcel.forget()
        return answer


class Parcel:
    """An object with parts. Without a shelf they stay open once they are."""

    __slots__ = ("_packed", "_parts", "_shelf")

    def __init__(self, parts: list[Any]) -> None:
        self._parts: list[Any] | None = parts  # None: all closed
        self._packed: tuple[bytes, ...] = ()
        self._shelf: Shelf | None = None

    def put_on(self, shelf: Shelf | None) -> None:
        """Let a shelf decide how long the parts stay open."""
        self._shelf = shelf
        if shelf and self._parts:
            shelf.touch(self)

    def close(self) -> None:
        """Pack what is open."""
        self._packed = self.packed()
        self._parts = None

    def forget(self) -> None:
        """Close without packing: changes since the last packing are lost."""
        self._parts = None

    def packed(self) -> tuple[bytes, ...]:
        """Every part as bytes, the same ones as before where it did not change: books share them."""
        if self._parts is None:
            return self._packed
        known = self._packed or (b"",) * len(self._parts)
        return tuple(
            old if part is CLOSED or (new := pack(part)) == old else new
            for part, old in zip(self._parts, known, strict=True)
        )

    def unpacked(self, packed: tuple[bytes, ...]) -> None:
        """Take over parts that packed() gave."""
        self._packed, self._parts, self._shelf = packed, None, None

    def part(self, index: int) -> Any:
        """One part, opened."""
        parts = self._all_parts()
        if parts[index] is CLOSED:
            parts[index] = unpack(self._packed[index])
        return parts[index]

    def set_part(self, index: int, value: Any) -> None:
        self._all_parts()[index] = value

    def _all_parts(self) -> list[Any]:
        if self._parts is None:
            self._parts = [CLOSED] * len(self._packed)
        if self._shelf:
            self._shelf.touch(self)
        return self._parts


class Part(Generic[T]):
    """An attribute that is the part of a parcel at this index."""

    def __init__(self, index: int) -> None:
        self._index = index

    @overload
    def __get__(self, parcel: None, owner: type[Parcel]) -> Part[T]: ...

    @overload
    def __get__(self, parcel: Parcel, owner: type[Parcel]) -> T: ...

    def __get__(self, parcel: Parcel | None, owner: type[Parcel]) -> Part[T] | T:
        if parcel is None:
            return self
        value: T = parcel.part(self._index)
        return value

    def __set__(self, parcel: Parcel, value: T) -> None:
        parcel.set_part(self._index, value)


_common: dict[bytes, bytes] = {}


def pack(part: Any) -> bytes:
    """A part as bytes; those of a part given to often() are one object, however many parcels hold it."""
    packed = pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
    if len(packed) >= LARGE:
        return zlib.compress(packed, FAST)
    return _common.get(packed, packed)


def unpack(packed: bytes) -> Any:
    return pickle.loads(zlib.decompress(packed) if packed[0] == COMPRESSED else packed)


def often(part: Any) -> None:
    """Expect many parts like this one."""
    packed = pack(part)
    _common[packed] = packed
