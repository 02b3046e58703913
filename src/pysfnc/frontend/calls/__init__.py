"""Calls of functions: where they go, their arguments, bodies written in place, functions as values."""
