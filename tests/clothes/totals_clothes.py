"""集計結果 in clothes that an accountant would accept: every figure right, no two files alike. For the corpus."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from tests.clothes.notations import bracketed, commas, full_width, million, minus_sign, triangle, yen
from tests.clothes.work import AMOUNT, TOTALS_HEADER, Row, Rows, Wear, Work, blocks, each_amount
from tests.clothes.writers import book, book_by_xlsxwriter, formatted, frame, text

Write = Callable[[int], object]
TITLE: Rows = [["2027年3月期 第1四半期 子会社合算・内部取引消去後"], ["作成日", "2027/7/20"], []]


def named(*header: str) -> Wear:
    """A workbook under other headings, of the asked columns in their order."""
    return lambda work, output: book(output, [list(header), *work.totals])


def amounts(write: Write, heading: str = "金額", *, above: Rows | None = None) -> Wear:
    """A workbook whose amounts are written by `write`."""

    def wear(work: Work, output: Path) -> None:
        book(output, [*(above or []), [*TOTALS_HEADER[:AMOUNT], heading], *each_amount(work.totals, write)])

    return wear


def as_text(rows: Rows | None = None, **form: Any) -> Wear:
    """A text table as asked, in another form; `rows` stand above the header."""
    return lambda work, output: text(output, [*(rows or []), TOTALS_HEADER, *work.totals], **form)


def as_book(after: Callable[[Worksheet], None] | None = None, **form: Any) -> Wear:
    """A workbook as asked, in another form."""
    return lambda work, output: book(output, [TOTALS_HEADER, *work.totals], after=after, **form)


def with_subtotals(work: Work) -> Rows:
    """Each block closed by a line of its own and a blank one, the whole by a grand total."""
    lines: Rows = []
    for basis, segment, rows in blocks(work.totals):
        total = sum(int(str(row[AMOUNT])) for row in rows)
        lines += [*rows, [basis, f"{segment}計", None, None, total], []]
    return [*lines, ["総計", None, None, None, 123456789]]


def shown_once(rows: Rows) -> Rows:
    """区分 and セグメント only where they begin."""
    lines, above = [], ["", ""]
    for row in rows:
        same = row[:1] == above[:1], row[:2] == above
        lines.append([None if same[0] else row[0], None if same[1] else row[1], *row[2:]])
        above = row[:2]
    return lines


def shown_once_by_code(work: Work, output: Path) -> None:
    """Code and name first, each shown once; basis and segment below them."""
    rows = sorted(
        ([row[2], row[3], row[0], row[1], row[4]] for row in work.totals), key=lambda row: str(row[0])
    )
    lines, above = [], None
    for row in rows:
        lines.append([None, None, *row[2:]] if row[0] == above else row)
        above = row[0]
    book(output, [["科目コード", "科目名", "区分", "セグメント", "金額"], *lines])


def merged(work: Work, output: Path) -> None:
    rows = work.totals

    def merge(page: Worksheet) -> None:
        start = 2
        for _, _, block in blocks(rows):
            page.merge_cells(start_row=start, end_row=start + len(block) - 1, start_column=2, end_column=2)
            start += len(block)
        half = len(rows) // 2
        page.merge_cells(start_row=2, end_row=half + 1, start_column=1, end_column=1)
        page.merge_cells(start_row=half + 2, end_row=len(rows) + 1, start_column=1, end_column=1)

    book(output, [TOTALS_HEADER, *rows], after=merge)


def moved(page: Worksheet) -> None:
    page.insert_cols(1, 2)
    page.insert_rows(1, 4)
    page["C2"] = "集計結果"
    page.merge_cells("C2:G2")


def hides_rows_and_a_column(page: Worksheet) -> None:
    page.auto_filter.ref = "A1:E811"
    for row in range(10, 60):
        page.row_dimensions[row].hidden = True
    page.column_dimensions["D"].hidden = True


def has_other_sheets(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("内訳", 0).append(["会社コード", "金額"])
    page.parent.create_sheet("作業用").sheet_state = "hidden"


def one_visible_sheet(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("作業用").sheet_state = "veryHidden"


def repeated_headings(work: Work, output: Path) -> None:
    lines: Rows = []
    for _, _, rows in blocks(work.totals):
        lines += [TOTALS_HEADER, *rows, []]
    book(output, lines)


def reordered(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER[::-1], *(row[::-1] for row in reversed(work.totals))])


def extra_columns(work: Work, output: Path) -> None:
    header: Row = ["No", *TOTALS_HEADER, "構成比", "備考"]
    book(output, [header, *([n, *row, "12.3%", "△は減少"] for n, row in enumerate(work.totals, 1))])


def beside_older_files(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER, *work.totals])
    text(output, [TOTALS_HEADER, *each_amount(work.totals, lambda amount: amount + 1)])
    (output / "~$集計結果.xlsx").write_bytes(b"\x05locked")
    (output / ".DS_Store").write_bytes(b"\0\0\0\1Bud1")


def units_by_row(unit: str, write: Write) -> Wear:
    def wear(work: Work, output: Path) -> None:
        rows = each_amount(work.totals, write)
        book(output, [[*TOTALS_HEADER, "単位"], *([*row, unit] for row in rows)])

    return wear


def codes(write: Callable[[str], object], code: str = "General") -> Wear:
    def wear(work: Work, output: Path) -> None:
        rows = [[*row[:2], write(str(row[2])), *row[3:]] for row in work.totals]
        book(output, [TOTALS_HEADER, *rows], after=formatted(code, 3))

    return wear


def loose_labels(work: Work, output: Path) -> None:
    rows = [[f" {row[0]}", f"{row[1]}\u3000", full_width(int(str(row[2]))), *row[3:]] for row in work.totals]
    book(output, [TOTALS_HEADER, *rows])


def indexed(work: Work, output: Path) -> None:
    table = frame(work.totals).set_index(["区分", "セグメント", "科目コード"])
    table.to_excel(output / "集計結果.xlsx", sheet_name="集計")


def everything_at_once(work: Work, output: Path) -> None:
    """cp932, a title, a unit line in 円, synonyms, subtotals, △ and commas, a remark."""
    rows = [
        [*row[:AMOUNT], triangle(int(str(row[AMOUNT])) * 1000) if len(row) > AMOUNT else None]
        for row in with_subtotals(work)
    ]
    header: Row = ["集計区分", "セグメント名", "勘定科目CD", "勘定科目名", "合計金額"]
    remark: Rows = [["※△は減少を表す"], ["（単位：円）"]]
    text(output, [*TITLE, header, *rows, *remark], encoding="cp932")


def a_printed_report(work: Work, output: Path) -> None:
    """Keys shown once, millions with decimals, brackets for a minus, a title and a grand total."""
    rows = [[*row[:AMOUNT], bracketed(Decimal(str(row[AMOUNT])) / 1000)] for row in shown_once(work.totals)]
    header: Row = [*TOTALS_HEADER[:AMOUNT], "金額（単位：百万円）"]
    book(output, [*TITLE, header, *rows, ["合計", None, None, None, "1,234.567"]])


def an_english_export(work: Work, output: Path) -> None:
    header: Row = ["", "Basis", "Segment", "Account_Code", "Account_Name", "Amount (JPY thousand)"]
    rows = [[n, *row[:AMOUNT], f"{row[AMOUNT]}.0"] for n, row in enumerate(work.totals)]
    text(output, [header, *rows], file="集計結果.tsv", delimiter="\t", encoding="utf-16")


FILES: dict[str, Wear] = {
    "as asked, by openpyxl": as_book(),
    "as asked, by XlsxWriter": lambda work, output: book_by_xlsxwriter(output, [TOTALS_HEADER, *work.totals]),
    "as asked, by pandas": lambda work, output: frame(work.totals).to_excel(
        output / "集計結果.xlsx", sheet_name="集計", index=False
    ),
    "pandas with its unnamed index": lambda work, output: frame(work.totals).to_excel(
        output / "集計結果.xlsx", sheet_name="集計"
    ),
    "pandas with the keys as merged index": indexed,
    "formulas that keep their values": lambda work, output: book_by_xlsxwriter(
        output, [TOTALS_HEADER, *work.totals], as_formulas=True
    ),
    "a book with room for macros": as_book(file="集計結果.xlsm"),
    "an extension in capitals": as_book(file="集計結果.XLSX"),
    "a file name in full width": as_book(file="集計結果．ｘｌｓｘ"),
    "older files and a lock beside it": beside_older_files,
    "one sheet called Sheet1": as_book(sheet="Sheet1"),
    "one visible sheet of another name": as_book(one_visible_sheet, sheet="集計結果"),
    "a sheet name with spaces around it": as_book(sheet=" 集計\u3000"),
    "other sheets beside the asked one": as_book(has_other_sheets),
    "rows filtered away and a column hidden": as_book(hides_rows_and_a_column),
    "a table that begins in C5 under a merged title": as_book(moved),
    "CSV in UTF-8": as_text(),
    "CSV with a BOM": as_text(encoding="utf-8-sig"),
    "CSV in cp932": as_text(encoding="cp932"),
    "CSV in UTF-16": as_text(encoding="utf-16"),
    "TSV": as_text(file="集計結果.tsv", delimiter="\t"),
    "TSV in cp932": as_text(file="集計結果.tsv", delimiter="\t", encoding="cp932"),
    "tabs in a CSV": as_text(delimiter="\t"),
    "semicolons in a CSV": as_text(delimiter=";"),
    "semicolons announced in the first line": as_text([["sep=;"]], delimiter=";"),
    "commas in a TSV": as_text(file="集計結果.tsv"),
    "every field in quotes, lines ended by LF": as_text(quoting=csv.QUOTE_ALL, ends="\n"),
    "CSV by pandas with its index": lambda work, output: frame(work.totals).to_csv(output / "集計結果.csv"),
    "CSV by pandas with floats": lambda work, output: (
        frame(work.totals)
        .astype({"金額": float, "科目コード": float})
        .to_csv(output / "集計結果.csv", index=False)
    ),
}
HEADINGS: dict[str, Wear] = {
    "long names of the chart of accounts": named(
        "区分", "セグメント", "勘定科目コード", "勘定科目名", "合計金額"
    ),
    "CD for コード": named("集計区分", "セグメント名", "科目CD", "科目", "集計額"),
    "コード alone": named("区分", "事業セグメント", "コード", "勘定科目", "金額合計"),
    "half-width kana and spaces": named("区 分", "ｾｸﾞﾒﾝﾄ", "科目ｺｰﾄﾞ", "科目　名", "金　額"),
    "English names": named("Basis", "Segment", "Code", "Name", "Amount"),
    "English names in capitals with the unit": named(
        "BASIS", "SEGMENT", "ACCOUNT NO.", "ACCOUNT", "AMOUNT [thousand yen]"
    ),
    "snake case": named("basis", "segment_name", "account_code", "account_name", "amount_thousand_yen"),
    "remarks in the headings": named(
        "区分（提出値・修正後）", "セグメント", "科目コード(4桁)", "科目名", "金額（千円、四捨五入）"
    ),
    "another order, from the last row": reordered,
    "more columns than asked": extra_columns,
    "the headings repeated over each block": repeated_headings,
    "a title and a date above": as_text(TITLE),
    "a title, and 千円 under the heading": lambda work, output: book(
        output, [*TITLE, TOTALS_HEADER, [None] * 4 + ["(千円)"], *work.totals]
    ),
}
UNITS: dict[str, Wear] = {
    "金額（千円）": amounts(int, "金額（千円）"),
    "金額［千円］": amounts(int, "金額［千円］"),
    "金額 千円": amounts(int, "金額 千円"),
    "the unit on a second line of the heading": amounts(int, "金額\n（単位：千円）"),
    "a unit line above": amounts(int, above=[["単位：千円"]]),
    "a unit line above and in the heading, agreeing": amounts(
        int, "金額(千円)", above=[[None, None, None, None, "（単位：千円）"]]
    ),
    "a unit line in two cells": amounts(int, above=[[None, None, None, "単位", "千円"]]),
    "figures in 円, said in the heading": amounts(yen, "金額（円）"),
    "figures in 円, said above": amounts(yen, above=[["集計結果（単位：円）"]]),
    "figures in 百万円 with their decimals": amounts(million, "金額（百万円）"),
    "figures in 百万円 with their decimals, as text": amounts(
        lambda a: commas(Decimal(a) / 1000), "金額(単位:百万円)"
    ),
    "千円 behind every figure": amounts(lambda a: f"{commas(a)}千円"),
    "円 behind every figure": amounts(lambda a: f"{commas(yen(a))}円"),
    "the unit in a column of its own": units_by_row("千円", int),
    "円 in a column of its own": units_by_row("円", yen),
    "千円 in the display format": as_book(formatted('#,##0"千円";△#,##0"千円"', AMOUNT + 1)),
    "円 in the display format": lambda work, output: book(
        output, [TOTALS_HEADER, *each_amount(work.totals, yen)], after=formatted('#,##0"円"', AMOUNT + 1)
    ),
}
AMOUNTS: dict[str, Wear] = {
    "commas": amounts(commas),
    "△ for a minus": amounts(triangle),
    "▲ for a minus": amounts(lambda a: triangle(a, "▲")),
    "△ and a space": amounts(lambda a: triangle(a, "△ ")),
    "brackets for a minus": amounts(bracketed),
    "full-width digits": amounts(full_width),
    "the mathematical minus": amounts(minus_sign),
    "plain digits as text": amounts(str),
    "¥ before the figure": amounts(lambda a: f"¥{commas(a)}"),
    "△¥ before the figure": amounts(lambda a: triangle(a, "△¥") if a < 0 else f"¥{commas(a)}"),
    "two decimals": amounts(lambda a: f"{a:,}.00"),
    "float noise": amounts(lambda a: a + 1e-7),
    "a dash for nil": amounts(lambda a: a or "－"),
    "an accountant's display format": as_book(formatted("#,##0;[Red]△#,##0;－", AMOUNT + 1)),
    "commas and quotes in CSV": lambda work, output: text(
        output, [TOTALS_HEADER, *each_amount(work.totals, commas)]
    ),
    "△ in cp932": lambda work, output: text(
        output, [TOTALS_HEADER, *each_amount(work.totals, triangle)], encoding="cp932"
    ),
}
KEYS: dict[str, Wear] = {
    "codes as numbers": codes(int),
    "codes as floats": codes(float),
    "codes under a format of zeros": codes(int, "0000"),
    "codes kept as text for spreadsheets": lambda work, output: text(
        output, [TOTALS_HEADER, *([*row[:2], f'="{row[2]}"', *row[3:]] for row in work.totals)]
    ),
    "codes behind an apostrophe": codes(lambda code: f"'{code}"),
    "labels with spaces, codes in full width": loose_labels,
    "区分 and セグメント merged": merged,
    "区分 and セグメント shown once": lambda work, output: book(output, [TOTALS_HEADER, *shown_once(work.totals)]),
    "区分 and セグメント shown once, in CSV": lambda work, output: text(
        output, [TOTALS_HEADER, *shown_once(work.totals)]
    ),
    "the account shown once": shown_once_by_code,
    "subtotals, blank lines and a grand total": lambda work, output: book(
        output, [TOTALS_HEADER, *with_subtotals(work)]
    ),
    "a total whose name column says so": lambda work, output: book(
        output, [TOTALS_HEADER, *work.totals, [], ["修正後", "全社", None, "合計", 1]]
    ),
    "remarks below": lambda work, output: book(
        output, [TOTALS_HEADER, *work.totals, [], ["※金額は千円未満を四捨五入"], ["（注）消去後の金額"], ["単位：千円"]]
    ),
}  # fmt: skip


def below(*lines: Row) -> Wear:
    """Lines of the writer's own below the table."""
    return lambda work, output: book(output, [TOTALS_HEADER, *work.totals, *lines])


