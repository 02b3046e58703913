"""Random statements: assignments, decisions, loops, jumps, nested functions."""

from tests.differential.kinds import Function, Kind, Scope, Variable, annotation, is_shared_safely
from tests.differential.program import Place, Program, indented, statement
from tests.differential.templates import call, expression, fill, leaf


@statement(weight=4)
def assign(program: Program, scope: Scope, place: Place) -> list[str]:
    """`x = v`, of a new variable or an old one."""
    kind = program.kind()
    text = expression(scope, kind, 3)
    olds = [v for v in scope.variables if v.rebind and v.kind == kind]
    if olds and program.rng.random() < 0.4:
        return [f"{program.rng.choice(olds).name} = {text}"]
    needs_note = text in ("[]", "{}") or kind == "json" or (isinstance(kind, tuple) and kind[0] == "optional")
    note = f": {annotation(kind)}" if needs_note or program.rng.random() < 0.15 else ""
    return [f"{program.new(scope, kind)}{note} = {text}"]


@statement()
def assign_twice(program: Program, scope: Scope, place: Place) -> list[str]:
    """`x = y = v`, of what nobody can change."""
    kind = program.rng.choice(program.kinds)
    text = expression(scope, kind, 2)
    return [f"{program.new(scope, kind)} = {program.new(scope, kind)} = {text}"]


@statement(weight=2)
def augment(program: Program, scope: Scope, place: Place) -> list[str]:
    """`x += v` and the like."""
    found = [v for v in scope.variables if v.rebind and v.kind in ("int", "str", "float", "bool")]
    if not found:
        return []
    variable = program.rng.choice(found)
    calm = {"int": ("+=", "-=", "+=", "*="), "float": ("+=", "-=", "*="), "str": ("+=",), "bool": ("|=", "&=", "^=")}
    operators = calm[variable.kind]
    if variable.kind == "int" and not scope.safe and program.rng.random() < scope.risk:
        operators = ("//=", "%=")
    text = leaf(scope, variable.kind) if variable.kind != "str" else expression(scope, "str", 1)
    return [f"{variable.name} {program.rng.choice(operators)} {text}"]


@statement("unpacking")
def unpack(program: Program, scope: Scope, place: Place) -> list[str]:
    """Several targets."""
    same = [v for v in scope.variables if v.rebind and is_shared_safely(v.kind)]
    pairs = [(a, b) for a in same for b in same if a.name < b.name and a.kind == b.kind]
    if pairs and program.rng.random() < 0.3:
        a, b = program.rng.choice(pairs)
        return [f"{a.name}, {b.name} = {b.name}, {a.name}"]
    kinds = [program.rng.choice(program.kinds) for _ in range(program.rng.randint(2, 3))]
    texts = [expression(scope, kind, 2) for kind in kinds]
    if program.rng.random() < 0.3 and len(kinds) == 3:
        first, second, third = (program.new(scope, kind) for kind in kinds)
        return [f"{first}, ({second}, {third}) = {texts[0]}, ({texts[1]}, {texts[2]})"]
    names = [program.new(scope, kind) for kind in kinds]
    return [f"{', '.join(names)} = {', '.join(texts)}"]


@statement("unpacking")
def unpack_value(program: Program, scope: Scope, place: Place) -> list[str]:
    """The parts of a tuple, or of a list that may have another length."""
    tuples = scope.containers("tuple")
    if tuples and program.rng.random() < 0.6:
        variable = program.rng.choice(tuples)
        names = [program.new(scope, kind) for kind in variable.kind[1:]]
        return [f"{', '.join(names)} = {variable.name}"]
    lists = [v for v in scope.containers("list") if is_shared_safely(v.kind[1])]
    if not lists or scope.safe or program.rng.random() > scope.risk:
        return []
    variable = program.rng.choice(lists)
    item = variable.kind[1]
    first = program.new(scope, item)
    rest = program.new(scope, variable.kind)
    forms = [f"{first}, *{rest} = {variable.name}", f"*{rest}, {first} = {variable.name}"]
    return [program.rng.choice(forms)]


