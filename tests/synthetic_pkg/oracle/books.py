"""What the oracle knows: 要領 as tables, and each company's newest book with its figures, as sent and as fixed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from .reading import Line, Sheet, decimal, sheet_names, table

BS, PL, COVER = "03_BS", "04_PL", "00_表紙"
CURRENT = {BS: "当四半期末", PL: "当期累計"}
Figures = dict[str, Fraction]


class Rules:
    """要領, as far as the answers need it."""

    def __init__(self, path: Path) -> None:
        self.all_companies = {r["会社コード"]: r for r in table(path, "会社一覧")}
        self.companies = {c: r for c, r in self.all_companies.items() if r["提出対象"] == "○"}
        self.rates = {(r["通貨"], r["決算月"]): r for r in table(path, "換算レート")}
        self.accounts = {r["科目コード"]: r for r in table(path, "勘定科目")}
        self.output = [c for c, r in self.accounts.items() if r["種別"] in ("明細", "差異")]
        self.tolerance = {r["番号"]: decimal(r["値"]) for r in table(path, "許容差")}
        self.sheets = [r["シート名"] for r in table(path, "様式一覧")]
        self.pairs = table(path, "内部取引対応")
        self.checks = {r["検査番号"] for r in table(path, "検査一覧")}
        approved = table(path, "追加科目") if "追加科目" in sheet_names(path) else []
        self.added = {r["科目コード"]: r["集計先科目"] for r in approved}

    def rate(self, company: str, column: str) -> Fraction:
        row = self.companies[company]
        return decimal(self.rates[(row["通貨"], row["決算月"])][column])

    def unit(self, company: str) -> int:
        return int(self.companies[company]["単位倍率"])

    def is_detail(self, code: str) -> bool:
        return code in self.accounts and self.accounts[code]["種別"] == "明細"

    def details(self, statement: str) -> list[str]:
        return [c for c, r in self.accounts.items() if r["種別"] == "明細" and r["表"] == statement]


@dataclass
class Dealing:
    """A row of 08 or 09. tx_cell: address of 取引通貨額."""

    sheet: str
    partner: str
    label: str
    currency: str
    tx_amount: Fraction
    amount: Fraction
    note: str
    cell: str
    partner_cell: str


@dataclass
class Footing:
    """A total that its parts do not add up to. code: the line that explains it, or the total itself."""

    check: str
    sheet: str
    code: str
    cell: str


@dataclass
class Book:
    """One company's newest book. prior: the archived book's sheets, empty when there is none."""

    company: str
    sheets: dict[str, Sheet]
    rules: Rules
    prior: dict[str, Sheet] = field(default_factory=dict)

    @cached_property
    def cover(self) -> dict[str, tuple[object, str]]:
        return self.sheets[COVER].fields()

    def on_cover(self, label: str) -> str:
        value, _ = self.cover[label]
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()

    @cached_property
    def declared_empty(self) -> set[str]:
        return {str(r[2]) for r in self.sheets[COVER].rows if len(r) > 3 and r[3] == "該当なし"}

    @property
    def missing(self) -> list[str]:
        required = self.rules.sheets
        return [name for name in required if name not in self.sheets and name not in self.declared_empty]

    @cached_property
    def lines(self) -> dict[str, dict[str, Line]]:
        """Lines of every sheet of the forms that has codes, by code (08 to 10 are no use by code)."""
        return {
            name: sheet.by_code()
            for name, sheet in self.sheets.items()
            if name in self.rules.sheets and sheet.start
        }

    @cached_property
    def unit_divisor(self) -> int:
        """N09: the cover declares a smaller unit than 会社一覧."""
        expected = self.rules.companies[self.company]["金額単位"]
        smaller = expected.removeprefix("千")
        return 1000 if self.on_cover("単位") == smaller != expected else 1

    def figures(self, sheet: str, title: str) -> Figures:
        """Every coded row of a sheet as sent, in the unit of 会社一覧."""
        lines = self.lines.get(sheet, {})
        return {code: line.figure(title) / self.unit_divisor for code, line in lines.items()}

    @cached_property
    def scale(self) -> int:
        """A09: 1000 when the whole book is that much larger than the archived one."""
        if "A09" not in self.rules.checks or not self.prior or BS not in self.sheets:
            return 1
        now, before = self.figures(BS, "当四半期末"), self.prior[BS].by_code()
        low, high = self.rules.tolerance["K7"], self.rules.tolerance["K8"]
        ratios = []
        for code in self.rules.details("BS"):
            earlier = before[code].figure(self.archived_column)
            if earlier:
                ratios.append(abs(now[code] / earlier))
        fitting = sum(low <= ratio <= high for ratio in ratios)
        return 1000 if ratios and fitting * 10 >= len(ratios) * 9 else 1

    @property
    def archived_column(self) -> str:
        """The archived BS column that 前期末 must agree with (検査D01)."""
        return "前期末" if self.second_quarter else "当四半期末"

    @property
    def second_quarter(self) -> bool:
        return "第2四半期" in self.on_cover("対象期")

    def misplaced_quarters(self) -> Figures:
        """D04: what 当期累計 should be, for the lines where it is not last quarter's plus this quarter's."""
        if (
            "D04" not in self.rules.checks
            or not self.second_quarter
            or not self.prior
            or PL not in self.sheets
        ):
            return {}
        so_far, quarter = self._footed(PL), self.figures(PL, "当四半期")
        before = {code: line.figure("当期累計") for code, line in self.prior[PL].by_code().items()}
        right = {code: before[code] * self.scale + quarter[code] for code in self.rules.details("PL")}
        return {code: value for code, value in right.items() if so_far[code] != value}

    def _footed(self, sheet: str) -> Figures:
        """The current column with B02 and B03 corrected, at the scale the book is sent in."""
        figures = self.figures(sheet, CURRENT[sheet])
        for footing in self.footings(sheet):
            if footing.check == "B02":
                figures[footing.code] /= 1000
            elif footing.check == "B03":
                figures[footing.code] *= -1
        return figures

    def footings(self, sheet: str) -> list[Footing]:
        """B02, B03 and B04 of one sheet."""
        if not {"B02", "B03", "B04"} & self.rules.checks:
            return []
        lines = self.lines.get(sheet, {})
        figures = self.figures(sheet, CURRENT[sheet])
        errors = set(self.sheets[sheet].errors) if sheet in self.sheets else set()
        found = []
        for total, row in self.rules.accounts.items():
            if row["種別"] != "合計" or total not in lines:
                continue
            parts = list(self._parts(row["合計式"], figures))
            cells = {lines[code].address(CURRENT[sheet]) for code in (total, *(c for c, _ in parts))}
            if cells & errors:
                continue
            found += self._explained(sheet, total, parts, figures)
        return found

    def parts_sum(self, sheet: str, total: str) -> Fraction:
        """What a total's parts add up to, each total among them worked out from its own parts."""
        if self.rules.is_detail(total):
            return self._footed(sheet)[total]
        formula = self.rules.accounts[total]["合計式"]
        parts = self._parts(formula, self.figures(sheet, CURRENT[sheet]))
        return sum((sign * self.parts_sum(sheet, code) for code, sign in parts), Fraction(0))

    def _parts(self, formula: str, figures: Figures) -> Iterator[tuple[str, int]]:
        if "〜" in formula:
            first, last = formula.split("〜")
            for code in figures:
                is_total = code in self.rules.accounts and not self.rules.is_detail(code)
                if first <= code <= last and not is_total:
                    yield code, 1
            return
        for sign, code in re.findall(r"([+-]?)(\d{4})", formula):
            yield code, -1 if sign == "-" else 1

    def _explained(
        self, sheet: str, total: str, parts: list[tuple[str, int]], figures: Figures
    ) -> Iterator[Footing]:
        gap = sum((sign * figures[code] for code, sign in parts), Fraction(0)) - figures[total]
        bound = (len(parts) - 1) * self.rules.tolerance.get("K4", Fraction(0)) * self.scale
        if abs(gap) <= bound:
            return
        column = CURRENT[sheet]
        for check, factor in (("B02", Fraction(999, 1000)), ("B03", Fraction(2))):
            fitting = [c for c, sign in parts if abs(gap - factor * sign * figures[c]) <= bound]
            if check in self.rules.checks and fitting:
                assert len(fitting) == 1, (self.company, total, fitting)
                yield Footing(check, sheet, fitting[0], self.lines[sheet][fitting[0]].address(column))
                return
        if "B04" in self.rules.checks:
            yield Footing("B04", sheet, total, self.lines[sheet][total].address(column))

    def sent(self) -> Figures:
        """提出値: details as sent, approved added accounts moved to theirs."""
        return self._details(
            {sheet: self.figures(sheet, CURRENT[sheet]) for sheet in (BS, PL)}, self.rules.added
        )

    @cached_property
    def fixed(self) -> Figures:
        """修正後: details with every 修正 of 検査一覧 applied."""
        by_sheet = {BS: self._footed(BS), PL: self._footed(PL) | self.misplaced_quarters()}
        homes = dict(self.rules.added)
        if "B06" in self.rules.checks:
            homes |= {code: self.home_of(code) for code in self.unknown_accounts()}
        return {code: value / self.scale for code, value in self._details(by_sheet, homes).items()}

    def _details(self, by_sheet: dict[str, Figures], homes: dict[str, str]) -> Figures:
        result: Figures = {}
        for figures in by_sheet.values():
            for code, value in figures.items():
                home = homes.get(code, code)
                if self.rules.is_detail(home):
                    result[home] = result.get(home, Fraction(0)) + value
        return result

    def unknown_accounts(self) -> list[str]:
        known = self.rules.accounts.keys() | self.rules.added.keys()
        return [code for sheet in (BS, PL) for code in self.lines.get(sheet, {}) if code not in known]

    @staticmethod
    def home_of(code: str) -> str:
        """検査B06の処理."""
        return {"11": "1113", "14": "1406", "21": "2114", "61": "6106"}[code[:2]]

    def opening(self) -> Figures:
        """前期末 of sheet 03, as 修正後 takes it."""
        return {code: value / self.scale for code, value in self.figures(BS, "前期末").items()}

    def imbalance(self) -> Fraction:
        """資産 − 負債純資産, from the fixed details."""
        own = {c: v for c, v in self.fixed.items() if self.rules.accounts[c]["表"] == "BS"}
        return sum((v if c < "2" else -v for c, v in own.items()), Fraction(0))

    def dividend(self) -> Fraction:
        """What was paid out, from 06 as sent; 0 where the sheet has none."""
        line = self.lines.get("06_株主資本等変動", {}).get("EQ30")
        return abs(line.figure("利益剰余金")) / self.unit_divisor if line else Fraction(0)

    def dealings(self) -> list[Dealing]:
        found = []
        for name, label in (("08_債権債務", "科目"), ("09_取引高", "取引区分")):
            for line in self.sheets[name].lines() if name in self.sheets else ():
                if re.fullmatch(r"\d{4}", line.code):
                    amount = line.figure("報告通貨額") / self.unit_divisor / self.scale
                    found.append(
                        Dealing(
                            name, line.code, line.text(label), line.text("取引通貨"), line.figure("取引通貨額"),
                            amount, line.text("備考"), line.address("取引通貨額"), line.address("相手会社コード"),
                        )
                    )  # fmt: skip
        return found
