"""A workbook of some hundred kilobytes whose one sheet unpacks to half a gigabyte."""

import zipfile

from openpyxl import Workbook

NAME, SHEET = "output/集計結果.xlsx", "xl/worksheets/sheet1.xml"
book = Workbook()
book.active.title = "集計"
book.save("plain.xlsx")
with (
    zipfile.ZipFile("plain.xlsx") as plain,
    zipfile.ZipFile(NAME, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bomb,
):
    for part in plain.namelist():
        if part != SHEET:
            bomb.writestr(part, plain.read(part))
    with bomb.open(SHEET, "w") as sheet:
        sheet.write(
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        )
        for _ in range(64):
            sheet.write(b" " * (8 << 20))
        sheet.write(b"</sheetData></worksheet>")
