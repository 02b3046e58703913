"""Wires the project's `.test` files into pytest; see `tests/support/testfile.py` for their format."""

from tests.support.botocore_data import share_botocore_data

pytest_plugins = ["pytester", "pysfnc.testing.plugin", "tests.support.plugin"]

share_botocore_data()
