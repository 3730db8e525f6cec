"""Mistakes made in the source of the authored scripts: what is replaced, and how the ids of what is wrong begin."""

from __future__ import annotations

from tests.cause_naming.author import AGGREGATE, CORRECTIONS, READER, Replacement

A, C, R = AGGREGATE, CORRECTIONS, READER
ELIMINATED = 'yen = books.package.amount(row, "報告通貨額") * yoryo.unit(code) * rate / books.scale'
TAKEN = 'yoryo.company_rate(code, pair[f"{side}の換算レート"])'
ADD = "        for account, yen in yen_by_account.items():\n"
RE = 'yen[code] = Decimal(company["期首利益剰余金円貨額"]) + earned - paid'
AMOUNT = '"金額": int((totals[basis, segment, code] / 1000).quantize(Decimal(1), ROUND_HALF_UP)),'
SUM = "    for (basis, _, account), yen in list(totals.items()):\n        totals[basis, WHOLE, account] += yen\n"


def _rate(kind: str, wrong: str) -> Replacement:
    right = {"CR": "期末日レート", "AR": "期中平均レート"}[kind]
    text = f'"{kind}": yoryo.company_rate(package.company, "{right}")'
    return A, text, text.replace(right, wrong)


def _taken(*names: str) -> Replacement:
    """Rates taken for one another in eliminations: right, wrong, right, wrong, ..."""
    wrong = dict(zip(names[::2], names[1::2], strict=True))
    return (
        A,
        TAKEN,
        f'yoryo.company_rate(code, {wrong}.get(pair[f"{{side}}の換算レート"], pair[f"{{side}}の換算レート"]))',
    )


def _skip(condition: str) -> Replacement:
    """Rows of 08 and 09 that are not eliminated."""
    return A, ELIMINATED, f"{ELIMINATED}\n                if {condition}:\n                    continue"


def _at_end(expression: str) -> Replacement:
    """What is written instead of `yen`, the exact total of (basis, segment, code)."""
    wrong = AMOUNT.replace("totals[basis, segment, code]", f"({expression})")
    return A, AMOUNT, wrong


