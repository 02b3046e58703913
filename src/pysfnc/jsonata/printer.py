"""From tree to text: the only place where JSONata is written.

Binding powers are those of the jsonata-js 2.0.6 parser. Strings are written so that neither JSON templates (`${`) nor the end of an
expression (`%}`) can appear inside one, whatever the user's text is.
"""

import json
import math
import re
from collections.abc import Sequence
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
from pysfnc.jsonata.walk import map_tree

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


def print_tree(tree: Tree) -> str:
    """The text of an expression, without the `{% %}` around it."""
    return _print(tree, 0)


def print_binding(binding: Bind) -> str:
    """The text of `$name := value`."""
    return _item(binding)


def print_after(bindings: Sequence[str], tree: Tree) -> str:
    """The text of an expression behind bindings that are text already."""
    if not bindings:
        return print_tree(tree)
    items = tree.items if isinstance(tree, Seq) else (tree,)
    return f"({'; '.join((*bindings, *map(_item, items)))})"


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


def _print(tree: Tree, power: int) -> str:
    text, own = _write(tree)
    return f"({text})" if own < power else text


def _write(tree: Tree) -> tuple[str, int]:
    """The text and how strongly its outermost operator binds."""
    match tree:
        case Lit(value):
            return _literal(value)
        case Placeholder(name):
            return f'"${{{name}}}"', _ATOM
        case Ref(name):
            return f"${name}", _ATOM
        case Regex(pattern, flags):
            return f"/{pattern}/{flags}", _ATOM
        case Field(Lit() as base, name):
            # A bare literal is no step of a path. Code that never runs may have one, where a variable is known to be None.
            return f"({_print(base, 0)}).{_field(name)}", _STEP
        case Field(base, name):
            return f"{_print(base, _STEP)}.{_field(name)}", _STEP
        case Index(Array() as base, index):
            # Without the parentheses the item of another array display is not spliced, whatever it evaluates to.
            return f"({_print(base, 0)})[{_print(_without_context(index), 0)}]", _STEP
        case Index(base, index):
            return f"{_print(base, _POSTFIX)}[{_print(_without_context(index), 0)}]", _STEP
        case Keep(base):
            return f"{_print(base, _POSTFIX)}[]", _STEP
        case Call(name, args):
            return f"${name}({_list(args)})", _POSTFIX
        case Apply(function, args):
            return f"{_print(function, _POSTFIX)}({_list(args)})", _POSTFIX
        case Binary(op, left, right):
            own = _POWER[op]
            return f"{_print(left, own)} {op} {_print(right, own + 1)}", own
        case Neg(operand):
            return f"-{_print(operand, _UNARY + 1)}", _UNARY
        case IfElse(test, then, orelse):
            rest = "" if orelse is None else f" : {_print(orelse, _CONDITION)}"
            power = _CONDITION + 1 if rest and _lacks_else(then) else 0
            return f"{_print(test, _CONDITION + 1)} ? {_print(then, power)}{rest}", _CONDITION
        case Seq(items):
            return f"({'; '.join(map(_item, items))})", _ATOM
        case Func(params, body):
            return f"function({', '.join(f'${p}' for p in params)}){{{_print(body, 0)}}}", _POSTFIX
        case Array(items):
            return f"[{_list(items)}]", _ATOM
        case Range(low, high):
            return f"[{_print(low, _CONDITION + 1)}..{_print(high, _CONDITION + 1)}]", _ATOM
        case Object(pairs):
            written = ", ".join(f"{_print(key, 0)}: {_print(value, 0)}" for key, value in pairs)
            return f"{{{written}}}", _ATOM
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


def _lacks_else(tree: Tree) -> bool:
    """Whether a `:` written after the tree would belong to a condition at its end."""
    while isinstance(tree, IfElse):
        if tree.orelse is None:
            return True
        tree = tree.orelse
    return False


def _literal(value: bool | float | str | None) -> tuple[str, int]:
    if value is None:
        return "null", _ATOM
    if isinstance(value, bool):
        return ("true" if value else "false"), _ATOM
    if isinstance(value, str):
        return quote(value), _ATOM
    text = number(value)
    return text, (_UNARY if text.startswith("-") else _ATOM)


def _item(item: Tree | Bind) -> str:
    if isinstance(item, Bind):
        return f"${item.name} := {_print(item.value, 0)}"
    return _print(item, 0)


def _list(items: tuple[Tree, ...]) -> str:
    return ", ".join(_print(item, 0) for item in items)


def _field(name: str) -> str:
    if _PLAIN_NAME.match(name) and name not in _WORDS:
        return name
    if "`" in name:
        raise ValueError("a field name with a backtick cannot be written; use $lookup")
    return f"`{name}`"
