"""Calls of functions and classes of the program with a dict spread into the arguments, whose keys are known when the program runs: `Order(**raw)`.

f(a, **d)    ->    for key in d: ...            raise TypeError for one that no parameter has, or that has a value already
                   missing = [...]              raise TypeError for parameters without a value
                   f(a, b=d["b"], c=d["c"] if "c" in d else DEFAULT)
"""

import ast
from collections.abc import Sequence

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature
from pysfnc.frontend.classes.lower_classes import default_of
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import lower_value
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_values import Intrinsic, ObjectMethod, ProjectClass, ProjectFunction, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.declarations.records import record_of
from pysfnc.frontend.program.model import ModuleInfo
from pysfnc.frontend.program.scope import Scope
from pysfnc.ir.exprs import Expr
from pysfnc.values.relations import is_mutable

__all__ = ["call_with_names"]

_REST = "rest"
_CALLED = "called"
_ASKED = """
if not isinstance(rest, dict):
    raise TypeError({before!r} + type(rest).__name__)
"""
_MISSING = """
missing = [name for name in {names!r} if name not in rest]
if missing:
    quoted = ["'" + name + "'" for name in missing]
    text = quoted[0] if len(quoted) == 1 else " and ".join(quoted) if len(quoted) == 2 else ", ".join(quoted[:-1]) + ", and " + quoted[-1]
    raise TypeError({before!r} + str(len(missing)) + {kind!r} + ("s: " if len(missing) > 1 else ": ") + text)
"""


def call_with_names(
    cx: Context, callee: Static, signature: Signature, filled: int, title: str, given: Arguments, node: ast.expr
) -> Value:
    """Call a function that fills `filled` parameters by itself with arguments of which `rest` holds some by their names."""
    assert given.rest is not None
    names = (*signature.positional, *signature.keyword_only)
    count = filled + len(given.positional)
    if given.spread is not None or count > len(signature.positional):
        return cx.error(
            codes.UNSUPPORTED_PARAMETER_KIND,
            node,
            "a dict whose keys are not known is spread into arguments, beside a list of unknown length or too many values",
            help="write instead: the arguments by name",
        )
    by_position, by_name = signature.positional[:count], [name for name, _ in given.keywords]
    open_names = [name for name in names if name not in by_position and name not in by_name]
    defaults: dict[str, Value] = {}
    for name in open_names:
        if name in signature.defaults:
            made = _default(cx, callee, name)
            if made is None:
                return cx.error(
                    codes.UNSUPPORTED_PARAMETER_KIND,
                    node,
                    f"a dict whose keys are not known is spread into arguments, and the default of `{name}` may be changed",
                    help=f"write instead: the arguments by name, or a default of `{name}` that cannot be changed",
                )
            defaults[f"default_{name}"] = made
    values: dict[str, Value] = {_CALLED: callee, _REST: given.rest, **defaults}
    values |= {f"first{index}": value for index, value in enumerate(given.positional)}
    values |= {f"by_{name}": value for name, value in given.keywords}
    lines = [_ASKED.format(before=f"{title}() argument after ** must be a mapping, not ")]
    lines += _checks(signature, title, by_position, by_name, names)
    for kind, wanted in (("positional", signature.positional), ("keyword-only", signature.keyword_only)):
        required = tuple(name for name in wanted if name in open_names and name not in signature.defaults)
        if required:
            lines.append(
                _MISSING.format(
                    names=required, before=f"{signature.title}() missing ", kind=f" required {kind} argument"
                )
            )
    arguments = [f"first{index}" for index in range(len(given.positional))]
    arguments += [f"{name}=by_{name}" for name in by_name]
    for name in open_names:
        read = f"{_REST}[{name!r}]"
        arguments.append(
            f"{name}={read} if {name!r} in {_REST} else default_{name}()"
            if name in signature.defaults
            else f"{name}={read}"
        )
    lines.append(f"return {_CALLED}({', '.join(arguments)})")
    return run_here(cx, "\n".join(lines), values, node)


def _checks(
    signature: Signature, title: str, by_position: Sequence[str], by_name: Sequence[str], names: Sequence[str]
) -> list[str]:
    """The loops over the keys: CPython looks for those given by name first, then at each in its order."""
    lines = []
    if by_name:
        lines += [
            f"for key in {_REST}:",
            f"    if key in {tuple(by_name)!r}:",
            f"        raise TypeError({title + '() got multiple values for keyword argument '!r} + chr(39) + key + chr(39))",
        ]
    lines.append(f"for key in {_REST}:")
    if by_position:
        lines += [
            f"    if key in {tuple(by_position)!r}:",
            f"        raise TypeError({signature.title + '() got multiple values for argument '!r} + chr(39) + key + chr(39))",
        ]
    return [
        *lines,
        f"    if key not in {tuple(names)!r}:",
        f"        raise TypeError({signature.title + '() got an unexpected keyword argument '!r} + chr(39) + key + chr(39))",
    ]


def _default(cx: Context, callee: Static, name: str) -> Value | None:
    """What gives the default of a parameter; None where it is an object that all calls share and may change."""
    if isinstance(callee, ProjectClass):
        record = record_of(cx.project.model, callee.info)
        field = next((field for field in record.fields if field.name == name), None)
        if record.method("__init__") is None and field is not None:
            found = field
            return Intrinsic(lambda inner, _args, node: default_of(inner, found, node))
    module, function = _function(cx, callee)
    args = function.args
    positional = [*args.posonlyargs, *args.args]
    pairs = [*zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)]
    pairs += [(arg, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default]
    node = next(default for arg, default in pairs if arg.arg == name)
    outside = Frame(scope=Scope(bound=frozenset()), module=module, region=cx.flow.region, kind="module")
    with cx.in_frame(outside):
        value = lower_value(cx, node)
    if isinstance(value, Expr) and is_mutable(value.type):
        return None
    return Intrinsic(lambda _inner, _args, _node: value)


def _function(cx: Context, callee: Static) -> tuple[ModuleInfo, ast.FunctionDef | ast.AsyncFunctionDef]:
    match callee:
        case ProjectFunction(info):
            return info.module, info.node
        case ObjectMethod(member=member) if isinstance(member.node, ast.FunctionDef):
            return member.home.module, member.node
        case ProjectClass(info):
            init = record_of(cx.project.model, info).method("__init__")
            assert init is not None and isinstance(init.node, ast.FunctionDef)
            return init.home.module, init.node
        case _:
            raise TypeError(type(callee).__name__)
