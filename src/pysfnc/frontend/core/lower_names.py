"""Names: reading and binding variables, and what module-level names mean.

Owns definite assignment, the rules for globals and for branches, and the meaning of a module's bindings.
"""

import ast
import builtins
import math
from dataclasses import replace
from typing import Final, assert_never

from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import Condition
from pysfnc.frontend.aws.condition_values import held_condition
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.calls.held_displays import bound_function
from pysfnc.frontend.core.lower_context import Context, nothing
from pysfnc.frontend.core.lower_core import as_data, expression, lower_value
from pysfnc.frontend.core.lower_frame import Frame, lookup_frame, variable_of
from pysfnc.frontend.core.lower_shared import shared_of
from pysfnc.frontend.core.lower_state import Fact, View
from pysfnc.frontend.core.lower_values import (
    BuiltinFunction,
    DictOf,
    ExceptionClass,
    External,
    Groups,
    Lazy,
    LazyComprehension,
    ModuleValue,
    ProjectClass,
    ProjectFunction,
    Root,
    Static,
    TupleOf,
    Value,
    describe,
)
from pysfnc.frontend.core.lower_views import keep_displayed, rebased, with_own_keys
from pysfnc.frontend.core.streams import handed_over
from pysfnc.frontend.data.json_texts import json_text
from pysfnc.frontend.data.known_texts import texts_of
from pysfnc.frontend.declarations.exceptions import exception_class_of
from pysfnc.frontend.program.model import (
    Binding,
    ClassBinding,
    ConstantBinding,
    ExternalBinding,
    FunctionBinding,
    ModuleBinding,
    ModuleInfo,
    UnsupportedBinding,
)
from pysfnc.frontend.program.names import lookup
from pysfnc.frontend.program.scope import Scope
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Perform
from pysfnc.library.catalog import CONSTANTS, TABLES
from pysfnc.library.operators.infinity import infinity
from pysfnc.library.rows.make import const
from pysfnc.source.span import Span
from pysfnc.values.relations import is_mutable, kinds
from pysfnc.values.types import ERROR, NEVER, STR, Kind, ListT

_STARTED: Final = frozenset({"a future", "a list of futures", "a coroutine that was not awaited"})
"""How what runs beside the program, or may, is told of."""
_EMPTY_SCOPE = Scope(bound=frozenset())


@expression(ast.Name)
def lower_name(cx: Context, node: ast.Name) -> Value:
    """A name that is read."""
    return read_name(cx, node.id, node)


def read_name(cx: Context, name: str, node: ast.AST) -> Value:
    """What a name holds at the present point."""
    owner = lookup_frame(cx.frame, name)
    if owner is None:
        return global_value(cx, cx.frame.module, name, node)
    return _read_local(cx, owner, name, node)


def _read_local(cx: Context, owner: Frame, name: str, node: ast.AST) -> Value:
    if not cx.state.reachable:
        return nothing(cx.span(node))
    from pysfnc.frontend.core import unset

    variable = variable_of(owner, name, cx.names)
    fact = cx.state.facts.get(variable)
    if fact is not None and not fact.maybe_unset and unset.may_be_unset(fact.type):
        checked = unset.check_set(cx, owner, name, variable, fact, node)
        if checked is not None:
            return checked
        fact = None if fact.type == unset.UNSET else replace(fact, maybe_unset=True, type=ERROR)
    if fact is None:
        unset.note_unset(cx, owner, name)
        cx.state.facts[variable] = Fact(ERROR)
        return cx.error(
            codes.MAYBE_UNSET,
            node,
            f"`{name}` has no value when this line runs",
            label="read here before any assignment",
            help=f"write instead: assign `{name}` before",
        )
    if fact.maybe_unset:
        unset.note_unset(cx, owner, name)
        cx.state.facts[variable] = replace(fact, maybe_unset=False)
        return cx.error(
            codes.MAYBE_UNSET,
            node,
            f"`{name}` may be unset when this line runs",
            label="read here on a path without an assignment",
            labels=[(fact.assigned_at, "assigned here, on another path")] if fact.assigned_at else (),
            help=f"write instead, where every path passes: an assignment of `{name}`",
        )
    if fact.mixed:
        from pysfnc.frontend.aws.held_resources import want_held

        if want_held(cx, *fact.mixed_of):
            return nothing(cx.span(node))
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"`{name}` is {fact.mixed_as or 'no data'} on one way to this line, and something else on another",
            help="write instead: `await` or `.result()` on each of the ways, and a variable for what comes out"
            if fact.mixed_as in _STARTED
            else "write instead: the call in both branches",
        )
    if isinstance(fact.static, Lazy) and fact.static.once:
        from pysfnc.frontend.loops.lower_grouped import take_group

        return take_group(cx, variable, fact.static, own=owner is cx.frame, node=node)
    if fact.static is not None:
        return fact.static
    return Var(name=variable, type=fact.type, span=cx.span(node))


