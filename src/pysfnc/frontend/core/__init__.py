"""Lowering itself: its context and state, names, expressions, assignments, conditions, and the dispatch to everything else."""
