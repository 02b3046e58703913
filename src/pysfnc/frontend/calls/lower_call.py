"""Calls: what is called, and where the call goes.

Owns the dispatch by the kind of the callee. Arguments are `lower_arguments`, functions of the project `lower_functions`, builtins with a meaning
of their own `lower_builtins`, what runs at the same time `lower_branches`.
"""

import ast
import builtins
from collections.abc import Sequence
from types import ClassMethodDescriptorType

from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import (
    AttributeName,
    BatchWriter,
    ClientMethod,
    JobOf,
    PaginatorOf,
    Resource,
    Session,
    Table,
    TableMethod,
    WaiterOf,
)
from pysfnc.frontend.aws.held_clients import client_of
from pysfnc.frontend.aws.lower_boto3_resources import call_resource
from pysfnc.frontend.aws.lower_clients import make_client, make_resource
from pysfnc.frontend.aws.lower_conditions import attribute_condition
from pysfnc.frontend.aws.lower_http import call_request, is_request, without_auth
from pysfnc.frontend.aws.lower_jobs import call_job
from pysfnc.frontend.aws.lower_operations import call_operation
from pysfnc.frontend.aws.lower_pages import without_pages
from pysfnc.frontend.aws.lower_table_calls import call_table
from pysfnc.frontend.aws.lower_tables import make_table
from pysfnc.frontend.aws.lower_walkers import WALKERS, call_walker
from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.blocks.lower_raise import new_exception
from pysfnc.frontend.calls.held_functions import as_function
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.calls.lower_builtins import call_builtin, is_special
from pysfnc.frontend.calls.lower_choices import call_choice, call_table_method
from pysfnc.frontend.calls.lower_externals import CALLED_AS_VALUES, call_as_value, call_external
from pysfnc.frontend.calls.lower_functional import call_functional, is_functional, with_kept
from pysfnc.frontend.calls.lower_functions import call_configured, call_nested, call_project
from pysfnc.frontend.calls.lower_output import ignored_call
from pysfnc.frontend.calls.lower_spread import call_with, spread_title, spreading
from pysfnc.frontend.calls.lower_written import WRITTEN_CALLS, call_library
from pysfnc.frontend.classes.lower_classes import call_class
from pysfnc.frontend.classes.lower_objects import call_member, call_object, keep, lower_super
from pysfnc.frontend.classes.own_operators import OWN_BUILTINS, builtin_of_own, own_method
from pysfnc.frontend.concurrency.lower_pools import call_pool_method
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_attributes import dotted_exception, static_attribute
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, expression, is_poison, lower_value
from pysfnc.frontend.core.lower_opaque import text_of_bytes
from pysfnc.frontend.core.lower_values import (
    BoundMethod,
    BuiltinFunction,
    Choice,
    Closure,
    Configured,
    DictOf,
    ExceptionClass,
    External,
    Intrinsic,
    ObjectMethod,
    Opaque,
    Partial,
    ProjectClass,
    ProjectFunction,
    Root,
    Static,
    StaticMethod,
    Value,
    describe,
)
from pysfnc.frontend.data.lower_deques import DEQUE, call_deque
from pysfnc.frontend.data.lower_digests import call_opaque
from pysfnc.frontend.data.lower_mappings import NAMES, call_mapping
from pysfnc.frontend.data.lower_methods import call_method
from pysfnc.frontend.data.lower_regex import call_pattern
from pysfnc.ir.exprs import Expr
from pysfnc.library import catalog
from pysfnc.library.numbers.roots import ROUNDINGS, build_whole_root
from pysfnc.values.types import NeverT

_STARRED_OK = frozenset({"print", "max", "min", "zip"})


@expression(ast.Call)
def lower_call(cx: Context, node: ast.Call) -> Value:
    """A call. Python evaluates what is called first, then the arguments."""
    if isinstance(node.func, ast.Attribute):
        base_node = node.func.value
        base = client_of(cx, lower_value(cx, base_node))
        if is_poison(base):
            _look_at_arguments(cx, node)
            return base
        if not isinstance(base, Static):
            return call_method(cx, base, node)
        if isinstance(base, DictOf):
            return call_table_method(cx, base, node)
        callee = dotted_exception(cx, node.func) or static_attribute(cx, base, node.func)
    else:
        callee = lower_value(cx, node.func)
    if is_poison(callee):
        _look_at_arguments(cx, node)
        return callee
    if not isinstance(callee, Static):
        own = own_method(cx, callee, "__call__")
        if own is not None:
            return call_node(cx, ObjectMethod(own[1], keep(cx, callee, node.func), own[0]), node)
        if isinstance(callee.type, NeverT):
            return callee
        _look_at_arguments(cx, node)
        return cx.error(codes.TYPE_MISMATCH, node.func, f"a value of type `{callee.type}` cannot be called")
    return call_node(cx, callee, node)


