"""Calls of functions of the program with a list of unknown length spread into the arguments: a call for each length that fits.

f(a, *xs)    ->    if len(xs) == 1: f(a, xs[0])
                   elif len(xs) == 2: f(a, xs[0], xs[1])
                   else: raise TypeError(...)

What a function takes as `*rest` is a tuple of unknown length then, made of what is left of the list:

g(a, *xs)    ->    if len(xs) == 0: raise TypeError(...)
                   else: g(a, xs[0], *xs[1:])
"""

import ast
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import (
    ONE_OF_SEVERAL,
    Arguments,
    Signature,
    Spreading,
    missing_arguments,
    signature_of,
    takes_positional,
)
from pysfnc.frontend.calls.lower_choices import call_choice
from pysfnc.frontend.calls.lower_named_spread import call_with_names
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_values import (
    Choice,
    Closure,
    ExceptionClass,
    ObjectMethod,
    ProjectClass,
    ProjectFunction,
    Static,
    Value,
)
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.declarations.records import record_of

MAX_LENGTHS: Final = 4
"""Each length that fits is a copy of the function."""

REST: Final = "rest"
CALLED: Final = "called"


def spread_title(cx: Context, callee: Static) -> str:
    """What CPython calls a function that gets a list of unknown length, with its module; nothing where such a call has no form.

    It has one where the lengths that fit are known, and few.
    """
    if isinstance(callee, Choice):
        return ONE_OF_SEVERAL if all(isinstance(o, Static) and _may_spread(cx, o) for o in callee.options) else ""
    return _title(callee) if _may_spread(cx, callee) else ""


def _title(callee: Static) -> str:
    match callee:
        case ProjectFunction(info):
            return f"{info.module.name}.{info.qualname}"
        case ObjectMethod(member=member):
            return f"{member.home.module.name}.{member.home.name}.{member.name}"
        case ProjectClass(info):
            return f"{info.module.name}.{info.name}"
        case _:
            return ""


def _may_spread(cx: Context, callee: Static) -> bool:
    found = _signature(cx, callee)
    if found is None:
        return False
    signature, _ = found
    fitting = len(signature.defaults & set(signature.positional)) + 1
    return (signature.star is not None or signature.rest is None) and fitting <= MAX_LENGTHS


def spreading(cx: Context, callee: Static) -> Spreading:
    """Which dicts may be spread into the arguments of a call."""
    if _may_name(cx, callee):
        return "any"
    own = isinstance(callee, ProjectFunction | ProjectClass | ObjectMethod | Closure | ExceptionClass)
    return "closed" if own else "written"


def _may_name(cx: Context, callee: Static) -> bool:
    found = _signature(cx, callee)
    return found is not None and found[0].rest is None and not found[0].positional_only


def call_with(cx: Context, callee: Static, given: Arguments, node: ast.expr) -> Value:
    """A call with arguments that were evaluated, a list of unknown length among them where it has such a form."""
    from pysfnc.frontend.calls.lower_call import call_value

    if given.rest is not None and _may_name(cx, callee):
        found = _signature(cx, callee)
        assert found is not None
        return call_with_names(cx, callee, *found, _title(callee), given, node)
    if given.spread is not None and isinstance(callee, Choice):
        return call_choice(cx, callee, given, node)
    if given.spread is not None and _may_spread(cx, callee):
        return _spread(cx, callee, given, node)
    return call_value(cx, callee, given, node)


def _spread(cx: Context, callee: Static, given: Arguments, node: ast.expr) -> Value:
    from pysfnc.frontend.calls.lower_call import call_value

    found = _signature(cx, callee)
    assert found is not None and given.spread is not None
    signature, own = found
    named = {name for name, _ in given.keywords}
    if named & set(signature.positional):
        return cx.error(
            codes.UNSUPPORTED_PARAMETER_KIND,
            node,
            "a value of unknown length is spread into arguments, and others are given by name",
            help="write instead: all of them by name, or the list itself as one argument",
        )
    if signature.star is not None and own + len(given.positional) >= len(signature.positional):
        return call_value(cx, callee, given, node)
    values: dict[str, Value] = {CALLED: callee, REST: given.spread}
    values |= {f"first{index}": value for index, value in enumerate(given.positional)}
    values |= {f"by_{name}": value for name, value in given.keywords}
    return run_here(cx, _body(signature, own + len(given.positional), given), values, node)


def _signature(cx: Context, callee: Static) -> tuple[Signature, int] | None:
    """The signature of a function of the program, and how many of its parameters the call fills by itself."""
    match callee:
        case ProjectFunction(info) if not info.cached:
            return signature_of(info.node, info.qualname), 0
        case ObjectMethod(member=member, receiver=receiver) if isinstance(member.node, ast.FunctionDef):
            return signature_of(member.node, f"{member.home.name}.{member.name}"), int(receiver is not None)
        case ProjectClass(info):
            record = record_of(cx.project.model, info)
            init = record.method("__init__")
            if init is not None and isinstance(init.node, ast.FunctionDef):
                return signature_of(init.node, f"{init.home.name}.__init__"), 1
            fields = [field for field in record.fields if field.init]
            if record.kind not in ("dataclass", "named tuple"):
                return None
            defaults = frozenset(field.name for field in fields if field.has_default)
            names = ("self", *(field.name for field in fields if not field.by_name))
            by_name = tuple(field.name for field in fields if field.by_name)
            method = "__init__" if record.kind == "dataclass" else "__new__"
            return Signature(f"{info.name}.{method}", names, frozenset(), by_name, None, None, defaults), 1
        case _:
            return None


def _body(signature: Signature, filled: int, given: Arguments) -> str:
    """The statements that choose by the length of the list; `filled` parameters have their values."""
    names = signature.positional[filled:]
    required = sum(name not in signature.defaults for name in names)
    lines: list[str] = []

    def call(length: int, *more: str) -> str:
        arguments = [f"first{index}" for index in range(len(given.positional))]
        arguments += [f"{REST}[{index}]" for index in range(length)]
        arguments += [*more, *(f"{name}=by_{name}" for name, _ in given.keywords)]
        return f"return {CALLED}({', '.join(arguments)})"

    for length in range(required, len(names) + (signature.star is None)):
        lines += [f"if len({REST}) == {length}:", f"    {call(length)}"]
    for length in range(required):
        missing = [name for name in names[length:] if name not in signature.defaults]
        message = missing_arguments(signature, missing, "positional")
        lines += [f"if len({REST}) == {length}:", f"    raise TypeError({message!r})"]
    if signature.star is not None:
        return "\n".join([*lines, call(len(names), f"*{REST}[{len(names)}:]")])
    before = f"{takes_positional(signature)} but "
    if not filled:
        lines += [f"if len({REST}) == 1:", f"    raise TypeError({before + '1 was given'!r})"]
    lines.append(f"raise TypeError({before!r} + str(len({REST}) + {filled}) + ' were given')")
    return "\n".join(lines)
