"""The tables of expressions for scalars and for values whose type is not known."""

from tests.differential.kinds import Kind, Scope, is_scalar
from tests.differential.templates import (
    Row,
    called,
    conditional,
    either,
    expression,
    featured,
    fill,
    leaf,
    name_of,
    named,
    narrowed,
    risky,
    rows,
)


def bounds(scope: Scope) -> str:
    """What stands in the brackets of a slice."""
    ends = [leaf(scope, "int") if scope.rng.random() < 0.6 else "" for _ in range(2)]
    step = scope.rng.choice(("", "", "", ":2", ":-1", ":-2", ":")) if scope.has("steps") else ""
    return ":".join(ends) + step


def bound_item(scope: Scope, source: str, kind: Kind) -> tuple[str, Scope]:
    """A name for the items of a container inside a comprehension, and the scope of its parts."""
    inner = scope.inner(calls=scope.calls and scope.has("effect_comprehensions"))
    name = scope.fresh()
    return name, inner.with_variable(name, kind)


def any_items(scope: Scope) -> tuple[str, Kind]:
    """Something with items, and their kind."""
    found = scope.containers("list", "dict")
    if found and scope.rng.random() < 0.75:
        variable = scope.rng.choice(found)
        return variable.name, (variable.kind[1] if variable.kind[0] == "list" else "str")
    # Python allows no `:=` in what a comprehension runs over.
    plain = scope.inner(features=scope.features - {"walrus"})
    text, kind = scope.rng.choice(_ITEMS)
    return fill(plain, text, 1) or "''", kind


_ITEMS = (("range({n})", "int"), ("range(1, {int'} % 5)", "int"), ("{str'}", "str"), ("({int'}, {int'})", "int"))


def _length(scope: Scope, depth: int, kind: Kind) -> str:
    found = scope.containers("list", "dict", "tuple")
    if found and scope.rng.random() < 0.7:
        return f"len({scope.rng.choice(found).name})"
    return f"len({expression(scope, 'str', depth)})"


_FORMATS = {
    "int": ("", "", "", ":5", ":<4", ":^5", ":03d", ":,", ":+d", ":x", ":b", "!r", ":>+6"),
    "str": ("", "", "", ":8", ":>6", ":^7", ":*<5", ":.2", "!r", "!s"),
    "bool": ("", "", "!r"),
    "float": ("", ":.2f", ":.1f", ":8.3f", ":.0f", ":,.2f", ":+.1f", ":.1%"),
}


def _f_string(scope: Scope, depth: int, kind: Kind) -> str:
    parts = []
    kinds = ("int", "str", "bool", "int", *(("float",) if scope.has("float_text") and scope.has("floats") else ()))
    for _ in range(scope.rng.randint(1, 3)):
        part_kind = scope.rng.choice(kinds)
        part = expression(scope.inner(calls=False), part_kind, min(depth, 1))
        if any(mark in part for mark in "'\"{\\:!"):
            part, part_kind = name_of(scope, "int"), "int"
        spec = scope.rng.choice(_FORMATS[part_kind]) if scope.has("formats") else ""
        parts.append("{" + part + spec + "}" + scope.rng.choice(("", "-", " ", "ü", "{{")))
    return f'f"{"".join(parts)}"'


def _compared(scope: Scope, depth: int, kind: Kind) -> str:
    of = scope.rng.choice(("int", "int", "str", "float", "bool"))
    operators = ("==", "!=", "<", "<=", ">", ">=")
    text = f"{expression(scope, of, depth)} {scope.rng.choice(operators)} {expression(scope, of, depth)}"
    if scope.has("chains") and scope.rng.random() < 0.2:
        text += f" {scope.rng.choice(operators)} {expression(scope, of, depth)}"
    return f"({text})"


