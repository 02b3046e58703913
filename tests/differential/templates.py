"""Random expressions of a wanted kind, valid by construction, from what is in scope.

An expression of a list or dict kind always makes a new object, so no two variables of a program ever share one. `safe` expressions
cannot raise. Most are rows of tables: texts with places for other expressions.

    {int} {str} ...     an expression of that kind; {T} one of the wanted item kind
    {int'} ...          the same without a call, nested at most one deep
    {xs:int} {d:T}      the name of a variable that holds a list, a dict of that kind
    {n}                 a small constant
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.differential.kinds import Function, Kind, Scope, is_shared_safely, literal

Maker = Callable[[Scope, int, Kind], str | None]

_PLACE: Final = re.compile(r"\{(?:(xs|d):)?(int|float|str|bool|json|T|n)('?)\}")
_KEYS_OF: Final = ("a", "b", "key", "x y", "ü", "Zed")


@dataclass(frozen=True)
class Row:
    """One way to write an expression. `made` is a template or a function; `raises`: it may raise."""

    made: str | Maker
    feature: str | None = None
    raises: bool = False


TABLE: dict[str, list[Row]] = {}
"""For each kind (of containers the first part) how expressions of it are written."""


def rows(kind: str, *found: Row | str | Maker) -> None:
    """Add rows to the table of a kind."""
    TABLE.setdefault(kind, []).extend(row if isinstance(row, Row) else Row(row) for row in found)


def risky(*texts: str | Maker, feature: str | None = None) -> list[Row]:
    """Rows that may raise."""
    return [Row(text, feature, True) for text in texts]


def featured(feature: str, *texts: str | Maker) -> list[Row]:
    """Rows of a feature."""
    return [Row(text, feature) for text in texts]


def expression(scope: Scope, kind: Kind, depth: int) -> str:
    """An expression of a kind, nested at most `depth` deep."""
    table = TABLE[kind if isinstance(kind, str) else kind[0]]
    for _ in range(8):
        if depth <= 0 or scope.rng.random() < 0.25:
            break
        row = scope.rng.choice(table)
        if row.raises and (scope.safe or scope.rng.random() > scope.risk):
            continue
        if row.feature and not scope.has(row.feature):
            continue
        made = fill(scope, row.made, depth - 1, kind) if isinstance(row.made, str) else row.made(scope, depth - 1, kind)
        if made is not None:
            return made
    return leaf(scope, kind, depth)


def fill(scope: Scope, template: str, depth: int, kind: Kind = "json") -> str | None:
    """A template with its places filled; None when no variable is there that it needs."""
    item = kind[1] if isinstance(kind, tuple) else kind
    missing = False
    if " for " in template:
        scope = scope.inner(features=scope.features - {"walrus"})

    def place(found: re.Match[str]) -> str:
        nonlocal missing
        container, name, short = found.groups()
        if name == "n":
            return str(scope.rng.choice((0, 1, 2, 3, 4)))
        wanted = item if name == "T" else name
        if container:
            held = scope.of_kind(("list" if container == "xs" else "dict", wanted))
            missing |= not held
            return scope.rng.choice(held).name if held else ""
        # Operations on a constant of a known type would fail when compiling.
        missing |= wanted == "json" and not scope.of_kind("json")
        if missing:
            return ""
        if short:
            return expression(scope.inner(calls=False), wanted, min(depth, 1))
        return expression(scope, wanted, depth)

    made = _PLACE.sub(place, template)
    return None if missing else made


def leaf(scope: Scope, kind: Kind, depth: int = 0) -> str:
    """A variable or a literal. A container is copied or written out."""
    found = scope.of_kind(kind)
    if is_shared_safely(kind) or kind == "json":
        if found and (kind == "json" or scope.rng.random() < 0.7):
            return scope.rng.choice(found).name
        if kind == "bool" and scope.rng.random() < 0.7:
            return _compared_numbers(scope)
        return constant(scope, kind, depth)
    if found and scope.rng.random() < 0.5 and is_shared_safely(kind[1]):
        name = scope.rng.choice(found).name
        forms = (
            ("list({0})", "{0}[:]", "{0}.copy()", "[*{0}]")
            if kind[0] == "list"
            else ("dict({0})", "{0}.copy()", "{{**{0}}}")
        )
        return scope.rng.choice(forms).format(name)
    count = scope.rng.choice((0, 1, 2, 3, 3))
    items = [expression(scope, kind[1], depth - 1) for _ in range(count)]
    if kind[0] == "list":
        return f"[{', '.join(items)}]"
    keys = scope.rng.sample(_KEYS_OF, len(items))
    return "{" + ", ".join(f"{key!r}: {item}" for key, item in zip(keys, items, strict=True)) + "}"


def _compared_numbers(scope: Scope) -> str:
    """A test that does not always come out the same."""
    texts = [
        f"len({v.name})"
        for v in scope.variables
        if v.kind == "str" or (isinstance(v.kind, tuple) and v.kind[0] in ("list", "dict"))
    ]
    texts += [v.name for v in scope.variables if v.kind in ("int", "float")]
    if not texts:
        return literal(scope.rng, "bool")
    return f"({scope.rng.choice(texts)} {scope.rng.choice(('<', '>', '==', '>=', '!='))} {literal(scope.rng, 'int')})"


def constant(scope: Scope, kind: Kind, depth: int = 0) -> str:
    """A value of a kind that is never changed, without the variables of that kind."""
    match kind:
        case ("tuple", *kinds):
            return f"({', '.join(expression(scope, inner, depth - 1) for inner in kinds)})"
        case ("optional", inner):
            return "None" if scope.rng.random() < 0.4 else expression(scope, inner, depth - 1)
        case "json":
            return literal(scope.rng, scope.rng.choice(("int", "str", "bool")))
        case _:
            return literal(scope.rng, kind)


def name_of(scope: Scope, kind: Kind) -> str:
    """A variable of a kind, or a literal that needs no quotes."""
    found = scope.of_kind(kind)
    return scope.rng.choice(found).name if found else "0"


def call(scope: Scope, function: Function, depth: int) -> str:
    """A call with positional, keyword or left-out arguments."""
    count = len(function.params)
    given = count - scope.rng.randrange(function.optional + 1)
    keywords = scope.rng.randrange(given + 1) if scope.has("keywords") else given
    keywords = min(keywords, count - function.keyword_only)
    parts = []
    for index, (name, kind) in enumerate(function.params[:given]):
        # Arguments that are calls themselves would be fine, but make programs that take long to read.
        argument = expression(scope.inner(calls=False), kind, depth)
        parts.append(argument if index < keywords else f"{name}={argument}")
    text = f"{function.name}({', '.join(parts)})"
    return f"(await {text})" if function.is_async else text


def called(scope: Scope, depth: int, kind: Kind) -> str | None:
    """A call of a function that gives the kind."""
    if not scope.calls:
        return None
    found = [f for f in scope.functions if f.result == kind and not (scope.safe and f.raises)]
    return call(scope, scope.rng.choice(found), depth) if found else None


def conditional(scope: Scope, depth: int, kind: Kind) -> str:
    """`a if test else b`."""
    then, test, orelse = (expression(scope, part, depth) for part in (kind, "bool", kind))
    return f"({then} if {test} else {orelse})"


def either(scope: Scope, depth: int, kind: Kind) -> str:
    """`and`, `or` with the operands' values."""
    word = scope.rng.choice(("and", "or"))
    return f"({expression(scope, kind, depth)} {word} {expression(scope, kind, depth)})"


def named(scope: Scope, depth: int, kind: Kind) -> str | None:
    """An assignment expression whose name is read on the spot."""
    name = scope.fresh()
    inner = scope.with_variable(name, kind)
    return f"({expression(inner, kind, depth)} if ({name} := {expression(scope, kind, depth)}) else {name})"


def narrowed(scope: Scope, depth: int, kind: Kind) -> str | None:
    """The value of an optional variable, where a test says that it is there."""
    found = scope.of_kind(("optional", kind))
    if not found:
        return None
    name = scope.rng.choice(found).name
    inner, other = scope.with_variable(name, kind), expression(scope, kind, depth)
    forms = [f"({expression(inner, kind, depth)} if {name} is not None else {other})", f"({name} or {other})"]
    forms.append(f"({other} if {name} is None else {name})")
    return scope.rng.choice(forms)
