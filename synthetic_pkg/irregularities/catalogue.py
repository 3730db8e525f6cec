"""What 要領 publishes about checks: tolerances, normalisations, added accounts, order. Always all of it.

The texts stand in data/checks.json and data/plants.json.
"""

from __future__ import annotations

from synthetic_pkg.chart import accounts
from synthetic_pkg.tolerances import texts

Row = list[str | int | float]


def tolerances() -> list[Row]:
    """番号, 項目, 値, 単位, 使う検査 of every tolerance."""
    return [
        [entry["number"], entry["title"], entry["value"], entry["unit"], "・".join(entry["checks"])]
        for entry in texts()["tolerances"]
    ]


def normalisations() -> list[Row]:
    """番号, 表記, 例, 読み替え of the kinds beyond N02 and N03."""
    return [list(row) for row in texts()["normalisations"]]


def order_rules() -> list[Row]:
    """項目, 内容 for はじめに: what is excluded, in which order to check and to fix."""
    return [list(row) for row in texts()["intro"]]


def added_accounts() -> list[Row]:
    """科目コード, 科目名, 集計先科目, 集計先科目名 of accounts that are approved beyond the chart."""
    rows = texts()["added_accounts"]
    return [[code, name, home, accounts()[home].name] for code, name, home in rows]