@statement("optionals", nests=True)
def if_there(program: Program, scope: Scope, place: Place) -> list[str]:
    """A test for None, which tells what the variable holds."""
    found = scope.containers("optional")
    if not found:
        return []
    variable = program.rng.choice(found)
    known = scope.with_variable(variable.name, variable.kind[1])
    inner = place.deeper()
    test = program.rng.choice((f"{variable.name} is not None", variable.name))
    lines = [f"if {test}:", *indented(program.block(known, inner))]
    if program.rng.random() < 0.4:
        lines += ["else:", *indented(program.block(scope.inner(), inner))]
    return lines


_CLASSES: dict[str, Kind] = {
    "int": "int",
    "str": "str",
    "list": ("list", "json"),
    "dict": ("dict", "json"),
    "bool": "bool",
}


@statement("unknown", nests=True, weight=2)
def if_instance(program: Program, scope: Scope, place: Place) -> list[str]:
    """Tests of what an unknown value is."""
    found = scope.of_kind("json")
    if not found:
        return []
    name = program.rng.choice(found).name
    inner = place.deeper()
    lines: list[str] = []
    for word in ("if", "elif")[: program.rng.randint(1, 2)]:
        class_ = program.rng.choice(tuple(_CLASSES))
        known = scope.with_variable(name, _CLASSES[class_])
        lines += [f"{word} isinstance({name}, {class_}):", *indented(program.block(known, inner))]
    if program.rng.random() < 0.4:
        lines += ["else:", *indented(program.block(scope.inner(), inner))]
    return lines


@statement(nests=True, weight=3)
def decide(program: Program, scope: Scope, place: Place) -> list[str]:
    """`if`, `elif`, `else`; sometimes a variable that both ways set."""
    inner = place.deeper()
    lines = [f"if {expression(scope, 'bool', 3)}:", *indented(program.block(scope.inner(), inner))]
    if program.rng.random() < 0.3:
        lines += [f"elif {expression(scope, 'bool', 2)}:", *indented(program.block(scope.inner(), inner))]
    if program.rng.random() < 0.5:
        lines += ["else:", *indented(program.block(scope.inner(), inner))]
    return lines


@statement()
def set_both_ways(program: Program, scope: Scope, place: Place) -> list[str]:
    """A variable that both ways of an `if` set, and nothing before."""
    kind = program.kind()
    test, first, second = expression(scope, "bool", 2), expression(scope, kind, 2), expression(scope, kind, 2)
    name = program.new(scope, kind)
    return [f"if {test}:", f"    {name} = {first}", "else:", f"    {name} = {second}"]


@statement("while", nests=True)
def loop_while(program: Program, scope: Scope, place: Place) -> list[str]:
    """A loop with a counter that bounds it."""
    counter = program.name("n")
    inner = scope.inner()
    inner.variables.append(Variable(counter, "int", rebind=False))
    limit = program.rng.randint(1, 4)
    form = program.rng.random()
    head, body = [f"{counter} = 0"], [f"{counter} += 1"]
    if form < 0.25:
        head.append("while True:")
        body += [f"if {counter} > {limit}:", "    break"]
    elif form < 0.5:
        head.append(f"while {counter} < {limit} and {expression(inner, 'bool', 2)}:")
    else:
        head.append(f"while {counter} < {limit}:")
    body += program.block(inner, place.deeper(in_loop=True))
    scope.variables.append(Variable(counter, "int", rebind=False))
    return [*head, *indented(body), *_loop_else(program, scope, place)]


def _loop_else(program: Program, scope: Scope, place: Place) -> list[str]:
    if program.rng.random() < 0.75:
        return []
    return ["else:", *indented(program.block(scope.inner(), place.deeper()))]


@statement("while")
def drain(program: Program, scope: Scope, place: Place) -> list[str]:
    """A loop that empties a list."""
    found = [v for v in scope.containers("list") if v.change and is_shared_safely(v.kind[1])]
    if not found:
        return []
    variable = program.rng.choice(found)
    inner = scope.inner()
    freeze(inner, variable)
    item = program.new(inner, variable.kind[1])
    body = [f"{item} = {variable.name}.pop({program.rng.choice(('', '0', '-1'))})"]
    body += program.block(inner, place.deeper(in_loop=True)) if place.depth > 0 and program.budget > 0 else []
    return [f"while {variable.name}:", *indented(body)]


