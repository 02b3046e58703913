"""The tables of expressions for lists, dicts, tuples and optional values."""

from tests.differential.kinds import Kind, Scope, is_scalar, is_shared_safely
from tests.differential.rows import any_items, bound_item, bounds
from tests.differential.templates import Maker, Row, called, conditional, expression, fill, leaf, rows


def _tested(scope: Scope, depth: int) -> str:
    return f" if {expression(scope, 'bool', min(depth, 1))}" if scope.rng.random() < 0.4 else ""


def _comprehension(scope: Scope, depth: int, kind: Kind) -> str | None:
    source = any_items(scope)
    name, inner = bound_item(scope, *source)
    return f"[{expression(inner, kind[1], min(depth, 1))} for {name} in {source[0]}{_tested(inner, depth)}]"


def _double_comprehension(scope: Scope, depth: int, kind: Kind) -> str | None:
    outer = any_items(scope)
    name, inner = bound_item(scope, *outer)
    second = any_items(inner)
    other, innermost = bound_item(inner, *second)
    first_test = _tested(inner, 1) if scope.rng.random() < 0.4 else ""
    element = expression(innermost, kind[1], min(depth, 1))
    return f"[{element} for {name} in {outer[0]}{first_test} for {other} in {second[0]}{_tested(innermost, 1)}]"


def _pairs(scope: Scope) -> tuple[str, tuple[Kind, Kind]] | None:
    """Something whose items are pairs, and the kinds of their parts."""
    lists, dicts = scope.containers("list"), scope.containers("dict")
    options: list[tuple[str, tuple[Kind, Kind]]] = []
    for d in dicts:
        options += [(f"{d.name}.items()", ("str", d.kind[1])), (f"sorted({d.name}.items())", ("str", d.kind[1]))]
        if not is_scalar(d.kind[1]):
            options.pop()
    for xs in lists:
        options.append((f"enumerate({xs.name})", ("int", xs.kind[1])))
        options.append((f"enumerate({xs.name}, 1)", ("int", xs.kind[1])))
        options += [(f"zip({xs.name}, {other.name})", (xs.kind[1], other.kind[1])) for other in lists[:3]]
        if isinstance(xs.kind[1], tuple) and xs.kind[1][0] == "tuple" and len(xs.kind[1]) == 3:
            options.append((xs.name, xs.kind[1][1:]))
    options.append(
        (f"enumerate({expression(scope.inner(features=scope.features - {'walrus'}), 'str', 1)})", ("int", "str"))
    )
    return scope.rng.choice(options) if options else None


def _over_pairs(scope: Scope, depth: int, kind: Kind) -> str | None:
    pairs = _pairs(scope)
    if pairs is None:
        return None
    source, (left, right) = pairs
    first, inner = bound_item(scope, source, left)
    second, inner = bound_item(inner, source, right)
    element, test = expression(inner, kind[1], min(depth, 1)), _tested(inner, depth)
    if kind[0] == "list":
        return f"[{element} for {first}, {second} in {source}{test}]"
    key = expression(inner, "str", min(depth, 1))
    return f"{{{key}: {element} for {first}, {second} in {source}{test}}}"


def _dict_comprehension(scope: Scope, depth: int, kind: Kind) -> str | None:
    source = any_items(scope)
    name, inner = bound_item(scope, *source)
    key = name if source[1] == "str" and scope.rng.random() < 0.6 else expression(inner, "str", min(depth, 1))
    return f"{{{key}: {expression(inner, kind[1], min(depth, 1))} for {name} in {source[0]}{_tested(inner, depth)}}}"


def _scalar_items(template: str) -> Maker:
    """A template for containers whose items nobody can change."""

    def make(scope: Scope, depth: int, kind: Kind) -> str | None:
        return _filled(scope, template, depth, kind) if is_shared_safely(kind[1]) else None

    return make


def _filled(scope: Scope, template: str, depth: int, kind: Kind) -> str | None:
    """A template whose {xs} and {d} are variables of the kind and {T} is an item."""
    for mark, wanted in (("{xs}", ("list", kind[1])), ("{d}", ("dict", kind[1]))):
        while mark in template:
            found = scope.of_kind(wanted)
            if not found:
                return None
            template = template.replace(mark, scope.rng.choice(found).name, 1)
    while "{L}" in template:
        template = template.replace("{L}", expression(scope, kind, min(depth, 1)), 1)
    while "{T}" in template:
        template = template.replace("{T}", expression(scope, kind[1], depth), 1)
    return template


def _sliced(scope: Scope, depth: int, kind: Kind) -> str | None:
    found = scope.of_kind(kind)
    if not found or not is_shared_safely(kind[1]):
        return None
    return f"{scope.rng.choice(found).name}[{bounds(scope)}]"


def _sorted(scope: Scope, depth: int, kind: Kind) -> str | None:
    found = scope.of_kind(kind)
    if not found or not is_scalar(kind[1]):
        return None
    keys = {
        "int": ("lambda c: -c", "lambda c: c % 3", "lambda c: (c % 2, -c)", "abs"),
        "float": ("lambda c: -c", "abs"),
        "str": ("len", "lambda c: c.lower()", "lambda c: (len(c), c)", "lambda c: c[::-1]", "str.upper"),
        "bool": ("lambda c: not c",),
    }
    key = f", key={scope.rng.choice(keys[kind[1]])}" if scope.has("keys") and scope.rng.random() < 0.4 else ""
    return f"sorted({scope.rng.choice(found).name}{key}{scope.rng.choice(('', '', ', reverse=True'))})"


