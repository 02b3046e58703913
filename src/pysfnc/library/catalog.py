"""The whole library behind one import: loads every module of rows, then offers what frontend and backend ask for.

Owns the list of modules. Adding a callable is a row in one of them; a new module is one more name here.
"""

from pysfnc.library.containers import (
    copies,
    dict_changes,
    dict_pairs,
    dicts,
    iteration,
    keyed,
    lists,
    sets,
    sorting,
    tuples,
    unpacking,
)
from pysfnc.library.containers.dict_pairs import (
    build_dict_call,
    build_of_pairs,
    build_spread_mapping,
    build_taken_pair,
)
from pysfnc.library.containers.dicts import build_dict
from pysfnc.library.containers.iteration import build_iter_list, build_zip, range_parts
from pysfnc.library.containers.keyed import (
    build_all_str,
    build_hashed,
    build_key,
    build_key_present,
    build_key_text,
    build_new_key,
)
from pysfnc.library.containers.lists import build_append, build_copy, build_extend, build_item_at
from pysfnc.library.containers.sets import build_comparison, build_hashable, build_items, build_operator, build_set
from pysfnc.library.containers.sorting import build_sorted
from pysfnc.library.containers.unpacking import build_unpack_check, build_unpack_list
from pysfnc.library.machine import decoding, loops, outcomes, services
from pysfnc.library.moments import durations, moment_formats, moment_forms, moment_parsing, moments
from pysfnc.library.numbers import conversions, decimals, draws, extremes, functions, int_methods, maths, rounding, sums
from pysfnc.library.numbers.extremes import build_extreme
from pysfnc.library.numbers.functions import CONSTANTS, TABLES
from pysfnc.library.numbers.sums import build_sum_start, build_sum_step, build_sum_total
from pysfnc.library.objects import annotated, enums, fails, held_exceptions, held_functions, instances, objects, raised
from pysfnc.library.objects.instances import CLASS_KINDS, build_is_instance, build_type_name
from pysfnc.library.operators import (
    arithmetic,
    beside_members,
    infinity,
    operators,
    slices,
    subscripts,
    truth,
    unary,
    whole_numbers,
)
from pysfnc.library.operators.beside_members import build_beside_member
from pysfnc.library.operators.compare import build_compare
from pysfnc.library.operators.operators import build_binary
from pysfnc.library.operators.slices import build_slice
from pysfnc.library.operators.subscripts import build_delete_item, build_set_item, build_subscript
from pysfnc.library.operators.truth import build_not, build_truth
from pysfnc.library.operators.unary import build_unary
from pysfnc.library.rows.dispatch import build_call, build_change, build_has_kind, build_method
from pysfnc.library.rows.registry import (
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
from pysfnc.library.services import (
    attribute_values,
    aws_errors,
    aws_forms,
    aws_matches,
    children,
    context,
    environment,
    http,
    stored_values,
    told_arithmetic,
    told_members,
)
from pysfnc.library.text import (
    encodings,
    formats,
    json_dumps,
    json_loads,
    printf,
    regexes,
    strings_case,
    strings_fold,
    strings_layout,
    strings_refused,
    strings_search,
    strings_split,
    texts,
)
from pysfnc.library.text.formats import build_format
from pysfnc.library.text.printf import build_percent, build_str_format
from pysfnc.library.text.texts import build_join, build_repr, build_str

__all__ = [
    "CLASS_KINDS",
    "CONSTANTS",
    "ROW_MODULES",
    "TABLES",
    "build_all_str",
    "build_append",
    "build_beside_member",
    "build_binary",
    "build_call",
    "build_change",
    "build_compare",
    "build_comparison",
    "build_copy",
    "build_delete_item",
    "build_dict",
    "build_dict_call",
    "build_extend",
    "build_extreme",
    "build_format",
    "build_has_kind",
    "build_hashable",
    "build_hashed",
    "build_is_instance",
    "build_item_at",
    "build_items",
    "build_iter_list",
    "build_join",
    "build_key",
    "build_key_present",
    "build_key_text",
    "build_method",
    "build_new_key",
    "build_not",
    "build_of_pairs",
    "build_operator",
    "build_percent",
    "build_repr",
    "build_set",
    "build_set_item",
    "build_slice",
    "build_sorted",
    "build_spread_mapping",
    "build_str",
    "build_str_format",
    "build_subscript",
    "build_sum_start",
    "build_sum_step",
    "build_sum_total",
    "build_taken_pair",
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
    annotated,
    arithmetic,
    beside_members,
    attribute_values,
    children,
    context,
    aws_errors,
    aws_forms,
    aws_matches,
    conversions,
    decimals,
    decoding,
    copies,
    dict_changes,
    dict_pairs,
    dicts,
    draws,
    durations,
    encodings,
    enums,
    environment,
    extremes,
    fails,
    formats,
    functions,
    held_exceptions,
    held_functions,
    http,
    infinity,
    instances,
    int_methods,
    iteration,
    keyed,
    json_dumps,
    json_loads,
    lists,
    loops,
    objects,
    maths,
    moment_formats,
    moment_forms,
    moment_parsing,
    moments,
    operators,
    outcomes,
    printf,
    raised,
    regexes,
    rounding,
    services,
    sets,
    slices,
    sorting,
    stored_values,
    strings_case,
    strings_fold,
    strings_layout,
    strings_refused,
    strings_search,
    strings_split,
    subscripts,
    sums,
    texts,
    told_arithmetic,
    told_members,
    truth,
    tuples,
    unary,
    unpacking,
    whole_numbers,
)
