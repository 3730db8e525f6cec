"""Writes what it was given to read, whatever that is: the modules beside it say what is read."""

import pandas as pd

pd.read_excel("input/連結決算要領.xlsx").to_excel("output/集計結果.xlsx", sheet_name="集計", index=False)
