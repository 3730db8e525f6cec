"""集計結果.xlsx と 異常一覧.csv から、役員向けの要約を作る。金額と会社は表にあるものだけを使う。"""

import pandas as pd
from pkg_corrections import treatment
from pkg_reader import OUTPUT, Yoryo

CORRECTED_NAME = "子会社合算・内部取引消去後"  # 要領15: 親会社を含まないので「連結」とは呼ばない


def sales(totals, basis, yoryo):
    """全社の売上高（千円）。"""
    code = yoryo.account("売上高")
    chosen = (totals["区分"] == basis) & (totals["セグメント"] == "全社") & (totals["科目コード"] == code)
    return int(totals.loc[chosen, "金額"].item())


def summary(totals, found, yoryo):
    """要約の行。"""
    excluded = sorted(
        {row.会社コード for row in found.itertuples() if treatment(yoryo, row.検査番号) == "除外"}
    )
    return [
        f"# 役員向け要約（{CORRECTED_NAME}）",
        "",
        f"1. 全社の売上高: 提出値 {sales(totals, '提出値', yoryo):,}千円、"
        f"修正後 {sales(totals, '修正後', yoryo):,}千円（集計結果.xlsx）",
        f"2. 修正後から除外した会社: {'、'.join(excluded) or 'なし'}（提出の状況を各社に確認）",
        f"3. 要領の検査に該当した箇所: {len(found):,}件（異常一覧.csv。原因は各社に確認）",
    ]


def main():
    totals = pd.read_excel(OUTPUT / "集計結果.xlsx", sheet_name="集計", dtype={"科目コード": str})
    found = pd.read_csv(OUTPUT / "異常一覧.csv", dtype=str, keep_default_na=False)
    lines = summary(totals, found, Yoryo())
    path = OUTPUT / "役員向け要約.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[2:]))  # 画面には先頭の3行だけが出ることがある
    print(f"\n{path} を書きました（{CORRECTED_NAME}）。")


if __name__ == "__main__":
    main()
