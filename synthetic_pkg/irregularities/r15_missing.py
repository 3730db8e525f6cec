"""R15: a company's file never came, or lacks a required sheet. Trap: sheets declared 該当なし."""

from __future__ import annotations

import itertools
import random

from synthetic_pkg.answers import Anomaly, Symptom, Trap
from synthetic_pkg.irregularities.base import Check, Kind, root_id
from synthetic_pkg.layout import SHEETS, file_name
from synthetic_pkg.world import World

MISSING_FILE = Check(
    id="A01",
    title="PKG未提出",
    sheet="（なし）",
    rule="会社一覧で提出対象が○の会社のPKGファイルがinputに1つもない",
    tolerance="なし",
    treatment="除外：未提出会社は集計に含めない",
    reported_value="未提出",
    expected_value="提出",
    cell="空欄",
    exceptions="提出対象が×の会社（親会社、グループ外）",
)
MISSING_SHEET = Check(
    id="A02",
    title="必須シート欠落",
    sheet="欠落しているシート名",
    rule="様式一覧のシートがブックになく、表紙の提出区分も「該当なし」ではない",
    tolerance="なし",
    treatment="除外：修正後ではその会社の全シートを集計・照合・消去に含めない（提出値には残っているシートの金額を含める）",
    reported_value="欠落",
    expected_value="提出",
    cell="空欄",
    exceptions="表紙の提出区分が「該当なし」のシート",
)


def plant(world: World, count: int, rng: random.Random) -> None:
    sheets = itertools.cycle(("04", "08", "03", "09"))
    for number, book in enumerate(world.pick("R15", count, rng), start=1):
        code = book.company.code
        whole_file = number % 3 == 1
        check = MISSING_FILE if whole_file else MISSING_SHEET
        sheet = "" if whole_file else next(sheets)
        if whole_file:
            world.withdraw(book)
            why = f"{file_name(code, 1)} が提出されていない"
        else:
            book.missing = (sheet,)
            why = f"表紙では提出となっているが、シート {SHEETS[sheet]} がない"
        world.anomalies.append(
            Anomaly(
                root_id=root_id("R15", number),
                company=code,
                kind="R15",
                check_id=check.id,
                sheet=SHEETS.get(sheet, ""),
                expected_value=check.expected_value,
                observed=check.reported_value,
                severity=3,
                treatment="exclude",
                accepted=[Symptom(company=code, check_ids=[check.id])],
                why=why,
            )
        )


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    declaring = [
        book for book in world.latest() if book.not_applicable and book.company.code not in world.newcomers
    ]
    world.enough("R15-trap", count, len(declaring))
    for number, book in enumerate(sorted(declaring, key=lambda b: -len(b.not_applicable))[:count], start=1):
        names = "、".join(SHEETS[sheet] for sheet in book.not_applicable)
        world.traps.append(
            Trap(
                trap_id=root_id("R15-trap", number),
                kind="R15-trap",
                company=book.company.code,
                check_ids=[MISSING_SHEET.id, MISSING_FILE.id],
                why=f"{names} はないが、表紙で「該当なし」と申告している",
            )
        )


KIND = Kind(
    id="R15",
    title="ファイル・シートの欠落",
    treatment="exclude",
    plant=plant,
    checks=(MISSING_FILE, MISSING_SHEET),
    trap_id="R15-trap",
    plant_traps=plant_traps,
)
