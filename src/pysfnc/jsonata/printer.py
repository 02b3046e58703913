"""From tree to text: the only place where JSONata is written.

Binding powers are those of the jsonata-js 2.0.6 parser. Strings are written so that neither JSON templates (`${`) nor the end of an
expression (`%}`) can appear inside one, whatever the user's text is.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from pysfnc.jsonata.tree import (
    Apply,
    Array,
    Binary,
    Bind,
    Call,
    Field,
    Func,
    IfElse,
    Index,
    Keep,
    Lit,
    Neg,
    Object,
    Placeholder,
    Range,
    Ref,
    Regex,
    Seq,
    Tree,
)
from pysfnc.jsonata.walk import map_tree, tree_children
from pysfnc.lean import dataclass

_POWER: Final[dict[str, int]] = {
    "or": 25,
    "and": 30,
    "in": 40,
    "=": 40,
    "!=": 40,
    "<": 40,
    "<=": 40,
    ">": 40,
    ">=": 40,
    "&": 50,
    "+": 50,
    "-": 50,
    "*": 60,
    "/": 60,
    "%": 60,
}
_CONDITION: Final = 20
_UNARY: Final = 70
_STEP: Final = 75
_POSTFIX: Final = 80
_ATOM: Final = 100
_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_WORDS: Final = frozenset({"and", "or", "in", "true", "false", "null", "function"})
_ESCAPES: Final = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


@dataclass(frozen=True, slots=True)
class _Style:
    """What stands between parts. Words (`and`) and `/`, `%` stay apart from everything: `/` may open a regular expression, `%}` ends one."""

    comma: str
    end: str
    bind: str
    colon: str
    test: str
    otherwise: str
    operators: Mapping[str, str]


_APART: Final = frozenset({"and", "or", "in", "/", "%"})
_WIDE: Final = _Style(", ", "; ", " := ", ": ", " ? ", " : ", {op: f" {op} " for op in _POWER})
_TIGHT: Final = _Style(",", ";", ":=", ":", "?", ":", {op: f" {op} " if op in _APART else op for op in _POWER})


def _style(tight: bool) -> _Style:
    return _TIGHT if tight else _WIDE


def print_tree(tree: Tree, *, tight: bool = False) -> str:
    """The text of an expression, without the `{% %}` around it. `tight`: without the spaces that only a reader needs."""
    return _print(tree, 0, _style(tight))


def print_binding(binding: Bind, *, tight: bool = False) -> str:
    """The text of `$name := value`."""
    return _item(binding, _style(tight))


def print_after(bindings: Sequence[str], tree: Tree, *, tight: bool = False) -> str:
    """The text of an expression behind bindings that are text already."""
    if not bindings:
        return print_tree(tree, tight=tight)
    style = _style(tight)
    items = tree.items if isinstance(tree, Seq) else (tree,)
    return f"({style.end.join((*bindings, *(_item(item, style) for item in items)))})"


def quote(text: str) -> str:
    """A string literal. JSONata has no `\\'`, so the quotes are chosen by the content."""
    mark = '"' if "'" in text else "'"
    written = "".join(_character(c, mark) for c in text)
    written = written.replace("${", "$\\u007b").replace("%}", "%\\u007d").replace("{%", "{\\u0025")
    return f"{mark}{written}{mark}"


def _character(char: str, mark: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char == mark:
        return "\\" + char
    if char < " " or char == "\x7f" or 0xD800 <= ord(char) <= 0xDFFF or char in "\u2028\u2029\ufeff":
        return f"\\u{ord(char):04x}"
    return char


def number(value: float) -> str:
    """A number literal; negative ones are the unary minus of a positive one. Raises ValueError for NaN and infinities."""
    if not math.isfinite(value):
        raise ValueError(f"JSONata has no literal for {value}")
    if abs(value) < 1e15 and value == int(value):
        value = int(value)
    return json.dumps(value)


def _print(tree: Tree, power: int, style: _Style) -> str:
    return f"({_text(tree, style)})" if binding_power(tree) < power else _text(tree, style)


def binding_power(tree: Tree) -> int:
    """How strongly the outermost operator of the text binds."""
    match tree:
        case Lit(int() | float() as value) if not isinstance(value, bool) and number(value).startswith("-"):
            return _UNARY
        case Binary(op=op):
            return _POWER[op]
        case Neg():
            return _UNARY
        case IfElse():
            return _CONDITION
        case Field() | Index() | Keep():
            return _STEP
        case Call() | Apply() | Func():
            return _POSTFIX
        case _:
            return _ATOM


def part_powers(tree: Tree) -> tuple[int, ...]:
    """How strongly each part of a tree (those of `tree_children`) must bind to stand without parentheses around it."""
    match tree:
        case Field(base=Lit()) | Index(base=Array()):
            # A bare literal is no step of a path (code that never runs may have one, where a variable is known to be None).
            # And without the parentheses the item of another array display is not spliced, whatever it evaluates to.
            return (_ATOM + 1, 0)
        case Field():
            return (_STEP,)
        case Index() | Keep():
            return (_POSTFIX, 0)
        case Apply(args=args):
            return (_POSTFIX, *(0 for _ in args))
        case Binary(op=op):
            return (_POWER[op], _POWER[op] + 1)
        case Neg():
            return (_UNARY + 1,)
        case IfElse(then=then, orelse=orelse):
            return (_CONDITION + 1, _CONDITION + 1 if orelse is not None and _lacks_else(then) else 0, _CONDITION)
        case Range():
            return (_CONDITION + 1, _CONDITION + 1)
        case _:
            return tuple(0 for _ in tree_children(tree))


def _text(tree: Tree, style: _Style) -> str:
    if isinstance(tree, Seq):
        return f"({style.end.join(_item(item, style) for item in tree.items)})"
    if isinstance(tree, Index):
        tree = Index(tree.base, _without_context(tree.index))
    elif isinstance(tree, Func):
        tree = Func(tree.params, _as_body(tree.body))
    parts = [_print(part, power, style) for part, power in zip(tree_children(tree), part_powers(tree), strict=False)]
    match tree:
        case Lit(value):
            return _literal(value)
        case Placeholder(name):
            return f'"${{{name}}}"'
        case Ref(name):
            return f"${name}"
        case Regex(pattern, flags):
            return f"/{pattern}/{flags}"
        case Field(name=name):
            return f"{parts[0]}.{_field(name)}"
        case Index():
            return f"{parts[0]}[{parts[1]}]"
        case Keep():
            return f"{parts[0]}[]"
        case Call(name=name):
            return f"${name}({style.comma.join(parts)})"
        case Apply():
            return f"{parts[0]}({style.comma.join(parts[1:])})"
        case Binary(op=op):
            return f"{parts[0]}{style.operators[op]}{parts[1]}"
        case Neg():
            return f"-{parts[0]}"
        case IfElse():
            return style.otherwise.join((f"{parts[0]}{style.test}{parts[1]}", *parts[2:]))
        case Func(params=params):
            return f"function({style.comma.join(f'${p}' for p in params)}){{{parts[0]}}}"
        case Array():
            return f"[{style.comma.join(parts)}]"
        case Range():
            return f"[{parts[0]}..{parts[1]}]"
        case Object():
            pairs = zip(parts[::2], parts[1::2], strict=True)
            return f"{{{style.comma.join(f'{key}{style.colon}{value}' for key, value in pairs)}}}"
        case _:
            assert_never(tree)


def _without_context(index: Tree) -> Tree:
    """An index in which no path begins with anything but a variable: the context there is an item, and such a path is walked for each part of it."""
    return index if isinstance(index, Lit | Ref) else map_tree(index, _from_variable)


def _from_variable(tree: Tree) -> Tree:
    match tree:
        case Field(base=Field() | Ref() | Index(base=Ref())):
            return tree
        case Field(base, name):
            return Seq((Bind("py_from", base), Field(Ref("py_from"), name)))
        case _:
            return tree


def _as_body(tree: Tree) -> Tree:
    """A tree as the body of a function. jsonata-js puts a call at the end of one off until the function has returned, also where it stands in
    parentheses of which an item is taken: that item would be taken of the promise."""
    match tree:
        case IfElse(test, then, orelse):
            return IfElse(test, _as_body(then), None if orelse is None else _as_body(orelse))
        case Seq(items) if not isinstance(items[-1], Bind):
            return Seq((*items[:-1], _as_body(items[-1])))
        case Index(IfElse() | Seq() | Index() as base, index) if _ends_in_call(base):
            return Seq((Bind("py_whole", base), Index(Ref("py_whole"), index)))
        case _:
            return tree


def _ends_in_call(tree: Tree | Bind) -> bool:
    """Whether a call is the last thing that an expression does."""
    match tree:
        case IfElse(then=then, orelse=orelse):
            return _ends_in_call(then) or (orelse is not None and _ends_in_call(orelse))
        case Seq(items):
            return _ends_in_call(items[-1])
        case Index(IfElse() | Seq() | Index() as base):
            return _ends_in_call(base)
        case _:
            return isinstance(tree, Call | Apply)


def _lacks_else(tree: Tree) -> bool:
    """Whether a `:` written after the tree would belong to a condition at its end."""
    while isinstance(tree, IfElse):
        if tree.orelse is None:
            return True
        tree = tree.orelse
    return False


def _literal(value: bool | float | str | None) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quote(value) if isinstance(value, str) else number(value)


def _item(item: Tree | Bind, style: _Style) -> str:
    if isinstance(item, Bind):
        return f"${item.name}{style.bind}{_print(item.value, 0, style)}"
    return _print(item, 0, style)


def _field(name: str) -> str:
    if _PLAIN_NAME.match(name) and name not in _WORDS:
        return name
    if "`" in name:
        raise ValueError("a field name with a backtick cannot be written; use $lookup")
    return f"`{name}`"
