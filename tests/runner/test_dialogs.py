"""Claude Code's dialogs are answered by the text of the option, or not at all."""

from runner.dialogs import read_dialog

BASH = """\
 Bash command
   python3 aggregate_pkg.py
   集計スクリプトを実行

 Do you want to proceed?
 ❯ 1. Yes
   2. Yes, and don't ask again for: python3 aggregate_pkg.py
   3. No

 Esc to cancel
"""
TRUST_PRESELECTING_NO = """\
 Is this a project you created or one you trust?
   1. Yes, I trust this folder
 ❯ 2. No, exit
"""
YES_STANDS_SECOND = """\
 Do you want to proceed?
 ❯ 1. No
   2. Yes
"""


def test_the_bash_dialog_is_answered_with_yes() -> None:
    dialog = read_dialog(BASH.splitlines())
    assert dialog is not None
    assert dialog.press == "1"
    assert dialog.question == "Do you want to proceed?"


def test_the_wanted_option_is_pressed_even_where_another_is_preselected() -> None:
    dialog = read_dialog(TRUST_PRESELECTING_NO.splitlines())
    assert dialog is not None and dialog.press == "1"


def test_the_number_comes_from_the_text_and_not_from_the_order() -> None:
    dialog = read_dialog(YES_STANDS_SECOND.splitlines())
    assert dialog is not None and dialog.press == "2"


def test_the_api_key_dialog_is_answered_with_yes_though_no_is_preselected() -> None:
    rows = ["Detected a custom API key in your environment", "  1. Yes", "❯ 2. No (recommended)"]
    dialog = read_dialog(rows)
    assert dialog is not None and dialog.press == "1"


def test_an_edit_dialog_is_answered_with_yes() -> None:
    rows = ["Do you want to create aggregate_pkg.py?", "❯ 1. Yes", "  2. Yes, allow all edits", "  3. No"]
    dialog = read_dialog(rows)
    assert dialog is not None and dialog.press == "1"


def test_an_unknown_dialog_is_seen_but_not_answered() -> None:
    dialog = read_dialog(["Delete everything?", "❯ 1. Yes", "  2. No"])
    assert dialog is not None and dialog.press is None


def test_a_numbered_list_in_an_answer_is_no_dialog() -> None:
    assert read_dialog(["● まとめ:", "  1. 集計結果.xlsx", "  2. 異常一覧.csv", "❯ "]) is None
