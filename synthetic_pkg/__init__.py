"""The fake group: builds PKG workbooks, 連結決算要領.xlsx and their known answers from (spec, seed).

Called by runner.trial through synthetic_pkg.dataset.build_dataset; imports nothing of runner.
"""
