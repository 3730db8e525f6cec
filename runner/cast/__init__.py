"""Terminal recordings (asciicast v2 and v3) as plain values: read, mark, write. Nothing here runs a terminal.

Used by the recorder (markers from its own clock) and by the studio (screens, film, editing, redaction).
"""

from runner.cast.model import (
    EXIT,
    INPUT,
    MARKER,
    OUTPUT,
    RESIZE,
    TIME_DIGITS,
    Cast,
    CastError,
    Event,
    Header,
    Term,
    add_markers,
    size_of,
    with_title,
)
from runner.cast.reading import parse_cast, read_cast
from runner.cast.writing import format_cast, write_cast

__all__ = [
    "EXIT",
    "INPUT",
    "MARKER",
    "OUTPUT",
    "RESIZE",
    "TIME_DIGITS",
    "Cast",
    "CastError",
    "Event",
    "Header",
    "Term",
    "add_markers",
    "format_cast",
    "parse_cast",
    "read_cast",
    "size_of",
    "with_title",
    "write_cast",
]
