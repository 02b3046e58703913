"""`pages.search(expression)` as Python: JMESPath over answers, whose types say what there is to find.

What is not there is None, and so is what stands behind it. A projection (`[]`, `[*]`, `[?...]`) goes on with each item, and leaves out what is None;
`[]` also joins lists of lists. Of a page whose result is a list, each item is given; any other result is given itself, also where it is None.
"""

import json
from dataclasses import field, replace
from typing import Final

from pysfnc.aws.shapes import Shape
from pysfnc.lean import dataclass
from pysfnc.library.services.jmespath_tokens import Reader, Unreadable

_PROJECTIONS: Final = ("[]", "[*]", "[?")
_ORDERED: Final = ("<", "<=", ">", ">=")
_NUMBERS: Final = frozenset({"integer", "float"})


@dataclass(frozen=True, slots=True)
class _Type:
    """Of what is found: a shape of the service, or what the expression makes. `record`, `row`: dict and list that are written out; `test`."""

    kind: str
    shape: Shape | None = None
    element: "_Type | None" = None

    @staticmethod
    def of(shape: Shape) -> "_Type":
        element = _Type.of(shape.element) if shape.kind == "list" else None
        return _Type(shape.kind, shape, element)


@dataclass(frozen=True, slots=True)
class _Value:
    """The text of a value without effects. `sure`: it is never None. `whole`: it is a name or a constant."""

    text: str
    type: _Type
    sure: bool = False
    whole: bool = False


_LITERAL: Final = {str: "string", bool: "boolean", int: "integer", float: "float", type(None): "null"}


@dataclass(slots=True)
class _Scope:
    """Where values get names: statements of a page, or clauses of a comprehension."""

    inside: bool = False
    parts: list[str] = field(default_factory=list)


def search_text(expression: str, page: Shape) -> str:
    """The text of a generator of what the expression finds in the pages of its parameter. Raises `Unreadable`."""
    parser = _Parser(expression)
    scope = _Scope()
    found = parser.piped(_Value("page", _Type.of(page), sure=True, whole=True), scope)
    if not parser.ended or found.type.kind in ("test", "null") or found.text == "page":
        raise Unreadable(f"`{expression}`")
    lines = [*scope.parts, f"result = {found.text}"]
    if found.type.kind not in ("list", "row"):
        lines.append("yield result")
    else:
        lines += [] if found.sure else ["result = [None] if result is None else result"]
        lines += ["for item in result:", "    yield item"]
    return "\n".join(["for page in pages:", *(f"    {line}" for line in lines)])


