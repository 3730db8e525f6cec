"""Filler comments for large movements, from a seeded Faker with an own provider: no names, no companies."""

from __future__ import annotations

from faker import Faker
from faker.providers import BaseProvider

RISING = (
    "{month}月の取引増加に伴う増加",
    "期末月の検収集中による増加",
    "新規契約{count}件の開始による増加",
    "季節要因（{month}月の生産調整）による増加",
    "前期末の一時的な減少の反動",
)
FALLING = (
    "{month}月の決済進捗に伴う減少",
    "契約{count}件の終了による減少",
    "在庫圧縮の取組みに伴う減少",
    "季節要因（{month}月の生産調整）による減少",
    "前期末の一時的な増加の反動",
)


class VarianceProvider(BaseProvider):
    """Sentences that explain why a balance moved."""

    def start_book(self, seed: str) -> None:
        self.generator.seed_instance(seed)

    def variance_comment(self, rising: bool) -> str:
        sentence: str = self.random_element(RISING if rising else FALLING)
        return sentence.format(month=self.random_int(4, 6), count=self.random_int(2, 9))


def comment_writer() -> VarianceProvider:
    """A provider to be seeded for each book, so that a book's comments do not depend on the others."""
    return VarianceProvider(Faker("ja_JP"))
