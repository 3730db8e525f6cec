"""Works out the formulas that the books use, so that every cached value is what a spreadsheet program gets.

Takes formula texts and a function that looks cells up; gives values. A formula is parsed once and kept as
nested functions, because 90 books share most of their formulas. Called by synthetic_pkg.grid.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import Any

Value = int | float | str | None  # None is an empty cell
Lookup = Callable[[str, int, int], Value]  # sheet ("" = the formula's own), row, column (0-based)
Node = Callable[[Lookup], Any]

TOKEN = re.compile(
    r"""\s*(?:(?P<ref>(?:'(?P<sheet>[^']+)'!)?\$?(?P<c1>[A-Z]{1,2})\$?(?P<r1>\d+)(?::\$?(?P<c2>[A-Z]{1,2})\$?(?P<r2>\d+))?)
    |(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"]*")|(?P<error>\#[A-Z/0!?]+[!?A])|(?P<name>[A-Z]+)(?=\()
    |(?P<op><=|>=|<>|[-+*/=<>(),&]))""",
    re.VERBOSE,
)


class CellError(Exception):
    """An error value such as #REF!, on its way through the formulas that depend on it."""


def column_index(letters: str) -> int:
    """0-based column of "A", "B", … "AA"."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@cache
def position(place: str) -> tuple[int, int]:
    """0-based (row, column) of an address such as "E44"."""
    letters = place.rstrip("0123456789")
    return int(place[len(letters) :]) - 1, column_index(letters)


def address(row: int, column: int) -> str:
    return f"{column_letters(column)}{row + 1}"


def rewrite(formula: str, move: Callable[[str, int, int], tuple[int, int]]) -> str:
    """The formula with each reference moved: move(sheet, row, column) gives the new 0-based place."""

    def moved(match: re.Match[str]) -> str:
        if not match["ref"]:
            return match[0]
        sheet = match["sheet"] or ""
        row, column = move(sheet, int(match["r1"]) - 1, column_index(match["c1"]))
        text = (f"'{sheet}'!" if sheet else "") + address(row, column)
        if match["c2"]:
            row, column = move(sheet, int(match["r2"]) - 1, column_index(match["c2"]))
            text += ":" + address(row, column)
        return text

    return TOKEN.sub(moved, formula)


@lru_cache(maxsize=20_000)
def sheets_in(formula: str) -> frozenset[str]:
    """Names of the other sheets that a formula refers to."""
    return frozenset(re.findall(r"'([^']+)'!", formula))


@lru_cache(maxsize=50_000)
def compiled(formula: str) -> Node:
    """The formula (with or without "=") as a function of a cell lookup. ValueError for what is not understood."""
    tokens = list(_tokens(formula.removeprefix("=")))
    parser = _Parser(tokens, formula)
    node = parser.comparison()
    if parser.at < len(tokens):
        raise ValueError(f"formula {formula}: unexpected {tokens[parser.at][1]!r}")
    return node


def _tokens(text: str) -> Iterator[tuple[str, Any]]:
    at = 0
    while at < len(text):
        match = TOKEN.match(text, at)
        if not match:
            raise ValueError(f"formula {text}: cannot read {text[at:]!r}")
        at = match.end()
        kind = match.lastgroup or ""
        for name in ("ref", "number", "text", "error", "name", "op"):
            if match[name] is not None:
                kind = name
        yield kind, match if kind == "ref" else match[kind]


class _Parser:
    """Recursive descent: comparison > sum > product > unary > atom."""

    def __init__(self, tokens: list[tuple[str, Any]], formula: str) -> None:
        self.tokens, self.formula, self.at = tokens, formula, 0

    def _op(self, *wanted: str) -> str:
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind == "op" and text in wanted:
                self.at += 1
                return str(text)
        return ""

    def comparison(self) -> Node:
        left = self._sum()
        op = self._op("=", "<>", "<=", ">=", "<", ">")
        if not op:
            return left
        right, test = self._sum(), _COMPARE[op]
        return lambda look: test(left(look), right(look))

    def _sum(self) -> Node:
        node = self._product()
        while op := self._op("+", "-"):
            node = _arithmetic(op, node, self._product())
        return node

    def _product(self) -> Node:
        node = self._unary()
        while op := self._op("*", "/"):
            node = _arithmetic(op, node, self._unary())
        return node

    def _unary(self) -> Node:
        if self._op("-"):
            inner = self._unary()
            return lambda look: -_number(inner(look))
        self._op("+")
        return self._atom()

    def _atom(self) -> Node:
        if self._op("("):
            node = self.comparison()
            self._expect(")")
            return node
        if self.at >= len(self.tokens):
            raise ValueError(f"formula {self.formula}: ends too early")
        kind, token = self.tokens[self.at]
        self.at += 1
        if kind == "ref":
            return _reference(token)
        if kind == "number":
            number = float(token) if "." in token else int(token)
            return lambda look: number
        if kind == "text":
            text = token[1:-1]
            return lambda look: text
        if kind == "error":
            return _raiser(token)
        if kind == "name" and token in _FUNCTIONS:
            return _FUNCTIONS[token](self._arguments())
        raise ValueError(f"formula {self.formula}: unexpected {token!r}")

    def _arguments(self) -> list[Node]:
        self._expect("(")
        nodes = [self.comparison()]
        while self._op(","):
            nodes.append(self.comparison())
        self._expect(")")
        return nodes

    def _expect(self, op: str) -> None:
        if not self._op(op):
            raise ValueError(f"formula {self.formula}: {op!r} is missing")


def _raiser(error: str) -> Node:
    def fail(look: Lookup) -> Value:
        raise CellError(error)

    return fail


def _reference(match: re.Match[str]) -> Node:
    sheet, row, column = match["sheet"] or "", int(match["r1"]) - 1, column_index(match["c1"])
    if not match["c2"]:
        return lambda look: look(sheet, row, column)
    last_row, last_column = int(match["r2"]) - 1, column_index(match["c2"])
    cells = [(r, c) for r in range(row, last_row + 1) for c in range(column, last_column + 1)]
    return lambda look: [look(sheet, r, c) for r, c in cells]


def _number(value: Any) -> int | float:
    """A value in arithmetic: an empty cell counts as 0, a text is an error."""
    if value is None:
        return 0
    if isinstance(value, str):
        raise CellError("#VALUE!")
    return value  # type: ignore[no-any-return]


def _arithmetic(op: str, left: Node, right: Node) -> Node:
    if op == "+":
        return lambda look: _number(left(look)) + _number(right(look))
    if op == "-":
        return lambda look: _number(left(look)) - _number(right(look))
    if op == "*":
        return lambda look: _number(left(look)) * _number(right(look))

    def divide(look: Lookup) -> float:
        above, below = _number(left(look)), _number(right(look))
        if below == 0:
            raise CellError("#DIV/0!")
        return above / below

    return divide


def _equal(left: Any, right: Any) -> bool:
    if left is None:
        left = "" if isinstance(right, str) else 0
    if right is None:
        right = "" if isinstance(left, str) else 0
    return bool(left == right)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": _equal,
    "<>": lambda a, b: not _equal(a, b),
    "<": lambda a, b: _number(a) < _number(b),
    ">": lambda a, b: _number(a) > _number(b),
    "<=": lambda a, b: _number(a) <= _number(b),
    ">=": lambda a, b: _number(a) >= _number(b),
}


def _sum_of(values: Any) -> int | float:
    """SUM counts the numbers of a range and passes over texts."""
    if isinstance(values, list):
        return sum(v for v in values if isinstance(v, int | float))
    return _number(values)


def round_half_away(value: int | float, digits: int) -> int | float:
    """ROUND as spreadsheets do it."""
    if digits == 0 and isinstance(value, int):
        return value
    scaled = abs(value) * 10**digits
    rounded = math.floor(scaled + 0.5) / 10**digits
    return math.copysign(rounded, value) if digits else int(math.copysign(rounded, value))


def _sumif(nodes: list[Node]) -> Node:
    keys, key, amounts = nodes

    def run(look: Lookup) -> int | float:
        wanted = key(look)
        pairs = zip(keys(look), amounts(look), strict=True)
        return sum(_number(amount) for k, amount in pairs if _equal(k, wanted))

    return run


def _if(nodes: list[Node]) -> Node:
    test, yes, no = nodes
    return lambda look: yes(look) if test(look) else no(look)


_FUNCTIONS: dict[str, Callable[[list[Node]], Node]] = {
    "SUM": lambda nodes: lambda look: sum(_sum_of(node(look)) for node in nodes),
    "SUMIF": _sumif,
    "IF": _if,
    "ABS": lambda nodes: lambda look: abs(_number(nodes[0](look))),
    "ROUND": lambda nodes: lambda look: round_half_away(_number(nodes[0](look)), nodes[1](look)),
    "AND": lambda nodes: lambda look: all(node(look) for node in nodes),
    "OR": lambda nodes: lambda look: any(node(look) for node in nodes),
}
