"""Python expressions, evaluated by CPython and by the rows of the library as JSONata, on both engines.

Owns `check`: it lowers a Python expression over typed variables with nothing but the catalog of the library (no frontend),
and asks whether value or exception (class and text) are CPython's on every engine there is.
"""

import ast
import base64
import contextlib
import hashlib
import json
import math
import re
import string
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pysfnc.backend.expressions import Lowering, block
from pysfnc.backend.markers import CLOSE, OPEN
from pysfnc.backend.written import shortened, with_prelude
from pysfnc.ir.exprs import Expr, ListComp, Logic, Prim, Var
from pysfnc.jsonata.engine import Evaluator, JlensEvaluator, JsonataError
from pysfnc.jsonata.tree import Lit
from pysfnc.library import catalog
from pysfnc.library.objects.raised import MESSAGE, NAME
from pysfnc.library.rows.make import const
from pysfnc.library.rows.row import NameSupply, Refusal, Site
from pysfnc.values.relations import join_all
from pysfnc.values.types import BOOL, FLOAT, INT, JSON, NONE, STR, DictT, ListT, TupleT, Type
from tests.support.node_jsonata import NodeEvaluator, find_library

Refused = Refusal
_BINARY: Final = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.LShift: "<<", ast.RShift: ">>", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
}  # fmt: skip
MODULES: Final = {
    "base64": base64,
    "hashlib": hashlib,
    "json": json,
    "math": math,
    "re": re,
    "string": string,
    "urllib": urllib,
}
"""The modules that examples use."""
_UNARY: Final = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
_COMPARE: Final = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip


class Refuse(Exception):
    """The expression does not compile; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"[{refusal.slug}] {refusal.message}")
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception by class name and text."""

    name: str
    text: str


def engines() -> list[Evaluator]:
    """The engines to compare on: jlens, and jsonata-js where it is installed."""
    return [_jlens(), *([_node()] if find_library() else [])]


@cache
def _jlens() -> Evaluator:
    return JlensEvaluator()


@cache
def _node() -> Evaluator:
    return NodeEvaluator()


def type_of(value: Any) -> Type:
    """The type a literal of this value has."""
    if isinstance(value, list):
        return ListT(join_all([type_of(item) for item in value]))
    if isinstance(value, tuple):
        return TupleT(tuple(type_of(item) for item in value))
    if isinstance(value, dict):
        return DictT(join_all([type_of(item) for item in value.values()]))
    found: dict[type, Type] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, str: STR}
    return found[type(value)]


