"""Random statements about exceptions."""

from typing import Final

from tests.differential.kinds import Scope
from tests.differential.program import Place, Program, indented, statement
from tests.differential.templates import expression

BUILTIN_ERRORS: Final = ("ValueError", "KeyError", "IndexError", "ZeroDivisionError", "TypeError", "RuntimeError")
_CAUGHT: Final = (*BUILTIN_ERRORS, "Exception", "LookupError", "ArithmeticError")


def raised(program: Program, scope: Scope) -> str:
    """`raise` with some exception."""
    if program.rng.random() < 0.1:
        return f'raise Fail("Custom.Error", {expression(scope, "str", 1)})'
    name = program.rng.choice((*program.errors, *program.errors, *BUILTIN_ERRORS))
    kinds = [program.rng.choice(("str", "str", "int")) for _ in range(program.rng.choice((0, 1, 1, 1, 2)))]
    args = ", ".join(expression(scope, kind, 1) for kind in kinds)
    if not args and program.rng.random() < 0.5:
        return f"raise {name}"
    end = " from None" if program.rng.random() < 0.1 else ""
    return f"raise {name}({args}){end}"


@statement("exceptions")
def raise_one(program: Program, scope: Scope, place: Place) -> list[str]:
    """`raise` on some condition."""
    if scope.safe or program.rng.random() > 2 * scope.risk:
        return []
    if program.rng.random() < 0.2:
        return [f"assert {expression(scope, 'bool', 2)}, {expression(scope, 'str', 1)}"]
    return [f"if {expression(scope, 'bool', 2)}:", f"    {raised(program, scope)}"]


@statement("exceptions", nests=True, weight=3)
def guard(program: Program, scope: Scope, place: Place) -> list[str]:
    """`try` with handlers, `else` and `finally`."""
    inner = place.deeper()
    body = program.block(scope.inner(safe=False), inner)
    lines = ["try:", *indented(body)]
    has_final = "finally" in program.features and program.rng.random() < 0.4
    handlers = program.rng.randint(0 if has_final and not scope.safe else 1, 2)
    for number in range(handlers):
        lines += _handler(program, scope, place, catch_all=scope.safe and number == handlers - 1)
    if handlers and program.rng.random() < 0.3:
        lines += ["else:", *indented(program.block(scope.inner(), inner))]
    if has_final:
        free = "jumps_in_finally" in program.features and program.rng.random() < 0.2
        at_end = inner if free else place.deeper(in_loop=False, result=None)
        lines += ["finally:", *indented(program.block(scope.inner(), at_end))]
    return lines


def _handler(program: Program, scope: Scope, place: Place, *, catch_all: bool) -> list[str]:
    classes = program.rng.sample((*program.errors, *_CAUGHT), program.rng.choice((1, 1, 2)))
    named = "Exception" if catch_all else classes[0] if len(classes) == 1 else f"({', '.join(classes)})"
    inner = scope.inner()
    if program.rng.random() < 0.3:
        return [f"except {named}:", *indented(program.block(inner, place.deeper(in_handler=True)))]
    error = program.name("e")
    lines = []
    for _ in range(program.rng.randint(1, 2)):
        text = program.rng.choice(
            (
                f"str({error})",
                f"type({error}).__name__",
                f'f"{{{error}}}!"',
                f"str(len({error}.args))",
                f"repr(str({error}))",
            )
        )
        strings = [v for v in inner.variables if v.kind == "str" and v.rebind]
        lines.append(f"{program.rng.choice(strings).name if strings else program.new(inner, 'str')} = {text}")
    if program.rng.random() < 0.1:
        lines.append(f"{program.new(inner, 'bool')} = isinstance({error}, {program.rng.choice(_CAUGHT)})")
    lines += program.block(inner, place.deeper(in_handler=True))
    if not scope.safe and program.rng.random() < 0.25:
        again = ["raise", f"raise {error}"]
        if program.errors:
            again.append(f"raise {program.rng.choice(program.errors)}(str({error})) from {error}")
        lines += [f"if {expression(inner, 'bool', 1)}:", f"    {program.rng.choice(again)}"]
    return [f"except {named} as {error}:", *indented(lines)]
