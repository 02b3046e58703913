"""Loops, comprehensions, iterators and generators."""
