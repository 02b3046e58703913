"""Wires the project's `.test` files into pytest; see `tests/support/testfile.py` for the format."""

pytest_plugins: list[str] = []
