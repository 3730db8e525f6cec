"""The rehearsal: an Anthropic-compatible endpoint on loopback that plays an authored cassette.

Started by `runner.trial` as `python -m runner.rehearsal`; it opens no connection of its own, never invents
text, and always says `authored`.
"""
