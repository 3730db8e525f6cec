"""What 要領 publishes about the plants of a mix: checks, tolerances, normalisations, added accounts, order.

Only what the mix needs is shown; the texts stand in data/checks.json and data/plants.json.
"""

from __future__ import annotations

from collections.abc import Mapping

from synthetic_pkg.chart import accounts
from synthetic_pkg.irregularities import KINDS, checks
from synthetic_pkg.tolerances import texts

CORE_CHECKS = {"A01", "A02", "A03", "B01", "C01", "C02"}  # need no rule about order and fixes
Row = list[str | int | float]


def _ids(mix: Mapping[str, int]) -> list[str]:
    return [check.id for check in checks(mix)]


def tolerances(mix: Mapping[str, int]) -> list[Row]:
    """番号, 項目, 値, 単位, 使う検査 of every tolerance that a check of the mix uses."""
    rows: list[Row] = []
    for entry in texts()["tolerances"]:
        used = [check_id for check_id in _ids(mix) if check_id in entry["checks"]]
        if used:
            rows.append([entry["number"], entry["title"], entry["value"], entry["unit"], "・".join(used)])
    return rows


def normalisations(mix: Mapping[str, int]) -> list[Row]:
    """番号, 表記, 例, 読み替え of the kinds beyond N02 and N03 (R01's trap is written like N09)."""
    planted = {kind.id for kind in KINDS if mix.get(kind.id)} | ({"N09"} if mix.get("R01-trap") else set())
    rows: list[Row] = [list(row) for row in texts()["normalisations"] if row[0] in planted]
    return rows


def order_rules(mix: Mapping[str, int]) -> list[Row]:
    """項目, 内容 for はじめに: what is excluded, in which order to check and to fix."""
    beyond_core = set(_ids(mix)) - CORE_CHECKS
    return [list(row) for row in texts()["intro"]] if beyond_core else []


def added_accounts(mix: Mapping[str, int]) -> list[Row]:
    """科目コード, 科目名, 集計先科目, 集計先科目名 of accounts that are approved beyond the chart."""
    rows = texts()["added_accounts"] if mix.get("R19") or mix.get("R19-trap") else []
    return [[code, name, home, accounts()[home].name] for code, name, home in rows]
