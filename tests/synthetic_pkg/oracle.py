"""An independent reading of a dataset: workbooks and 連結決算要領.xlsx in, every answer out.

Shares no code with the generator and no knowledge beyond what 要領 says. Exact arithmetic with Fraction.
Also runs as a program: python oracle.py INPUT_DIR.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from python_calamine import CalamineWorkbook

BOOK_NAME = re.compile(r"PKG_(\d{4})_2027Q1_v(\d+)\.xlsx")
NEGATIVE = re.compile(r"^(?:[△▲−-]\s*([\d,]+)|[(（]([\d,]+)[)）])$")
DASHES = {"", "－", "―", "ー", "-"}
WHOLE = "全社"

Rows = list[list[object]]
Reported = tuple[str, str, str, str]  # company, check id, sheet, cell


def number(value: object) -> Fraction:
    """要領「正規化」: N02 and N03; anything else that is not a number is an error."""
    if isinstance(value, int | float):
        return Fraction(value)
    text = str(value).strip()
    if text in DASHES:
        return Fraction(0)
    match = NEGATIVE.match(text)
    if match:
        return -Fraction((match.group(1) or match.group(2)).replace(",", ""))
    return Fraction(text.replace(",", ""))


def decimal(value: object) -> Fraction:
    """A rate as printed, not as the binary float behind it."""
    return Fraction(f"{float(str(value)):.6f}")


def table(path: Path, sheet: str) -> list[dict[str, str]]:
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python()
    head = [str(name) for name in rows[0]]
    return [{name: _text(value) for name, value in zip(head, row, strict=True)} for row in rows[1:]]


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


@dataclass
class Rules:
    """要領, as far as the answers need it."""

    path: Path

    def __post_init__(self) -> None:
        self.companies = {r["会社コード"]: r for r in table(self.path, "会社一覧") if r["提出対象"] == "○"}
        self.rates = {(r["通貨"], r["決算月"]): r for r in table(self.path, "換算レート")}
        self.accounts = {r["科目コード"]: r for r in table(self.path, "勘定科目")}
        self.output = [c for c, r in self.accounts.items() if r["種別"] in ("明細", "差異")]
        self.tolerance = {r["番号"]: decimal(r["値"]) for r in table(self.path, "許容差")}
        self.sheets = [r["シート名"] for r in table(self.path, "様式一覧")]
        self.pairs = table(self.path, "内部取引対応")

    def rate(self, company: str, column: str) -> Fraction:
        row = self.companies[company]
        return decimal(self.rates[(row["通貨"], row["決算月"])][column])

    def unit(self, company: str) -> int:
        return int(self.companies[company]["単位倍率"])


@dataclass
class Line:
    sheet: str
    partner: str
    label: str
    currency: str
    tx_amount: Fraction
    amount: Fraction
    note: str
    cell: str


@dataclass
class Book:
    """One company's newest book, read."""

    company: str
    sheets: dict[str, Rows]
    declared_empty: set[str] = field(default_factory=set)

    @property
    def missing(self) -> list[str]:
        return [name for name in self.required if name not in self.sheets and name not in self.declared_empty]

    required: tuple[str, ...] = ()

    def column(self, sheet: str, title: str) -> dict[str, Fraction]:
        if sheet not in self.sheets:
            return {}
        rows = self.sheets[sheet]
        at = rows[4].index(title)
        return {str(row[0]): number(row[at]) for row in rows[5:] if re.fullmatch(r"\d{4}", str(row[0]))}

    def lines(self) -> list[Line]:
        found = []
        for sheet in ("08_債権債務", "09_取引高"):
            for index, row in enumerate(self.sheets.get(sheet, [])):
                if index >= 5 and re.fullmatch(r"\d{4}", str(row[0])):
                    partner, _, _, label, currency, tx_amount, amount, note = row
                    found.append(
                        Line(
                            sheet, str(partner), str(label), str(currency), number(tx_amount), number(amount),
                            str(note), f"F{index + 1}",
                        )
                    )  # fmt: skip
        return found


@dataclass
class Pair:
    """One intercompany key: both sides' lines."""

    rule: dict[str, str]
    creditor: list[Line] = field(default_factory=list)
    debtor: list[Line] = field(default_factory=list)


