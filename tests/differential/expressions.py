"""Random expressions of a wanted type, valid by construction, from the variables in scope.

A type is "int", "float", "str", "bool", or a tuple ("list", T) or ("dict", T). An expression of a list or dict type always
makes a new object, so no two variables of a generated program ever share one. `safe` expressions cannot raise.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

Kind = str | tuple[str, "Kind"]

SCALARS: Final[tuple[Kind, ...]] = ("int", "float", "str", "bool")
WORDS: Final = (
    "a",
    "b",
    "key",
    "Zed",
    "x y",
    "",
    "ünï",
    "🙂",
    "1",
    "-7",
    " 42 ",
    "3.5",
    "it's",
    'say "hi"',
    "a,b,,c",
    "{}",
    "\\n",
)
KEYS: Final = ("a", "b", "key", "x y", "ü", "Zed")


@dataclass(frozen=True)
class Variable:
    """A name in scope. `rebind`: it may be assigned; `change`: the object it holds may be changed in place."""

    name: str
    kind: Kind
    rebind: bool = True
    change: bool = True


@dataclass(frozen=True)
class Function:
    """A task or helper: how it is called, whether it may raise, and how a call of it is waited for."""

    name: str
    params: tuple[tuple[str, Kind], ...]
    result: Kind
    raises: bool
    optional: int = 0
    """How many of the last parameters have defaults."""
    is_task: bool = False
    is_async: bool = False


@dataclass
class Scope:
    """Where an expression stands: what it may read and call."""

    rng: random.Random
    features: frozenset[str]
    variables: list[Variable] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    safe: bool = False
    risk: float = 1.0
    """How readily something is written that may raise."""
    calls: bool = True
    """Whether tasks and helpers may be called."""
    bound: int = 0
    """How many comprehension variables were named."""

    def has(self, feature: str) -> bool:
        """Whether the program may use a feature."""
        return feature in self.features

    def of_kind(self, kind: Kind) -> list[Variable]:
        """The variables of a kind."""
        return [variable for variable in self.variables if variable.kind == kind]

    def containers(self, *names: str) -> list[Variable]:
        """The variables that hold a list or dict."""
        return [v for v in self.variables if isinstance(v.kind, tuple) and v.kind[0] in names]

    def inner(self, **changes: object) -> "Scope":
        """A scope inside this one, with its own list of variables."""
        made = replace(self, variables=list(self.variables))
        for name, value in changes.items():
            setattr(made, name, value)
        return made


Maker = Callable[[Scope, int], str | None]


def expression(scope: Scope, kind: Kind, depth: int) -> str:
    """An expression of a kind, nested at most `depth` deep."""
    table = _TABLE[kind if isinstance(kind, str) else kind[0]]
    for _ in range(8):
        if depth <= 0 or scope.rng.random() < 0.25:
            break
        maker, feature, raises = scope.rng.choice(table)
        if raises and (scope.safe or scope.rng.random() > scope.risk):
            continue
        if feature and not scope.has(feature):
            continue
        made = _typed(maker, kind)(scope, depth - 1)
        if made is not None:
            return made
    return leaf(scope, kind, depth)


def _typed(maker: Callable[..., str | None], kind: Kind) -> Maker:
    """Makers of containers are told what they hold."""
    if isinstance(kind, str):
        return maker
    return lambda scope, depth: maker(scope, depth, kind[1])


def leaf(scope: Scope, kind: Kind, depth: int = 0) -> str:
    """A variable or a literal. A container is copied or written out."""
    found = scope.of_kind(kind)
    if isinstance(kind, str):
        return scope.rng.choice(found).name if found and scope.rng.random() < 0.7 else literal(scope.rng, kind)
    if found and scope.rng.random() < 0.5 and isinstance(kind[1], str):
        name = scope.rng.choice(found).name
        copies = (
            [f"list({name})", f"{name}[:]", f"{name}.copy()"]
            if kind[0] == "list"
            else [f"dict({name})", f"{name}.copy()"]
        )
        return scope.rng.choice(copies)
    count = scope.rng.choice((0, 1, 2, 3, 3))
    items = [expression(scope, kind[1], depth - 1) for _ in range(count)]
    if kind[0] == "list":
        return f"[{', '.join(items)}]"
    keys = scope.rng.sample(KEYS, len(items))
    return "{" + ", ".join(f"{key!r}: {item}" for key, item in zip(keys, items, strict=True)) + "}"


def literal(rng: random.Random, kind: Kind) -> str:
    """A constant of a scalar kind."""
    match kind:
        case "int":
            return str(rng.choice((0, 1, 2, 3, 5, 7, 10, 100, -1, -2, -3)))
        case "float":
            return str(rng.choice((0.0, 0.5, 1.0, 1.5, 2.25, -0.75, -3.0, 10.125, 100.0)))
        case "bool":
            return rng.choice(("True", "False"))
        case _:
            return repr(rng.choice(WORDS))


def value(rng: random.Random, kind: Kind, size: int = 4) -> object:
    """A value of a kind, for the input of a program."""
    match kind:
        case "int":
            return rng.choice((0, 1, 2, 3, 4, 7, 12, 99, -1, -5))
        case "float":
            return rng.choice((0.0, 0.5, 1.0, 2.75, -1.25, 3.0, 8.0))
        case "bool":
            return rng.random() < 0.5
        case "str":
            return rng.choice(WORDS)
        case ("list", inner):
            return [value(rng, inner, size - 1) for _ in range(rng.randrange(max(size, 1)))]
        case (_, inner):
            return {key: value(rng, inner, size - 1) for key in rng.sample(KEYS, rng.randrange(max(size, 1)))}
        case _:
            raise ValueError(kind)


def annotation(kind: Kind) -> str:
    """The annotation for a kind."""
    if isinstance(kind, str):
        return kind
    return f"list[{annotation(kind[1])}]" if kind[0] == "list" else f"dict[str, {annotation(kind[1])}]"


def call(scope: Scope, function: Function, depth: int) -> str:
    """A call with positional, keyword or left-out arguments."""
    given = len(function.params) - scope.rng.randrange(function.optional + 1)
    keywords = scope.rng.randrange(given + 1) if scope.has("keywords") else given
    parts = []
    for index, (name, kind) in enumerate(function.params[:given]):
        # Arguments that are calls themselves would be fine, but make programs that take long to read.
        argument = expression(scope.inner(calls=False), kind, depth)
        parts.append(argument if index < keywords else f"{name}={argument}")
    text = f"{function.name}({', '.join(parts)})"
    return f"(await {text})" if function.is_async else text


def _called(scope: Scope, depth: int, kind: Kind) -> str | None:
    if not scope.calls:
        return None
    found = [f for f in scope.functions if f.result == kind and not (scope.safe and f.raises)]
    return call(scope, scope.rng.choice(found), depth) if found else None


def _binary(kind: Kind, *operators: str) -> Maker:
    def make(scope: Scope, depth: int) -> str:
        left, right = expression(scope, kind, depth), expression(scope, kind, depth)
        return f"({left} {scope.rng.choice(operators)} {right})"

    return make


def _template(text: str, *kinds: Kind) -> Maker:
    """An expression written as a format string with one place for each kind."""
    return lambda scope, depth: text.format(*(expression(scope, kind, depth) for kind in kinds))


def _each(text: str, *kinds: Kind, wanted: str = "list") -> Maker:
    """The same, where {v} is a variable that holds a list (or dict) of a scalar kind given first."""
    kind, *others = kinds

    def make(scope: Scope, depth: int) -> str | None:
        found = scope.of_kind((wanted, kind))
        if not found:
            return None
        return text.format(*(expression(scope, other, depth) for other in others), v=scope.rng.choice(found).name)

    return make


def _conditional(kind: Kind) -> Maker:
    return lambda scope, depth: (
        f"({expression(scope, kind, depth)} if {expression(scope, 'bool', depth)} else {expression(scope, kind, depth)})"
    )


def _length(scope: Scope, depth: int) -> str:
    found = scope.containers("list", "dict")
    if found and scope.rng.random() < 0.7:
        return f"len({scope.rng.choice(found).name})"
    return f"len({expression(scope, 'str', depth)})"


def _f_string(scope: Scope, depth: int) -> str:
    parts = []
    for _ in range(scope.rng.randint(1, 3)):
        kind = scope.rng.choice(("int", "str", "bool", "int"))
        part = expression(scope.inner(calls=False), kind, min(depth, 1))
        simple = "'" not in part and '"' not in part and "{" not in part and "\\" not in part
        parts.append(
            "{" + (part if simple else leaf_name(scope, "int")) + "}" + scope.rng.choice(("", "-", " ", "ü", "{{"))
        )
    return f'f"{"".join(parts)}"'


def leaf_name(scope: Scope, kind: Kind) -> str:
    """A variable of a kind, or a literal that needs no quotes."""
    found = scope.of_kind(kind)
    return scope.rng.choice(found).name if found else "0"


def _compared(scope: Scope, depth: int) -> str:
    kind = scope.rng.choice(("int", "int", "str", "float", "bool"))
    operators = ("==", "!=", "<", "<=", ">", ">=")
    first, second = expression(scope, kind, depth), expression(scope, kind, depth)
    text = f"{first} {scope.rng.choice(operators)} {second}"
    if scope.has("chains") and scope.rng.random() < 0.2:
        text += f" {scope.rng.choice(operators)} {expression(scope, kind, depth)}"
    return f"({text})"


def _contained(scope: Scope, depth: int) -> str:
    word = scope.rng.choice(("in", "not in"))
    found = scope.containers("list", "dict")
    if found and scope.rng.random() < 0.7:
        container = scope.rng.choice(found)
        inner: Kind = "str" if container.kind[0] == "dict" else container.kind[1]
        if isinstance(inner, str):
            return f"({expression(scope, inner, depth)} {word} {container.name})"
    return f"({expression(scope, 'str', depth)} {word} {expression(scope, 'str', depth)})"


def _truth(scope: Scope, depth: int) -> str:
    found = scope.containers("list", "dict")
    if found and scope.rng.random() < 0.5:
        return f"bool({scope.rng.choice(found).name})"
    return f"bool({expression(scope, scope.rng.choice(('int', 'str', 'float')), depth)})"


def _any_all(scope: Scope, depth: int) -> str | None:
    found = [v for v in scope.containers("list") if isinstance(v.kind[1], str)]
    if not found:
        return None
    variable, name, inner = _bind(scope, scope.rng.choice(found))
    return (
        f"{scope.rng.choice(('any', 'all'))}({expression(inner, 'bool', min(depth, 1))} for {name} in {variable.name})"
    )


def _bind(scope: Scope, variable: Variable) -> tuple[Variable, str, Scope]:
    """A name for the items of a container inside a comprehension."""
    inner = scope.inner(calls=scope.calls and scope.has("effect_comprehensions"))
    inner.bound += 1
    name = f"c{inner.bound}"
    kind = variable.kind[1] if variable.kind[0] == "list" else "str"
    inner.variables.append(Variable(name, kind, rebind=False, change=False))
    return variable, name, inner


def _comprehension(scope: Scope, depth: int, item: Kind) -> str | None:
    found = scope.containers("list", "dict")
    inner = scope.inner(calls=False)
    if found and scope.rng.random() < 0.7:
        variable, name, inner = _bind(scope, scope.rng.choice(found))
        source = variable.name
    else:
        inner.bound += 1
        name, source = f"c{inner.bound}", f"range({scope.rng.randint(0, 5)})"
        inner.variables.append(Variable(name, "int", rebind=False, change=False))
    test = f" if {expression(inner, 'bool', min(depth, 1))}" if scope.rng.random() < 0.4 else ""
    return f"[{expression(inner, item, min(depth, 1))} for {name} in {source}{test}]"


def _dict_comprehension(scope: Scope, depth: int, item: Kind) -> str | None:
    found = [v for v in scope.containers("list", "dict") if v.kind[0] == "dict" or v.kind[1] == "str"]
    if not found:
        return None
    variable, name, inner = _bind(scope, scope.rng.choice(found))
    return f"{{{name}: {expression(inner, item, min(depth, 1))} for {name} in {variable.name}}}"


def _sliced(scope: Scope, depth: int, item: Kind) -> str | None:
    found = scope.of_kind(("list", item))
    if not found or not isinstance(item, str):
        return None
    return f"{scope.rng.choice(found).name}[{_bounds(scope)}]"


def _bounds(scope: Scope) -> str:
    ends = [leaf(scope, "int") if scope.rng.random() < 0.6 else "" for _ in range(2)]
    step = scope.rng.choice(("", "", "", ":2", ":-1")) if scope.has("steps") else ""
    return ":".join(ends) + step


def _concatenated(scope: Scope, depth: int, item: Kind) -> str | None:
    if not isinstance(item, str):
        return None
    return f"({expression(scope, ('list', item), depth)} + {expression(scope, ('list', item), depth)})"


def _sorted(scope: Scope, depth: int, item: Kind) -> str | None:
    found = scope.of_kind(("list", item))
    if not found or not isinstance(item, str):
        return None
    return f"sorted({scope.rng.choice(found).name}{scope.rng.choice(('', '', ', reverse=True'))})"


def _listed(scope: Scope, depth: int, item: Kind) -> str | None:
    """Lists from other things."""
    options: list[str] = []
    if item == "int":
        options.append(f"list(range({scope.rng.randint(0, 4)}))")
    if item == "str":
        options.append(f"{expression(scope, 'str', depth)}.split({scope.rng.choice((repr(','), repr(' '), ''))})")
        options.append(f"list({expression(scope, 'str', depth)})")
        options += [f"list({v.name}.keys())" for v in scope.containers("dict")] + [
            f"list({v.name})" for v in scope.containers("dict")
        ]
    if isinstance(item, str):
        options += [f"list({v.name}.values())" for v in scope.of_kind(("dict", item))]
        options += [f"list(reversed({v.name}))" for v in scope.of_kind(("list", item))]
        options += [f"({v.name} * {scope.rng.randint(0, 2)})" for v in scope.of_kind(("list", item))]
    return scope.rng.choice(options) if options else None


def _isinstance(scope: Scope, depth: int) -> str | None:
    if not scope.variables:
        return None
    variable = scope.rng.choice(scope.variables)
    return f"isinstance({variable.name}, {scope.rng.choice(('int', 'str', 'list', 'dict', 'float', 'bool', '(int, str)'))})"


def _either(kind: Kind) -> Maker:
    return lambda scope, depth: (
        f"({expression(scope, kind, depth)} {scope.rng.choice(('and', 'or'))} {expression(scope, kind, depth)})"
    )


_Row = tuple[Callable[..., str | None], str | None, bool]


def _rows(*rows: Sequence[object]) -> list[_Row]:
    """Rows are a maker, the feature it belongs to, and whether it may raise; the last two may be left out."""
    made: list[_Row] = []
    for row in rows:
        maker, feature, raises = (*row, None, False)[:3] if len(row) == 1 else (*row, False)[:3]
        made.append((maker, feature, raises))  # type: ignore[arg-type]
    return made


_TABLE: Final[dict[str, list[_Row]]] = {
    "int": _rows(
        (_binary("int", "+", "-", "*"),),
        (_binary("int", "+", "-"),),
        (_binary("int", "//", "%"), None, True),
        (_template("({} // 3)", "int"),),
        (_template("({} % 5)", "int"),),
        (_template("(-{})", "int"),),
        (_template("abs({})", "int"),),
        (_template("min({}, {})", "int", "int"),),
        (_template("max({}, {}, {})", "int", "int", "int"),),
        (_template("int({})", "bool"),),
        (_template("int({})", "float"), "floats"),
        (_template("round({})", "float"), "floats"),
        (_template("int({})", "str"), None, True),
        (_template("{}.find({})", "str", "str"),),
        (_template("{}.count({})", "str", "str"),),
        (_length,),
        (_each("sum({v})", "int"),),
        (_each("max({v})", "int"), None, True),
        (_each("min({v})", "int"), None, True),
        (_each("{v}[{}]", "int", "int"), None, True),
        (_each("{v}[0]", "int"), None, True),
        (_each("{v}[-1]", "int"), None, True),
        (_each("{v}.count({})", "int", "int"),),
        (_each("{v}.index({})", "int", "int"), None, True),
        (_each("{v}[{}]", "int", "str", wanted="dict"), None, True),
        (_each("{v}.get({}, {})", "int", "str", "int", wanted="dict"),),
        (_each("sum(c * 2 for c in {v})", "int"), "generators"),
        (_each("sum({v}.values())", "int", wanted="dict"),),
        (_conditional("int"),),
        (_either("int"),),
        (lambda scope, depth: _called(scope, depth, "int"),),
        (lambda scope, depth: _called(scope, depth, "int"),),
        (_binary("int", "&", "|", "^"), "bits"),
    ),
    "float": _rows(
        (_binary("float", "+", "-", "*"),),
        (_binary("float", "/"), None, True),
        (_binary("int", "/"), None, True),
        (_template("({} / 4)", "int"),),
        (_template("({} + {})", "float", "int"),),
        (_template("(-{})", "float"),),
        (_template("abs({})", "float"),),
        (_template("float({})", "int"),),
        (_template("float({})", "str"), None, True),
        (_template("round({}, 1)", "float"),),
        (_template("min({}, {})", "float", "float"),),
        (_each("sum({v}, 0.0)", "float"),),
        (_each("{v}[{}]", "float", "int"), None, True),
        (_each("{v}.get({}, {})", "float", "str", "float", wanted="dict"),),
        (_conditional("float"),),
        (lambda scope, depth: _called(scope, depth, "float"),),
    ),
    "str": _rows(
        (_binary("str", "+"),),
        (_f_string,),
        (_f_string,),
        (_template("str({})", "int"),),
        (_template("str({})", "bool"),),
        (_template("str({})", "float"), "float_text"),
        (_template("({} * 2)", "str"),),
        (_template("{}.upper()", "str"),),
        (_template("{}.lower()", "str"),),
        (_template("{}.strip()", "str"),),
        (_template("{}.title()", "str"), "text"),
        (_template("{}.capitalize()", "str"), "text"),
        (_template("{}.replace({}, {})", "str", "str", "str"),),
        (_template("{}[{}]", "str", "int"), None, True),
        (lambda scope, depth: f"{expression(scope, 'str', depth)}[{_bounds(scope)}]",),
        (_template("{}.zfill(4)", "str"), "text"),
        (_template("'-'.join({}.split())", "str"),),
        (_each("{}.join({v})", "str", "str"),),
        (_each("{v}[{}]", "str", "int"), None, True),
        (_each("{v}[{}]", "str", "str", wanted="dict"), None, True),
        (_each("{v}.get({}, {})", "str", "str", "str", wanted="dict"),),
        (_each("str({v})", "int"), "container_text"),
        (_each("str({v})", "str"), "container_text"),
        (_each("min({v}, default='none')", "str"), "text"),
        (_conditional("str"),),
        (_either("str"),),
        (lambda scope, depth: _called(scope, depth, "str"),),
    ),
    "bool": _rows(
        (_compared,),
        (_compared,),
        (_compared,),
        (_template("({} and {})", "bool", "bool"),),
        (_template("({} or {})", "bool", "bool"),),
        (_template("(not {})", "bool"),),
        (_contained,),
        (_contained,),
        (_truth,),
        (_any_all, "generators"),
        (_isinstance,),
        (_template("{}.startswith({})", "str", "str"),),
        (_template("{}.endswith({})", "str", "str"),),
        (_template("{}.isdigit()", "str"), "text"),
        (lambda scope, depth: _called(scope, depth, "bool"),),
    ),
    "list": _rows(
        (_comprehension,),
        (_comprehension,),
        (_sliced,),
        (_concatenated,),
        (_sorted,),
        (_listed,),
        (lambda scope, depth, item: _called(scope, depth, ("list", item)),),
    ),
    "dict": _rows(
        (_dict_comprehension,),
        (lambda scope, depth, item: _called(scope, depth, ("dict", item)),),
    ),
}
