"""Blocks that something leaves or enters: `try`, `raise`, exception objects, `with`."""
