"""Every known mistake of a dataset, from its mistakes.jsonl: what each would add to any figure.

Three sources: mistakes worked out when the dataset was built, mistakes that can befall any one company, and mistakes
that follow from the totals themselves (units, signs, accounts or segments exchanged).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from runner.checks.read_outputs import Key
from runner.checks.safe_files import show
from synthetic_pkg.answers import WHOLE_GROUP, Answers, Basis
from synthetic_pkg.mistakes.model import FILE_NAME, CompanyParts, Exact, Mistake, read
from synthetic_pkg.translation import THOUSAND_YEN

GROUP_ONLY = ""  # a segment whose amounts count in 全社 alone
SUBMITTED, CORRECTED = "提出値", "修正後"
Part = Mapping[Basis, Mapping[str, Mapping[str, int]]]  # basis, segment, account -> micro-yen


class Term(NamedTuple):
    """A part of a mistake, so many times."""

    factor: int
    part: Part


class Mistaken:
    """One known mistake. title: Japanese, a clause before 「場合」; evidence: the input that shows it."""

    def __init__(self, id_: str, title: str, evidence: str, terms: Sequence[Term]) -> None:
        self.id, self.title, self.evidence, self.terms = id_, title, evidence, tuple(terms)
        self._known: dict[Key, int] = {}

    def __repr__(self) -> str:
        return f"Mistaken({self.id!r})"

    def at(self, key: Key) -> int:
        """What it adds to one figure, in micro-yen."""
        if key not in self._known:
            self._known[key] = sum(term.factor * _at(term.part, key) for term in self.terms)
        return self._known[key]

    def figures(self) -> Iterator[Key]:
        """The figures it may change, as they come to hand; some more than once, some changed by nothing at all."""
        for _, part in self.terms:
            for basis, segments in part.items():
                for segment, amounts in segments.items():
                    for code in amounts:
                        if segment != GROUP_ONLY:
                            yield Key(basis, segment, code)
                        yield Key(basis, WHOLE_GROUP, code)

    @cached_property
    def touched(self) -> frozenset[Key]:
        """The figures it changes."""
        return frozenset(key for key in self.figures() if self.at(key))


def _at(part: Part, key: Key) -> int:
    segments: Mapping[str, Mapping[str, int]] = part.get(key.basis, {})  # type: ignore[call-overload]
    if key.segment != WHOLE_GROUP:
        amounts = segments.get(key.segment)
        return amounts.get(key.code, 0) if amounts else 0
    return sum(amounts.get(key.code, 0) for amounts in segments.values())


class KnownMistakes:
    """The known mistakes of one dataset and its exact totals."""

    def __init__(self, exact: Exact, mistakes: Sequence[Mistake], companies: Sequence[CompanyParts]) -> None:
        self._exact = Mistaken("exact", "", "", [Term(1, exact.amounts)])
        self.all: list[Mistaken] = [
            *(Mistaken(m.id, m.title, m.evidence, [Term(1, m.deltas)]) for m in mistakes),
            *(mistaken for company in companies for mistaken in befallen(company, exact)),
            *derived(exact),
        ]

    def exact(self, key: Key) -> int:
        """A right total before rounding, in micro-yen."""
        return self._exact.at(key)


class MistakesError(Exception):
    """The known mistakes of a dataset cannot be read; one line in Japanese: which file, what, what to do."""


def load_mistakes(path: Path) -> KnownMistakes:
    """The file of one dataset. Raises MistakesError when it is damaged."""
    exact: Exact | None = None
    mistakes: list[Mistake] = []
    companies: list[CompanyParts] = []
    try:
        for line in read(path):
            if isinstance(line, Exact):
                exact = line
            elif isinstance(line, Mistake):
                mistakes.append(line)
            else:
                companies.append(line)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise MistakesError(_damaged(path, show(str(error).partition("\n")[0], 80))) from error
    if exact is None:
        raise MistakesError(_damaged(path, "正しい合計の行がない"))
    try:
        return KnownMistakes(exact, mistakes, companies)
    except KeyError as error:
        raise MistakesError(_damaged(path, f"{error} の行がない")) from error


def _damaged(path: Path, what: str) -> str:
    return f"{path.name} が壊れています（{what}）。データセットを作り直してください"


def mistakes_beside(answers: Path) -> Path:
    """Where the known mistakes of an answer key stand: mistakes.jsonl, or <name>.mistakes.jsonl.gz in a take."""
    return answers.with_name(FILE_NAME if answers.stem == "answers" else f"{answers.stem}.{FILE_NAME}.gz")


def mistakes_of(path: Path | None, answers: Answers) -> KnownMistakes:
    """The known mistakes of a dataset; where their file is not there, those that follow from its totals.

    Raises MistakesError when it is there and damaged.
    """
    if path is not None and path.is_file():
        return load_mistakes(path)
    amounts: dict[Basis, dict[str, dict[str, int]]] = {"提出値": {}, "修正後": {}}
    for total in answers.totals:
        if total.segment != WHOLE_GROUP:
            amounts[total.basis].setdefault(total.segment, {})[total.code] = total.amount * THOUSAND_YEN
    names = {total.code: total.name for total in answers.totals}
    exact = Exact(amounts=amounts, credit=[], contra=[], income=[], differences=[], names=names, pairs=[])
    return KnownMistakes(exact, [], [])


# ---------------------------------------------------------------- what can befall any company


def befallen(company: CompanyParts, exact: Exact) -> Iterator[Mistaken]:
    """One company dropped, doubled, or counted in another segment."""
    own: Part = {basis: {company.segment: amounts} for basis, amounts in company.own.items()}
    rows: Part = {"修正後": company.rows}
    partners: Part = {"修正後": company.partners}
    held: Part = {"修正後": {company.segment: company.held}}
    who = f"会社{company.company}"
    deals = bool(company.rows or company.partners)

    def one(id_: str, title: str, *terms: Term) -> Mistaken:
        return Mistaken(f"company.{id_}.{company.company}", title, company.evidence, terms)

    gone = Term(-1, own)
    stays = "（その内部取引の消去は残る）" if deals else ""
    yield one("dropped", f"{who}を集計していない{stays}", gone)
    if deals:
        yield one(
            "dropped.book",
            f"{who}のブックを読んでいない（相手会社側の消去は残る）",
            gone,
            Term(-1, rows),
        )
        yield one(
            "dropped.group", f"{who}を集計も消去もしていない", gone, Term(-1, rows), Term(-1, partners)
        )  # fmt: skip
        yield one("doubled.book", f"{who}を二重に集計・消去した", Term(1, own), Term(1, rows))
    yield one("doubled", f"{who}を二重に集計した", Term(1, own))
    for segment in exact.amounts["提出値"]:
        if segment != company.segment:
            there: Part = {basis: {segment: amounts} for basis, amounts in company.own.items()}
            title = f"{who}をセグメント「{company.segment}」ではなく「{segment}」に集計した"
            moved = Term(1, {"修正後": {segment: company.held}})
            yield one(f"segment.{segment}", title, gone, Term(1, there), Term(-1, held), moved)
            if company.held:
                yield one(f"segment.own.{segment}", f"{title}（消去は除く）", gone, Term(1, there))


# ---------------------------------------------------------------- what follows from the totals


def derived(exact: Exact) -> Iterator[Mistaken]:
    """Mistakes of the output itself, worked out from the exact totals."""
    yield from _units(exact)
    yield from _signs(exact)
    yield from _accounts(exact)
    yield from _segments(exact)
    yield from _bases(exact)


def _scaled(exact: Exact, codes: Sequence[str] | None, numerator: int, denominator: int = 1) -> list[Term]:
    """Amounts of some accounts (None: all) times a factor, as an addition to what is right."""
    part: dict[Basis, dict[str, dict[str, int]]] = {
        basis: {
            segment: {
                code: amount * numerator // denominator
                for code, amount in amounts.items()
                if codes is None or code in codes
            }
            for segment, amounts in segments.items()
        }
        for basis, segments in exact.amounts.items()
    }
    return [Term(1, part)]


def _units(exact: Exact) -> Iterator[Mistaken]:
    unit = "連結決算要領「出力仕様」金額"
    yield Mistaken("output.yen", "千円ではなく円で出力した（1,000倍）", unit, _scaled(exact, None, 999))
    title = "千円ではなく百万円で出力した（1,000分の1）"
    yield Mistaken("output.million", title, unit, _scaled(exact, None, -999, 1000))
    yield Mistaken("output.zero", "すべての金額を0とした", unit, _scaled(exact, None, -1))


def _signs(exact: Exact) -> Iterator[Mistaken]:
    income, credit = set(exact.income), set(exact.credit)
    codes = list(exact.names)
    side = "連結決算要領「出力仕様」金額"
    groups: tuple[tuple[str, str, list[str]], ...] = (
        ("all", "すべての科目の符号を逆にした", codes),
        ("credit", "貸方科目（負債・純資産・収益）の符号を逆にした", [c for c in codes if c in credit]),
        (
            "credit.accounts",
            "貸方科目（負債・純資産・収益）の符号を逆にした（差異科目は正しい）",
            [c for c in codes if c in credit and c not in exact.differences],
        ),
        ("debit", "借方科目（資産・費用）の符号を逆にした", [c for c in codes if c not in credit]),
        ("expense", "費用科目の符号を逆にした", [c for c in codes if c in income and c not in credit]),
        ("revenue", "収益科目の符号を逆にした", [c for c in codes if c in income and c in credit]),
        (
            "liabilities",
            "負債・純資産の符号を逆にした",
            [c for c in codes if c in credit and c not in income and c not in exact.differences],
        ),
        ("contra", "控除科目（貸倒引当金、自己株式）の△を正の金額とした", list(exact.contra)),
    )  # fmt: skip
    for name, title, chosen in groups:
        yield Mistaken(f"sign.{name}", title, side, _scaled(exact, chosen, -2))


def _accounts(exact: Exact) -> Iterator[Mistaken]:
    side = "連結決算要領「勘定科目」"
    for code, name in exact.names.items():
        yield Mistaken(
            f"account.zero.{code}", f"{code} {name}を集計していない", side, _scaled(exact, [code], -1)
        )
        yield Mistaken(
            f"account.sign.{code}", f"{code} {name}の符号を逆にした", side, _scaled(exact, [code], -2)
        )
    for statement, words in (("income", "損益計算書（04）"), ("balance", "貸借対照表（03）")):
        codes = [
            code
            for code in exact.names
            if code not in exact.differences and (code in exact.income) == (statement == "income")
        ]
        title = f"{words}の科目を集計していない"
        yield Mistaken(f"account.zero.{statement}", title, side, _scaled(exact, codes, -1))
    for first, second in exact.pairs:
        title = f"{first} {exact.names[first]}と{second} {exact.names[second]}を取り違えた"
        yield Mistaken(
            f"account.swapped.{first}.{second}",
            title,
            side,
            _exchanged(exact, {first: second, second: first}),
        )


def _exchanged(exact: Exact, taken: Mapping[str, str]) -> list[Term]:
    """Accounts that show another account's amounts."""
    part: dict[Basis, dict[str, dict[str, int]]] = {
        basis: {
            segment: {code: amounts.get(other, 0) - amounts.get(code, 0) for code, other in taken.items()}
            for segment, amounts in segments.items()
        }
        for basis, segments in exact.amounts.items()
    }
    return [Term(1, part)]


