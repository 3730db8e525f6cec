"""Looks through data/ before anything is made of it, so that a broken master file is one clear line.

Called by the command line before it imports what reads these files.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

from synthetic_pkg.errors import KitFault

DATA = Path(__file__).parent / "data"
MASTERS = (
    "aliases.csv", "chart.csv", "countries.csv", "currencies.csv", "glossary.csv", "profiles.csv",
    "checks.json", "forms.json", "names.json", "plants.json", "remarks.json", "yoryo.json",
)  # fmt: skip


def check(folder: Path = DATA) -> None:
    """KitFault for the first master file that is missing, unreadable or incomplete."""
    for name in MASTERS:
        path = folder / name
        try:
            text = path.read_bytes().decode("utf-8")
            if path.suffix == ".json":
                json.loads(text)
            else:
                _check_rows(text)
        except OSError as error:
            raise _fault(path, error.strerror or str(error)) from error
        except (ValueError, csv.Error) as error:
            raise _fault(path, str(error)) from error


def _check_rows(text: str) -> None:
    """Every row as long as the header, and at least one row. ValueError with the line."""
    reader = csv.reader(text.splitlines(), strict=True)
    width = len(next(reader, []))
    for row in reader:
        if len(row) != width:
            raise ValueError(f"line {reader.line_num} has {len(row)} columns, the header {width}")
    if reader.line_num < 2:
        raise ValueError("no rows")


def _fault(path: Path, what: str) -> KitFault:
    return KitFault(f"master data {path} cannot be read: {what}; restore the file from the repository")
