"""The prelude: JSONata functions that expressions define for themselves, each only where it is used.

A prelude function is bound by the expression that calls it (`backend.expressions` puts the definitions in front), so it costs bytes but no
state. Its parameters and locals cannot clash with the variables of a program: those never start with `py_`.
"""

from pysfnc.jsonata.tree import Tree
from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True)
class PreludeFunction:
    """`$name := function($params){ body }`; `body` may call built-ins and prelude functions registered under other names."""

    name: str
    params: tuple[str, ...]
    body: Tree


PRELUDE: dict[str, PreludeFunction] = {}


def define(name: str, params: tuple[str, ...], body: Tree) -> None:
    """Register a prelude function; its name starts with `py_`."""
    if name in PRELUDE or not name.startswith("py_"):
        raise ValueError(f"prelude function {name!r} is registered already or misnamed")
    PRELUDE[name] = PreludeFunction(name, params, body)