def _segments(exact: Exact) -> Iterator[Mistaken]:
    side = "連結決算要領「会社一覧」セグメント"
    names = list(exact.amounts["提出値"])
    for number, first in enumerate(names):
        part: Part = {basis: {GROUP_ONLY: segments[first]} for basis, segments in exact.amounts.items()}
        title = f"全社にセグメント「{first}」を含めていない"
        yield Mistaken(f"group.without.{first}", title, side, [Term(-1, part)])
        for second in names[number + 1 :]:
            swapped = [
                Term(
                    -1,
                    {b: {s: segments[s] for s in (first, second)} for b, segments in exact.amounts.items()},
                ),
                Term(
                    1,
                    {
                        b: {first: segments[second], second: segments[first]}
                        for b, segments in exact.amounts.items()
                    },
                ),
            ]
            title = f"セグメント「{first}」と「{second}」を取り違えた"
            yield Mistaken(f"segments.swapped.{first}.{second}", title, side, swapped)
    whole: dict[Basis, dict[str, dict[str, int]]] = {}
    for basis, segments in exact.amounts.items():
        codes = {code for amounts in segments.values() for code in amounts}
        whole[basis] = {
            GROUP_ONLY: {code: sum(amounts.get(code, 0) for amounts in segments.values()) for code in codes}
        }
    yield Mistaken("group.doubled", "全社の行も合計に加え、全社を二重に集計した", side, [Term(1, whole)])


def _bases(exact: Exact) -> Iterator[Mistaken]:
    """提出値 and 修正後 exchanged, or one of them in the place of both."""
    submitted, corrected = exact.amounts["提出値"], exact.amounts["修正後"]
    where = "連結決算要領「はじめに」区分"
    into_submitted = [Term(1, {"提出値": corrected}), Term(-1, {"提出値": submitted})]
    into_corrected = [Term(1, {"修正後": submitted}), Term(-1, {"修正後": corrected})]
    for name, title, terms in (
        ("swapped", "提出値と修正後を取り違えた", into_submitted + into_corrected),
        ("submitted", "修正後に提出値と同じ金額を出力した（除外・修正・消去を行っていない）", into_corrected),
        ("corrected", "提出値に修正後と同じ金額を出力した", into_submitted),
    ):
        yield Mistaken(f"basis.{name}", title, where, terms)
