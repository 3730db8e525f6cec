"""Says that it is nearly done, for ever; its output stands there from the beginning."""

import json
import time

from openpyxl import Workbook

DATA = None
book = Workbook()
book.active.title = "集計"
for row in (["区分", "セグメント", "科目コード", "科目名", "金額"], *json.loads(DATA)):
    book.active.append(row)
book.save("output/集計結果.xlsx")
while True:
    print("あと少しで終わります", flush=True)
    time.sleep(1)
