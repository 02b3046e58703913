"""The arguments of a table's method, with those out of a dict: `table.query(**kwargs)`.

What a `Table` does with an argument depends on its name, so the keys of the dict must be known; whether each is there need not be.
"""

import ast
from collections.abc import Mapping
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import Value
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.lean import dataclass
from pysfnc.values.relations import others_of
from pysfnc.values.types import BOOL, NEVER, STR, DictT, NeverT

__all__ = ["Optional", "TableArguments", "spread_arguments"]


@dataclass(frozen=True, slots=True)
class Optional:
    """An argument that is there on some ways: whether it is, and the value that it has then."""

    present: Expr
    value: Expr


@dataclass(frozen=True, slots=True)
class TableArguments:
    """Arguments by name, those that are always given and the others."""

    given: Mapping[str, Value]
    optional: Mapping[str, Optional]

    @property
    def names(self) -> tuple[str, ...]:
        """All that may be given."""
        return (*self.given, *self.optional)

    def having(self, name: str) -> "TableArguments":
        """The same on the ways where an argument is there."""
        return self.without(name).giving(name, self.optional[name].value)

    def giving(self, name: str, value: Value) -> "TableArguments":
        """The same with an argument in place of what there was."""
        return replace(self, given={**self.given, name: value})

    def without(self, name: str) -> "TableArguments":
        """The same on the ways where an argument is not there."""
        return replace(self, optional={key: entry for key, entry in self.optional.items() if key != name})


def spread_arguments(cx: Context, given: Arguments, node: ast.expr) -> TableArguments | None:
    """The arguments of a call; None after a message."""
    named = given.keyword_map()
    if given.rest is None:
        return TableArguments(named, {})
    type_ = given.rest.type
    if not isinstance(type_, DictT) or others_of(type_) != NEVER:
        cx.error(
            codes.UNSUPPORTED_PARAMETER_KIND,
            node,
            "a dict whose keys are not known is spread into arguments of a table",
            help='write instead: a dict with keys that are written out, `params = {"Limit": 10}`, or the arguments by name',
        )
        return None
    whole = cx.atom(given.rest, "params")
    optional: dict[str, Optional] = {}
    for field in type_.fields:
        if isinstance(field.type, NeverT):
            continue
        if field.name in named:
            cx.error(codes.TYPE_MISMATCH, node, f"`{field.name}` is given by name and in the dict that is spread")
            return None
        key = Const(value=field.name, type=STR)
        always = Const(value=True, type=BOOL)
        value = Prim(op="service.member", args=(whole, key, key, always), type=field.type, span=cx.span(node))
        if field.always:
            named[field.name] = value
        else:
            optional[field.name] = Optional(Prim(op="in", args=(key, whole), type=BOOL), value)
    return TableArguments(named, optional)
