"""What differs between versions of CPython: the texts of a few exceptions and the way `sum` adds floats.

The machine speaks as the CPython that compiles it, so that running a program and running its machine give the same
outcome side by side. Everything here was measured on CPython 3.11.7, 3.12.7, 3.13.2 and 3.14.2; whatever is not here is
the same in all of them.
"""

import sys
from typing import Final

SPEAKS: Final = sys.version_info[:2]
"""The version of CPython whose texts and sums the machine has."""


def since(version: tuple[int, int]) -> bool:
    """Whether the machine speaks as this version or a later one."""
    return version <= SPEAKS


# The ZeroDivisionError of ints and the one of floats.
_ONE_TEXT: Final = ("division by zero", "division by zero")
TRUE_DIVISION: Final = _ONE_TEXT if since((3, 14)) else ("division by zero", "float division by zero")
FLOOR_DIVISION: Final = (
    _ONE_TEXT if since((3, 14)) else ("integer division or modulo by zero", "float floor division by zero")
)
MODULO: Final = (
    _ONE_TEXT
    if since((3, 14))
    else ("integer modulo by zero", "float modulo by zero" if since((3, 13)) else "float modulo")
)
DIVMOD: Final = _ONE_TEXT if since((3, 14)) else ("integer division or modulo by zero", "float divmod()")
NEGATIVE_POWER: Final = "zero to a negative power" if since((3, 14)) else "0.0 cannot be raised to a negative power"
NOT_A_CONTAINER: Final = (
    "argument of type '{}' is not a container or iterable"
    if since((3, 14))
    else "argument of type '{}' is not iterable"
)
UNHASHABLE_KEY: Final = (
    "cannot use '{}' as a dict key (unhashable type: '{}')" if since((3, 14)) else "unhashable type: '{}'"
)
UNHASHABLE_ITEM: Final = (
    "cannot use '{}' as a set element (unhashable type: '{}')" if since((3, 14)) else "unhashable type: '{}'"
)
NO_ITEMS: Final = "{}() iterable argument is empty" if since((3, 12)) else "{}() arg is an empty sequence"
NOT_IN_LIST: Final = "list.index(x): x not in list" if since((3, 14)) else "{} is not in list"
"""`{}` is the repr of the value."""
ROOT_OF_NEGATIVE: Final = "expected a nonnegative input, got {}" if since((3, 14)) else "math domain error"
SUM_COMPENSATES: Final = since((3, 12))
"""Whether `sum` keeps the error of each addition of a float and adds it at the end."""
SUM_COMPENSATES_INTS: Final = since((3, 14))
"""Whether it does so for ints too, once the sum is a float."""