class _Parser(Reader):
    """Reads an expression from left to right; what it reads applies to a value."""

    __slots__ = ("count",)

    def __init__(self, expression: str) -> None:
        super().__init__(expression)
        self.count = 0

    def _name(self) -> str:
        self.count += 1
        return f"part{self.count}"

    def _named(self, value: _Value, scope: _Scope) -> _Value:
        """The value under a name, so that its text can stand twice."""
        if value.whole:
            return value
        name = self._name()
        scope.parts.append(f"for {name} in [{value.text}]" if scope.inside else f"{name} = {value.text}")
        return replace(value, text=name, whole=True)

    # Expressions, from the loosest on

    def piped(self, at: _Value, scope: _Scope) -> _Value:
        """`a | b`: b applies to the whole of a."""
        found = self._either(at, scope)
        while self.takes("|"):
            found = self._either(self._named(found, scope), scope)
        return found

    def _either(self, at: _Value, scope: _Scope) -> _Value:
        found = self._both(at, scope)
        while self.takes("||"):
            found = _test(f"{_truth(found)} or {_truth(self._both(at, scope))}")
        return found

    def _both(self, at: _Value, scope: _Scope) -> _Value:
        found = self._compared(at, scope)
        while self.takes("&&"):
            found = _test(f"{_truth(found)} and {_truth(self._compared(at, scope))}")
        return found

    def _compared(self, at: _Value, scope: _Scope) -> _Value:
        if self.takes("!"):
            return _test(f"not {_truth(self._compared(at, scope))}")
        left = self._path(at, scope)
        sign = self.takes("==", "!=", *_ORDERED)
        if sign is None:
            return left
        left, right = self._named(left, scope), self._named(self._path(at, scope), scope)
        return _comparison(left, sign, right)

    def _path(self, at: _Value, scope: _Scope) -> _Value:
        return self._onwards(self._first(at, scope), scope, inside=False)

    def _onwards(self, found: _Value, scope: _Scope, *, inside: bool) -> _Value:
        """What follows a value. `inside` of a projection, `[]` belongs to what stands around it."""
        while True:
            if self.takes("."):
                found = self._selected(found, scope)
            elif self.next() == ("sign", "[") and self.next(1)[0] == "number":
                found = self._indexed(found, scope)
            elif (sign := self.takes(*_PROJECTIONS[inside:])) is not None:
                found = self._projected(found, sign, scope)
            else:
                return found

    def _first(self, at: _Value, scope: _Scope) -> _Value:
        kind, text = self.next()
        if kind in ("literal", "text"):
            self.position += 1
            return _literal(text) if kind == "literal" else _Value(repr(text), _Type("string"), sure=True, whole=True)
        if self.takes("("):
            found = self.piped(at, scope)
            self.wants(")")
            return found
        if self.takes("@"):
            return at
        if kind == "sign" and text in ("[", *_PROJECTIONS) and self.next(1)[0] != "name":
            return at
        return self._selected(at, scope)

    def _selected(self, at: _Value, scope: _Scope) -> _Value:
        """A member, or several of them as a dict or list."""
        if self.takes("{"):
            return self._several(at, scope, "}", "{", "record")
        if self.takes("["):
            return self._several(at, scope, "]", "[", "row")
        kind, name = self.next()
        if kind != "name" or self.next(1) == ("sign", "("):
            raise Unreadable(f"the function `{name}`" if kind == "name" else f"`{name}`")
        self.position += 1
        type_ = _member(at.type, name)
        at = self._named(at, scope)
        return _Value(_unless_none(at, f"{at.text}.get({name!r})"), type_)

    def _several(self, at: _Value, scope: _Scope, end: str, start: str, kind: str) -> _Value:
        at = self._named(at, scope)
        parts: list[str] = []
        while True:
            key = ""
            if kind == "record":
                word, name = self.next()
                if word != "name":
                    raise Unreadable(f"`{name}`")
                self.position += 1
                self.wants(":")
                key = f"{name!r}: "
            value = self.piped(at, scope)
            if value.type.kind == "test":
                raise Unreadable("a test that is no filter")
            parts.append(f"{key}{value.text}")
            if self.takes(end):
                return _Value(_unless_none(at, f"{start}{', '.join(parts)}{end}"), _Type(kind), at.sure)
            self.wants(",")

    def _indexed(self, at: _Value, scope: _Scope) -> _Value:
        self.wants("[")
        index = int(self.next()[1])
        self.position += 1
        self.wants("]")
        element = at.type.element
        if element is None:
            raise Unreadable(f"`[{index}]`")
        at = self._named(at, scope)
        least = index + 1 if index >= 0 else -index
        return _Value(_unless_none(at, f"({at.text}[{index}] if len({at.text}) >= {least} else None)"), element)

    def _projected(self, at: _Value, sign: str, scope: _Scope) -> _Value:
        element = at.type.element
        if element is None:
            raise Unreadable(f"`{sign}` of what is no list")
        at = self._named(at, scope)
        name, inner = self._name(), _Scope(inside=True)
        inner.parts.append(f"for {name} in {at.text}")
        if sign == "[]" and element.kind == "list":
            assert element.element is not None
            element, group, name = element.element, name, self._name()
            inner.parts.append(f"for {name} in {group}")
        item = _Value(name, element, sure=True, whole=True)
        if sign == "[?":
            inner.parts.append(f"if {_truth(self.piped(item, inner))}")
            self.wants("]")
        last = self._named(self._onwards(item, inner, inside=True), inner)
        if not last.sure:
            inner.parts.append(f"if {last.text} is not None")
        made = f"[{last.text} {' '.join(inner.parts)}]"
        return _Value(_unless_none(at, made), _Type("list", element=last.type), at.sure)


def _unless_none(at: _Value, text: str) -> str:
    return text if at.sure else f"(None if {at.text} is None else {text})"


def _member(type_: _Type, name: str) -> _Type:
    shape = type_.shape
    if shape is not None and shape.kind == "structure" and name in shape.members:
        return _Type.of(shape.members[name].shape)
    if shape is not None and shape.kind == "map":
        return _Type.of(shape.value)
    raise Unreadable(f"`{name}`, which is no member there")


def _literal(text: str) -> _Value:
    try:
        value = json.loads(text)
    except ValueError:
        value = text.strip()
    kind = _LITERAL.get(type(value))
    if kind is None:
        raise Unreadable(f"`{text}`")
    return _Value(repr(value), _Type(kind), sure=value is not None, whole=True)


def _test(text: str) -> _Value:
    return _Value(f"({text})", _Type("test"), sure=True)


def _truth(value: _Value) -> str:
    """The text of whether a value counts as true: a number does, also zero."""
    match value.type.kind:
        case "test" | "boolean" | "string" | "list" | "structure" | "map" | "record" | "row":
            return value.text
        case "null":
            return "False"
        case "integer" | "float" | "timestamp":
            return f"({value.text} is not None)"
        case _:
            raise Unreadable(f"a test of a {value.type.kind}")


def _comparison(left: _Value, sign: str, right: _Value) -> _Value:
    kinds = {"float" if value.type.kind in _NUMBERS else value.type.kind for value in (left, right)}
    if sign in _ORDERED:
        if len(kinds) > 1 or not kinds <= {"float", "string"}:
            raise Unreadable(f"`{sign}` between {left.type.kind} and {right.type.kind}")
        known = [f"{value.text} is not None" for value in (left, right) if not value.sure]
        return _test(" and ".join([*known, f"{left.text} {sign} {right.text}"]))
    if "null" in kinds and len(kinds) == 2:
        other = left if right.type.kind == "null" else right
        return _test(f"{other.text} {'is' if sign == '==' else 'is not'} None")
    if len(kinds) > 1 or not kinds <= {"float", "string", "boolean"}:
        raise Unreadable(f"`{sign}` between {left.type.kind} and {right.type.kind}")
    return _test(f"{left.text} {sign} {right.text}")