def fact_of(cx: Context, node: ast.expr) -> tuple[str, Fact] | None:
    """The variable that an expression names, with what is known of it; None for anything but a set local name."""
    if not isinstance(node, ast.Name):
        return None
    owner = lookup_frame(cx.frame, node.id)
    if owner is None:
        return None
    variable = owner.names.get(node.id)
    fact = cx.state.facts.get(variable) if variable is not None else None
    return (variable, fact) if variable is not None and fact is not None else None


def is_local(cx: Context, name: str) -> bool:
    """Whether a name is a local variable here or of a function around."""
    return lookup_frame(cx.frame, name) is not None


def owned_variable(cx: Context, name: str, node: ast.AST, doing: str) -> str | None:
    """The variable that an assignment of `name` sets, None after a message."""
    owner = lookup_frame(cx.frame, name)
    if owner is None:
        cx.error(
            codes.GLOBAL_MUTATION,
            node,
            f"the module-level name `{name}` is {doing}",
            help="write instead: a parameter, and a return value for what is new",
        )
        return None
    if owner.region != cx.flow.region:
        cx.error(
            codes.BRANCH_REBINDS_OUTER,
            node,
            f"`{name}` belongs to the surrounding function and is {doing} in a branch that runs at the same time as others",
            help="write instead: return the value from the branch and assign it after the join",
        )
        return None
    return variable_of(owner, name, cx.names)


def bind_name(cx: Context, name: str, value: Value, node: ast.AST, *, view: View | None = None) -> None:
    """Assign a value to a name."""
    variable = owned_variable(cx, name, node, "rebound")
    if variable is None:
        return
    if isinstance(value, Condition):
        # Which condition it is may depend on the way.
        value = held_condition(cx, value, cx.span(node))
    if isinstance(value, Static):
        value = bound_function(cx, name, variable, value, node)
    if isinstance(value, Static):
        bind_static(cx, variable, value, node)
        return
    bind_variable(cx, variable, value, cx.span(node), view=rebased(cx, variable, view))


def bind_variable(cx: Context, variable: str, value: Expr, span: Span, *, view: View | None = None) -> None:
    """Assign data to a variable of the machine."""
    from pysfnc.frontend.core import unset

    if not cx.state.reachable:
        return
    shared = shared_of(cx, value)
    streams_read = handed_over(cx, value)
    if not _retarget(cx, variable, value):
        cx.emit(Assign(name=variable, value=value, span=span))
    cx.regions[variable] = cx.flow.region
    literal = value if isinstance(value, Const) else None
    texts = texts_of(cx, value) or () if kinds(value.type) <= {Kind.STR, Kind.NONE} else ()
    view = with_own_keys(cx, variable, view, span)
    fact = Fact(value.type, view=view, shared=shared, literal=literal, texts=texts, json_text=json_text(cx, value))
    cx.state.put(variable, replace(fact, assigned_at=span, streams_read=streams_read))
    if variable in cx.assigned_beside:
        unset.note_assigned(cx, variable, True, span)
    keep_displayed(cx, value, variable)


