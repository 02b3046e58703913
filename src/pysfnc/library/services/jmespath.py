"""JMESPath, as far as botocore's waiters use it, to JSONata.

Owns the translation of an expression. A path that meets a list goes on with its items in JSONata anyway, as `[]` and `[*]` say in
JMESPath; what is not there is undefined and not null. Names are those of boto3 and become those of a form on the way.
"""

import re
from collections.abc import Callable
from typing import Final

from pysfnc.aws.shapes import Shape
from pysfnc.jsonata.tree import Binary, Field, Func, Lit, Ref, Tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.make import call, negate
from pysfnc.library.services.jmespath_tokens import Reader, Unreadable

Name = Callable[[Shape, str], str]
"""The name of a member in a form."""

_COMPARISONS: Final = {"==": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


@dataclass(frozen=True, slots=True)
class _Value:
    """A tree, and the type of what it stands for where a name can follow."""

    tree: Tree
    shape: Shape | None = None


def translated(text: str, value: Tree, shape: Shape, name: Name) -> Tree:
    """The expression applied to a value of a type. Raises `Unreadable`."""
    parser = _Parser(text, name)
    found = parser.either(_Value(value, shape))
    if not parser.ended:
        raise Unreadable(f"`{text}`")
    return found.tree


class _Parser(Reader):
    __slots__ = ("name",)

    def __init__(self, expression: str, name: Name) -> None:
        super().__init__(expression)
        self.name = name

    def either(self, at: _Value) -> _Value:
        """`a || b`, of tests only."""
        found = self._both(at)
        while self.takes("||"):
            found = _Value(Binary("or", found.tree, self._both(at).tree))
        return found

    def _both(self, at: _Value) -> _Value:
        found = self._compared(at)
        while self.takes("&&"):
            found = _Value(Binary("and", found.tree, self._compared(at).tree))
        return found

    def _compared(self, at: _Value) -> _Value:
        if self.takes("!"):
            return _Value(negate(self._compared(at).tree))
        left = self._path(at)
        sign = self.takes(*_COMPARISONS)
        return left if sign is None else _Value(Binary(_COMPARISONS[sign], left.tree, self._path(at).tree))

    def _path(self, at: _Value) -> _Value:
        found = self._first(at)
        while True:
            if self.takes("."):
                found = self._member(found)
            elif self.takes("[]", "[*]"):
                found = _Value(found.tree, _items(found.shape))
            elif self.takes("[?"):
                found = self._filtered(found)
            else:
                return found

    def _first(self, at: _Value) -> _Value:
        kind, text = self.next()
        if kind in ("literal", "text"):
            self.position += 1
            return _Value(_literal(text) if kind == "literal" else Lit(text))
        if self.takes("("):
            found = self.either(at)
            self.wants(")")
            return found
        if self.takes("@"):
            return at
        if kind == "name" and self.next(1) == ("sign", "("):
            return self._function(text, at)
        return self._member(at)

    def _function(self, name: str, at: _Value) -> _Value:
        self.position += 2
        args = [self.either(at)]
        while self.takes(","):
            args.append(self.either(at))
        self.wants(")")
        if name == "length" and len(args) == 1:
            return _Value(call("count", args[0].tree))
        if name == "contains" and len(args) == 2:
            return _Value(Binary("in", args[1].tree, args[0].tree))
        raise Unreadable(name)

    def _member(self, at: _Value) -> _Value:
        kind, text = self.next()
        if kind != "name" or at.shape is None or at.shape.kind != "structure" or text not in at.shape.members:
            raise Unreadable(text)
        self.position += 1
        return _Value(Field(at.tree, self.name(at.shape, text)), at.shape.members[text].shape)

    def _filtered(self, at: _Value) -> _Value:
        item = _items(at.shape)
        test = self.either(_Value(Ref("py_i"), item))
        self.wants("]")
        return _Value(call("filter", at.tree, Func(("py_i",), test.tree)), item)


def _items(shape: Shape | None) -> Shape | None:
    return shape.element if shape is not None and shape.kind == "list" else None


def _literal(text: str) -> Lit:
    plain = text.strip()
    if plain in ("true", "false"):
        return Lit(plain == "true")
    if re.fullmatch(r"-?\d+", plain):
        return Lit(int(plain))
    return Lit(plain.strip('"'))
