"""Values that are others each time: `$random()` and `$uuid()` of the machine. Only the frontend makes them, in an effect of their own.

None of them can fail.
"""

from pysfnc.jsonata.tree import Range
from pysfnc.library.rows.make import call
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import PrimRow
from pysfnc.library.rows.shapes import ONE, mapped

register_prim(PrimRow(op="draw.random", lower=lambda _args, _type: call("random")))
register_prim(PrimRow(op="draw.uuid", lower=lambda _args, _type: call("uuid")))
register_prim(
    PrimRow(
        op="draw.randoms",
        # As many as the argument says, none for one below 1.
        lower=lambda args, _type: mapped(Range(ONE, args[0].tree), "py_i", call("random")),
    )
)