# name -> (beginnings of the ids of the mistakes, replacements)
SCRIPTS: dict[str, tuple[tuple[str, ...], tuple[Replacement, ...]]] = {
    "△ is dropped": (
        ("N02.positive",),
        ((R, "return -Decimal(digits) if negative", "return Decimal(digits) if negative"),),
    ),
    "no figure with △ is read": (("N02.skipped",), ((R, 'in "△▲-−"', 'in "-"'),)),
    "brackets are no figures": (("N02.skipped",), ((R, 'text.startswith("(") and', "False and"),)),
    "full-width digits are not known": (
        ("N01.skipped", "N02.skipped"),
        ((R, 'unicodedata.normalize("NFKC", str(value))', "str(value)"),),
    ),
    "the yen sign makes no figure": (("N01.skipped",), ((R, 'r"[\\s,円¥]"', 'r"[\\s,]"'),)),
    "text is no figure": (
        ("N01+N02.skipped",),
        ((R, '    text = re.sub(r"', '    return Decimal(0)\n    text = re.sub(r"'),),
    ),
    "the first version": (("R13.old",), ((R, "files[code][-1][1]", "files[code][0][1]"),)),
    "one unit for all": (
        ("unit.1000",),
        ((R, 'Decimal(self.companies[company]["単位倍率"])', "Decimal(1000)"),),
    ),
    "no unit": (("unit.1.",), ((R, 'Decimal(self.companies[company]["単位倍率"])', "Decimal(1)"),)),
    "no unit in eliminations": (("unit.1.rows_only",), ((A, "* yoryo.unit(code) * rate", "* rate"),)),
    "one table of rates": (("year_end.12",), ((R, 'row["決算月"], kind', '"3", kind'),)),
    "December's rates for all": (("year_end.3",), ((R, 'row["決算月"], kind', '"12", kind'),)),
    "closing rates for everything": (
        ("rate.accounts.all_at_cr",),
        ((A, "amount * unit * rates[kind]", 'amount * unit * rates["CR"]'),),
    ),
    "average rates for everything": (
        ("rate.accounts.all_at_ar",),
        ((A, "amount * unit * rates[kind]", 'amount * unit * rates["AR"]'),),
    ),
    "income at closing rates": (("rate.pl_at_cr",), (_rate("AR", "期末日レート"),)),
    "balances at average rates": (("rate.bs_at_ar",), (_rate("CR", "期中平均レート"),)),
    "balances at opening rates": (
        ("rate.bs_at_opening", "rate.bs_at_previous"),
        (_rate("CR", "期首日レート"),),
    ),
    "balances at last quarter's rates": (
        ("rate.bs_at_opening", "rate.bs_at_previous"),
        (_rate("CR", "前四半期末レート"),),
    ),
    "income at opening rates": (("rate.pl_at_opening",), (_rate("AR", "期首日レート"),)),
    "rates exchanged": (("rate.swapped",), (_rate("CR", "期中平均レート"), _rate("AR", "期末日レート"))),
    "no translation": (
        ("rate.none",),
        ((R, 'return self.rate(row["通貨"], row["決算月"], kind)', "return Decimal(1)"),),
    ),
    "capital at closing rates": (
        ("HR.closing",),
        ((A, 'Decimal(company["資本金レート"])', 'yoryo.company_rate(package.company, "期末日レート")'),),
    ),
    "dividends at average rates": (
        ("rate.dividend_at_ar",),
        ((A, '"配当決議日レート"', '"期中平均レート"'),),
    ),
    "no dividends": (
        ("RE.no_dividend",),
        ((A, "return abs(package.amount(row", "return 0 * abs(package.amount(row"),),
    ),
    "dividends not paid out": (("RE.dividend_not_paid",), ((A, "+ earned - paid", "+ earned"),)),
    "retained earnings at closing rates": (
        ("RE.closing",),
        ((A, RE, 'yen[code] = amount * unit * rates["CR"]'),),
    ),
    "retained earnings at average rates": (
        ("RE.average",),
        ((A, RE, 'yen[code] = amount * unit * rates["AR"]'),),
    ),
    "retained earnings at historical rates": (
        ("RE.hr",),
        ((A, RE, 'yen[code] = amount * unit * rates["HR"]'),),
    ),
    "no opening retained earnings": (("RE.no_opening_yen",), ((A, RE, "yen[code] = earned - paid"),)),
    "CTA as submitted": (("CTA.submitted",), ((A, "    if overseas:", "    if False:"),)),
    "CTA of everybody": (("CTA.domestic",), ((A, "    if overseas:", "    if True:"),)),
    "shares applied": (
        ("share.applied",),
        ((A, ADD, f'{ADD}            yen = yen * Decimal(yoryo.companies[code]["持分比率"])\n'),),
    ),
    "December companies left out": (
        ("dropped.december",),
        ((R, 'if row["提出対象"] == "○"', 'if row["提出対象"] == "○" and row["決算月"] != "12"'),),
    ),
    "overseas companies left out": (
        ("dropped.overseas",),
        ((R, 'if row["提出対象"] == "○"', 'if row["提出対象"] == "○" and row["通貨"] == "JPY"'),),
    ),
    "opening balances": (("column.opening",), ((R, 'BS: "当四半期末"', 'BS: "前期末"'),)),
    "last year's income": (("column.prior_pl",), ((R, 'PL: "当期累計"}', 'PL: "前年同期累計"}'),)),
    "movements": (("column.movement",), ((R, 'BS: "当四半期末"', 'BS: "増減"'),)),
    "the columns of last year": (
        ("column.prior",),
        ((R, 'BS: "当四半期末"', 'BS: "前期末"'), (R, 'PL: "当期累計"}', 'PL: "前年同期累計"}')),
    ),
    "rounded down": (("round.down",), ((A, "ROUND_HALF_UP))", '"ROUND_DOWN"))'),)),
    "rounded up": (("round.up",), ((A, "ROUND_HALF_UP))", '"ROUND_UP"))'),)),
    "not rounded": (("round.none",), ((A, AMOUNT, '"金額": float(totals[basis, segment, code] / 1000),'),)),
    "rounded by company": (
        ("round.thousand.exact",),
        ((A, ADD, f"{ADD}            yen = (yen / 1000).quantize(Decimal(1), ROUND_HALF_UP) * 1000\n"),),
    ),
    "cut by company": (
        ("round.thousand_down.exact",),
        ((A, ADD, f'{ADD}            yen = (yen / 1000).quantize(Decimal(1), "ROUND_DOWN") * 1000\n'),),
    ),
    "yen": (("output.yen",), ((A, "/ 1000).quantize", "/ 1).quantize"),)),
    "millions": (("output.million",), ((A, "/ 1000).quantize", "/ 1000000).quantize"),)),
    "excluded companies are not in 提出値": (
        ("excluded.submitted",),
        (
            (
                A,
                "for code, package in packages.items():\n        add(SUBMITTED",
                "for code, package in packages.items():\n        if code in corrected:\n            add(SUBMITTED",
            ),
        ),
    ),
    "approved accounts are left out": (
        ("added.lost",),
        ((C, 'homes = {code: row["集計先科目"] for', "homes = {code: code for"),),
    ),
    "nobody is excluded": (("exclude.counted.",), ((C, '== "除外"', '== ""'),)),
    "a copied book is counted": (("exclude.counted.R14",), ((C, "if name != expected:", "if False:"),)),
    "a book with a missing sheet is counted": (
        ("exclude.counted.R15",),
        ((C, "for sheet in packages[code].missing:", "for sheet in ():"),),
    ),
    "a book in the wrong unit": (("fix.left.R01",), ((C, "return THOUSAND", "return Decimal(1)"),)),
    "its dealings in the wrong unit": (
        ("fix.left.R01.rows",),
        ((A, "* rate / books.scale", "* rate"),),
    ),
    "slipped digits and signs are left": (
        ("fix.left.R02", "fix.left.R03"),
        ((C, "amounts[line] = fixed", "pass"),),
    ),
    "slipped digits are left": (
        ("fix.left.R02",),
        ((C, '(("B02", DIGIT_SHIFT), ("B03", SIGN_FLIP))', '(("B03", SIGN_FLIP),)'),),
    ),
    "wrong signs are left": (
        ("fix.left.R03",),
        ((C, '(("B02", DIGIT_SHIFT), ("B03", SIGN_FLIP))', '(("B02", DIGIT_SHIFT),)'),),
    ),
    "unknown accounts are left out": (("fix.left.R19",), ((C, "homes[row.code] = home", "pass"),)),
    "nothing is corrected": (
        ("fix.left.all",),
        (
            (C, "self.scale = self._find_scale()", "self.scale = Decimal(1)"),
            (C, "self._check_totals(number)", "pass"),
            (C, "homes |= self._place_unknown_accounts()", "pass"),
        ),
    ),
    "nothing is eliminated": (("elim.none.all",), ((A, "in eliminations(corrected, yoryo)", "in ()"),)),
    "balances are not eliminated": (("elim.none.08",), (_skip('number == "08"'),)),
    "trade is not eliminated": (("elim.none.09",), (_skip('number == "09"'),)),
    **{
        f"P{n} is not eliminated": ((f"elim.none.P{n}", "elim.none.09"), (_skip(f'pair["組"] == "P{n}"'),))
        for n in (1, 2, 3, 4, 5, 7)
    },
    "only creditors": (("elim.only.creditor.all",), (_skip('side == "債務側"'),)),
    "only debtors": (("elim.only.debtor.all",), (_skip('side == "債権側"'),)),
    "creditors keep balances": (("elim.only.debtor.08",), (_skip('side == "債権側" and number == "08"'),)),
    "debtors keep trade": (("elim.only.creditor.09",), (_skip('side == "債務側" and number == "09"'),)),
    "twice": (("elim.double.all",), ((A, ELIMINATED, f"{ELIMINATED} * 2"),)),
    "added": (("elim.added.all",), ((A, ELIMINATED, f"{ELIMINATED} * -1"),)),
    "trade added": (("elim.added.09",), ((A, ELIMINATED, f'{ELIMINATED} * (-1 if number == "09" else 1)'),)),
    "within segments only": (
        ("elim.scope.across",),
        (_skip('segment != yoryo.companies[row.code]["セグメント"]'),),
    ),
    "across segments only": (
        ("elim.scope.within",),
        (_skip('segment == yoryo.companies[row.code]["セグメント"]'),),
    ),
    "not in foreign currency": (("elim.scope.foreign",), (_skip('row.text("取引通貨") != "JPY"'),)),
    "the parent too": (
        ("elim.too.parent",),
        ((A, "if row.code not in corrected:", 'if row.code not in {**corrected, "0000": 1}:'),),
    ),
    "everybody": (
        ("elim.too.everyone",),
        ((A, "if row.code not in corrected:", "if row.code not in yoryo.companies:"),),
    ),
    "amounts in transaction currency": (("elim.at.tx_units",), ((A, "報告通貨額", "取引通貨額"),)),
    "dealings at exchanged rates": (
        ("rate.swapped.rows_only",),
        (_taken("期末日レート", "期中平均レート", "期中平均レート", "期末日レート"),),
    ),
    "dividends paid at average rates": (
        ("rate.dividend_at_ar.rows_only",),
        (_taken("配当決議日レート", "期中平均レート"),),
    ),
    "dividends out of retained earnings": (
        ("elim.dividends.earnings",),
        (
            (
                A,
                'if pair[f"{side}の消去科目"]:  # 配当の支払側にはない（要領13）\n'
                '                    yield segment, pair[f"{side}の消去科目"], -yen',
                'if True:\n                    yield segment, pair[f"{side}の消去科目"] or "3103", -yen',
            ),
        ),
    ),
    "new companies left out": (
        ("dropped.new",),
        ((R, 'if row["提出対象"] == "○"', 'if row["提出対象"] == "○" and row["前期PKG"] != "無"'),),
    ),
    "trade at closing rates": (
        ("rate.pl_at_cr.rows_only",),
        (_taken("期中平均レート", "期末日レート"),),
    ),
    "no difference account": (
        ("diff.none.both",),
        ((A, 'pair["差異科目"], difference', 'pair["差異科目"], Decimal(0)'),),
    ),
    "difference reversed": (
        ("diff.sign.both",),
        ((A, "yen if debit_first else -yen", "-yen if debit_first else yen"),),
    ),
    "one difference reversed": (
        ("diff.sign.8901",),
        ((A, '(side == "債務側") == (number == BALANCES)', 'side == "債務側"'),),
    ),
    "differences to the creditor's segment": (
        ("diff.at.creditor.both",),
        ((A, 'debtor = code if side == "債務側"', 'debtor = code if side == "債権側"'),),
    ),
    "differences to one's own segment": (
        ("diff.at.own.both",),
        ((A, 'debtor = code if side == "債務側" else row.code', "debtor = code"),),
    ),
    "提出値 after elimination": (
        ("submitted.eliminated.corrected",),
        (
            (
                A,
                "        totals[CORRECTED, segment, account] += yen",
                "        for basis in (CORRECTED, SUBMITTED):\n            totals[basis, segment, account] += yen",
            ),
        ),
    ),
    "修正後 is 提出値": (("basis.submitted",), (_at_end("totals[SUBMITTED, segment, code]"),)),
    "提出値 is 修正後": (("basis.corrected",), (_at_end("totals[CORRECTED, segment, code]"),)),
    "bases exchanged": (
        ("basis.swapped",),
        (_at_end("totals[CORRECTED if basis == SUBMITTED else SUBMITTED, segment, code]"),),
    ),
    "receivables and payables exchanged": (
        ("account.swapped.1104.2103",),
        (_at_end('totals[basis, segment, {"1104": "2103", "2103": "1104"}.get(code, code)]'),),
    ),
    "credit is negative": (
        ("sign.credit",),
        (
            _at_end(
                'totals[basis, segment, code] * (-1 if yoryo.accounts[code]["正常残高"] == "貸方" else 1)'
            ),
        ),
    ),
    "expenses are negative": (
        ("sign.expense",),
        (
            _at_end(
                'totals[basis, segment, code] * (-1 if yoryo.accounts[code]["表"] == "PL"'
                ' and yoryo.accounts[code]["正常残高"] == "借方" else 1)'
            ),
        ),
    ),
    "allowances are positive": (
        ("sign.contra",),
        (_at_end('totals[basis, segment, code] * (-1 if code in ("1119", "1409", "3104") else 1)'),),
    ),
    "one account is lost": (
        ("account.zero.6106",),
        (_at_end('Decimal(0) if code == "6106" else totals[basis, segment, code]'),),
    ),
    "one account is reversed": (
        ("account.sign.2104",),
        (_at_end('totals[basis, segment, code] * (-1 if code == "2104" else 1)'),),
    ),
    "no income statement": (
        ("account.zero.income",),
        (_at_end('Decimal(0) if yoryo.accounts[code]["表"] == "PL" else totals[basis, segment, code]'),),
    ),
    "the group without a segment": (
        ("group.without",),
        (
            (
                A,
                SUM,
                SUM.replace(
                    "in list(totals.items()):", 'in [i for i in totals.items() if i[0][1] != "その他"]:'
                ),
            ),
        ),
    ),
    "the group twice": (
        ("group.doubled",),
        (_at_end("totals[basis, segment, code] * (2 if segment == WHOLE else 1)"),),
    ),
    "segments exchanged": (
        ("segments.swapped",),
        (_at_end('totals[basis, {"部品": "販売", "販売": "部品"}.get(segment, segment), code]'),),
    ),
}
