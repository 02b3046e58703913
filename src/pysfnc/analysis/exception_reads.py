"""What a machine reads of exceptions. What nobody reads need not be kept with them, nor be carried out of branches."""

from pysfnc.ir.exprs import ExcField, Prim
from pysfnc.ir.hir import Suite
from pysfnc.ir.walk import suite_exprs
from pysfnc.ir.walk_exprs import walk_expr


def exception_fields_read(suite: Suite) -> frozenset[str]:
    """The fields of exceptions that the suite reads. `except*` reads the arguments of a group, where its exceptions stand."""
    found: set[str] = set()
    for expr in suite_exprs(suite):
        for part in walk_expr(expr):
            if isinstance(part, ExcField):
                found.add(part.field_)
            elif isinstance(part, Prim) and part.op == "group.matching":
                found.add("args")
    return frozenset(found)
