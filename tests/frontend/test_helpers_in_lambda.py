"""Messages about values that a helper gives which runs in Lambda."""

from pathlib import Path

from tests.frontend.lowered import compiled

SOURCE = """
from pysfnc import workflow

def make(k):
    import socket
    return socket.gethostname()

@workflow
def main(k: str):
    return make(k).area()
"""


def test_a_message_about_json_says_which_helper_runs_in_lambda_and_why(tmp_path: Path) -> None:
    _, (error,) = compiled(SOURCE, tmp_path)
    assert error.notes[-1].startswith("`make` runs in Lambda, so that only JSON is known of what it gives: ")
