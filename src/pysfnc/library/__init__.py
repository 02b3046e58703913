"""The supported callables of Python, as rows of a table."""