def _compared_containers(scope: Scope, depth: int, kind: Kind) -> str | None:
    found = [v for v in scope.containers("list", "tuple") if all(map(is_scalar, v.kind[1:]))]
    if not found:
        return None
    variable = scope.rng.choice(found)
    other = expression(scope, variable.kind, min(depth, 1))
    return f"({variable.name} {scope.rng.choice(('==', '!=', '<', '<=', '>'))} {other})"


def _same_containers(scope: Scope, depth: int, kind: Kind) -> str | None:
    found = scope.containers("list", "dict", "tuple", "optional")
    if not found:
        return None
    variable = scope.rng.choice(found)
    return f"({variable.name} {scope.rng.choice(('==', '!='))} {expression(scope, variable.kind, min(depth, 1))})"


def _contained(scope: Scope, depth: int, kind: Kind) -> str:
    word = scope.rng.choice(("in", "not in"))
    found = scope.containers("list", "dict")
    if found and scope.rng.random() < 0.6:
        container = scope.rng.choice(found)
        inner: Kind = "str" if container.kind[0] == "dict" else container.kind[1]
        return f"({expression(scope, inner, depth)} {word} {container.name})"
    if scope.rng.random() < 0.4:
        of = scope.rng.choice(("int", "str", "bool"))
        items = ", ".join(expression(scope, of, min(depth, 1)) for _ in range(scope.rng.randint(1, 3)))
        return f"({expression(scope, of, depth)} {word} {'(' + items + ',)' if scope.rng.random() < 0.5 else '[' + items + ']'})"
    return f"({expression(scope, 'str', depth)} {word} {expression(scope, 'str', depth)})"


def _truth(scope: Scope, depth: int, kind: Kind) -> str:
    found = scope.containers("list", "dict", "optional", "tuple")
    if found and scope.rng.random() < 0.5:
        return scope.rng.choice(("bool({})", "(not {})")).format(scope.rng.choice(found).name)
    return f"bool({expression(scope, scope.rng.choice(('int', 'str', 'float')), depth)})"


def _is_none(scope: Scope, depth: int, kind: Kind) -> str | None:
    found = [*scope.containers("optional"), *scope.of_kind("json")]
    return f"({scope.rng.choice(found).name} {scope.rng.choice(('is', 'is not'))} None)" if found else None


def _generated(form: str, of: Kind, wanted_raises: bool = False) -> "Row":
    """A function over a generator expression; {each} is its element."""

    def make(scope: Scope, depth: int, kind: Kind) -> str | None:
        source = any_items(scope)
        name, inner = bound_item(scope, *source)
        inner.calls &= not any(f.is_async for f in scope.functions)
        test = f" if {expression(inner, 'bool', min(depth, 1))}" if scope.rng.random() < 0.3 else ""
        element = expression(inner, of, min(depth, 1))
        return form.replace("{each}", f"{element} for {name} in {source[0]}{test}")

    return Row(make, "generators", wanted_raises)


def _isinstance(scope: Scope, depth: int, kind: Kind) -> str | None:
    if not scope.variables:
        return None
    classes = scope.rng.choice(("int", "str", "list", "dict", "float", "bool", "(int, str)", "(list, dict)"))
    return f"isinstance({scope.rng.choice(scope.variables).name}, {classes})"


def _tuple_part(scope: Scope, depth: int, kind: Kind) -> str | None:
    found = [(v, i) for v in scope.containers("tuple") for i, inner in enumerate(v.kind[1:]) if inner == kind]
    if not found:
        return None
    variable, index = scope.rng.choice(found)
    return f"{variable.name}[{scope.rng.choice((index, index - len(variable.kind) + 1))}]"


def _local_call(scope: Scope, depth: int, kind: Kind) -> str:
    name = scope.fresh()
    inner = scope.with_variable(name, kind).inner(calls=False)
    return f"(lambda {name}: {expression(inner, kind, min(depth, 1))})({expression(scope, kind, depth)})"


