"""The tolerances that 要領 publishes (data/plants.json): one place for its table, sheet 02 and the plants.

Values are in the unit that their entry names; K1 in units of the book, also when the book is shown at another scale.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from synthetic_pkg.chart import DATA

FOOTING = "K1"  # between the two sides of the balance sheet, and between two sheets


@cache
def texts() -> dict[str, Any]:
    """data/plants.json: tolerances, normalisations, order rules, approved accounts."""
    loaded: dict[str, Any] = json.loads((DATA / "plants.json").read_text(encoding="utf-8"))
    return loaded


@cache
def tolerance(number: str) -> float:
    """The published value of "K1" and so on."""
    (value,) = (entry["value"] for entry in texts()["tolerances"] if entry["number"] == number)
    return float(value)


def footing_units() -> int:
    """K1, a whole number of units of the book."""
    return int(tolerance(FOOTING))
