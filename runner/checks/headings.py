"""Which headings, units and labels mean the same to an accountant: closed lists, and nothing beside them. Pure.

`SYNONYMS` is the one place that says what a column may be called. For `runner.checks.tables`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from runner.checks.amounts import Unit
from runner.checks.safe_files import OutputError, fold, show

# The first name is the one that is asked for. Case, width, spaces, `_`, `-`, `.` and a remark in brackets play no part.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "区分": ("集計区分", "値区分", "basis"),
    "セグメント": ("セグメント名", "セグメント名称", "事業セグメント", "報告セグメント", "segment", "segment name"),
    "科目コード": (
        "勘定科目コード", "科目CD", "勘定科目CD", "科目番号", "勘定科目番号", "コード", "CD",
        "code", "account code", "account no", "account number",
    ),
    "科目名": (
        "科目", "科目名称", "勘定科目", "勘定科目名", "勘定科目名称", "account", "account name", "name",
    ),
    "金額": ("合計金額", "集計金額", "合計額", "集計額", "金額合計", "amount", "total amount"),
    "会社コード": ("会社CD", "会社番号", "会社No", "会社", "company code", "company", "company no", "company id"),
    "シート": ("シート名", "シート名称", "対象シート", "該当シート", "sheet", "sheet name"),
    "セル": ("セル番地", "セル番号", "セル位置", "対象セル", "該当セル", "cell", "cell address", "cell reference"),
    "検査番号": (
        "検査No", "検査ID", "検査コード", "検査CD", "検査項目番号", "検査", "check", "check no",
        "check id", "check number", "check code",
    ),
    "報告値": ("報告額", "報告された値", "報告数値", "実際値", "reported", "reported value", "actual", "actual value"),
    "期待値": ("期待額", "期待される値", "正しい値", "あるべき値", "expected", "expected value"),
    "説明": (
        "内容", "異常の内容", "説明文", "理由", "コメント", "備考", "description", "explanation", "comment", "note",
    ),
    "単位": ("金額単位", "unit"),
}  # fmt: skip

_UNIT_WORDS: dict[str, Unit] = {
    **dict.fromkeys(("円", "単位円", "円単位", "yen", "jpy", "inyen", "injpy"), "円"),
    **dict.fromkeys(
        (
            "千円", "単位千円", "千円単位", "千jpy", "thousandyen", "thousandsofyen", "thousandsyen", "thousandjpy",
            "thousandsofjpy", "jpythousand", "jpythousands", "inthousandsofyen", "inthousandyen", "kyen", "kjpy",
            "1000円", "1000yen", "1000jpy", "jpy1000", "yen1000",
        ),
        "千円",
    ),
    **dict.fromkeys(
        (
            "百万円", "単位百万円", "百万円単位", "millionyen", "millionsofyen", "millionjpy", "jpymillion",
            "jpymillions", "millionsofjpy", "inmillionsofyen",
        ),
        "百万円",
    ),
}  # fmt: skip
_CURRENCY = frozenset(
    ("jpy", "yen", "日本円", "円貨", "円貨建", "円貨換算", "円貨換算後")
)  # beside a unit, no second one
_SOUNDS_LIKE_A_UNIT = re.compile(
    r"円|千|百万|億|ドル|ユーロ|元|usd|eur|cny|thb|jpy|yen|thousand|million|billion"
)
_BELOW_A_UNIT = re.compile(r".*未満.*")  # 「千円未満四捨五入」 says how it was rounded, not what the unit is
_BRACKETS = re.compile(r"[(\[{〔【<「〈《](.*?)[)\]}〕】>」〉》]", re.DOTALL)
_STATED = re.compile(
    r"(?:単位|unit)s?\s*(?:は|[:=])?\s*([^\s、。,;()\]】〕」|/]+(?: (?:of )?(?:yen|jpy|thousands?|millions?|1000))?)",
    re.IGNORECASE,
)
_STATED_BEFORE = re.compile(r"(?:^|[\s(:、はをが])([^\s(:、はをが]*円)\s*単位")

_LONGEST = 200  # characters of a heading, or of a line that declares a unit

TOTAL_WORDS = frozenset(
    ("計", "小計", "中計", "合計", "総計", "総合計", "累計", "total", "subtotal", "grandtotal", "sum")
)
_TOTAL_ENDING = re.compile(r"(.+?)(?:の)?(?:計|小計|合計|総計|total|subtotal)")
_NOTE = re.compile(r"※|\(?注|\*|備考|出典|note\b", re.IGNORECASE)


def plain_heading(text: str) -> str:
    """A heading without what plays no part: 「科目 CD」 → 「科目cd」, "Account_Code" → "accountcode"."""
    return re.sub(r"[\s_\-.・:=]+", "", fold(text).casefold())


_NAMES: dict[str, dict[str, int]] = {
    asked: {plain_heading(asked): 0} | {plain_heading(other): 1 for other in others if other != asked}
    for asked, others in SYNONYMS.items()
}


def rank(asked: str, heading: str) -> int | None:
    """How well a heading names the column `asked`: 0 by its own name, 1 by a synonym, None not at all."""
    if len(heading) > _LONGEST:
        return None
    names = _NAMES.get(asked) or {plain_heading(asked): 0}
    bare = _bare_heading(heading)
    if bare in names:
        return names[bare]
    return min((value for name, value in names.items() if _unit_after(bare, name)), default=None)


def _bare_heading(heading: str) -> str:
    """Without brackets, and without a mark for a footnote behind it."""
    return re.sub(r"(?:※|\*)[0-9]*$", "", plain_heading(_BRACKETS.sub("", fold(heading))))


def _unit_after(heading: str, name: str) -> Unit | None:
    return _UNIT_WORDS.get(heading.removeprefix(name)) if heading.startswith(name) else None


def heading_unit(asked: str, heading: str) -> Unit | None:
    """The unit that an amount's heading declares. Raises OutputError for one that cannot be read."""
    folded = fold(heading)
    bare = _bare_heading(heading)
    found = {unit for name in _NAMES.get(asked, {}) if (unit := _unit_after(bare, name))}
    for remark in _BRACKETS.findall(folded):
        found |= _units_of(re.split(r"[、,・/;]", _in_digits(remark)))
    return _agreed(found, heading)


