"""Methods of tuples, which look for items as those of lists do and have a text of their own for what is not there."""

from pysfnc.library.containers.lists import INDEX_SPECS, build_count, build_index
from pysfnc.library.rows.make import ZERO, text
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Check, Parameter, PrimRow, SurfaceRow
from pysfnc.library.rows.shapes import ge

register_prim(
    PrimRow(
        op="tuple.index_found",
        lower=lambda args, _: args[0].tree,
        checks=lambda args, _: [Check(ge(args[0].tree, ZERO), "ValueError", text("tuple.index(x): x not in tuple"))],
    )
)
register_surface(
    SurfaceRow(
        name="tuple.count",
        params=(Parameter("self"), Parameter("value")),
        build=build_count,
        examples=(
            "(1, 2, 1).count(1)",
            "().count(1)",
            "(True, 1, 1.0, 'a').count(1)",
            "((1, 2), (3,), (1, 2)).count((1, 2))",
            "('a', None).count(None)",
        ),
    )
)
register_surface(
    SurfaceRow(
        name="tuple.index",
        params=(Parameter("self"), Parameter("value"), *(Parameter(s.name, s.default) for s in INDEX_SPECS)),
        build=lambda args, site: build_index(args, site, "tuple"),
        examples=(
            "(3, 1, 3).index(1)",
            "(3, 1).index(2)",
            "().index('a')",
            "(True, 'x').index(1)",
            "(3, 1, 3).index(3, 1)",
            "(3, 1, 3).index(3, 1, 2)",
            "(3, 1, 3).index(3, -9, -1)",
            "((1,), (2,)).index((2,))",
            "(1, 'x').index(None)",
        ),
    )
)
