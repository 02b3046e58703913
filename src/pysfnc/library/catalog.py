"""The whole library behind one import: loads every module of rows, then offers what frontend and backend ask for.

Owns the list of modules. Adding a callable is a row in one of them; a new module is one more name here.
"""

from pysfnc.library import (
    arithmetic,
    aws_errors,
    aws_forms,
    children,
    context,
    conversions,
    copies,
    dict_changes,
    dict_pairs,
    dicts,
    draws,
    encodings,
    environment,
    extremes,
    formats,
    functions,
    instances,
    int_methods,
    iteration,
    json_dumps,
    json_loads,
    lists,
    loops,
    maths,
    operators,
    printf,
    raised,
    rounding,
    services,
    slices,
    sorting,
    strings_case,
    strings_layout,
    strings_refused,
    strings_search,
    strings_split,
    subscripts,
    sums,
    texts,
    truth,
    unary,
    unpacking,
)
from pysfnc.library.compare import build_compare
from pysfnc.library.dict_pairs import build_dict_call, build_of_pairs
from pysfnc.library.dicts import build_dict
from pysfnc.library.dispatch import build_call, build_change, build_has_kind, build_method
from pysfnc.library.extremes import build_extreme
from pysfnc.library.formats import build_format
from pysfnc.library.functions import CONSTANTS
from pysfnc.library.instances import CLASS_KINDS, build_is_instance, build_type_name
from pysfnc.library.iteration import build_iter_list, build_zip, range_parts
from pysfnc.library.lists import build_append, build_copy, build_extend, build_item_at
from pysfnc.library.operators import build_binary
from pysfnc.library.printf import build_percent, build_str_format
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
from pysfnc.library.slices import build_slice
from pysfnc.library.sorting import build_sorted
from pysfnc.library.subscripts import build_delete_item, build_set_item, build_subscript
from pysfnc.library.texts import build_join, build_repr, build_str
from pysfnc.library.truth import build_not, build_truth
from pysfnc.library.unary import build_unary
from pysfnc.library.unpacking import build_unpack_check, build_unpack_list

__all__ = [
    "CLASS_KINDS",
    "CONSTANTS",
    "ROW_MODULES",
    "build_append",
    "build_binary",
    "build_call",
    "build_change",
    "build_compare",
    "build_copy",
    "build_delete_item",
    "build_dict",
    "build_dict_call",
    "build_extend",
    "build_extreme",
    "build_format",
    "build_has_kind",
    "build_is_instance",
    "build_item_at",
    "build_iter_list",
    "build_join",
    "build_method",
    "build_not",
    "build_of_pairs",
    "build_percent",
    "build_repr",
    "build_set_item",
    "build_slice",
    "build_sorted",
    "build_str",
    "build_str_format",
    "build_subscript",
    "build_truth",
    "build_type_name",
    "build_unary",
    "build_unpack_check",
    "build_unpack_list",
    "build_zip",
    "builtin_names",
    "find_builtin",
    "find_change",
    "find_kind_method",
    "may_raise",
    "method_kinds",
    "method_names",
    "prim",
    "range_parts",
    "surface_rows",
]

ROW_MODULES = (
    arithmetic,
    children,
    context,
    aws_errors,
    aws_forms,
    conversions,
    copies,
    dict_changes,
    dict_pairs,
    dicts,
    draws,
    encodings,
    environment,
    extremes,
    formats,
    functions,
    instances,
    int_methods,
    iteration,
    json_dumps,
    json_loads,
    lists,
    loops,
    maths,
    operators,
    printf,
    raised,
    rounding,
    services,
    slices,
    sorting,
    strings_case,
    strings_layout,
    strings_refused,
    strings_search,
    strings_split,
    subscripts,
    sums,
    texts,
    truth,
    unary,
    unpacking,
)
