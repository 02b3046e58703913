"""Comparisons as the frontend asks for them: `== != < <= > >= in not in is is not`."""

from pysfnc.ir.exprs import Expr
from pysfnc.library.operators.equality import build_equal, build_is, equal_tree, list_meets_tuple
from pysfnc.library.operators.membership import build_in
from pysfnc.library.operators.ordering import build_order
from pysfnc.library.rows.make import Built, prim
from pysfnc.library.rows.row import Site
from pysfnc.values.types import BOOL, ErrorT

__all__ = ["build_compare", "equal_tree", "list_meets_tuple"]


def build_compare(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    """One comparison; the frontend makes chains of them."""
    if isinstance(left.type, ErrorT) or isinstance(right.type, ErrorT):
        return prim(symbol, BOOL, site, left, right)
    if symbol in ("==", "!="):
        return build_equal(symbol, left, right, site)
    if symbol in ("is", "is not"):
        return build_is(symbol, left, right, site)
    if symbol in ("in", "not in"):
        return build_in(symbol, left, right, site)
    return build_order(symbol, left, right, site)