def _look_at_arguments(cx: Context, node: ast.Call) -> None:
    """Report the mistakes in the arguments of a call that was refused already."""
    for arg in node.args:
        lower_value(cx, arg.value if isinstance(arg, ast.Starred) else arg)
    for keyword in node.keywords:
        lower_value(cx, keyword.value)


def call_node(cx: Context, callee: Static, node: ast.Call) -> Value:
    """Call something that is known while compiling."""
    ignored = ignored_call(cx, callee, node)
    if ignored is not None:
        return ignored
    if callee == BuiltinFunction("super"):
        return lower_super(cx, node)
    if isinstance(callee, BuiltinFunction) and callee.name in OWN_BUILTINS:
        given = lower_arguments(cx, node)
        if given is None:
            return poison(cx.span(node))
        own = builtin_of_own(cx, callee.name, given, node)
        return call_value(cx, callee, given, node) if own is None else own
    if isinstance(callee, BuiltinFunction) and is_special(callee.name):
        return call_builtin(cx, callee.name, None, node)
    if isinstance(callee, StaticMethod) and isinstance(callee.receiver, Opaque) and callee.receiver.kind == "pattern":
        return call_pattern(cx, callee.receiver, callee.name, node, node.args)
    if isinstance(callee, StaticMethod) and isinstance(callee.receiver, BuiltinFunction):
        written = WRITTEN_CALLS.get(f"{callee.receiver.name}.{callee.name}")
        if written is not None:
            return written(cx, node)
    target = callee.target if isinstance(callee, Configured) else callee
    if is_request(target):
        node = without_auth(node)
    elif isinstance(callee, External):
        return call_external(cx, callee.name, node)
    called = spread_title(cx, callee)
    spread_ok = bool(called) or (isinstance(callee, BuiltinFunction) and callee.name in _STARRED_OK)
    given = lower_arguments(
        cx, node, spread_ok=spread_ok, rest_ok=_takes_rest(target), called=called, named=spreading(cx, callee)
    )
    return poison(cx.span(node)) if given is None else call_with(cx, callee, given, node)


def _takes_rest(callee: Static) -> bool:
    """Whether a dict of unknown keys may be spread into the arguments."""
    if isinstance(callee, Choice):
        return all(isinstance(option, Static) and _takes_rest(option) for option in callee.options)
    if isinstance(callee, StaticMethod):
        return isinstance(callee.receiver, WaiterOf | PaginatorOf | ResourceOf | Collected)
    return isinstance(callee, ClientMethod | JobOf | TableMethod)


def call_value(cx: Context, callee: Value, given: Arguments, node: ast.expr) -> Value:
    """Call with arguments that were evaluated."""
    callee = as_function(cx, callee)
    match callee:
        case _ if (own := own_method(cx, callee, "__call__")) is not None and not isinstance(callee, Static):
            return call_member(cx, own[0], own[1], keep(cx, callee, node), given, node)
        case ProjectFunction(info):
            return call_project(cx, info, given, node)
        case Closure():
            return call_nested(cx, callee, given, node)
        case ClientMethod(_, name) if name in WALKERS:
            return WALKERS[name](cx, callee, given, node)
        case ClientMethod():
            return call_operation(cx, callee, given, node)
        case JobOf():
            return call_job(cx, callee, given, node)
        case TableMethod():
            return call_table(cx, callee, given, node)
        case Intrinsic(build):
            return build(cx, given.positional, node)
        case Configured():
            return call_configured(cx, callee, given, node)
        case ExceptionClass():
            return _new_exception(cx, callee, given, node)
        case BuiltinFunction(name):
            given = without_pages(cx, given, node)
            if is_special(name):
                return call_builtin(cx, name, given, node)
            return call_row(cx, name, given, node)
        case External() if is_request(callee):
            return call_request(cx, callee, given, node)
        case Partial(function=function):
            return call_value(cx, function, with_kept(callee, given), node)
        case External(name) if name == DEQUE:
            return call_deque(cx, given, node)
        case External(name) if name in NAMES:
            return call_mapping(cx, name, given, node)
        case External(name) if is_functional(name):
            return call_functional(cx, name, given, node)
        case External(name) if name in WRITTEN_CALLS:
            return call_library(cx, name, given, node)
        case External(name) if name in CALLED_AS_VALUES and given.spread is None:
            return call_as_value(cx, name, given, node)
        case External(name):
            return call_row(cx, name, given, node)
        case BoundMethod(receiver, name):
            args = [as_data(cx, value, node) for value in given.positional]
            keywords = {key: as_data(cx, value, node) for key, value in given.keywords}
            return lib.method(cx, name, receiver, args, keywords, node)
        case StaticMethod(receiver, name):
            return _call_static_method(cx, receiver, name, given, node)
        case ProjectClass(info):
            return call_class(cx, info, given, node)
        case ObjectMethod():
            return call_object(cx, callee, given, node)
        case Choice():
            return call_choice(cx, callee, given, node)
        case _ if is_poison(callee) or (not isinstance(callee, Static) and isinstance(callee.type, NeverT)):
            return callee
        case _ if isinstance(callee, Static):
            return cx.error(codes.TYPE_MISMATCH, node, f"{describe(callee)} cannot be called here")
        case _:
            return cx.error(codes.TYPE_MISMATCH, node, f"a value of type `{callee.type}` cannot be called")


