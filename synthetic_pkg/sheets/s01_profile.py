"""01_会社概要: the company's master data as it reports them."""

from __future__ import annotations

from synthetic_pkg.grid import Content, Grid
from synthetic_pkg.group import PARENT_CODE, names
from synthetic_pkg.headcount import headcount
from synthetic_pkg.sheets.page import Page
from synthetic_pkg.sheets.s00_cover import FIRST_FIELD, put_field
from synthetic_pkg.sheets.s08_intercompany import partner_name


def fill(page: Page) -> Grid:
    company, look = page.company, page.look
    is_new = company.code in page.world.newcomers
    scope_change = (
        f"新規連結（当第{page.world.period.quarters}四半期から、みなし連結日は期首）" if is_new else "なし"
    )
    shareholder = page.world.holders.get(company.code, PARENT_CODE)
    grid = page.grid("01", (3, 20, 52, 10))
    fields: list[tuple[str, Content]] = [
        ("会社コード", company.code),
        ("会社名", company.name),
        ("国", company.country),
        ("地域", company.region),
        ("セグメント", company.segment),
        ("事業内容", names()["business"][company.shape]),
        ("持分比率", company.share / 100),
        ("決算月", company.year_end),
        ("仮決算有無", "無"),
        ("従業員数", headcount(company, page.ledger, page.rate)),
        ("法人番号", company.corporate_number or "（国内のみ）"),
        ("連結範囲の異動", scope_change),
        ("直接の株主", f"{shareholder} {partner_name(page, shareholder)}"),
    ]
    for row, (label, value) in enumerate(fields, start=FIRST_FIELD):
        grid.put(row, 1, label, look.label)
        put_field(grid, row, value, look)
    return grid
