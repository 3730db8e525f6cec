"""Nothing generated can be taken for a real company or address, and no library that makes such names is used."""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import synthetic_pkg
from synthetic_pkg.dataset import Dataset
from synthetic_pkg.group import Company, draw_group
from synthetic_pkg.period import PERIODS
from synthetic_pkg.rates import draw_rates
from synthetic_pkg.world import stream

PACKAGE = Path(synthetic_pkg.__file__).parent
MARK = re.compile(r"（架空）|\(Fictional\)")
COMPANY_LIKE = re.compile(
    r"株式会社|有限会社|合同会社|\b(?:Co\., ?Ltd|Inc|Ltd|GmbH|LLC|S\.A|B\.V|PLC|Pte|Sdn|Corp|Limited)\b\.?"
)
ADDRESS = re.compile(r"(?:https?://|www\.|[\w.+-]+@)([\w.-]+)")
RESERVED = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|net|org|jp|co\.jp))?|invalid|test|localhost)$"
)  # RFC 2606, JPRS
NAME_PROVIDERS = re.compile(r"faker\.providers\.(?!BaseProvider$).+|mimesis(?:\..*)?")
NAME_CALLS = {
    "company", "company_name", "company_suffix", "catch_phrase", "name", "first_name", "last_name", "kana_name",
    "person", "email", "domain_name", "url", "phone_number", "add_provider",
}  # fmt: skip


def drawn(count: int, seed: int) -> list[Company]:
    rates = draw_rates(stream(seed, "rates"), PERIODS["2027Q1"].quarters)
    return draw_group(count, rates, stream(seed, "group"))


def texts(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """Every text of every file: cells, document properties, headers and footers."""
    for path in sorted(dataset.input_dir.rglob("*.xlsx")):
        with zipfile.ZipFile(path) as book:
            for part in book.namelist():
                if part == "xl/sharedStrings.xml" or part.startswith(("docProps/", "xl/worksheets/sheet")):
                    for element in ElementTree.fromstring(book.read(part)).iter():
                        if element.text and element.text.strip():
                            yield path.name, element.text


@pytest.mark.parametrize(("count", "seed"), [(90, 1), (900, 2), (9000, 3)])
def test_every_company_name_carries_the_mark_and_every_number_a_leading_zero(count, seed):
    companies = drawn(count, seed)
    assert len({c.name for c in companies}) == len({c.code for c in companies}) == count
    assert [c.name for c in companies if not MARK.search(c.name)] == []
    domestic = [c for c in companies if c.country_code == "JP"]
    assert domestic and all(re.fullmatch(r"0\d{12}", c.corporate_number) for c in domestic)
    assert all(re.fullmatch(r"\d{4}", c.code) for c in companies)
    assert not {"0000", "9999"} & {c.code for c in companies}


@pytest.mark.parametrize("level", ["core", "standard"])
def test_whatever_looks_like_a_company_in_any_file_is_marked(build, level):
    unmarked = {
        text for _, text in texts(build(3, 30, level)) if COMPANY_LIKE.search(text) and not MARK.search(text)
    }
    assert {text for text in unmarked if not re.search("合成|連結子会社", text)} == set()


def test_every_mail_and_web_address_in_any_file_is_reserved(build):
    found = {domain for _, text in texts(build(3, 30, "standard")) for domain in ADDRESS.findall(text)}
    assert [domain for domain in found if not RESERVED.search(domain.rstrip("."))] == []


@pytest.mark.parametrize(
    ("domain", "good"),
    [("example.co.jp", True), ("a.example.com", True), ("b.invalid", True), ("kakuu.co.jp", False)],
)
def test_what_a_reserved_domain_is(domain, good):
    assert bool(RESERVED.search(domain)) is good


def names_made(source: str) -> set[str]:
    """Imports of providers and calls that make names of companies, people or addresses."""
    tree = ast.parse(source)
    imported = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    imported |= {
        f"{n.module}.{alias.name}"
        for n in ast.walk(tree)
        if isinstance(n, ast.ImportFrom)
        for alias in n.names
    }
    called = {
        n.func.attr for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
    }
    return {name for name in imported if NAME_PROVIDERS.fullmatch(name)} | (called & NAME_CALLS)


def test_no_source_makes_names_with_a_library():
    assert {
        path.name: made for path in PACKAGE.rglob("*.py") if (made := names_made(path.read_text("utf-8")))
    } == {}


@pytest.mark.parametrize(
    "source",
    [
        "from faker.providers import company",
        "from faker.providers.company import Provider",
        "import mimesis",
        "from mimesis import Finance",
        "def f(fake): return fake.company()",
        "def f(fake): return fake.email()",
    ],
)
def test_such_a_source_would_be_seen(source):
    assert names_made(source)


def test_the_base_class_of_an_own_provider_is_no_name_maker():
    assert not names_made("from faker.providers import BaseProvider")