@statement("loops", nests=True, weight=3)
def loop_for(program: Program, scope: Scope, place: Place) -> list[str]:
    """A loop over something."""
    inner = scope.inner()
    head = _loop_head(program, inner)
    body = program.block(inner, place.deeper(in_loop=True))
    return [head, *indented(body), *_loop_else(program, scope, place)]


def _loop_head(program: Program, scope: Scope) -> str:
    """The head of a loop; names the loop's variables, and lets nobody change what it runs over."""
    lists, dicts = scope.containers("list"), scope.containers("dict")
    choice = program.rng.random()
    if lists and choice < 0.4:
        return _over_list(program, scope, lists)
    if dicts and choice < 0.6:
        source = freeze(scope, program.rng.choice(dicts))
        form = program.rng.random()
        if form < 0.4:
            over = program.rng.choice(
                (source.name, f"sorted({source.name})", f"{source.name}.keys()", f"list({source.name})")
            )
            return f"for {_item(program, scope, 'str')} in {over}:"
        if form < 0.5:
            return f"for {_item(program, scope, source.kind[1])} in {source.name}.values():"
        key, item = _item(program, scope, "str"), _item(program, scope, source.kind[1])
        return f"for {key}, {item} in {source.name}.items():"
    if choice < 0.7:
        text = expression(scope, "str", 1)
        if program.rng.random() < 0.3:
            return f"for {_item(program, scope, 'int')}, {_item(program, scope, 'str')} in enumerate({text}):"
        return f"for {_item(program, scope, 'str')} in {text}:"
    if choice < 0.8:
        kind = program.rng.choice(program.kinds)
        if program.rng.random() < 0.5:
            items = ", ".join(expression(scope, kind, 1) for _ in range(program.rng.randint(2, 3)))
            return f"for {_item(program, scope, kind)} in ({items}):"
        text = expression(scope, ("list", kind), 2)
        return f"for {_item(program, scope, kind)} in {text}:" if text != "[]" else "for _ in []:"
    low, high = program.rng.randint(0, 3), program.rng.randint(0, 6)
    bounds = [f"{high}", f"{low}, {high}", f"{high}, {low}, -1", f"0, {high}, 2"]
    bounds += [f"len({v.name})" for v in lists[:2]]
    bounds.append(fill(scope, "{int'} % 5", 1) or "3")
    return f"for {_item(program, scope, 'int')} in range({program.rng.choice(bounds)}):"


def _over_list(program: Program, scope: Scope, lists: list[Variable]) -> str:
    source = freeze(scope, program.rng.choice(lists))
    item = source.kind[1]
    choice = program.rng.random()
    if isinstance(item, tuple) and item[0] == "tuple" and choice < 0.6:
        names = [_item(program, scope, kind) for kind in item[1:]]
        return f"for {', '.join(names)} in {source.name}:"
    if choice < 0.5:
        return f"for {_item(program, scope, item)} in {source.name}:"
    if choice < 0.65:
        start = program.rng.choice(("", ", 1", ", start=2"))
        return f"for {_item(program, scope, 'int')}, {_item(program, scope, item)} in enumerate({source.name}{start}):"
    if choice < 0.8 and is_shared_safely(item):
        over = program.rng.choice((f"reversed({source.name})", f"{source.name}[1:]", f"{source.name}[::-1]"))
        return f"for {_item(program, scope, item)} in {over}:"
    other = freeze(scope, program.rng.choice(lists))
    if choice < 0.9:
        first, second = _item(program, scope, item), _item(program, scope, other.kind[1])
        return f"for {first}, {second} in zip({source.name}, {other.name}):"
    index = _item(program, scope, "int")
    first, second = _item(program, scope, item), _item(program, scope, other.kind[1])
    return f"for {index}, ({first}, {second}) in enumerate(zip({source.name}, {other.name})):"


def _item(program: Program, scope: Scope, kind: Kind) -> str:
    return program.new(scope, kind, change=False)


def freeze(scope: Scope, variable: Variable) -> Variable:
    """Let nobody in the scope change a variable."""
    for index, other in enumerate(scope.variables):
        if other.name == variable.name:
            scope.variables[index] = Variable(other.name, other.kind, rebind=False, change=False)
    return variable


