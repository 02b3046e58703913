"""`copy.copy` and `copy.deepcopy`: values of a machine are never shared, so that a copy is the value.

The alias check tells the two from the value itself.
"""

from collections.abc import Sequence

from pysfnc.ir.exprs import Expr
from pysfnc.library.rows.make import Built, prim
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind

register_prim(PrimRow(op="copy.flat", lower=lambda args, _: args[0].tree))
register_prim(PrimRow(op="copy.deep", lower=lambda args, _: args[0].tree))


def _build(op: str, args: Sequence[Expr], site: Site) -> Built:
    if Kind.EXCEPTION in kinds(args[0].type):
        return Refusal("unsupported-call", "an exception cannot be copied in the machine")
    return prim(op, args[0].type, site, args[0])


register_surface(
    SurfaceRow(
        name="copy.copy",
        params=(Parameter("x", positional_only=False),),
        build=lambda args, site: _build("copy.flat", args, site),
    )
)
register_surface(
    SurfaceRow(
        name="copy.deepcopy",
        params=(Parameter("x", positional_only=False),),
        build=lambda args, site: _build("copy.deep", args, site),
    )
)
