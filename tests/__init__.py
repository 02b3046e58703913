"""The tests of pysfnc; a package, so that tests can share what is under `tests/support`."""
