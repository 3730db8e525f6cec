"""Looks through data/ before anything is made of it, so that a broken master file is one clear line.

Called by the command line before it imports what reads these files. A file that cannot be read is a fault of this
installation (KitFault); one that can, but says what no group can be drawn from, is wrong input (DatasetError).
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from synthetic_pkg.errors import DatasetError, KitFault
from synthetic_pkg.master_models import MODELS, unknown_rows, wrong_parts

DATA = Path(__file__).parent / "data"
COLUMNS = {
    "chart.csv": "code,name,name_en,element,statement,kind,side,fx,parts",
    "aliases.csv": "alias,code",
    "currencies.csv": "currency,base_yen,decimals,lending_bp",
    "countries.csv": "country,name_ja,place_en,region,currency,unit,weight,year_ends,tax_bp,cost_per_head",
    "profiles.csv": "code,manufacturer,sales,finance,service",
    "glossary.csv": "区分,日本語,英語,備考",
}
# What each column may hold; a column that is not listed may hold anything.
PATTERNS = {
    "chart.csv": {
        "code": r"(\d{4})?", "name": ".+", "name_en": ".+", "statement": "BS|PL|集計",
        "kind": "head|detail|contra|total|difference", "side": "(debit|credit)?", "fx": "(CR|AR|HR|RE|CTA|差異)?",
        "parts": r"(\d{4}(:\d{4}|([+-]\d{4})+))?",
    },
    "aliases.csv": {"alias": ".+", "code": r"\d{4}"},
    "currencies.csv": {
        "currency": "[A-Z]{3}", "base_yen": r"\d{1,6}(\.\d{1,6})?", "decimals": "2|4|6", "lending_bp": r"\d{1,4}",
    },
    "countries.csv": {
        "country": "[A-Z]{2}", "name_ja": ".+", "place_en": ".+", "region": ".+", "currency": "[A-Z]{3}",
        "unit": "1|1000|1000000", "weight": "[1-9]", "year_ends": r"(3|12)( (3|12))?", "tax_bp": r"\d{1,4}",
        "cost_per_head": r"[1-9]\d{0,6}",
    },
    "profiles.csv": {
        "code": r"\d{4}", "manufacturer": r"-?\d{1,4}", "sales": r"-?\d{1,4}", "finance": r"-?\d{1,4}",
        "service": r"-?\d{1,4}",
    },
    "glossary.csv": {"区分": ".+", "日本語": ".+", "英語": ".+"},
}  # fmt: skip
KEYS = {
    "chart.csv": "code", "aliases.csv": "alias", "currencies.csv": "currency", "countries.csv": "country",
    "profiles.csv": "code", "glossary.csv": "日本語",
}  # fmt: skip
FORMS = "forms.json"
MASTERS = (*COLUMNS, *MODELS)
# Accounts that the forms and the drawing of ledgers name.
ACCOUNTS = frozenset(
    re.findall(
        r"\d{4}",
        """
        1101 1102 1103 1104 1105 1106 1107 1108 1109 1110 1111 1112 1113 1119 1199 1201 1202 1203 1204 1205 1206 1299
        1301 1302 1303 1399 1401 1402 1403 1404 1405 1406 1409 1499 1900 1999 2101 2102 2103 2104 2105 2106 2107 2108
        2109 2110 2111 2112 2113 2114 2199 2201 2202 2203 2204 2205 2206 2299 2999 3101 3102 3103 3104 3199 3201 3202
        3203 3204 3299 3301 3399 3999 4101 5101 5199 6101 6102 6103 6104 6105 6106 6199 6999 7101 7102 7103 7104 7199
        7201 7202 7203 7299 7999 8101 8201 8202 8299 8301 8302 8399 2901 8901
        """,
    )
)
Rows = list[dict[str, str]]


def check(folder: Path = DATA) -> None:
    """KitFault for the first master file that is missing or unreadable, DatasetError for the first wrong entry."""
    tables = {name: _rows(folder / name) for name in COLUMNS}
    texts = {name: _json_text(folder / name) for name in MODELS}
    for name, rows in tables.items():
        for problem in chain(_wrong_entries(name, rows), _wrong_links(name, rows, tables)):
            raise _wrong(folder / name, problem)
    for name, text in texts.items():
        for problem in wrong_parts(name, text):
            raise _wrong(folder / name, problem)
    for problem in unknown_rows(json.loads(texts[FORMS])):
        raise _wrong(folder / FORMS, problem)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except ValueError as error:
        raise _unreadable(path, str(error)) from error


def _json_text(path: Path) -> str:
    text = _text(path)
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise _unreadable(path, str(error)) from error
    return text


def _rows(path: Path) -> Rows:
    """Every row as long as the header, and at least one row."""
    text = _text(path)
    try:
        lines = list(csv.reader(text.splitlines(), strict=True))
    except csv.Error as error:
        raise _unreadable(path, str(error)) from error
    if len(lines) < 2:
        raise _unreadable(path, "no rows")
    width = len(lines[0])
    for number, line in enumerate(lines, start=1):
        if len(line) != width:
            raise _unreadable(path, f"line {number} has {len(line)} columns, the header {width}")
    head = COLUMNS[path.name].split(",")
    if lines[0] != head:
        raise _wrong(path, f"line 1: the columns are {','.join(lines[0])}, not {','.join(head)}")
    return [dict(zip(head, line, strict=True)) for line in lines[1:]]


def _wrong_entries(name: str, rows: Rows) -> Iterator[str]:
    """Entries that do not look as their column must, and keys that come twice."""
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        for column, pattern in PATTERNS[name].items():
            if not re.fullmatch(pattern, row[column]):
                yield f"line {number}: {column} is {row[column]!r}, which is not of the form {pattern}"
        key = row[KEYS[name]]
        if key and key in seen:
            yield f"line {number}: {KEYS[name]} {key} comes a second time"
        seen.add(key)


def _wrong_links(name: str, rows: Rows, tables: dict[str, Rows]) -> Iterator[str]:
    """Accounts and currencies that are named but not there; rates of nothing."""
    codes = {row["code"] for row in tables["chart.csv"]}
    currencies = {row["currency"] for row in tables["currencies.csv"]}
    if name == "chart.csv":
        yield from _wrong_chart(rows, codes)
    for number, row in enumerate(rows, start=2):
        if name in ("aliases.csv", "profiles.csv") and row["code"] not in codes:
            yield f"line {number}: account {row['code']} is not in chart.csv"
        elif name == "currencies.csv" and float(row["base_yen"]) <= 0:
            yield f"line {number}: base_yen is {row['base_yen']!r}; a rate is above 0"
        elif name == "countries.csv" and row["currency"] not in currencies:
            yield f"line {number}: currency {row['currency']} is not in currencies.csv"


def _wrong_chart(rows: Rows, codes: set[str]) -> Iterator[str]:
    yield from (f"account {code} is missing" for code in sorted(ACCOUNTS - codes))
    for number, row in enumerate(rows, start=2):
        for code in re.findall(r"\d{4}", row["parts"]):
            if code not in codes:
                yield f"line {number}: parts names account {code}, which is not in the file"
        if (row["kind"] == "total") != bool(row["parts"]):
            yield f"line {number}: kind is {row['kind']!r} and parts {row['parts']!r}: a total alone has parts"


def _unreadable(path: Path, what: str) -> KitFault:
    return KitFault(f"master data {path} cannot be read: {what}; restore the file from the repository")


def _wrong(path: Path, what: str) -> DatasetError:
    return DatasetError(f"master data {path}: {what}; correct it or restore the file from the repository")
