"""Why the work differs from the answers: known mistakes that reproduce it exactly, and facts about the report."""