def _nested_place(scope: Scope, depth: int, kind: Kind) -> str | None:
    """An item of an item."""
    found = [v for v in scope.containers("list", "dict") if isinstance(v.kind[1], tuple) and kind == v.kind[1][1]]
    found = [v for v in found if v.kind[1][0] in ("list", "dict")]
    if not found:
        return None
    variable = scope.rng.choice(found)
    path = variable.name
    for outer in (variable.kind[0], variable.kind[1][0]):
        path += f"[{leaf(scope, 'int') if outer == 'list' else leaf(scope, 'str')}]"
    return path


_EVERYWHERE = (conditional, lambda s, d, k: called(s, d, k), lambda s, d, k: called(s, d, k), narrowed, _tuple_part)
for _kind in ("int", "float", "str", "bool"):
    rows(_kind, *_EVERYWHERE, *risky(_nested_place), Row(named, "walrus"), Row(_local_call, "lambdas"))
    rows(_kind, *risky("{xs:T}[{int}]", "{d:T}[{str}]", "{xs:T}[-1]", "{xs:T}[0]"), "{d:T}.get({str}, {T})")
    rows(_kind, Row("next((c for c in {xs:T} if c), {T})", "generators"))

rows(
    "int",
    *["({int} + {int})", "({int} - {int})", "({int} * {int})", "({int} + {int})", "({int} // 3)", "({int} % 5)"],
    *["({int} % -4)", "({int} // -2)", "(-{int})", "abs({int})", "min({int}, {int})", "max({int}, {int}, {int})"],
    *[
        "int({bool})",
        "({bool} + {bool})",
        "{str}.find({str})",
        "{str}.rfind({str'})",
        "{str}.count({str})",
        "sum({xs:int})",
    ],
    *["len({xs:int})", "{xs:int}.count({int})", "sum({d:int}.values())", "max({d:int}.values(), default={int})"],
    *[
        "min({xs:int}, default={int})",
        "(+{int})",
        "divmod({int}, 7)[1]",
        "pow({int'}, 2)",
        "({int'} ** 2)",
        "max({int}, {n})",
    ],
    *["len({str}.split())", "len({str}.strip())", "sum([{int}, {int}])"],
    *risky(
        "({int} // {int})", "({int} % {int})", "int({str})", "max({xs:int})", "min({xs:int})", "{xs:int}.index({int})"
    ),
    *risky("{str}.index({str'})", "ord({str'})", "divmod({int}, {int})[0]", "({int'} ** {n})", "int({str'}, 16)"),
    *featured("floats", "int({float})", "round({float})", "math.floor({float})", "math.ceil({float})"),
    *featured(
        "bits", "({int} & {int})", "({int} | {int})", "({int} ^ {int})", "(~{int})", "({int'} << {n})", "({int} >> {n})"
    ),
    Row("math.gcd({int}, {int})", "floats"),
    _length,
    _generated("sum({each})", "int"),
    _generated("len([{each}])", "int"),
    _generated("max({each})", "int", True),
    Row("max({xs:int}, key=lambda c: -c, default={int})", "keys"),
    Row("min({xs:int}, key=lambda c: (c % 3, c))", "keys", True),
    either,
)
rows(
    "float",
    *["({float} + {float})", "({float} - {float})", "({float} * {float})", "({int} / 4)", "({float} + {int})"],
    *["(-{float})", "abs({float})", "float({int})", "round({float}, 1)", "round({float}, 2)", "min({float}, {float})"],
    *["max({float}, {float})", "sum({xs:float}, 0.0)", "({int} * {float})", "float({bool})", "({float'} % 2.5)"],
    *["({float'} // 0.5)"],
    *risky("({float} / {float})", "({int} / {int})", "float({str})", "({float} % {float})", "max({xs:float})"),
    *risky("math.sqrt({float})"),
    _generated("sum([{each}], 0.0)", "float"),
)
rows(
    "str",
    *[
        "({str} + {str})",
        "str({int})",
        "str({bool})",
        "({str} * {n})",
        "{str}.upper()",
        "{str}.lower()",
        "{str}.strip()",
    ],
    *[
        "{str}.replace({str}, {str})",
        "'-'.join({str}.split())",
        "{str}.join({xs:str})",
        "repr({str})",
        "{str}.lstrip()",
    ],
    *["{str}.rstrip({str'})", "{str}.removeprefix({str'})", "{str}.removesuffix({str'})", "','.join(sorted({xs:str}))"],
    *["' '.join({d:int})", "type({int}).__name__", "repr({int})"],
    lambda scope, depth, kind: f"{expression(scope, 'str', depth)}[{bounds(scope)}]",
    _f_string,
    _f_string,
    _generated("''.join({each})", "str"),
    _generated("'-'.join([{each}])", "str"),
    *risky(
        "{str}[{int}]", "chr({int})", "{str}.split({str'})[0]", "{str}.replace({str'}, {str'}, {n})", "max({xs:str})"
    ),
    *featured(
        "text", "{str}.title()", "{str}.capitalize()", "{str}.swapcase()", "{str}.zfill(4)", "{str}.center(7, '*')"
    ),
    *featured(
        "text", "{str}.ljust(5)", "{str}.rjust(6, '.')", "min({xs:str}, default='none')", "{str}.partition(',')[0]"
    ),
    *featured("text", "{str}.rpartition(' ')[2]", "hex({int})", "bin({int'})", "('%s=%d' % ({str'}, {int'}))"),
    *featured("text", "'{}-{:>4}'.format({str'}, {int'})", "str({int}).zfill(3)", "str({xs:bool})"),
    *featured("container_text", "str({xs:int})", "str({xs:str})", "repr({d:int})", "str({d:str})"),
    Row("str({float})", "float_text"),
    Row("max({xs:str}, key=len, default='')", "keys"),
    Row("min({xs:str}, key=lambda c: (len(c), c), default='')", "keys"),
    Row("json.dumps({xs:int})", "json"),
    Row("json.dumps({d:str}, ensure_ascii=False)", "json"),
    Row("type({json}).__name__", "unknown"),
    either,
)
rows(
    "bool",
    *["({bool} and {bool})", "({bool} or {bool})", "(not {bool})", "({bool} and {bool})", "{str}.startswith({str})"],
    *["{str}.endswith({str})", "{str}.startswith(({str'}, 'a'))", "({bool} is True)", "({str} == {str})"],
    *["any({xs:bool})", "all([{bool}, {bool}])", "({bool} == {bool})"],
    _compared,
    _compared,
    _compared,
    _compared_containers,
    _same_containers,
    _contained,
    _contained,
    _truth,
    _is_none,
    _isinstance,
    _generated("any({each})", "bool"),
    _generated("all({each})", "bool"),
    *featured("text", "{str}.isdigit()", "{str}.isalpha()", "{str}.isupper()", "{str}.isspace()", "{str}.isalnum()"),
    *featured("unknown", "({json} == {json})", "bool({json})", "({json} in [1, 'a', None])", "({json} != {str'})"),
    *featured("unknown", "isinstance({json}, (int, float))", "isinstance({json}, str)", "(not {json})"),
    *risky("({json} < {int'})", "({json} > {json})", "('a' in {json})", "(1 in {json})", feature="unknown"),
)
rows(
    "json",
    *["({json} if {bool} else {json})", "({json} or {json})", "({json} and {json})", "(lambda c: c)({json})"],
    *risky(
        "({json} + {json})",
        "({json} * {n})",
        "{json}[0]",
        "{json}['a']",
        "{json}[{json}]",
        "({json} - {int'})",
        "(-{json})",
    ),
    *risky(
        "{json}.get('a')",
        "{json}.upper()",
        "{json}[1:]",
        "len({json})",
        "sorted({json})",
        "abs({json})",
        "({json} // {int'})",
    ),
    *risky("list({json})", "max({json})", "sum({json})", "int({json})", "({json} % 3)", "{json}.strip()"),
    *risky("[c for c in {json}]", "{json}.split(',')", "min({json}, {int'})", "{json}.get('key', {int'})"),
)