def beside_a_log(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("ログ").append(["読み込み", 90])
    page.parent.create_sheet("説明").append(["要領による"])


OWN_LINES: dict[str, Wear] = {
    "lone lines below": below(["以上"], [None, "集計対象 87社"], ["作成：経理部"], ["除外会社: 2009、2012"],
        ["〔備考〕"]),
    "lone lines below, in CSV": lambda work, output: (
        output / "集計結果.csv"
    ).write_text(
        "\n".join(",".join(map(str, row)) for row in [TOTALS_HEADER, *work.totals, ["以上"], ["計 45 件"]]),
        encoding="utf-8",
    ) and None,
    "named lines without a code": below(
        ["提出値", "全社", None, "資産合計", 5], ["提出値", "全社", None, "貸借差額", 0]
    ),
    "集計表 beside a log": as_book(beside_a_log, sheet="集計表"),
    "集計結果 beside a log": as_book(beside_a_log, sheet="集計結果"),
    "a minus behind the figure": amounts(lambda a: f"{-a:,}-" if a < 0 else f"{a:,}"),
    **{
        f"a line above: {line}": amounts(int, above=[[line]])
        for line in (
            "単位：千円（円貨換算後）", "単位：千円（JPY）", "単位：千円（△はマイナス）", "単位：日本円千円",
            "Unit: JPY 1,000",
        )
    },
    **{
        f"the heading {heading}": amounts(int, heading)
        for heading in ("金額（円貨、千円）", "金額（日本円・千円）", "金額(千円, JPY)", "金額（千円）※")
    },
}  # fmt: skip
COMBINED: dict[str, Wear] = {
    "cp932, title, 円, synonyms, subtotals, △ and remarks at once": everything_at_once,
    "a printed report in 百万円 with keys shown once": a_printed_report,
    "an English export in UTF-16 with an index": an_english_export,
}
ALL: dict[str, Wear] = {
    f"集計結果, {kind}: {title}": wear
    for kind, wardrobe in (
        ("file", FILES), ("headings", HEADINGS), ("unit", UNITS), ("amounts", AMOUNTS), ("keys", KEYS),
        ("combined", COMBINED), ("own lines", OWN_LINES),
    )
    for title, wear in wardrobe.items()
}  # fmt: skip
