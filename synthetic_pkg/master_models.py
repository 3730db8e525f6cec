"""What each JSON file of data/ must look like, for synthetic_pkg.masters, which looks before anything is made of them.

A formula of a form may name only rows of that form and of the other forms: see `unknown_rows`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, TypeAdapter, ValidationError

OWN_ROW = re.compile(r"\{([A-Z]+\d*)\}")  # "{MC39}": a row of the same form
Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
SheetNumber = Annotated[str, Field(pattern=r"^(0\d|1[0-8])$")]


class Part(BaseModel):
    """Nothing is converted, nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid", populate_by_name=True)


class Check(Part):
    id: Annotated[str, Field(pattern=r"^[A-F]\d\d$")]
    title: Text
    sheet: str
    rule: Text
    tolerance: Text
    treatment: Text
    reported_value: Text
    expected_value: Text
    cell: Text
    exceptions: str


class FormRow(Part):
    code: Text
    label: Text
    formula: str = ""
    kind: str = ""
    note: str = ""
    left_label: str = ""
    right_label: str = ""
    right: str = ""


class Rows(Part):
    rows: Annotated[list[FormRow], Field(min_length=1)]


class Forms(Part):
    titles: dict[SheetNumber, Text]
    columns: dict[SheetNumber, Texts]
    checks: Rows = Field(alias="02")
    manufacturing: Rows = Field(alias="05")
    equity: Rows = Field(alias="06")
    cash_flow: Rows = Field(alias="07")
    taxes: Rows = Field(alias="15")
    translation: Rows = Field(alias="18")


class Named(Part):
    code: Annotated[str, Field(pattern=r"^\d{4}$")]
    name: Text


class Segment(Part):
    shape: Literal["manufacturer", "sales", "service"]
    share: PositiveInt
    ja: Texts
    en: Texts


class Names(Part):
    parent: Named
    outside: Named
    segments: Annotated[dict[str, Segment], Field(min_length=1)]
    finance_words: Texts
    domestic_places: Texts
    business: dict[Literal["manufacturer", "sales", "finance", "service", "dormant"], Text]


class Tolerance(Part):
    number: Annotated[str, Field(pattern=r"^K\d+$")]
    title: Text
    value: float
    unit: Text
    checks: Texts


class Plants(Part):
    tolerances: Annotated[list[Tolerance], Field(min_length=1)]
    normalisations: list[tuple[Text, Text, Text, Text]]
    intro: list[tuple[Text, Text]]
    added_accounts: list[tuple[Text, Text, Text]]


class Conditional(Part):
    text: Text
    when: str


class Remarks(Part):
    codes: Texts
    rise: list[Text | Conditional]
    fall: list[Text | Conditional]


class Table(Part):
    columns: Texts
    widths: list[PositiveInt]
    rows: list[list[str]]


class Rules(Part):
    intro: Table = Field(alias="はじめに")
    normalising: Table = Field(alias="正規化")
    outputs: Table = Field(alias="出力仕様")
    year_so_far: dict[Literal["1", "2"], Text] = Field(alias="累計")
    dealings: dict[str, Text] = Field(alias="内部取引備考")
    left_out: Text = Field(alias="該当なし")
    forms: dict[SheetNumber, Text] = Field(alias="様式備考")


MODELS: dict[str, TypeAdapter[Any]] = {
    "checks.json": TypeAdapter(Annotated[list[Check], Field(min_length=1)]),
    "forms.json": TypeAdapter(Forms),
    "names.json": TypeAdapter(Names),
    "plants.json": TypeAdapter(Plants),
    "remarks.json": TypeAdapter(Annotated[list[Remarks], Field(min_length=1)]),
    "yoryo.json": TypeAdapter(Rules),
}


def wrong_parts(name: str, text: str) -> Iterator[str]:
    """The first place of a JSON file that is not as it must be, and what is wrong there."""
    try:
        MODELS[name].validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        found = "" if first["type"] == "missing" else f", not {str(first['input'])[:40]!r}"
        yield f"{place or 'the file'}: {first['msg']}{found}"


def unknown_rows(forms: dict[str, Any]) -> Iterator[str]:
    """Formulas that name a row their form does not have."""
    for sheet, form in forms.items():
        rows = form.get("rows", ())
        known = {row["code"] for row in rows}
        for row in rows:
            for code in OWN_ROW.findall(row.get("formula", "")):
                if code not in known:
                    yield f"{sheet}: the formula of {row['code']} names {code}, which is no row of it"
