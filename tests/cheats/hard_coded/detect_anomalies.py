"""Writes findings that were read off once, whatever stands in input/."""

import csv
import json
from pathlib import Path

DATA = None

Path("output").mkdir(exist_ok=True)
with Path("output/異常一覧.csv").open("w", encoding="utf-8-sig", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明"])
    writer.writerows(json.loads(DATA))
