"""Classes of the project: what calling one makes.

Owns construction. What a class says of its fields is `annotations`; what becomes of them in a dict is `values.fields`.
"""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend import lower_library as lib
from pysfnc.frontend.annotations import record_kind
from pysfnc.frontend.lower_arguments import Arguments
from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.lower_core import as_data
from pysfnc.frontend.lower_values import Value
from pysfnc.frontend.model import ClassInfo


def call_class(cx: Context, info: ClassInfo, given: Arguments, node: ast.expr) -> Value:
    """An object of a class of the project."""
    if record_kind(cx.project.model, info) == "TypedDict":
        # Calling a TypedDict is calling `dict`: Python checks no key.
        args = [as_data(cx, value, given.node_of(index, node)) for index, value in enumerate(given.positional)]
        return lib.make_dict_of(cx, args, {name: as_data(cx, value, node) for name, value in given.keywords}, node)
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{info.name}` is a class, and objects with behaviour have no compiled form",
        labels=[(info.module.span(info.node).head(), "defined here")],
        help="write instead: a dict, or a function marked `@task` that uses the class",
    )
