"""Enums whose members are told by their names: those with values that JSON has not, and those with an `__init__` of their own.

A member is its name in the machine. Its value, and the attributes that `__init__` sets, are properties that look the name up among what the
source text says of each member. So the values have to be known when compiling: constants, Decimals, dates and timedeltas, tuples of them.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal, DecimalException
from typing import Any, Final

from pysfnc.frontend.program.constants import NotConstant, constant_value
from pysfnc.frontend.program.model import ExternalBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve_through

_MADE: Final[dict[str, Callable[..., Any]]] = {
    "decimal.Decimal": Decimal,
    "datetime.date": date,
    "datetime.timedelta": timedelta,
}
"""What a value may be made by, as its own text says it again."""
_CALLED: Final = frozenset(
    {*_MADE, *(f"builtins.{name}" for name in ("int", "float", "str", "len", "round", "abs", "min", "max", "tuple"))}
)
_PARTS: Final = (
    ast.Name | ast.Constant | ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp | ast.Tuple | ast.Attribute
)
_INSIDE: Final = _PARTS | ast.Call | ast.keyword | ast.Subscript | ast.JoinedStr | ast.FormattedValue


class Unknown(Exception):
    """Why what `__init__` makes of members is not known: a message that stands alone, and the place."""

    def __init__(self, message: str, node: ast.AST) -> None:
        super().__init__(message)
        self.message = message
        self.node = node


def known_value(model: ProjectModel, module: ModuleInfo, node: ast.expr) -> object:
    """The value of a member; raises `NotConstant`."""
    match node:
        case ast.Tuple(elts=items) if not any(isinstance(item, ast.Starred) for item in items):
            return tuple(known_value(model, module, item) for item in items)
        case ast.Call(func=function, args=args, keywords=keywords):
            binding = resolve_through(model, module, function)
            made = _MADE.get(binding.name) if isinstance(binding, ExternalBinding) else None
            if made is None or any(word.arg is None for word in keywords):
                raise NotConstant(module, node, "it is computed when the program runs")
            named = {str(word.arg): constant_value(model, module, word.value) for word in keywords}
            try:
                return made(*[constant_value(model, module, arg) for arg in args], **named)
            except (DecimalException, ArithmeticError, TypeError, ValueError) as error:
                raise NotConstant(module, node, f"it raises {type(error).__name__}: {error}") from None
        case _:
            value = constant_value(model, module, node)
            if isinstance(value, list | dict):
                raise NotConstant(module, node, f"it is a {type(value).__name__}, which may be changed")
            return value


class _Written(ast.NodeTransformer):
    """Puts what names of the class body mean for these."""

    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self.known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self.known[node.id]) if node.id in self.known else node


def written_out(node: ast.expr, before: Mapping[str, ast.expr]) -> ast.expr:
    """The value of a member without the names of members before it, which mean their values in the class body."""
    if not any(isinstance(part, ast.Name) and part.id in before for part in ast.walk(node)):
        return node
    made = _Written(before).visit(deepcopy(node))
    assert isinstance(made, ast.expr)
    return made


def attributes_of(
    model: ProjectModel, module: ModuleInfo, init: ast.FunctionDef, members: Mapping[str, ast.expr]
) -> dict[str, dict[str, ast.expr]]:
    """What `__init__` sets, by attribute and member: expressions of the module, and of `self`; raises `Unknown`."""
    this, *parameters = [arg.arg for arg in (*init.args.posonlyargs, *init.args.args)]
    if init.args.vararg or init.args.kwarg or init.args.kwonlyargs:
        raise Unknown("the `__init__` of the Enum has more than plain parameters", init)
    found: dict[str, dict[str, ast.expr]] = {}
    for name, value, node in _settings(init, this):
        if name in found or name.startswith("_value_") or name in ("name", "value"):
            raise Unknown(f"the `__init__` of the Enum sets `{name}`", node)
        _check(model, module, value, {this, *parameters})
        found[name] = {}
        for member, given in members.items():
            found[name][member] = _Filled(_arguments(init, parameters, given), this).visit(deepcopy(value))
    return found


def _settings(init: ast.FunctionDef, this: str) -> Iterator[tuple[str, ast.expr, ast.stmt]]:
    for statement in init.body:
        match statement:
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                continue
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr=attr)], value=value) if name == this:
                yield attr, value, statement
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id=name), attr=attr), value=ast.expr() as value) if (
                name == this
            ):
                yield attr, value, statement
            case _:
                raise Unknown("the `__init__` of the Enum does more than setting attributes", statement)


def _check(model: ProjectModel, module: ModuleInfo, value: ast.expr, local: set[str]) -> None:
    """See that an expression means the same wherever it is computed: it changes nothing, and makes nothing that can be changed."""
    for part in ast.walk(value):
        if isinstance(part, ast.expr | ast.keyword) and not isinstance(part, _INSIDE):
            raise Unknown("the `__init__` of the Enum computes this when the class is made", part)
        if isinstance(part, ast.Call):
            of_text = isinstance(part.func, ast.Attribute) and part.func.attr in _OF_TEXTS
            binding = None if of_text else resolve_through(model, module, part.func)
            name = binding.name if isinstance(binding, ExternalBinding) else ""
            if not of_text and (name not in _CALLED or name.rpartition(".")[2] in local):
                raise Unknown("the `__init__` of the Enum calls this when the class is made", part)


_OF_TEXTS: Final = frozenset({"lower", "upper", "title", "capitalize", "strip", "replace"})


def _arguments(init: ast.FunctionDef, parameters: Sequence[str], value: ast.expr) -> dict[str, ast.expr]:
    """The arguments that a member is made with, by parameter."""
    given = value.elts if isinstance(value, ast.Tuple) else [value]
    defaults = dict(zip(reversed(parameters), reversed(init.args.defaults), strict=False))
    if len(given) > len(parameters) or any(name not in defaults for name in parameters[len(given) :]):
        raise Unknown("the value does not fit the parameters of the Enum's `__init__`", value)
    return defaults | dict(zip(parameters, given, strict=False))


class _Filled(ast.NodeTransformer):
    """Puts arguments for parameters, and `self` for what the method calls its object."""

    def __init__(self, arguments: Mapping[str, ast.expr], this: str) -> None:
        self.arguments = arguments
        self.this = this

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id == self.this:
            return ast.copy_location(ast.Name("self", ast.Load()), node)
        return deepcopy(self.arguments[node.id]) if node.id in self.arguments else node


def looked_up(name: str, by_member: Mapping[str, ast.expr], at: ast.AST) -> ast.FunctionDef:
    """A property that looks its value up by the name of the member."""
    pairs = [(ast.Constant(member), deepcopy(value)) for member, value in by_member.items()]
    keys: list[ast.expr | None] = [key for key, _ in pairs]
    table = ast.Dict(keys, [value for _, value in pairs])
    key = ast.Attribute(ast.Name("self", ast.Load()), "name", ast.Load())
    (function,) = ast.parse(f"def {name}(self):\n    return None").body
    assert isinstance(function, ast.FunctionDef)
    function.body = [ast.Return(ast.Subscript(table, key, ast.Load()))]
    for part in ast.walk(function):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, at)
    return function
