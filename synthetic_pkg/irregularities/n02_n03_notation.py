"""N02: negative numbers as text (△, brackets). N03: zero as a dash or blank. Trap: 「(注)1」."""

from __future__ import annotations

import random
from collections.abc import Callable

from synthetic_pkg.answers import Normalisation, Trap
from synthetic_pkg.chart import details
from synthetic_pkg.irregularities.base import Kind, areas, root_id
from synthetic_pkg.irregularities.r04_one_side import BALANCE
from synthetic_pkg.layout import CURRENT, EARLIER, SHEETS, cell
from synthetic_pkg.world import Book, World

NEGATIVE_STYLES: tuple[Callable[[int], str], ...] = (
    lambda n: f"△{n:,}",
    lambda n: f"▲{n:,}",
    lambda n: f"({n:,})",
    lambda n: f"（{n:,}）",
    lambda n: f"−{n:,}",
)
ZERO_STYLES = ("－", "―", "ー", "-", "")
CELLS_PER_BOOK = 4

Spot = tuple[str, str, int]  # sheet, address, value


def spots(book: Book, wanted: Callable[[int], bool]) -> list[Spot]:
    """Cells of sheets 03 and 04 whose value is wanted, current column first."""
    found = []
    ledger = book.ledger
    for sheet, current, earlier in (
        ("03", ledger.closing, ledger.opening),
        ("04", ledger.pl, ledger.prior_pl),
    ):
        for code in details("BS" if sheet == "03" else "PL"):
            for column, amounts in ((CURRENT, current), (EARLIER, earlier)):
                if wanted(amounts[code]):
                    found.append((sheet, cell(sheet, code, column), amounts[code]))
    return found


def _is_negative(value: int) -> bool:
    return value < 0


def _is_zero(value: int) -> bool:
    return value == 0


def _write(world: World, book: Book, kind: str, number: int, spot: Spot, text: str) -> None:
    sheet, address, value = spot
    book.edits.text[(sheet, address)] = text
    book.edits.pasted.add(sheet)
    world.normalisations.append(
        Normalisation(
            root_id=root_id(kind, number),
            kind=kind,
            company=book.company.code,
            sheet=SHEETS[sheet],
            cell=address,
            observed=text,
            value=value,
        )
    )


def plant_negatives(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(
        world.pick("N02", count, rng, lambda b: bool(spots(b, _is_negative))), start=1
    ):
        style = NEGATIVE_STYLES[number % len(NEGATIVE_STYLES)]
        found = spots(book, _is_negative)
        for spot in rng.sample(found, min(CELLS_PER_BOOK, len(found))):
            _write(world, book, "N02", number, spot, style(-spot[2]))


def plant_zeros(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N03", count, rng, lambda b: bool(spots(b, _is_zero))), start=1):
        found = spots(book, _is_zero)
        for turn, spot in enumerate(rng.sample(found, min(2 * CELLS_PER_BOOK, len(found)))):
            _write(world, book, "N03", number, spot, ZERO_STYLES[(number + turn) % len(ZERO_STYLES)])


def plant_note_labels(world: World, count: int, rng: random.Random) -> None:
    for number, book in enumerate(world.pick("N02-trap", count, rng), start=1):
        book.footnotes["2104"] = "グループ金融からの借入を含む"
        world.traps.append(
            Trap(
                trap_id=root_id("N02-trap", number),
                kind="N02-trap",
                company=book.company.code,
                check_ids=[BALANCE.id],
                why="コメント欄の「(注)1」は注記番号で、負の数ではない",
            )
        )


NEGATIVES = Kind(
    id="N02",
    title="負数の文字表記",
    treatment="normalise",
    plant=plant_negatives,
    trap_id="N02-trap",
    plant_traps=plant_note_labels,
    areas=areas("statements"),
    trap_areas=areas("statements"),
)
ZEROS = Kind(
    id="N03",
    title="ゼロの文字表記・空白",
    treatment="normalise",
    plant=plant_zeros,
    areas=areas("statements"),
)
