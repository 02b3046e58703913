"""What the tests of commands share: calling one in this process, and a program to call it on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pysfnc.cli.main import main

Run = Callable[..., tuple[int, str, str]]

PROGRAM = '''
import prices
from pysfnc import task, workflow


class Declined(Exception):
    pass


@task
def charge(amount: int) -> str:
    if amount > 100:
        raise Declined("too much")
    return f"charged {amount} {prices.CURRENCY}"


@workflow
def pay(amount: int) -> str:
    """Charges an amount."""
    if amount < 0:
        raise ValueError("negative")
    return charge(amount)
'''


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Call a command and return its exit code, standard output and standard error."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of two modules in the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "prices.py").write_text('CURRENCY = "EUR"\n')
    path = tmp_path / "app.py"
    path.write_text(PROGRAM)
    return path
