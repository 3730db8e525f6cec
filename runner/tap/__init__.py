"""The tap: the one process between Claude Code and the endpoint; adds the key, guards, records and measures.

Started by `runner.trial` as `python -m runner.tap`; what it learns leaves as events on stdout,
`cassette.jsonl` and `audit.jsonl`.
"""
