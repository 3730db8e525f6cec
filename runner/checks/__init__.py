"""The parts of `runner.verify_outputs`: hostile files → rows → checks. Nothing here runs agent code."""
