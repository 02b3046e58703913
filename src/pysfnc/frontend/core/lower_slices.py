"""`xs[a:b] = items` and `del xs[a:b]`: the list with other items in place of a part of it."""

import ast

from pysfnc.diagnostics import codes
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value
from pysfnc.frontend.core.lower_place import lower_place, may_change, read_place, write_place
from pysfnc.frontend.core.lower_values import Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Const, Expr
from pysfnc.values.relations import kinds
from pysfnc.values.types import Kind


def replace_slice(cx: Context, target: ast.Subscript, items: Expr | None) -> None:
    """Put the items of an iterable in place of a slice; None for nothing."""
    assert isinstance(target.slice, ast.Slice)
    place = lower_place(cx, target.value, "changed")
    bounds = [None if part is None else lower_value(cx, part) for part in (target.slice.lower, target.slice.upper)]
    step = None if target.slice.step is None else lower_value(cx, target.slice.step)
    if (
        place is None
        or not may_change(cx, place, target, "changed")
        or any(b is not None and is_poison(b) for b in bounds)
    ):
        return
    stride = step.value if isinstance(step, Const) and type(step.value) is int else 1 if _is_none(step) else None
    # From the end, a bound that lies outside of the list means another place.
    backwards = stride is not None and stride < 0 and bounds != [None, None]
    if stride is None or stride == 0 or backwards:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            target,
            "a slice with this step cannot be changed in the machine",
            help="write instead: a loop over the positions",
        )
        return
    current = cx.atom(read_place(cx, place), "object")
    if is_poison(current):
        return
    if kinds(current.type) != {Kind.LIST}:
        code = codes.TYPE_NEEDED if Kind.LIST in kinds(current.type) else codes.TYPE_MISMATCH
        cx.error(code, target, f"a slice of a value of type `{current.type}` is changed, which must be a list")
        return
    values: dict[str, Value] = {"xs": current}
    text = _source(cx, bounds, values, target)
    if text is None:
        return
    if items is not None:
        values["items"] = items
    if stride != 1:
        text = _strided(bounds, stride, text, deletes=items is None)
    made = run_here(
        cx,
        text.replace("ITEMS", "xs[:low] + xs[high:]" if items is None else "xs[:low] + items + xs[high:]"),
        values,
        target,
    )
    data = as_data(cx, made, target)
    if not is_poison(data):
        write_place(cx, place, data if not place.keys else cx.atom(data), cx.span(target))


def _is_none(step: Value | None) -> bool:
    return step is None or (isinstance(step, Const) and step.value is None)


_DELETED = "return [x for i, x in enumerate(xs) if i not in places]"
_REPLACED = """if len(items) != len(places):
    raise ValueError(f"attempt to assign sequence of size {len(items)} to extended slice of size {len(places)}")
made = xs[:]
for i, place in enumerate(places):
    made[place] = items[i]
return made"""


def _strided(bounds: list[Value | None], stride: int, text: str, *, deletes: bool) -> str:
    """The same for a slice with a step, which keeps its size: the places are those of a slice of all places."""
    low, high = ("" if bound is None else name for name, bound in zip(("low", "high"), bounds, strict=True))
    head = text[: text.index("high = max(low, high)")]
    places = f"places = list(range(len(xs)))[{low}:{high}:{stride}]"
    return "\n".join([head.rstrip(), places, _DELETED if deletes else _REPLACED])


def _source(cx: Context, bounds: list[Value | None], values: dict[str, Value], target: ast.Subscript) -> str | None:
    """What CPython does, as Python: bounds count from the end when negative, and stay within the list."""
    lines: list[str] = []
    for name, bound, default in zip(("low", "high"), bounds, ("0", "len(xs)"), strict=True):
        data = None if bound is None else as_data(cx, bound, target)
        if data is None or kinds(data.type) == {Kind.NONE}:
            lines.append(f"{name} = {default}")
            continue
        if kinds(data.type) != {Kind.INT}:
            cx.error(
                codes.TYPE_NEEDED,
                target,
                f"a bound of the slice must be known to be an int, and is of type `{data.type}`",
                help="write instead: `int(...)` around it",
            )
            return None
        if isinstance(data, Const) and isinstance(data.value, int):
            lines.append(
                f"{name} = min({data.value}, len(xs))"
                if data.value >= 0
                else f"{name} = max(len(xs) - {-data.value}, 0)"
            )
            continue
        values[f"{name}_"] = data
        lines.append(f"{name} = min({name}_, len(xs)) if {name}_ >= 0 else max({name}_ + len(xs), 0)")
    return "\n".join([*lines, "high = max(low, high)", "return ITEMS"])


def items_for_slice(cx: Context, value: Value, node: ast.expr) -> Expr:
    """The items that are put in place of a slice, as a list of their own."""
    items = lib.items_of(cx, value, node)
    return items if isinstance(value, Static) or is_poison(items) else lib.copy_of_list(cx, items, node)
