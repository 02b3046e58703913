"""`json.dumps(value, default=function)` and `cls=Encoder`: what they make of values that JSON has no form for.

The function is called for such values where the types say that they are. Numbers out of items of DynamoDB may be anywhere: the function is called for
each different one of them, and what it gives takes its place in the text.
"""

import ast
import copy
from collections.abc import Callable, Iterator

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.stored_sets import DECIMAL, holds_items, unread_inside
from pysfnc.frontend.aws.told_numbers import dumped_as_texts, holds_number, without_told
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_values import (
    BuiltinFunction,
    Closure,
    External,
    ProjectClass,
    ProjectFunction,
    Static,
    Value,
    describe,
)
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.program.model import ExternalBinding, ModuleInfo
from pysfnc.frontend.program.names import resolve
from pysfnc.frontend.program.scope import Scope
from pysfnc.ir.exprs import Expr, Prim
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.library.text.json_dumps import holds_other, with_values_of_members
from pysfnc.values.recursive import holds
from pysfnc.values.relations import members
from pysfnc.values.types import STR, DictT, ListT, NoneT, TuplesT, TupleT, Type

_ENCODER = "json.JSONEncoder"
_CALLS_AT_MOST = 4
"""How often `default` is called for what it has given itself."""
_REFUSED = "Object of type {} is not JSON serializable"


# The function


def default_of(cx: Context, default: Value | None, encoder: Value | None) -> Static | None:
    """The function that is called for what JSON has no form for; None where there is none, or none that has a compiled form."""
    if isinstance(encoder, ProjectClass):
        return _method_of(cx, encoder)
    return default if isinstance(default, Static) else None


def _method_of(cx: Context, encoder: ProjectClass) -> Closure | None:
    """`default` of a subclass of `json.JSONEncoder` that has no other code, as a function."""
    info = encoder.info
    own = [node for node in info.node.body if not _says_nothing(node)]
    bases = [resolve(cx.project.model, info.module, base) for base in info.node.bases]
    if bases != [ExternalBinding(_ENCODER)] or info.node.keywords or info.node.decorator_list or len(own) != 1:
        return None
    method = own[0]
    if not isinstance(method, ast.FunctionDef) or method.name != "default" or method.decorator_list:
        return None
    if len(method.args.args) != 2 or ast.unparse(method.args).count(",") != 1:
        return None
    made = _WithoutSelf(cx, encoder, method.args.args[0].arg).visit(copy.deepcopy(method))
    assert isinstance(made, ast.FunctionDef)
    del made.args.args[0]
    if any(isinstance(node, ast.Name) and node.id in (method.args.args[0].arg, "super") for node in ast.walk(made)):
        return None
    return Closure(made, _frame(cx, info.module), info.name, ())


def _says_nothing(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))


def _frame(cx: Context, module: ModuleInfo) -> Frame:
    return Frame(scope=Scope(bound=frozenset()), module=module, region=cx.flow.region, kind="module")


class _WithoutSelf(ast.NodeTransformer):
    """Puts the TypeError in place of `return super().default(value)`."""

    def __init__(self, cx: Context, encoder: ProjectClass, own: str) -> None:
        self._own = own
        self._cx = cx
        self._module = encoder.info.module

    def visit_Return(self, node: ast.Return) -> ast.stmt:
        """The name is that of `ast`."""
        value = self._refused(node.value)
        if value is None:
            return node
        text = ast.parse(f"raise TypeError(f{_REFUSED.format('{type(value).__name__}')!r})").body[0]
        assert isinstance(text, ast.Raise)
        for part in ast.walk(text):
            if isinstance(part, ast.Call) and part.args and isinstance(part.args[0], ast.Name):
                part.args[0] = copy.deepcopy(value) if part.args[0].id == "value" else part.args[0]
            if hasattr(part, "lineno"):
                ast.copy_location(part, node)
        return text

    def _refused(self, node: ast.expr | None) -> ast.expr | None:
        """What is handed to the method of the base class."""
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="default"), args=[value]):
                return value
            case ast.Call(func=ast.Attribute(value=base, attr="default"), args=[ast.Name(id=own), value]) if (
                own == self._own and resolve(self._cx.project.model, self._module, base) == ExternalBinding(_ENCODER)
            ):
                return value
            case _:
                return None


# Values whose types say what they are


def with_default(cx: Context, value: Expr, default: Value, node: ast.expr) -> Expr:
    """The value with what `default` makes of the parts that JSON has no form for, as far as their types are known."""
    if not cx.project.items_told and holds(value.type, lambda part: part == DECIMAL):
        # An int and a float that it gives are told apart only where numbers are told from texts (`dumps_items`).
        cx.project.met_decimals = True
    for _ in range(_CALLS_AT_MOST):
        text = _changed(value.type, "value", iter(range(1_000_000)))
        if is_poison(value) or text is None or text == "value":
            break
        value = as_data(cx, run_here(cx, f"return {text}", {"value": value, "default": default}, node), node)
    return value