class Lowerer:
    """From the syntax of a Python expression to an expression of the IR."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self.types = dict(types)
        self.site = Site(None, NameSupply())

    def lower(self, node: ast.expr) -> Expr:
        built = self._lower(node)
        if isinstance(built, Refusal):
            raise Refuse(built)
        return built

    def _lower(self, node: ast.expr) -> Expr | Refusal:
        site = self.site
        match node:
            case ast.Constant(value=None | bool() | int() | float() | str() as value):
                return const(value)
            case ast.Name(id=name):
                return Var(name=name, type=self.types[name])
            case ast.List(elts=elts):
                items = self._all(elts)
                return Prim(op="list.make", args=tuple(items), type=ListT(join_all([i.type for i in items])))
            case ast.Tuple(elts=elts):
                items = self._all(elts)
                return Prim(op="list.make", args=tuple(items), type=TupleT(tuple(i.type for i in items)))
            case ast.Dict(keys=keys, values=values):
                items = [self.lower(part) for pair in zip(keys, values, strict=True) for part in pair if part]
                return Prim(op="dict.make", args=tuple(items), type=DictT(join_all([i.type for i in items[1::2]])))
            case ast.BinOp(left=ast.Constant(value=str() as template), op=ast.Mod(), right=right):
                return catalog.build_percent(template, self.lower(right), site)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as template), attr="format"), args=args):
                named = {str(k.arg): self.lower(k.value) for k in node.keywords}
                return catalog.build_str_format(template, self._all(args), named, site)
            case ast.BinOp(left=left, op=op, right=right):
                return catalog.build_binary(_BINARY[type(op)], self.lower(left), self.lower(right), site)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return catalog.build_not(self.lower(operand), site)
            case ast.UnaryOp(op=op, operand=operand):
                return catalog.build_unary(_UNARY[type(op)], self.lower(operand), site)
            case ast.BoolOp(op=op, values=[left, right]):
                word = "and" if isinstance(op, ast.And) else "or"
                sides = [catalog.build_truth(self.lower(side), site) for side in (left, right)]
                return Logic(op=word, left=sides[0], right=sides[1], type=BOOL)
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return catalog.build_compare(_COMPARE[type(op)], self.lower(left), self.lower(right), site)
            case ast.JoinedStr(values=parts):
                return catalog.build_join([self._part(part) for part in parts], site)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                return self._call(name, args, keywords)
            case ast.Call(func=ast.Attribute() as func, args=args, keywords=keywords) if module_function(func):
                return self._call(module_function(func), args, keywords)
            case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords):
                kwargs = {str(k.arg): self.lower(k.value) for k in keywords}
                return catalog.build_method(name, self.lower(value), self._all(args), kwargs, site)
            case ast.Subscript(value=value, slice=ast.Slice(lower=low, upper=high, step=step)):
                bounds = [const(None) if bound is None else self.lower(bound) for bound in (low, high, step)]
                return catalog.build_slice(self.lower(value), *bounds, site)
            case ast.Subscript(value=value, slice=index):
                return catalog.build_subscript(self.lower(value), self.lower(index), site)
            case _:
                raise NotImplementedError(ast.dump(node))

    def _all(self, nodes: Sequence[ast.expr]) -> list[Expr]:
        return [self.lower(node) for node in nodes]

    def _part(self, node: ast.expr) -> Expr:
        if isinstance(node, ast.Constant):
            return self.lower(node)
        assert isinstance(node, ast.FormattedValue)
        spec = ""
        if node.format_spec is not None:
            spec = eval(compile(ast.Expression(node.format_spec), "spec", "eval"))
        conversion = None if node.conversion == -1 else chr(node.conversion)
        value: Expr | Refusal = self.lower(node.value)
        if conversion is not None and not isinstance(value, Refusal):
            shown = {"r": catalog.build_repr, "s": catalog.build_str}[conversion]
            value = shown(value, self.site)
        if isinstance(value, Refusal):
            raise Refuse(value)
        built = catalog.build_format(value, const(spec), self.site)
        if isinstance(built, Refusal):
            raise Refuse(built)
        return built

    def _call(self, name: str, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> Expr | Refusal:
        if name == "isinstance":
            classes = args[1].elts if isinstance(args[1], ast.Tuple) else [args[1]]
            names = [node.id for node in classes if isinstance(node, ast.Name)]
            return catalog.build_is_instance(self.lower(args[0]), names, self.site)
        kwargs: dict[str, Expr] = {}
        values = self._all(args)
        for keyword in keywords:
            if keyword.arg == "key":
                kwargs["key"] = self._keys(keyword.value, values)
            else:
                kwargs[str(keyword.arg)] = self.lower(keyword.value)
        return catalog.build_call(name, values, kwargs, self.site)

    def _keys(self, function: ast.expr, values: list[Expr]) -> Expr:
        """What the key function says of each item, as the frontend hands it over."""
        assert isinstance(function, ast.Lambda)
        name = function.args.args[0].arg
        seq = values[0]
        assert isinstance(seq.type, ListT)
        self.types[name] = seq.type.item
        body = self.lower(function.body)
        return ListComp(name=name, seq=seq, cond=None, body=body, type=ListT(body.type))


def lower(source: str, types: Mapping[str, Type] | None = None) -> Expr:
    """The expression of the IR; raises `Refuse`."""
    return Lowerer(types or {}).lower(ast.parse(source, mode="eval").body)


def render(expr: Expr) -> str:
    """The JSONata text of an expression whose variables are called as they are."""
    names = {node.id: node.id for node in ()}
    lowering = Lowering(variables=_Same(names), input=Lit(None))
    out: list[Any] = []
    tree = lowering.lower(expr, {}, out, lambda _: 0)
    return with_prelude(shortened(block(out, tree)))


class _Same(dict[str, str]):
    """Every name stands for itself."""

    def __missing__(self, name: str) -> str:
        return name


def jsonata(expr: Expr, values: Mapping[str, object], engine: Evaluator) -> object:
    """The value on an engine, or the exception that the expression raises."""
    return evaluate(render(expr), values, engine)


def evaluate(text: str, values: Mapping[str, object], engine: Evaluator) -> object:
    """The value of a JSONata text on an engine, or the exception that it raises."""
    try:
        return engine.evaluate(text, json.loads(json.dumps(values)))
    except JsonataError as error:
        raised = _decoded(str(error))
        if raised is None:
            raise
        return raised


def _decoded(text: str) -> Raised | None:
    _, opened, rest = text.partition("".join(OPEN))
    if not opened:
        return None
    found = json.loads(rest.partition(CLOSE)[0])
    return Raised(found[NAME], found[MESSAGE])


def module_function(node: ast.expr) -> str:
    """The dotted name of a function of a module, empty for anything else."""
    name = ast.unparse(node)
    return name if name.partition(".")[0] in MODULES and re.fullmatch(r"[\w.]+", name) else ""


def python(source: str, values: Mapping[str, object]) -> object:
    """The value in CPython, or what it raised."""
    with contextlib.suppress(NotImplementedError):
        try:
            return eval(source, dict(MODULES), dict(values))
        except Exception as error:
            return Raised(type(error).__name__, str(error))
    raise AssertionError(source)


def as_json(value: object) -> object:
    """What is left of a value in JSON: tuples are arrays, and an integral float is the integer."""
    match value:
        case list() | tuple():
            return [as_json(item) for item in value]
        case dict():
            return {key: as_json(item) for key, item in value.items()}
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def same(left: object, right: object) -> bool:
    """Equality that tells bools from numbers."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, int | float) and isinstance(right, int | float):
        # A whole float beyond 2**53 has several texts.
        return isinstance(left, bool) == isinstance(right, bool) and float(left) == float(right)
    return left == right


def check(source: str, types: Mapping[str, Type] | None = None, **values: object) -> None:
    """Assert that the machine does what CPython does. Variables without a type have that of their value."""
    known = {name: type_of(value) for name, value in values.items()} | dict(types or {})
    expected = python(source, values)
    if not isinstance(expected, Raised):
        expected = as_json(expected)
    text = _compiled(source, tuple(sorted(known.items(), key=lambda pair: pair[0])))
    for engine in engines():
        found = evaluate(text, values, engine)
        found = found if isinstance(found, Raised) else as_json(found)
        assert same(found, expected), (
            f"{source} with {values} as { {k: str(t) for k, t in known.items()} }\n  CPython: {expected!r}\n"
            f"  {type(engine).__name__}: {found!r}\n  {text}"
        )


@cache
def _compiled(source: str, types: tuple[tuple[str, Type], ...]) -> str:
    return render(lower(source, dict(types)))


def refusal(source: str, types: Mapping[str, Type] | None = None) -> Refusal:
    """The refusal of an expression that must not compile."""
    try:
        made = lower(source, types)
    except Refuse as refused:
        return refused.refusal
    raise AssertionError(f"{source} compiles: {render(made)}")


ANY: Final = JSON
"""The type of a value of which nothing is known."""
