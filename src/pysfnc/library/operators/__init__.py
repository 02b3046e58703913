"""Operators, comparisons, truth and subscripts."""