@statement("loops", weight=2)
def jump(program: Program, scope: Scope, place: Place) -> list[str]:
    """`break` or `continue`."""
    if not place.in_loop:
        return []
    return [f"if {expression(scope, 'bool', 2)}:", f"    {program.rng.choice(('break', 'continue'))}"]


@statement("returns", weight=2)
def leave(program: Program, scope: Scope, place: Place) -> list[str]:
    """`return` on some condition."""
    if place.result is None:
        return []
    text = program.everything(scope) if place.whole else expression(scope, place.result, 2)
    return [f"if {expression(scope, 'bool', 2)}:", f"    return {text}"]


@statement("nested_functions", nests=True)
def nested_function(program: Program, scope: Scope, place: Place) -> list[str]:
    """A function inside, which reads what is around it and may rebind it."""
    if program.is_async or place.branch:
        return []
    params = tuple((program.name("a"), program.kind(nested=False)) for _ in range(program.rng.randint(0, 2)))
    result = program.kind(nested=False)
    name = program.name("inner")
    rebindable = [v for v in scope.variables if v.rebind and v in own_variables(program, scope)]
    outer = program.rng.sample(rebindable, min(len(rebindable), program.rng.choice((0, 0, 1, 2))))
    raises = program.rng.random() < 0.3 and not scope.safe
    inside = scope.inner(safe=not raises, calls=scope.calls)
    inside.variables = [
        v if v in outer else Variable(v.name, v.kind, rebind=False, change=False) for v in inside.variables
    ]
    inside.variables += [Variable(param, kind) for param, kind in params]
    body = [f"nonlocal {', '.join(v.name for v in outer)}"] if outer else []
    body += program.block(inside, Place(min(place.depth - 1, 1), result=result))
    body.append(f"return {expression(inside, result, 2)}")
    shown = ", ".join(f"{param}: {annotation(kind)}" for param, kind in params)
    note = f" -> {annotation(result)}" if program.rng.random() < 0.6 else ""
    changes = any(v.change for v in outer)
    scope.functions.append(Function(name, params, result, raises, rebinds=bool(outer) or changes))
    return [f"def {name}({shown}){note}:", *indented(body)]


def own_variables(program: Program, scope: Scope) -> list[Variable]:
    """The variables of the function that a scope belongs to."""
    return [v for v in scope.variables if v not in program.constants and not v.name.startswith("c")]


@statement("lambdas")
def lambda_variable(program: Program, scope: Scope, place: Place) -> list[str]:
    """A lambda that has a name."""
    kind, result = program.rng.choice(program.kinds), program.rng.choice(program.kinds)
    name, param = program.name("f"), program.name("a")
    inside = scope.with_variable(param, kind).inner(safe=True, calls=False)
    text = expression(inside, result, 2)
    scope.functions.append(Function(name, ((param, kind),), result, raises=False))
    return [f"{name} = lambda {param}: {text}"]


@statement("helpers", weight=1)
@statement("tasks", weight=1)
def call_function(program: Program, scope: Scope, place: Place) -> list[str]:
    """A call whose result is kept or left."""
    found = [f for f in scope.functions if not (scope.safe and f.raises)] if scope.calls else []
    if not found:
        return []
    function = program.rng.choice(found)
    text = call(scope, function, 2)
    if program.rng.random() < 0.15:
        return [text]
    return [f"{program.new(scope, function.result)} = {text}"]


@statement("logging")
def log(program: Program, scope: Scope, place: Place) -> list[str]:
    """What the machine leaves out."""
    kind = program.rng.choice(program.kinds)
    return [f"print({expression(scope.inner(calls=False), kind, 2)})"]


@statement("sleep")
def sleep(program: Program, scope: Scope, place: Place) -> list[str]:
    """A wait."""
    if not scope.calls or (program.is_async and not place.whole):
        return []
    seconds = (
        str(program.rng.randint(0, 30)) if program.rng.random() < 0.7 else program.rng.choice(("0.5", "abs({int'})"))
    )
    seconds = fill(scope, seconds, 1) or "1"
    return [f"await asyncio.sleep({seconds})" if program.is_async else f"time.sleep({seconds})"]
