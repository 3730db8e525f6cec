"""The Japanese words for outcomes, causes and datasets, in one place: table, page and video say the same."""

from __future__ import annotations

from runner.outcome import Outcome
from runner.verdict import Cause

OUTCOMES: dict[Outcome, str] = {
    "passed": "合格",
    "failed": "不合格",
    "endpoint_error": "接続先の障害（エージェントの評価対象外）",
    "kit_error": "デモキット側の不具合（エージェントの評価対象外）",
    "blocked": "データ持ち出し防止により停止",
    "interrupted": "中断",
}
CAUSES: dict[Cause, str] = {
    "wrong": "結果が正しくない",
    "missing": "成果物がない",
    "timeout": "時間切れ",
    "protocol": "モデルの応答が規約に反する",
}
# 「別データ」 for narrow columns; where it stands alone it says what it is.
HELD_OUT = "AIに見せていない別データ"
DATASETS = {"seen": "同じデータ", "heldout": "別データ"}
REHEARSAL_NOTICE = "台本による操作見本です。モデルの性能を示すものではありません。"


def question_title(title: str) -> str:
    """A check's title without the dataset it was asked of: 「提出値・全社（同じデータ）」 is 「提出値・全社」."""
    for label in DATASETS.values():
        title = title.replace(f"（{label}）", "")
    return title