def _listed(scope: Scope, depth: int, kind: Kind) -> str | None:
    """Lists from other things."""
    item = kind[1]
    options: list[str | None] = []
    if item == "int":
        options += [
            fill(scope, text, depth) for text in ("list(range({n}))", "list(range({n}, -2, -1))", "[*range({n})]")
        ]
        options += [
            fill(scope, text, depth) for text in ("[int(c) for c in str(abs({int}))]", "list(map(len, {xs:str}))")
        ]
        options += [fill(scope, text, depth) for text in ("list(map(abs, {xs:int}))", "list(filter(None, {xs:int}))")]
        options.append(fill(scope, "[ord(c) for c in {str'}]", depth))
    if item == "str":
        splits = (
            "{str}.split(',')",
            "{str}.split()",
            "{str}.split(' ', 1)",
            "{str}.rsplit(',', 1)",
            "{str}.splitlines()",
        )
        options += [fill(scope, text, depth) for text in (*splits, "list({str})", "list(map(str, {xs:int}))")]
        options += [
            fill(scope, text, depth) for text in ("list(map(lambda c: c.upper(), {xs:str}))", "sorted({d:int})")
        ]
        options += [f"list({v.name}{end})" for v in scope.containers("dict") for end in ("", ".keys()")]
        options.append(fill(scope, "list({str'}.partition({str'} + '-'))", depth))
    if is_shared_safely(item):
        options += [f"list({v.name}.values())" for v in scope.of_kind(("dict", item))]
        options += [f"list(reversed({v.name}))" for v in scope.of_kind(kind)]
        options += [f"({v.name} * {scope.rng.randint(0, 2)})" for v in scope.of_kind(kind)]
    if isinstance(item, tuple) and item[0] == "tuple" and len(item) == 3:
        left, right = scope.of_kind(("list", item[1])), scope.of_kind(("list", item[2]))
        if left and right:
            options.append(f"list(zip({scope.rng.choice(left).name}, {scope.rng.choice(right).name}))")
        if item[1] == "int" and right:
            options.append(f"list(enumerate({scope.rng.choice(right).name}))")
        if item[1] == "str" and scope.of_kind(("dict", item[2])):
            options.append(
                f"sorted({scope.rng.choice(scope.of_kind(('dict', item[2]))).name}.items(), key=lambda c: c[0])"
            )
    usable = [option for option in options if option is not None]
    return scope.rng.choice(usable) if usable else None


def _made_dict(scope: Scope, depth: int, kind: Kind) -> str | None:
    strings, values = scope.of_kind(("list", "str")), scope.of_kind(("list", kind[1]))
    if not strings or not values or not is_shared_safely(kind[1]):
        return None
    return f"dict(zip({scope.rng.choice(strings).name}, {scope.rng.choice(values).name}))"


def _tuple(scope: Scope, depth: int, kind: Kind) -> str | None:
    if kind == ("tuple", "int", "int"):
        return fill(scope, "divmod({int}, 5)", depth)
    if kind == ("tuple", "str", "str", "str"):
        return fill(scope, "{str}.partition(' ')", depth)
    return f"({', '.join(expression(scope, inner, depth) for inner in kind[1:])})"


def _optional(scope: Scope, depth: int, kind: Kind) -> str | None:
    if not is_scalar(kind[1]):
        return None
    found = scope.of_kind(("dict", kind[1]))
    if found:
        return f"{scope.rng.choice(found).name}.get({expression(scope, 'str', depth)})"
    found = scope.of_kind(("list", kind[1]))
    return f"({scope.rng.choice(found).name} or [None])[0]" if found else None


_CALLED = Row(lambda scope, depth, kind: called(scope, depth, kind))
rows(
    "list",
    _comprehension,
    _comprehension,
    Row(_double_comprehension, "doubles"),
    Row(_over_pairs, "pairs"),
    _sliced,
    _sorted,
    _listed,
    _listed,
    _CALLED,
    *map(
        Row,
        map(_scalar_items, ("({L} + {L})", "[*{L}, {T}]", "[{T}, *{xs}]", "({xs} or {L})", "([{T}] * 2)", "{xs}[1:]")),
    ),
    conditional,
)
rows(
    "dict",
    _dict_comprehension,
    _dict_comprehension,
    Row(_over_pairs, "pairs"),
    _made_dict,
    _CALLED,
    *map(
        Row,
        map(
            _scalar_items,
            ("{**{d}, 'a': {T}}", "({L} | {d})", "{**{L}, **{L}}", "{'key': {T}, **{d}}", "dict({d}, b={T})"),
        ),
    ),
)
rows("tuple", _tuple, _tuple, _CALLED)
rows("optional", _optional, _CALLED, lambda scope, depth, kind: leaf(scope, kind, depth))