def bind_static(cx: Context, variable: str, value: Static, node: ast.AST) -> None:
    """Bind a value that exists only while compiling."""
    from pysfnc.frontend.loops.lower_grouped import holds_group

    if (
        isinstance(value, LazyComprehension | Groups)
        or (isinstance(value, Lazy) and not value.storable)
        or holds_group(value)
    ):
        found = None if isinstance(value, Groups) or holds_group(value) else _kept(cx, value, node)
        if found is not None:
            cx.state.put(variable, Fact(NEVER, static=found, assigned_at=cx.span(node)))
            return
        cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"{'a pair of `groupby()`' if holds_group(value) else describe(value)} cannot be kept in a variable",
            notes=("it would have to remember how far it was used",),
            help="write instead: `list(...)` around it",
        )
        cx.state.put(variable, Fact(ERROR, assigned_at=cx.span(node)))
        return
    if isinstance(value, Lazy):
        value = replace(value, items=cx.atom(value.items, "range"))
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_resource_lists import kept_list

        value = kept_list(cx, value, variable, node)
    if isinstance(value, Root):
        # What it is the root of may be rebound before it is rounded.
        value = Root(cx.temporary(value.base, "base"))
    cx.state.put(variable, Fact(NEVER, static=value, assigned_at=cx.span(node)))


def _kept(cx: Context, value: Static, node: ast.AST) -> Static | None:
    from pysfnc.frontend.loops.lower_cursors import kept

    return kept(cx, value, node) if isinstance(value, Lazy | LazyComprehension) else None


def _retarget(cx: Context, variable: str, value: Expr) -> bool:
    """Let the effect that was just performed set the variable itself, in place of a temporary that nobody else reads."""
    last = cx.out[-1] if cx.out else None
    if not (isinstance(last, Perform) and isinstance(value, Var) and last.target == value.name):
        return False
    if value.name in cx.state.facts:
        return False  # it is a variable: of the program, or of a `match`
    cx.out[-1] = replace(last, target=variable)
    return True


def global_value(cx: Context, module: ModuleInfo, name: str, node: ast.AST) -> Value:
    """What a name at the top of a module means, or a name of Python's own."""
    binding = lookup(cx.project.model, module, name)
    if binding is None:
        close = nearest(name, [*visible_names(cx), *module.names, *dir(builtins)])
        return cx.error(
            codes.UNDEFINED_NAME,
            node,
            f"nothing defines `{name}`",
            notes=[f"`{close}` is defined"] if close else (),
        )
    return value_of_binding(cx, binding, name, node)


def value_of_binding(cx: Context, binding: Binding, name: str, node: ast.AST) -> Value:
    """What a module-level name means; a constant is lowered where it is read."""
    known = exception_class_of(cx.project.model, binding)
    if known is not None:
        return ExceptionClass(known.name, known.info, known.style)
    match binding:
        case FunctionBinding(function):
            return ProjectFunction(function)
        case ClassBinding(info):
            return ProjectClass(info)
        case ModuleBinding(full, info):
            return ModuleValue(full, info)
        case ExternalBinding(full):
            return external_value(full)
        case ConstantBinding():
            return _constant(cx, binding, name, node)
        case UnsupportedBinding():
            return cx.error(binding.code, node, binding.reason, labels=[(binding.span, "here")])
        case _:
            assert_never(binding)


def _constant(cx: Context, binding: ConstantBinding, name: str, node: ast.AST) -> Value:
    if binding.value in cx.active and not isinstance(binding.value, ast.Lambda):
        return cx.error(codes.UNDEFINED_NAME, node, f"`{name}` is defined by itself")
    frame = Frame(scope=_EMPTY_SCOPE, module=binding.module, region=cx.flow.region, kind="module", title=name)
    active, cx.active = cx.active, (*cx.active, binding.value)
    try:
        with cx.in_frame(frame):
            value = lower_value(cx, binding.value)
    finally:
        cx.active = active
    if isinstance(value, TupleOf | DictOf):
        return replace(value, constant=name)
    if isinstance(value, Static):
        return value
    made = replace(as_data(cx, value, node), span=cx.span(node))
    if is_mutable(made.type):
        cx.constants[cx.span(node)] = name
    return made


def visible_names(cx: Context) -> list[str]:
    """The local names of the functions around the present point."""
    found: list[str] = []
    frame: Frame | None = cx.frame
    while frame is not None:
        found.extend(sorted(frame.scope.bound))
        frame = frame.parent
    return found


def external_value(full: str) -> Value:
    """What a name of another module, or a builtin, means."""
    if full.startswith("builtins."):
        return BuiltinFunction(full.removeprefix("builtins."))
    if full in CONSTANTS:
        return const(CONSTANTS[full])
    if full in TABLES:
        return Prim(op="list.make", args=tuple(map(const, TABLES[full])), type=ListT(STR))
    if full == "math.inf":
        return infinity(math.inf)
    return External(full)
