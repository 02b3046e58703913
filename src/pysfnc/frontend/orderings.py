"""What `functools.total_ordering` adds to a class: the comparisons that it lacks, made of the one that it has and of `==`."""

import ast
from collections.abc import Iterator, Set
from typing import Final

_DERIVED: Final = {
    "__lt__": {
        "__gt__": "not self.__lt__(other) and self != other",
        "__le__": "self.__lt__(other) or self == other",
        "__ge__": "not self.__lt__(other)",
    },
    "__le__": {
        "__ge__": "not self.__le__(other) or self == other",
        "__lt__": "self.__le__(other) and self != other",
        "__gt__": "not self.__le__(other)",
    },
    "__gt__": {
        "__lt__": "not self.__gt__(other) and self != other",
        "__ge__": "self.__gt__(other) or self == other",
        "__le__": "not self.__gt__(other)",
    },
    "__ge__": {
        "__le__": "not self.__ge__(other) or self == other",
        "__gt__": "self.__ge__(other) and self != other",
        "__lt__": "not self.__ge__(other)",
    },
}
"""By the comparison that Python starts from, the first of these that the class has."""


def derived_comparisons(cls: ast.ClassDef, defined: Set[str]) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The comparisons that are added to a class that has, or inherits, functions of these names; each stands where the class does."""
    start = next((name for name in _DERIVED if name in defined), None)
    for name, text in _DERIVED[start].items() if start is not None else ():
        if name in defined:
            continue
        (function,) = ast.parse(f"def {name}(self, other):\n    return {text}").body
        assert isinstance(function, ast.FunctionDef)
        for part in ast.walk(function):
            if hasattr(part, "lineno"):
                ast.copy_location(part, cls)
        yield name, function
