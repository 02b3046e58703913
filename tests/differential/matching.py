"""Random `match` statements."""

from tests.differential.kinds import KEYS, Kind, Scope, Variable, is_scalar, is_shared_safely, literal
from tests.differential.program import Place, Program, indented, statement
from tests.differential.templates import expression

_CLASSES = {"int": "int", "str": "str", "bool": "bool"}


@statement("match", nests=True, weight=3)
def match_value(program: Program, scope: Scope, place: Place) -> list[str]:
    """`match x:` over a variable, with patterns of its kind."""
    usable = [v for v in scope.variables if v.kind != "float" and _arms(v.kind) is not None]
    if not usable:
        return []
    subject = program.rng.choice(usable)
    lines = [f"match {subject.name}:"]
    for _ in range(program.rng.randint(1, 3)):
        inner = scope.inner()
        pattern = _pattern(program, inner, subject.kind)
        guard = f" if {expression(inner, 'bool', 1)}" if program.rng.random() < 0.3 else ""
        lines += indented([f"case {pattern}{guard}:", *indented(program.block(inner, place.deeper()))])
    if program.rng.random() < 0.6:
        lines += indented(["case _:", *indented(program.block(scope.inner(), place.deeper()))])
    return lines


def _arms(kind: Kind) -> str | None:
    if is_scalar(kind) or kind == "json":
        return "value"
    if kind[0] in ("list", "dict", "tuple") and all(map(is_shared_safely, kind[1:])):
        return str(kind[0])
    return None


def _pattern(program: Program, scope: Scope, kind: Kind) -> str:
    match kind:
        case "json":
            return _of_anything(program, scope)
        case ("list", item):
            return _sequence(program, scope, item)
        case ("tuple", *items):
            return "(" + ", ".join(_part(program, scope, item) for item in items) + ")"
        case ("dict", item):
            keys = program.rng.sample(KEYS, program.rng.randint(1, 2))
            parts = [f"{key!r}: {_part(program, scope, item)}" for key in keys]
            if program.rng.random() < 0.3:
                parts.append(f"**{_bound(program, scope, kind)}")
            return "{" + ", ".join(parts) + "}"
        case _:
            values = [literal(program.rng, kind) for _ in range(program.rng.randint(1, 3))]
            return " | ".join(dict.fromkeys(values))


def _sequence(program: Program, scope: Scope, item: Kind) -> str:
    parts = [_part(program, scope, item) for _ in range(program.rng.randint(0, 2))]
    if program.rng.random() < 0.5:
        parts.insert(program.rng.randint(0, len(parts)), f"*{_bound(program, scope, ('list', item))}")
    return f"[{', '.join(parts)}]"


def _part(program: Program, scope: Scope, kind: Kind) -> str:
    choice = program.rng.random()
    if choice < 0.25:
        return "_"
    if choice < 0.5 and isinstance(kind, str) and kind in _CLASSES:
        return literal(program.rng, kind)
    return _bound(program, scope, kind)


def _bound(program: Program, scope: Scope, kind: Kind) -> str:
    name = program.name("m")
    scope.variables.append(Variable(name, kind, rebind=False, change=False))
    return name


def _of_anything(program: Program, scope: Scope) -> str:
    choice = program.rng.random()
    if choice < 0.4:
        class_ = program.rng.choice(tuple(_CLASSES))
        return f"{class_}() as {_bound(program, scope, class_)}" if program.rng.random() < 0.6 else f"{class_}()"
    if choice < 0.6:
        return program.rng.choice(("None", "True", "1 | 2", "'a' | 'b'", "None | False"))
    if choice < 0.8:
        return f"[{_bound(program, scope, 'json')}, *_]"
    return f"{{'a': {_bound(program, scope, 'json')}}}"
