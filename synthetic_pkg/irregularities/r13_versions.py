"""R13: a company submitted two versions. Traps: two dormant companies alike; a single file that is v2."""

from __future__ import annotations

import random

from synthetic_pkg.answers import Anomaly, Symptom, Trap
from synthetic_pkg.irregularities.base import Check, Kind, root_id
from synthetic_pkg.layout import file_name
from synthetic_pkg.world import World

VERSIONS = Check(
    id="A03",
    title="複数版の提出",
    sheet="00_表紙",
    rule="同じ会社コードのPKGファイルが2つ以上ある",
    tolerance="なし",
    treatment="修正：版数が最大のファイルだけを使う（提出値・修正後とも）",
    reported_value="ファイル数",
    expected_value="1",
    cell="空欄",
    exceptions="ファイルが1つだけの会社（版数が2以上でもよい）、会社コードの異なるブックの内容が同じ場合",
)


def plant(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("R13", count, rng), start=1):
        code = book.company.code
        draft = book.copy()
        book.version = 2
        shift = max(10, draft.ledger.closing["1106"] // 20) + rng.randint(1, 99)
        draft.ledger.closing["1106"] += shift
        draft.ledger.closing["2108"] += shift
        charged = shift // 3 + 1
        draft.ledger.pl["6106"] += charged
        draft.ledger.pl["5101"] -= charged
        if draft.schedules.manufacturing:
            draft.schedules.manufacturing["MC62"] -= shift
            draft.schedules.move_production_cost(shift - charged)
        world.books.insert(world.books.index(book), draft)
        world.anomalies.append(
            Anomaly(
                root_id=root_id("R13", number),
                company=code,
                kind="R13",
                check_id=VERSIONS.id,
                sheet=VERSIONS.sheet,
                expected_value=1,
                observed=2,
                severity=2,
                treatment="fix",
                accepted=[Symptom(company=code, check_ids=[VERSIONS.id])],
                why=f"{file_name(code, 1)} と {file_name(code, 2)} の両方がある（差替え前の版が残っている）",
            )
        )


def plant_traps(world: World, count: int, rng: random.Random) -> None:
    """The first trap is a pair of dormant twins, the others are companies with only a second version."""
    twins = [book.company.code for book in world.latest() if book.company.shape == "dormant"][:2]
    if count >= 1:
        for code in twins:
            world.traps.append(
                Trap(
                    trap_id=root_id("R13-trap", 1),
                    kind="R13-trap",
                    company=code,
                    check_ids=[VERSIONS.id],
                    why=f"休眠会社 {twins[0]} と {twins[1]} は金額が同じだが、別の会社の正しい提出である",
                )
            )
    for number, book in enumerate(world.pick("R13-trap", max(0, count - 1), rng), start=2):
        book.version = 2
        world.traps.append(
            Trap(
                trap_id=root_id("R13-trap", number),
                kind="R13-trap",
                company=book.company.code,
                check_ids=[VERSIONS.id],
                why="版数は2だが、ファイルは1つしかない（差替え済み）",
            )
        )


KIND = Kind(
    id="R13",
    title="二重提出",
    treatment="fix",
    plant=plant,
    checks=(VERSIONS,),
    trap_id="R13-trap",
    plant_traps=plant_traps,
)