def units_stated(text: str) -> set[Unit]:
    """Units that a line beside the table declares: 「（単位：千円）」, 「(千円)」. OutputError for one unreadable."""
    folded = _in_digits(fold(text[:_LONGEST]))
    stated = [match[1] for pattern in (_STATED, _STATED_BEFORE) for match in pattern.finditer(folded)]
    lone = [word for word in (folded, *_BRACKETS.findall(folded)) if plain_heading(word) in _UNIT_WORDS]
    return _units_of([*stated, *lone])


def _in_digits(text: str) -> str:
    return re.sub(r"\b1,000(?![0-9,])", "1000", text)


def _units_of(words: list[str]) -> set[Unit]:
    found: set[Unit] = set()
    bares = [plain_heading(word).removeprefix("単位").removesuffix("です") for word in words]
    bares = [re.sub(r"^(?:日本円|円貨)(?=千円|百万円|円)", "", bare) for bare in bares]
    units = [bare for bare in bares if bare in _UNIT_WORDS and bare not in _CURRENCY]
    for word, bare in zip(words, bares, strict=True):
        if units and bare in _CURRENCY:
            continue
        if bare == "日本円":
            found.add("円")
        elif bare in _UNIT_WORDS:
            found.add(_UNIT_WORDS[bare])
        elif _SOUNDS_LIKE_A_UNIT.search(bare) and not _BELOW_A_UNIT.fullmatch(bare):
            raise OutputError(f"単位「{show(word, 20)}」が円・千円・百万円のどれか分かりません")
    return found


def _agreed(units: set[Unit], text: str) -> Unit | None:
    if len(units) > 1:
        raise OutputError(f"「{show(text, 30)}」に単位が2通り書かれています（{'・'.join(sorted(units))}）")
    return next(iter(units), None)


def is_total(label: str, others: frozenset[str]) -> bool:
    """Whether a folded label names a total: a word for one, or one behind a label of `others` (「自動車計」)."""
    bare = bare_label(label)
    match = _TOTAL_ENDING.fullmatch(bare)
    return bare in TOTAL_WORDS or (match is not None and match[1] in others)


@lru_cache(maxsize=4096)
def bare_label(label: str) -> str:
    """A folded label as `is_total` compares it: no case, spaces or brackets."""
    return re.sub(r"[\s()【】\[\]<>]+", "", label.casefold())


def is_note(text: str) -> bool:
    """Whether a folded text that stands alone in its row is a remark or a unit line, not a record."""
    return _NOTE.match(text) is not None or bool(units_stated(text))
