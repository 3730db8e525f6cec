"""集計結果 in the same clothes with one wrong content each: an accountant would send each back. For the corpus."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from openpyxl.worksheet.worksheet import Worksheet

from tests.clothes.notations import bracketed, commas, full_width, million, minus_sign, triangle, yen
from tests.clothes.spoilt import Spoil, Spoilt
from tests.clothes.totals_clothes import (
    TITLE,
    a_printed_report,
    amounts,
    an_english_export,
    as_book,
    as_text,
    everything_at_once,
    indexed,
    merged,
    named,
    reordered,
    repeated_headings,
    shown_once,
    shown_once_by_code,
    units_by_row,
)  # fmt: skip
from tests.clothes.work import (
    AMOUNT,
    TOTALS_HEADER,
    Row,
    Rows,
    Wear,
    Work,
    blocks,
    each_amount,
)
from tests.clothes.writers import book, book_by_xlsxwriter, formatted, frame, text


def but(wear: Wear, spoil: Spoil) -> Wear:
    """`wear` over spoilt totals."""
    return lambda work, output: wear(Spoilt(work, totals=spoil), output)


def negative(rows: Rows) -> int:
    """The first row with a minus."""
    return next(number for number, row in enumerate(rows) if int(str(row[AMOUNT])) < 0)


def changed(rows: Rows, number: int, column: int, value: object) -> Rows:
    return [[*row[:column], value, *row[column + 1 :]] if n == number else row for n, row in enumerate(rows)]


def one_more(rows: Rows) -> Rows:
    place = next(number for number, row in enumerate(rows) if number > len(rows) // 8 and row[AMOUNT])
    return changed(rows, place, AMOUNT, int(str(rows[place][AMOUNT])) + 1)


def one_less(rows: Rows) -> Rows:
    place = len(rows) * 7 // 8
    return changed(rows, place, AMOUNT, int(str(rows[place][AMOUNT])) - 1)


def sign_lost(rows: Rows) -> Rows:
    place = negative(rows)
    return changed(rows, place, AMOUNT, -int(str(rows[place][AMOUNT])))


def amounts_one_row_down(rows: Rows) -> Rows:
    return [[*row[:AMOUNT], above[AMOUNT]] for row, above in zip(rows, [rows[-1], *rows], strict=False)]


def codes_one_row_down(rows: Rows) -> Rows:
    return [[*row[:2], *above[2:4], row[4]] for row, above in zip(rows, [rows[-1], *rows], strict=False)]


def two_segments_swapped(rows: Rows) -> Rows:
    names = {"自動車": "部品", "部品": "自動車"}
    return [[row[0], names.get(str(row[1]), row[1]), *row[2:]] for row in rows]


def bases_swapped(rows: Rows) -> Rows:
    return [["修正後" if row[0] == "提出値" else "提出値", *row[1:]] for row in rows]


def one_row_gone(rows: Rows) -> Rows:
    return rows[: len(rows) // 2] + rows[len(rows) // 2 + 1 :]


def group_called_total(rows: Rows) -> Rows:
    return [[row[0], "合計" if row[1] == "全社" else row[1], *row[2:]] for row in rows]


def doubled_with_another_amount(rows: Rows) -> Rows:
    return [*rows, [*rows[5][:AMOUNT], 1]]


def doubled_and_hidden(page: Worksheet) -> None:
    page.append(["修正後", "全社", "1101", "現金及び預金", 1])
    page.row_dimensions[page.max_row].hidden = True


def total_with_a_key(rows: Rows) -> Rows:
    """A line called 合計 that carries the key of an asked total."""
    return [*rows, ["修正後", "全社", "1101", "合計", 1]]


def two_digits_swapped(rows: Rows) -> Rows:
    place = next(
        n for n, row in enumerate(rows) if len(set(str(row[AMOUNT])[:2])) == 2 and int(str(row[AMOUNT])) > 0
    )
    digits = str(rows[place][AMOUNT])
    return changed(rows, place, AMOUNT, int(digits[1] + digits[0] + digits[2:]))


def one_with(value: object) -> Spoil:
    """One amount of the table replaced by something that is none."""

    def spoil(rows: Rows) -> Rows:
        place = next(number for number, row in enumerate(rows) if int(str(row[AMOUNT])) > 1)
        return changed(rows, place, AMOUNT, value)

    return spoil


def raw(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER, *work.totals])


def sparse(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER, *shown_once(work.totals)])


def segments_begin_one_row_late(work: Work, output: Path) -> None:
    lines = shown_once(work.totals)
    starts = [n for n, line in enumerate(lines) if line[1]][1:]
    for start in starts:
        lines[start][1], lines[start + 1][1] = None, lines[start][1]
    book(output, [TOTALS_HEADER, *lines])


def merged_blocks_one_row_short(work: Work, output: Path) -> None:
    rows = work.totals

    def merge(page: Worksheet) -> None:
        start = 2
        for _, _, block in blocks(rows):
            page.merge_cells(start_row=start, end_row=start + len(block) - 2, start_column=2, end_column=2)
            page.cell(start + len(block) - 1, 2).value = None
            start += len(block)

    book(output, [TOTALS_HEADER, *rows], after=merge)


def one_key_left_blank(rows: Rows) -> Rows:
    return changed(rows, len(rows) // 3, 1, None)


def wrong_figures_in_sight(page: Worksheet) -> None:
    """The right sheet is hidden; the one that is seen is off by one."""
    assert page.parent is not None
    seen = page.parent.create_sheet("集計結果")
    for line in page.iter_rows(values_only=True):
        seen.append([*line[:AMOUNT], line[AMOUNT] + 1 if isinstance(line[AMOUNT], int) else line[AMOUNT]])
    page.sheet_state = "hidden"
    page.parent.active = seen


def a_second_sheet(page: Worksheet) -> None:
    assert page.parent is not None
    page.parent.create_sheet("Sheet2").append(TOTALS_HEADER)


def two_amounts(work: Work, output: Path) -> None:
    header: Row = [*TOTALS_HEADER[:AMOUNT], "金額（千円）", "金額（円）"]
    book(output, [header, *([*row, int(str(row[AMOUNT])) * 1000 + 400_000] for row in work.totals)])


def asked_file_wrong_and_another_right(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER, *one_more(work.totals)])
    text(output, [TOTALS_HEADER, *work.totals])


def two_files_that_differ_in_case(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER, *work.totals])
    book(output, [TOTALS_HEADER, *one_more(work.totals)], file="集計結果.XLSX")


def two_text_tables(work: Work, output: Path) -> None:
    text(output, [TOTALS_HEADER, *work.totals])
    text(output, [TOTALS_HEADER, *one_more(work.totals)], file="集計結果.tsv", delimiter="\t")


def commas_without_quotes(work: Work, output: Path) -> None:
    lines = [",".join(map(str, row)) for row in [TOTALS_HEADER, *each_amount(work.totals, commas)]]
    (output / "集計結果.csv").write_text("\n".join(lines), encoding="utf-8")


def formulas_never_calculated(work: Work, output: Path) -> None:
    book(output, [TOTALS_HEADER, *each_amount(work.totals, lambda a: f"={a}")])


def formulas_that_kept_old_values(work: Work, output: Path) -> None:
    book_by_xlsxwriter(output, [TOTALS_HEADER, *one_more(work.totals)], as_formulas=True)


def some_in_yen(work: Work, output: Path) -> None:
    """Every figure in 円, and only the first ten say so."""
    rows = each_amount(work.totals, lambda a: commas(yen(a)))
    book(
        output, [TOTALS_HEADER, *([*row[:4], f"{row[4]}円"] if n < 10 else row for n, row in enumerate(rows))]
    )


def rounded_millions(amount: int) -> int:
    return int((Decimal(amount) / 1000).quantize(Decimal(1), ROUND_HALF_UP))


def in_yen(code: str, heading: str = "金額") -> Wear:
    """Figures stored in 円 under a display format."""
    return lambda work, output: book(
        output,
        [[*TOTALS_HEADER[:AMOUNT], heading], *each_amount(work.totals, yen)],
        after=formatted(code, AMOUNT + 1),
    )


def pandas_index(work: Work, output: Path) -> None:
    frame(work.totals).to_excel(output / "集計結果.xlsx", sheet_name="集計")


FIGURES: dict[str, Wear] = {
    "one figure 1 too high, as asked": but(raw, one_more),
    "one figure 1 too low, as text with commas": but(amounts(commas), one_less),
    "one figure 1 too high, cp932": but(as_text(encoding="cp932"), one_more),
    "one figure 1 too low, TSV": but(as_text(file="集計結果.tsv", delimiter="\t"), one_less),
    "one figure 1 too high, semicolons": but(as_text(delimiter=";"), one_more),
    "one figure 1 too high, UTF-16": but(as_text(encoding="utf-16"), one_more),
    "one figure 1 too high, pandas index": but(pandas_index, one_more),
    "one figure 1 too low, merged index": but(indexed, one_less),
    "one figure 1 too high, merged keys": but(merged, one_more),
    "one figure 1 too high, keys shown once": but(sparse, one_more),
    "one figure 1 too high, account shown once": but(shown_once_by_code, one_more),
    "one figure 1 too low, another order": but(reordered, one_less),
    "one figure 1 too high, headings repeated": but(repeated_headings, one_more),
    "one figure 1 too high, English headings": but(
        named("Basis", "Segment", "Code", "Name", "Amount"), one_more
    ),
    "one figure 1 too high, everything at once": but(everything_at_once, one_more),
    "one figure 1 too low, a printed report": but(a_printed_report, one_less),
    "one figure 1 too low, an English export": but(an_english_export, one_less),
    "one figure 1円 off under 円": amounts(lambda a: yen(a) + 1, "金額（円）"),
    "one figure 0.001 off under 百万円": but(amounts(million, "金額（百万円）"), one_more),
    "two digits swapped, full width": but(amounts(full_width), two_digits_swapped),
    "△ dropped once": but(amounts(triangle), sign_lost),
    "▲ dropped once, cp932": but(
        lambda work, output: text(
            output, [TOTALS_HEADER, *each_amount(work.totals, lambda a: triangle(a, "▲"))], encoding="cp932"
        ),
        sign_lost,
    ),
    "brackets dropped once": but(amounts(bracketed), sign_lost),
    "the mathematical minus dropped once": but(amounts(minus_sign), sign_lost),
    "every △ dropped": amounts(lambda a: commas(abs(a))),
    "a minus that only the display format shows": but(as_book(formatted("△#,##0", AMOUNT + 1)), sign_lost),
    "a minus written twice": amounts(lambda a: f"({triangle(a)})" if a < 0 else commas(a)),
    "a formula that kept an old value": formulas_that_kept_old_values,
    "formulas without values": formulas_never_calculated,
    "an error in one cell": but(raw, one_with("#REF!")),
    "TRUE in one cell": but(raw, one_with(True)),
    "a dash for what is not nil": but(raw, one_with("－")),
    "a date in one cell": but(raw, one_with("2027/4/1")),
    "a percentage in one cell": but(raw, one_with("12.3%")),
    "commas that split a figure wrongly": but(raw, one_with("1,23,456")),
    "a blank amount": but(raw, one_with(None)),
    "commas without quotes in a CSV": commas_without_quotes,
    "figures printed to six digits": amounts(lambda a: f"{a:.5E}" if abs(a) >= 1e6 else str(a)),
}
UNITS: dict[str, Wear] = {
    "千円 figures under a heading in 円": amounts(int, "金額（円）"),
    "千円 figures under a line in 百万円": amounts(int, above=[["（単位：百万円）"]]),
    "千円 figures with 円 behind them": amounts(lambda a: f"{commas(a)}円"),
    "千円 figures with 円 in a column": units_by_row("円", int),
    "千円 figures in a format that says 円": as_book(formatted('#,##0"円"', AMOUNT + 1)),
    "円 figures under a heading in 千円": amounts(yen, "金額（千円）"),
    "円 figures without a word": amounts(yen),
    "円 figures, said of ten only": some_in_yen,
    "円 figures in a format that drops three digits": in_yen("#,##0,", "金額（千円）"),
    "円 figures, said in English as thousand": amounts(yen, "Amount (JPY thousand)"),
    "百万円 without decimals": amounts(rounded_millions, "金額（百万円）"),
    "百万円 with two decimals": amounts(lambda a: f"{Decimal(a) / 1000:,.2f}", "金額（百万円）"),
    "the heading says 千円, the line above 円": amounts(int, "金額（千円）", above=[["単位：円"]]),
    "the heading says 千円, the format 円": lambda work, output: book(
        output,
        [[*TOTALS_HEADER[:AMOUNT], "金額（千円）"], *work.totals],
        after=formatted('#,##0"円"', AMOUNT + 1),
    ),
    "千ドル in the heading": amounts(int, "金額（千ドル）"),
    "a display format in per cent": as_book(formatted("0%", AMOUNT + 1)),
    "a display format of dates": as_book(formatted("yyyy/m/d", AMOUNT + 1)),
    "amounts in two columns that disagree": two_amounts,
}
KEYS: dict[str, Wear] = {
    "amounts one row down": but(raw, amounts_one_row_down),
    "codes one row down, CSV": but(as_text(), codes_one_row_down),
    "two segments swapped": but(raw, two_segments_swapped),
    "区分 swapped, with a title": but(as_text(TITLE), bases_swapped),
    "code and name under each other's heading": named("区分", "セグメント", "科目名", "科目コード", "金額"),
    "segments that begin one row late": segments_begin_one_row_late,
    "merged blocks one row short": merged_blocks_one_row_short,
    "one segment left blank": but(raw, one_key_left_blank),
    "one row gone": but(raw, one_row_gone),
    "one row gone, merged index": but(indexed, one_row_gone),
    "the group's totals only as lines of totals": but(raw, group_called_total),
    "a key twice with two amounts": but(raw, doubled_with_another_amount),
    "a hidden row that doubles a key": as_book(doubled_and_hidden),
    "a line of totals that carries a key": but(raw, total_with_a_key),
    "the right sheet hidden, a wrong one in sight": as_book(wrong_figures_in_sight),
    "two sheets, neither as asked": as_book(a_second_sheet, sheet="Sheet1"),
    "the asked file wrong, another one right": asked_file_wrong_and_another_right,
    "two files that differ in case": two_files_that_differ_in_case,
    "two text tables that disagree": two_text_tables,
}
TOTALS: dict[str, Wear] = {
    f"集計結果: {title}": wear for wardrobe in (FIGURES, UNITS, KEYS) for title, wear in wardrobe.items()
}
