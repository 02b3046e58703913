"""Wires the project's `.test` files into pytest; see `tests/support/testfile.py` for their format."""

pytest_plugins = ["pytester", "tests.support.plugin"]
