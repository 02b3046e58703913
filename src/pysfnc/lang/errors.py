"""Exception classes of the language, and how several faults become one message.

Owns `Fail` and `refuse`. It does not own the names by which a machine catches an exception: see
`pysfnc.lang.exceptions`.
"""

from collections.abc import Sequence
from typing import Never


class Fail(Exception):
    """A failure with an error name that is no Python class, as a Fail state of Step Functions has.

    Args:
        error: the error name of the execution, for example ``"Order.Rejected"``.
        cause: the text of the failure; it is also ``str()`` of the exception.

    Raises:
        TypeError: one of them is no str.
    """

    def __init__(self, error: str, cause: str = "") -> None:
        for name, text in (("error", error), ("cause", cause)):
            if not isinstance(text, str):
                raise TypeError(f"Fail() argument {name!r} must be str, not {type(text).__name__}")
        super().__init__(error, cause)
        self.error = error
        self.cause = cause

    def __str__(self) -> str:
        return self.cause


def refuse(subject: str, faults: Sequence[str]) -> Never:
    """Raise one `ValueError` that lists all `faults` of `subject`."""
    if len(faults) == 1:
        raise ValueError(f"{subject} is invalid: {faults[0]}")
    raise ValueError(f"{subject} is invalid for {len(faults)} reasons: {'; '.join(faults)}")
