"""Fields of states: JSON where a tree is a constant, else an expression."""

from typing import Any, Final

from pysfnc.backend.called_once import uses_of
from pysfnc.backend.written import levels_of, shortened, written
from pysfnc.jsonata.placeholders import parameter_of
from pysfnc.jsonata.tree import Array, Binary, Call, Lit, Neg, Object, Placeholder, Tree
from pysfnc.lean import dataclass

MAX_LEVELS: Final = 95
"""Nesting of an expression, a little below the hundred levels at which AWS's JSONata ends (measured)."""


class TooDeep(Exception):
    """An expression nests deeper than AWS evaluates."""

    def __init__(self, depth: int) -> None:
        super().__init__(depth)
        self.depth = depth


@dataclass(frozen=True, slots=True)
class FieldWriter:
    """Writes trees as fields. `tight`: without the spaces that only a reader needs."""

    tight: bool

    def expression(self, tree: Tree) -> str:
        """A field that is an expression. Raises TooDeep."""
        uses = uses_of(shortened(tree))
        depth = levels_of(uses.tree)
        if depth > MAX_LEVELS:
            raise TooDeep(depth)
        return f"{{% {written(uses, tight=self.tight)} %}}"

    def template(self, tree: Tree) -> Any:
        """A field: JSON where the tree is a constant, else an expression. Raises TooDeep."""
        try:
            return _constant(tree)
        except ValueError:
            return self.expression(tree)


def _constant(tree: Tree) -> Any:
    match tree:
        case Lit(value=str() as text):
            return _plain_text(text)
        case Lit(value):
            return value
        case Neg(Lit(int() | float() as value)):
            return -value
        case Array(items):
            return [_constant(item) for item in items]
        case Object(pairs):
            return {_key(key): _constant(value) for key, value in pairs}
        case Placeholder(name):
            return f"${{{name}}}"
        case Call() | Binary(op="&"):
            return _text_with_parameters(tree)
        case _:
            raise ValueError("not a constant")


def _plain_text(text: str) -> str:
    if text.startswith("{%") or text.endswith("%}") or "${" in text:
        raise ValueError("a text that would be taken for an expression or a placeholder")
    return text


def _key(tree: Tree) -> str:
    if isinstance(tree, Lit) and isinstance(tree.value, str):
        return _plain_text(tree.value)
    raise ValueError("not a constant")


def _text_with_parameters(tree: Tree) -> str:
    """A text that deployment parameters are part of: who fills them in puts it together."""
    parameter = parameter_of(tree)
    if parameter is not None:
        return f"${{{parameter}}}"
    match tree:
        case Binary(op="&", left=left, right=right):
            parts: tuple[Tree, ...] = (left, right)
        case Call(name="join", args=(Array(items),)):
            parts = items
        case _:
            raise ValueError("not a constant")
    text = "".join(_part_of_text(part) for part in parts)
    if text.startswith("{%") or text.endswith("%}"):
        raise ValueError("a text that would be taken for an expression")
    return text


def _part_of_text(tree: Tree) -> str:
    if not isinstance(tree, Lit):
        return _text_with_parameters(tree)
    if not isinstance(tree.value, str) or "$" in tree.value:
        raise ValueError("not a constant, or one that would be taken for a placeholder together with its neighbour")
    return tree.value
