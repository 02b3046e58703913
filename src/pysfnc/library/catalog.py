"""The whole library behind one import: loads every module of rows, then offers what frontend and backend ask for.

Owns the list of modules. Adding a callable is a row in one of them; a new module is one more name here.
"""

from pysfnc.library import (
    operators,
    truth,
)
from pysfnc.library.compare import build_compare
from pysfnc.library.dispatch import build_call, build_change, build_has_kind, build_method
from pysfnc.library.operators import build_binary, build_unary
from pysfnc.library.registry import (
    builtin_names,
    find_builtin,
    find_change,
    find_kind_method,
    may_raise,
    method_kinds,
    method_names,
    prim,
    surface_rows,
)
from pysfnc.library.truth import build_not, build_truth

__all__ = [
    "ROW_MODULES",
    "build_binary",
    "build_call",
    "build_change",
    "build_compare",
    "build_has_kind",
    "build_method",
    "build_not",
    "build_truth",
    "build_unary",
    "builtin_names",
    "find_builtin",
    "find_change",
    "find_kind_method",
    "may_raise",
    "method_kinds",
    "method_names",
    "prim",
    "surface_rows",
]

ROW_MODULES = (operators, truth)
