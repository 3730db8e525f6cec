"""How the books look: fonts, colours, number formats, properties. Used by workbook.py and yoryo.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

FONT = "Noto Sans CJK JP"
NUMBER = '#,##0;"△"#,##0;"-"'
PERCENT = '0.0%;"△"0.0%'
JAPANESE_DATE = '[$-411]ggge"年"m"月"d"日"'  # 令和8年6月30日 in Excel and in LibreOffice alike
LINE_HEIGHT = 16.5  # points
YELLOW, GREY, NAVY, PALE = "#FFF9D6", "#EDEDED", "#1F3864", "#DCE6F1"
FIXED_DATE = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
NOTICE = "デモ用合成データ（実在の会社・数値ではありません）"


class Look:
    """The formats of one file. XlsxWriter formats belong to their workbook, so each file makes its own."""

    def __init__(self, file: Any) -> None:
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        boxed = {**base, "border": 1, "border_color": "#BFBFBF"}
        total = {**boxed, "bold": True, "top": 1, "top_color": "#000000", "bg_color": GREY}
        add = file.add_format
        self.title = add({**base, "font_size": 15, "bold": True, "font_color": NAVY})
        self.form_number = add({**base, "align": "right", "bold": True})
        self.right = add({**base, "align": "right"})
        self.text = add(base)
        self.prose = add({**boxed, "text_wrap": True, "valign": "top"})
        self.label = add({**boxed, "bg_color": PALE, "bold": True})
        self.header = add(
            {
                **boxed,
                "bg_color": NAVY,
                "font_color": "#FFFFFF",
                "bold": True,
                "align": "center",
                "text_wrap": True,
            }
        )
        self.section = add({**boxed, "bold": True, "bg_color": PALE})
        self.cell = add(boxed)
        self.code = add({**boxed, "align": "center"})
        self.indented = add({**boxed, "indent": 1})
        self.two_lines = add({**boxed, "indent": 1, "text_wrap": True})
        self.input_text = add({**boxed, "bg_color": YELLOW, "indent": 1})
        self.comment = add({**boxed, "bg_color": YELLOW, "indent": 1, "shrink": True})
        self.input_left = add({**boxed, "bg_color": YELLOW, "align": "left", "indent": 1})
        self.input_number = add({**boxed, "bg_color": YELLOW, "num_format": NUMBER})
        self.input_shown = add({**boxed, "bg_color": YELLOW, "align": "right"})
        self.formula_number = add({**boxed, "bg_color": GREY, "num_format": NUMBER})
        self.total_number = add({**total, "num_format": NUMBER})
        self.total_text = add(total)
        self.total_note = add({**total, "bold": False, "font_size": 9, "font_color": "#595959", "indent": 1})
        self.total_code = add({**total, "align": "center"})
        self.input_percent = add({**boxed, "bg_color": YELLOW, "num_format": "0.00%"})
        self.formula_percent = add({**boxed, "bg_color": GREY, "num_format": PERCENT})
        self.whole_percent = add({**boxed, "bg_color": YELLOW, "num_format": '0"%"'})
        self.input_rate = add({**boxed, "bg_color": YELLOW, "num_format": "#,##0.00####"})
        self.formula_rate = add({**boxed, "bg_color": GREY, "num_format": "#,##0.00####"})
        self.formula_text = add({**boxed, "bg_color": GREY, "indent": 1, "shrink": True})
        self.formula_center = add({**boxed, "bg_color": GREY, "align": "center"})
        self.small = add({**boxed, "font_size": 9, "font_color": "#595959", "indent": 1})
        self.percent = add({**boxed, "bg_color": YELLOW, "num_format": "0%", "align": "left", "indent": 1})
        self.plain_percent = add({**boxed, "num_format": "0%"})
        self.fine_percent = add({**boxed, "num_format": "0.00%"})
        self.rate = add({**boxed, "num_format": "#,##0.00####"})
        self.number = add({**boxed, "num_format": NUMBER})
        self.japanese_date = add(
            {**boxed, "bg_color": YELLOW, "num_format": JAPANESE_DATE, "align": "left", "indent": 1}
        )


def properties(file: Any, title: str, sentinel: str) -> None:
    """Fixed document properties with the sentinel, so that a copy can always be told from a real book."""
    file.set_properties(
        {
            "title": title,
            "subject": NOTICE,
            "author": "担当A",
            "company": "架空",
            "comments": f"{sentinel} {NOTICE}",
            "created": FIXED_DATE.replace(tzinfo=None),
        }
    )
    file.set_custom_property("Sentinel", sentinel, "text")