def call_row(cx: Context, name: str, given: Arguments, node: ast.expr) -> Value:
    """Call a builtin or a function of a module that has a row in the library."""
    if not lib.is_builtin(name):
        return unknown_call(cx, name, node)
    if (
        name in ROUNDINGS
        and len(given.positional) == 1
        and not given.keywords
        and isinstance(given.positional[0], Root)
    ):
        return build_whole_root(name, given.positional[0].base, cx.site(node))
    args = [lib.whole_items(cx, value, node) for value in given.positional]
    keywords = {key: as_data(cx, value, node) for key, value in given.keywords}
    if name == "json.dumps":
        args = list(map(lib.plain, args))
    if name == "json.loads":
        args = list(map(text_of_bytes, args))
    if given.spread is not None:
        if args:
            args = [lib.binary(cx, "+", lib.make_list(cx, args, node), given.spread, node)]
        else:
            args = [given.spread]
    return lib.call(cx, name, args, keywords, node)


def unknown_call(cx: Context, name: str, node: ast.AST) -> Expr:
    """A call of something that has no compiled form."""
    close = nearest(name, catalog.builtin_names())
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{name}()` has no compiled form",
        notes=[f"`{close}()` has one"] if close else (),
        help="write instead: a function marked `@task` that calls it",
    )


def _new_exception(cx: Context, callee: ExceptionClass, given: Arguments, node: ast.expr) -> Value:
    if given.keywords and callee.name == "Fail" and callee.info is None:
        return _new_fail(cx, callee, given, node)
    return new_exception(cx, callee, given, node)


def _new_fail(cx: Context, callee: ExceptionClass, given: Arguments, node: ast.expr) -> Value:
    names: Sequence[str] = ("error", "cause")
    found: dict[str, Value] = dict(zip(names, given.positional, strict=False))
    for name, value in given.keywords:
        if name not in names or name in found:
            return cx.error(codes.TYPE_MISMATCH, node, f"`Fail` takes `error` and `cause`, each once, not `{name}`")
        found[name] = value
    if "error" not in found:
        return cx.error(codes.TYPE_MISMATCH, node, "`Fail` misses its argument `error`")
    return new_exception(cx, callee, Arguments(tuple(found[n] for n in names if n in found), (), ()), node)


def _is_of_class(name: str, method: str) -> bool:
    """Whether a method of a builtin class is one of the class, as `bytes.fromhex` is, and not of its objects."""
    found = vars(getattr(builtins, name, object)).get(method)
    return isinstance(found, ClassMethodDescriptorType | staticmethod)


def _call_static_method(cx: Context, receiver: Static, name: str, given: Arguments, node: ast.expr) -> Value:
    if isinstance(receiver, Opaque):
        return call_opaque(cx, receiver, name, given, node)
    if isinstance(receiver, BuiltinFunction) and _is_of_class(receiver.name, name):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{receiver.name}.{name}()` has no compiled form",
            help="write instead: a function marked `@task` that calls it",
        )
    if isinstance(receiver, BuiltinFunction) and given.positional:
        first, *rest = given.positional
        args = [as_data(cx, value, node) for value in rest]
        keywords = {key: as_data(cx, value, node) for key, value in given.keywords}
        return lib.method(cx, name, as_data(cx, first, node), args, keywords, node)
    if isinstance(receiver, WaiterOf | PaginatorOf):
        return call_walker(cx, receiver, name, given, node)
    if isinstance(receiver, Session):
        return make_client(cx, given, node) if name == "client" else make_resource(cx, given, node)
    if isinstance(receiver, ResourceOf):
        return call_resource(cx, receiver, name, given, node)
    if isinstance(receiver, Collected):
        from pysfnc.frontend.aws.lower_collections import call_collection

        return call_collection(cx, receiver, name, given, node)
    if isinstance(receiver, Resource):
        return make_table(cx, given, node)
    if isinstance(receiver, BatchWriter):
        from pysfnc.frontend.aws.lower_batch_writer import call_batch_writer

        return call_batch_writer(cx, receiver, name, given, node)
    if isinstance(receiver, Table):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "a batch writer has a compiled form only as the manager of a `with`",
            help="write instead: `with table.batch_writer() as batch:`",
        )
    if isinstance(receiver, AttributeName):
        return attribute_condition(cx, receiver, name, given, node)
    return call_pool_method(cx, receiver, name, given, node)