def _changed(type_: Type, name: str, numbers: Iterator[int]) -> str | None:
    """Python code that calls `default` for such parts of what `name` means; `name` itself where there are none, None where there is no such code."""
    type_ = without_told(with_values_of_members(type_))
    if holds_other(type_) is None:
        return name
    match type_:
        case ListT(item) | TuplesT(item):
            each = f"item{next(numbers)}"
            inner = _changed(item, each, numbers)
            return inner and f"[{inner} for {each} in {name}]"
        case TupleT(items, named) if named is None:
            parts = [_changed(item, f"{name}[{index}]", numbers) for index, item in enumerate(items)]
            return None if None in parts else f"[{', '.join(filter(None, parts))}]"
        case DictT():
            return _changed_dict(type_, name, numbers)
        case _ if holds_other(type_) != type_:
            others = [member for member in members(type_) if not isinstance(member, NoneT)]
            inner = _changed(others[0], name, numbers) if len(others) == 1 else None
            return inner and f"(None if {name} is None else {inner})"
        case _:
            return f"default({name})"


def _changed_dict(type_: DictT, name: str, numbers: Iterator[int]) -> str | None:
    if not type_.fields:
        key, each = f"key{next(numbers)}", f"item{next(numbers)}"
        inner = _changed(type_.value, each, numbers)
        return inner and f"{{{key}: {inner} for {key}, {each} in {name}.items()}}"
    parts = [f"**{name}"]
    for field in type_.fields:
        read = f"{name}[{field.name!r}]"
        inner = _changed(field.type, read, numbers)
        if inner is None or (inner != read and not field.always):
            return None
        if inner != read:
            parts.append(f"{field.name!r}: {inner}")
    return f"{{{', '.join(parts)}}}"


# Numbers of items


def dumps_items(
    cx: Context, value: Expr, default: Static, dumps: Callable[[Expr], Value], node: ast.expr
) -> Value | None:
    """The JSON text of a value that holds numbers of items; None for a value without any, whose text is made as that of all others."""
    if not holds_items(value.type) and not holds_number(value.type):
        return None
    if default == BuiltinFunction("str"):
        return dumps(dumped_as_texts(value))
    if not holds_number(value.type):
        cx.project.met_decimals = True
        return _refuse(cx, default, node)
    writer = _writing(cx, default)
    if writer is None:
        return _refuse(cx, default, node)
    held = cx.atom(unread_inside(value), "dumped")
    span = cx.span(node)
    numbers = cx.atom(Prim(op="number.all", args=(held,), type=ListT(NUMBER), span=span), "numbers")
    names: dict[str, Value] = {"numbers": numbers, "write": writer, "dumps": External("json.dumps")}
    texts = run_here(cx, "return [write(number, dumps) for number in numbers]", names, node)
    made = cx.atom(as_data(cx, texts, node), "texts")
    if is_poison(made):
        return made
    around = dumps(Prim(op="number.held", args=(held,), type=without_told(held.type), span=span))
    if isinstance(around, Static) or is_poison(around):
        return around
    return Prim(op="number.filled", args=(around, numbers, made), type=STR, span=span)


def _refuse(cx: Context, default: Static, node: ast.AST) -> Expr:
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`json.dumps()` of what came out of an item has no compiled form with {describe(default)} as `default`",
        help="write instead: `default=str`, or `int(...)` and `float(...)` of the numbers that are dumped",
    )


def _writing(cx: Context, default: Static) -> Closure | None:
    """A function of a value and of `json.dumps`, which gives the JSON text of what `default` gives."""
    match default:
        case BuiltinFunction(name) if name in ("float", "int"):
            body = ast.parse(f"lambda value, dumps: dumps({name}(value))", mode="eval").body
            assert isinstance(body, ast.Lambda)
            return Closure(body, _frame(cx, cx.frame.module), name, ())
        case Closure(ast.Lambda() | ast.FunctionDef() as node, frame, name, ()):
            return Closure(_dumping(node), frame, name, ())
        case ProjectFunction(info) if isinstance(info.node, ast.FunctionDef) and info.role in ("plain", "inline"):
            return Closure(_dumping(info.node), _frame(cx, info.module), info.qualname, ())
        case _:
            return None


def _dumping(node: ast.Lambda | ast.FunctionDef) -> ast.Lambda | ast.FunctionDef:
    made = copy.deepcopy(node)
    made.args.args.append(ast.copy_location(ast.arg(arg=_DUMPS), node))
    if isinstance(made, ast.Lambda):
        made.body = _dumped(made.body)
    else:
        made.returns = None
        made.body = [_Returns().visit(statement) for statement in made.body]
    return made


_DUMPS = "dumps of json"
"""No name that a program can have."""


def _dumped(value: ast.expr) -> ast.expr:
    """Each way of a conditional on its own, as an int and a float are told apart no more behind it."""
    if isinstance(value, ast.IfExp):
        return ast.copy_location(ast.IfExp(value.test, _dumped(value.body), _dumped(value.orelse)), value)
    name = ast.copy_location(ast.Name(_DUMPS, ast.Load()), value)
    return ast.copy_location(ast.Call(name, [value], []), value)


class _Returns(ast.NodeTransformer):
    def visit_Return(self, node: ast.Return) -> ast.Return:
        """The name is that of `ast`."""
        value = node.value or ast.copy_location(ast.Constant(None), node)
        return ast.copy_location(ast.Return(_dumped(value)), node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        """A function inside has returns of its own."""
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        """A lambda has none."""
        return node
