"""What `Fail` takes: made by the compiler where an argument may be no text."""

from collections.abc import Sequence

from pysfnc.jsonata.tree import Lit
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.signature import TEXT, Spec, kind_checks
from pysfnc.values.types import Type


def _checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
    """The second argument says which parameter of `lang.errors.Fail` the first one is."""
    value, place = args
    assert isinstance(place.tree, Lit)
    name = str(place.tree.value)
    return kind_checks([Spec(name, TEXT, f"Fail() argument '{name}' must be str, not {{}}")], [value])


register_prim(PrimRow(op="exc.fail_text", lower=lambda args, _: args[0].tree, checks=_checks))
