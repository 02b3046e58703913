"""Wires the project's `.test` files into pytest; see `tests/support/testfile.py` for their format."""

pytest_plugins = ["pytester", "pysfnc.testing.plugin", "tests.support.plugin"]