class Oracle:
    """Reads input_dir once; totals() and anomalies() are the answers."""

    def __init__(self, input_dir: Path) -> None:
        self.rules = Rules(input_dir / "連結決算要領.xlsx")
        files: dict[str, dict[int, Path]] = defaultdict(dict)
        for path in input_dir.iterdir():
            match = BOOK_NAME.fullmatch(path.name)
            if match:
                files[match.group(1)][int(match.group(2))] = path
        self.versions = {company: sorted(found) for company, found in files.items()}
        self.books = {c: self._read(c, found[max(found)]) for c, found in sorted(files.items())}
        self.kept = {c: book for c, book in self.books.items() if not book.missing}

    def _read(self, company: str, path: Path) -> Book:
        workbook = CalamineWorkbook.from_path(path)
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }
        empty = {str(r[2]) for r in sheets["00_表紙"] if len(r) > 3 and r[3] == "該当なし"}
        return Book(company, sheets, empty, tuple(self.rules.sheets))

    def translated(self, book: Book) -> dict[str, Fraction]:
        """円 by account, for the sheets the book holds."""
        rules, company = self.rules, book.company
        master, unit = rules.companies[company], rules.unit(company)
        cr, ar = rules.rate(company, "期末日レート"), rules.rate(company, "期中平均レート")
        result: dict[str, Fraction] = {}
        amounts = book.column("03_BS", "当四半期末") | book.column("04_PL", "当期累計")
        before = book.column("03_BS", "前期末")
        factor = {"CR": cr, "AR": ar, "HR": decimal(master["資本金レート"])}
        for code, amount in amounts.items():
            account = rules.accounts[code]
            if account["種別"] != "明細":
                continue
            if account["換算区分"] in factor:
                result[code] = amount * unit * factor[account["換算区分"]]
            elif account["換算区分"] == "RE":
                result[code] = Fraction(master["期首利益剰余金円貨額"]) + (amount - before[code]) * unit * ar
            else:
                result[code] = amount * unit
        if "03_BS" in book.sheets and master["通貨"] != "JPY":
            own = {c: v for c, v in result.items() if rules.accounts[c]["表"] == "BS" and c != "3203"}
            result["3203"] = sum((v if c < "2" else -v for c, v in own.items()), Fraction(0))
        return result

    def pairs(self) -> dict[tuple[str, str, str, str], Pair]:
        by_label = {}
        for rule in self.rules.pairs:
            by_label[rule["債権側の科目・区分"]] = (rule, True)
            by_label[rule["債務側の科目・区分"]] = (rule, False)
        found: dict[tuple[str, str, str, str], Pair] = {}
        for company, book in self.kept.items():
            for line in book.lines():
                if line.partner not in self.kept:
                    continue
                rule, is_creditor = by_label[line.label]
                parties = (company, line.partner) if is_creditor else (line.partner, company)
                pair = found.setdefault((*parties, rule["組"], line.currency), Pair(rule))
                (pair.creditor if is_creditor else pair.debtor).append(line)
        return found

    def totals(self) -> dict[tuple[str, str, str], int]:
        """(区分, セグメント, 科目コード) → 千円."""
        rules = self.rules
        sums: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)

        def add(basis: str, segment: str, code: str, yen: Fraction) -> None:
            sums[(basis, segment, code)] += yen
            sums[(basis, WHOLE, code)] += yen

        segment_of = {c: r["セグメント"] for c, r in rules.companies.items()}
        for basis, books in (("提出値", self.books), ("修正後", self.kept)):
            for segment in {*segment_of.values(), WHOLE}:
                for code in rules.output:
                    sums[(basis, segment, code)] += 0
            for company, book in books.items():
                for code, yen in self.translated(book).items():
                    add(basis, segment_of[company], code, yen)
        for (creditor, debtor, _, _), pair in self.pairs().items():
            claim = self._yen(creditor, pair.creditor)
            debt = self._yen(debtor, pair.debtor)
            add("修正後", segment_of[creditor], pair.rule["債権側の消去科目"], -claim)
            add("修正後", segment_of[debtor], pair.rule["債務側の消去科目"], -debt)
            left = pair.rule["差異科目"]
            add("修正後", segment_of[debtor], left, debt - claim if left == "2901" else claim - debt)
        return {key: _half_up(yen / 1000) for key, yen in sums.items()}

    def _yen(self, company: str, lines: list[Line]) -> Fraction:
        if not lines:
            return Fraction(0)
        column = "期末日レート" if lines[0].sheet == "08_債権債務" else "期中平均レート"
        unit, rate = self.rules.unit(company), self.rules.rate(company, column)
        return sum((line.amount for line in lines), Fraction(0)) * unit * rate

    def anomalies(self) -> set[Reported]:
        """One row per root cause; an intercompany mismatch is reported at both of its companies."""
        rows: set[Reported] = set()
        for company in self.rules.companies:
            if company not in self.books:
                rows.add((company, "A01", "", ""))
                continue
            rows |= {(company, "A02", sheet, "") for sheet in self.books[company].missing}
            if len(self.versions[company]) > 1:
                rows.add((company, "A03", "00_表紙", ""))
            if abs(self._imbalance(self.books[company])) > self.rules.tolerance["K1"]:
                rows.add((company, "B01", "03_BS", ""))
        for (creditor, debtor, _, currency), pair in self.pairs().items():
            if self._mismatch(pair, currency):
                check = "C01" if pair.rule["シート名"] == "08_債権債務" else "C02"
                sheet = pair.rule["シート名"]
                for company, lines in ((creditor, pair.creditor), (debtor, pair.debtor)):
                    rows |= {(company, check, sheet, line.cell) for line in lines}
        return rows

    def _imbalance(self, book: Book) -> Fraction:
        amounts = book.column("03_BS", "当四半期末")
        details = {c: v for c, v in amounts.items() if self.rules.accounts[c]["種別"] == "明細"}
        return sum((v if c < "2" else -v for c, v in details.items()), Fraction(0))

    def _mismatch(self, pair: Pair, currency: str) -> bool:
        if any("未達" in line.note for line in pair.creditor + pair.debtor):
            return False
        column = "期末日レート" if pair.rule["差異科目"] == "2901" else "期中平均レート"
        rate = decimal(self.rules.rates[(currency, "3")][column]) / 1000
        claim = sum((line.tx_amount for line in pair.creditor), Fraction(0)) * rate
        debt = sum((line.tx_amount for line in pair.debtor), Fraction(0)) * rate
        tolerance = max(self.rules.tolerance["K2"], max(claim, debt) * self.rules.tolerance["K3"])
        return abs(claim - debt) > tolerance


def _half_up(value: Fraction) -> int:
    rounded = int(abs(value) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


if __name__ == "__main__":
    answer = Oracle(Path(sys.argv[1]))
    for key, amount in sorted(answer.totals().items()):
        print(*key, amount)
    for row in sorted(answer.anomalies()):
        print(*row)
