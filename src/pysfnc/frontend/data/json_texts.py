"""Texts of JSON, and those among them that are as Step Functions itself writes a value: without blanks, and not limited to ASCII.

Where AWS takes bytes, Step Functions sends the JSON text of a value. So such texts can be sent, as the values that they were made of; and
other texts of JSON where AWS reads it, and does not pass on the text.
"""

import json
from typing import Final

from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_state import JsonText
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.library.rows.typenames import parts_of
from pysfnc.library.text.json_dumps import holds_own_keys
from pysfnc.values.relations import members
from pysfnc.values.types import JSON, FloatT, InfinityT, Type

_COMPACT: Final = [None, ",", ":", False, False]
"""The options of `json.dumps`: indent, what stands between items and behind keys, sorting, and ASCII alone."""
_MOST: Final = 2**53
"""The greatest int that the machine holds exactly."""


def json_text(cx: Context, value: Expr) -> JsonText:
    """What is known of a value as a text of JSON."""
    match value:
        case Prim(op="json.dumps", args=(inner, *options)):
            chosen = [option.value if isinstance(option, Const) else option for option in options]
            is_compact = chosen == _COMPACT and not holds_floats(inner.type)
            return JsonText.COMPACT if is_compact else JsonText.WRITTEN
        case Var(name=name):
            fact = cx.state.facts.get(name)
            return JsonText.NONE if fact is None else fact.json_text
        case Cond(then=then, orelse=orelse):
            return min(json_text(cx, then), json_text(cx, orelse))
        case Let(body=body):
            return json_text(cx, body)
        case Const(value=str(text)) if _is_compact(text):
            return JsonText.COMPACT
        case _:
            return JsonText.NONE


def _is_compact(text: str) -> bool:
    """Whether a constant is a text of JSON as Step Functions writes it; one with a fraction in it may not be."""
    try:
        value = json.loads(text, parse_float=_refused, parse_constant=_refused, parse_int=_small)
    except (ValueError, RecursionError):
        return False
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False) == text


def _refused(text: str) -> float:
    raise ValueError(text)


def _small(text: str) -> int:
    value = int(text)
    if abs(value) > _MOST:
        raise ValueError(text)
    return value


def value_of_text(text: Expr) -> Expr:
    """What such a text was made of."""
    if isinstance(text, Prim) and text.op == "json.dumps" and not holds_own_keys(text.args[0].type):
        return text.args[0]
    return Prim(op="json.value", args=(text,), type=JSON, span=text.span)


def holds_floats(type_: Type) -> bool:
    """Whether there may be a float that Python writes as `2.0`: of one out of JSON that is whole, nobody knows that it is one (LIM-04)."""
    return any(isinstance(one, FloatT | InfinityT) or any(map(holds_floats, parts_of(one))) for one in members(type_))
