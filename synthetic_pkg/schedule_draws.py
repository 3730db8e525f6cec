"""Draws the schedules of one company so that each ties to its ledger exactly; see synthetic_pkg.schedules.

Works from a finished ledger: what is free is drawn, the last movement of each row is what is left over.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable

from synthetic_pkg.chart import CASH, COST_OF_SALES, NET_INCOME, PRETAX, RETAINED_EARNINGS, TAX, add_up
from synthetic_pkg.financing_draws import draw_borrowings, draw_securities, quarters_of
from synthetic_pkg.formula import round_half_away
from synthetic_pkg.group import OUTSIDE_CODE, Company
from synthetic_pkg.headcount import labour_share
from synthetic_pkg.intercompany import DIVIDEND_LABELS, TRADE, Row
from synthetic_pkg.ledger import Ledger, tax_on_net
from synthetic_pkg.schedules import (
    ASSET_CODES,
    DEPRECIABLE,
    EQUITY_COLUMNS,
    PROVISION_CODES,
    FixedAsset,
    Note,
    Provision,
    Schedules,
    Taxes,
    UnrealisedRow,
)
from synthetic_pkg.wear import DEPRECIATION, GOODWILL, RIGHT_OF_USE, least_depreciation, most_depreciation

BASIS_POINTS = 10_000
UNNAMED = 200_000  # differences of tax without a name: at most 60 in so many of the profit
PENSIONS, OTHER_LABOUR = "2204", "MC22"
UNDER_CONSTRUCTION, COMPLETED = "1206", ("1202", "1203", "1201")
POLICY_NOTE = Note("会計方針", "棚卸資産の評価基準", "総平均法による原価法（収益性の低下による簿価切下げ）")


def makers_of(companies: Iterable[Company]) -> frozenset[str]:
    """Who sells goods that a buyer can have in stock: not those that lend, lease, carry or write software."""
    return frozenset(c.code for c in companies if c.shape in ("manufacturer", "sales"))


def draw_schedules(
    company: Company, ledger: Ledger, rows: list[Row], makers: Collection[str], rng: random.Random
) -> Schedules:
    """Every schedule of one company. rows: its dealings inside the group; makers: who sells goods that are stocked."""
    schedules = Schedules(equity=_equity(ledger), notes=[POLICY_NOTE])
    opening, closing = ledger.opening, ledger.closing
    pretax = add_up("PL", ledger.pl)[PRETAX]
    schedules.taxes = _taxes(company, ledger, rows, pretax, rng)
    if company.shape == "dormant":
        return schedules
    made = company.shape == "manufacturer"
    production = _production_depreciation(ledger, rng) if made else 0
    schedules.borrowings = draw_borrowings(company, ledger, rows, rng)
    schedules.assets = _assets(ledger, ledger.pl[DEPRECIATION] + production, schedules.new_leases, rng)
    schedules.provisions = [_provision(code, ledger, company, rng) for code in PROVISION_CODES]
    schedules.provisions = [p for p in schedules.provisions if p.opening or p.closing or p.added]
    schedules.securities = draw_securities(company, closing, rng)
    if made:
        bonus = next((p.added_cost for p in schedules.provisions if p.code == "2112"), 0)
        schedules.manufacturing = _manufacturing(company, ledger, production, bonus, rng)
        _charge_production(schedules.provision(PENSIONS), schedules.manufacturing[OTHER_LABOUR])
    schedules.unrealised = _unrealised(company, ledger, rows, makers, rng)
    schedules.time_deposits = (
        opening[CASH] * rng.randint(0, 20) // 100 // 10 * 10,
        closing[CASH] * rng.randint(0, 20) // 100 // 10 * 10,
    )
    schedules.notes += _notes(schedules, closing, rng)
    return schedules


def _production_depreciation(ledger: Ledger, rng: random.Random) -> int:
    """The part of depreciation that is a cost of production, as far as the assets bear it."""
    drawn = ledger.pl[COST_OF_SALES] * rng.randint(22, 40) // 1000
    most = most_depreciation(ledger.closing, quarters_of(ledger)) * rng.randint(850, 1000) // 1000
    return min(drawn, most - min(most, ledger.pl[DEPRECIATION]))


def _equity(ledger: Ledger) -> dict[tuple[str, str], int]:
    """Inputs of 06: opening, profit, dividend; what else moved stands under その他の変動."""
    moves = {("EQ10", code): ledger.opening[code] for code in EQUITY_COLUMNS}
    moves[("EQ20", RETAINED_EARNINGS)] = add_up("PL", ledger.pl)[NET_INCOME]
    moves[("EQ30", RETAINED_EARNINGS)] = -ledger.dividend
    for code in EQUITY_COLUMNS:
        known = sum(moves.get((row, code), 0) for row in ("EQ10", "EQ20", "EQ30"))
        moves[("EQ50", code)] = ledger.closing[code] - known
    return moves


def _taxes(company: Company, ledger: Ledger, rows: list[Row], pretax: int, rng: random.Random) -> Taxes:
    """Named differences explain the burden: permanent ones and credits as drawn, and the allowance but for a little."""
    size = abs(pretax)
    untaxed = sum(row.amount for row in rows if row.label == DIVIDEND_LABELS[0])  # 受取配当金の益金不算入
    deferred = (ledger.opening, ledger.closing)
    before, after = (amounts["1405"] - amounts["2203"] for amounts in deferred)
    permanent = size * rng.randint(0, 90) // BASIS_POINTS - untaxed * company.tax_bp // BASIS_POINTS
    credit = -(size * rng.randint(0, 80) // BASIS_POINTS) if pretax > 0 else 0
    expected = int(round_half_away(pretax * (company.tax_bp / BASIS_POINTS), 0))  # as sheet 15 does
    unnamed = int(size * rng.randint(-60, 60) / UNNAMED)
    return Taxes(
        statutory_bp=company.tax_bp,
        permanent=permanent,
        credit=credit,
        allowance=ledger.pl[TAX] + ledger.pl["8302"] - expected - permanent - credit - unnamed,
        payable_opening=ledger.opening["2109"],
        paid=ledger.closing["2109"] - ledger.opening["2109"] - ledger.pl[TAX],
        deferred_opening=before,
        other_deferred=after - before + ledger.pl["8302"],
    )


def _assets(ledger: Ledger, depreciation: int, new_leases: int, rng: random.Random) -> list[FixedAsset]:
    """Rows whose depreciation, impairment and losses add up to the income statement's."""
    opening, closing, pl = ledger.opening, ledger.closing, ledger.pl
    used = [code for code in ASSET_CODES if opening[code] or closing[code]]
    weights = {code: opening[code] + closing[code] for code in used if code in DEPRECIABLE}
    worn = new_leases + opening[RIGHT_OF_USE] - closing[RIGHT_OF_USE]
    charges = _charges(depreciation, weights, {RIGHT_OF_USE: worn}, ledger)
    for code in (GOODWILL, RIGHT_OF_USE):
        weights.pop(code, None)
    impaired = max(weights, key=lambda code: weights[code])
    sold = next((code for code in ("1202", "1203", "1201") if code in used), used[0])
    rows = []
    for code in used:
        row = FixedAsset(code, opening[code], depreciation=-charges.get(code, 0))
        if code == impaired:
            row.impairment = -pl["8202"]
        needed = closing[code] - opening[code] - row.depreciation - row.impairment
        row.disposed = -(pl["8201"] + opening[code] * rng.randint(0, 12) // 1000) if code == sold else 0
        row.acquired = needed - row.disposed
        if row.acquired < 0:
            row.disposed, row.acquired = row.disposed + row.acquired, 0
        rows.append(row)
    return _capitalise(rows, rng)


def _charges(total: int, weights: dict[str, int], taken: dict[str, int], ledger: Ledger) -> dict[str, int]:
    """Depreciation by account: in proportion, but what only wears off takes all it lost, as far as the total goes.

    taken: what is known already.
    """
    least = {c: a for c, a in least_depreciation(ledger.opening, ledger.closing).items() if c in weights}
    urgent = [code for code in least if code == GOODWILL]
    while True:
        for code in urgent:
            taken[code] = min(least[code], total - sum(taken.values()))
        free = {code: weight for code, weight in weights.items() if code not in taken}
        shares = _spread(total - sum(taken.values()), free)
        urgent = [code for code in least if shares.get(code, least[code]) < least[code]]
        if not urgent:
            return shares | taken


def _spread(total: int, weights: dict[str, int]) -> dict[str, int]:
    """`total` over accounts in proportion, to the last unit."""
    whole = sum(weights.values())
    parts = {code: total * weight // whole for code, weight in weights.items()}
    first = next(iter(parts))
    parts[first] += total - sum(parts.values())
    return parts


def _capitalise(rows: list[FixedAsset], rng: random.Random) -> list[FixedAsset]:
    """Part of what machines gained came out of 建設仮勘定: a transfer instead of a purchase."""
    source = next((row for row in rows if row.code == UNDER_CONSTRUCTION), None)
    target = next((row for row in rows if row.code in COMPLETED), None)
    if source and target and source.disposed:  # what is built leaves only by being completed
        done, source.disposed = -source.disposed, 0
        source.transfer, target.transfer = -done, done
        target.disposed -= max(0, done - target.acquired)
        target.acquired = max(0, target.acquired - done)
    elif source and target and target.acquired > 20:
        moved = min(target.acquired, source.opening) * rng.randint(20, 60) // 100
        target.transfer, target.acquired = moved, target.acquired - moved
        source.transfer, source.acquired = -moved, source.acquired + moved
    return rows


def _provision(code: str, ledger: Ledger, company: Company, rng: random.Random) -> Provision:
    """A roll-forward; allowances are shown positive although the balance sheet shows them as △."""
    sign = -1 if code in ("1119", "1409") else 1
    opening, closing = sign * ledger.opening[code], sign * ledger.closing[code]
    row = Provision(code, opening)
    change = closing - opening
    if code == "2112":
        row.added = ledger.pl["6103"]
        if company.shape == "manufacturer":
            row.added_cost = max(0, change - row.added) + closing * rng.randint(20, 60) // 100
    else:
        row.added = max(0, change) + closing * rng.randint(2, 12) // 100
    if code == PENSIONS:
        after, before = (
            net + tax_on_net(net, company) for net in (ledger.closing["3204"], ledger.opening["3204"])
        )
        row.other = before - after  # actuarial differences before tax
        row.added += max(0, -row.other)
    left = closing - row.closing
    if left > 0 and code == "2112":
        row.other = left  # what is added must stay the figure of the income statement
    elif left > 0:
        row.added += left
    elif code in ("1119", "1409"):
        row.released = left
    else:
        row.released = -(-left * rng.randint(0, 10) // 100) if code == "2113" else 0
        row.used = left - row.released
    return row


def _charge_production(pensions: Provision | None, other_labour: int) -> None:
    """Half of what pensions cost is for those who produce: part of other labour cost in 05."""
    if pensions:
        pensions.added_cost = min(pensions.added, other_labour) // 2
        pensions.added -= pensions.added_cost


def _manufacturing(
    company: Company, ledger: Ledger, depreciation: int, bonus: int, rng: random.Random
) -> dict[str, int]:
    """Inputs of 05; purchases of materials take up what is left."""
    before, after = ledger.opening, ledger.closing
    cost = ledger.pl[COST_OF_SALES]
    goods = cost * rng.randint(0, 8) // 100
    made = cost + after["1106"] - before["1106"] - goods
    total = made + after["1107"] - before["1107"]
    wages = total * labour_share(company, rng.randint(110, 170)) // 1000
    other_labour = total * rng.randint(15, 35) // 1000
    outside = total * rng.randint(40, 110) // 1000
    other = total * rng.randint(50, 110) // 1000
    material = total - wages - bonus - other_labour - depreciation - outside - other
    return {
        "MC10": before["1108"],
        "MC11": material - before["1108"] + after["1108"],
        "MC12": -after["1108"],
        "MC20": wages,
        "MC21": bonus,
        OTHER_LABOUR: other_labour,
        "MC30": depreciation,
        "MC31": outside,
        "MC32": other,
        "MC50": before["1107"],
        "MC51": -after["1107"],
        "MC60": before["1106"],
        "MC61": goods,
        "MC62": -after["1106"],
    }


def _unrealised(
    company: Company, ledger: Ledger, rows: list[Row], makers: Collection[str], rng: random.Random
) -> list[UnrealisedRow]:
    """Stock left of what was bought inside the group in the last quarter: goods to sell on, or materials; never more
    than half of them.

    The margin is filled in by the world, which knows the sellers.
    """
    code = "1106" if company.shape == "sales" else "1108"
    bought = [r for r in rows if r.sheet == TRADE and r.label == "仕入" and r.partner != OUTSIDE_CODE]
    room = ledger.closing[code] // 2
    cost, of_quarter = ledger.pl[COST_OF_SALES], ledger.quarter_pl[COST_OF_SALES]
    found = []
    for row in bought:
        left = min(room, row.amount * of_quarter * rng.randint(8, 40) // (100 * cost))
        if left > 0 and row.partner in makers:
            room -= left
            found.append(UnrealisedRow(row.partner, code, left, 0))
    return found


def _notes(schedules: Schedules, closing: dict[str, int], rng: random.Random) -> list[Note]:
    notes = []
    impaired = -sum(row.impairment for row in schedules.assets)
    if impaired:
        text = "収益性の低下した事業用資産の帳簿価額を回収可能価額まで減額した"
        notes.append(Note("減損", "減損損失", text, impaired))
    land = schedules.asset("1204")
    if land and rng.random() < 0.35:
        notes.append(Note("担保", "担保に供している資産", "土地（長期借入金の担保）", land.closing * 6 // 10))
    if rng.random() < 0.2:
        notes.append(Note("保証", "債務保証", "従業員の住宅資金借入に対する保証", closing[CASH] // 60 + 10))
    if rng.random() < 0.15:
        notes.append(Note("後発事象", "設備投資の決定", "生産設備の更新を決定した。損益への影響は軽微である"))
    return notes
