"""Random statements that change lists and dicts in place."""

from tests.differential.kinds import Kind, Scope, is_scalar, is_shared_safely
from tests.differential.program import Place, Program, indented, statement
from tests.differential.statements import freeze
from tests.differential.templates import expression, leaf


@statement("mutation", weight=3)
def change(program: Program, scope: Scope, place: Place) -> list[str]:
    """A change of a list or dict, or of one inside of it."""
    found = [v for v in scope.containers("list", "dict") if v.change and v.kind[1] != "json"]
    if not found:
        return []
    variable = program.rng.choice(found)
    inner = variable.kind[1]
    path = variable.name
    if isinstance(inner, tuple) and inner[0] in ("list", "dict") and program.rng.random() < 0.5:
        if variable.kind[0] == "dict" and program.rng.random() < 0.4:
            empty = "[]" if inner[0] == "list" else "{}"
            path += f".setdefault({expression(scope, 'str', 1)}, {empty})"
            return changed_at(program, scope, path, inner, only_calls=True)
        if not scope.safe:
            path += f"[{leaf(scope, 'int') if variable.kind[0] == 'list' else expression(scope, 'str', 1)}]"
            return changed_at(program, scope, path, inner)
    return changed_at(program, scope, path, variable.kind)


def changed_at(program: Program, scope: Scope, path: str, kind: Kind, *, only_calls: bool = False) -> list[str]:
    """A change of the list or dict at a path."""
    item = kind[1]
    new = expression(scope, item, 2)
    index, key = leaf(scope, "int"), expression(scope, "str", 1)
    is_place = path.endswith(("]", ")"))
    if kind[0] == "list":
        calm = [f"{path}.append({new})"] * 2 + [f"{path}.extend([{new}])", f"{path}.insert({index}, {new})"]
        risky = [f"{path}.pop()", f"{path}.pop({index})", f"{path}[{index}] = {new}", f"del {path}[{index}]"]
        if not is_place:
            calm.append(f"{path} += [{new}]")
        if is_shared_safely(item):
            calm.append(f"{path}.extend({expression(scope, kind, 1)})")
        if is_scalar(item):
            risky.append(f"{path}.remove({new})")
            calm += [f"{path}.sort()", f"{path}.reverse()", f"{path}.sort(reverse=True)", f"{path}.clear()"]
            if item == "str" and scope.has("keys"):
                calm.append(f"{path}.sort(key=len)")
        if item in ("int", "float"):
            risky += [f"{path}[{index}] += {leaf(scope, item)}", f"{path}[-1] *= 2"]
        if item == "str":
            risky.append(f"{path}[{index}] += {new}")
    else:
        calm = [f"{path}[{key}] = {new}"] * 2 + [f"{path}.update({{{key}: {new}}})", f"{path}.pop({key}, None)"]
        risky = [f"del {path}[{key}]", f"{path}.pop({key})"]
        if is_shared_safely(item):
            calm += [f"{path}.setdefault({key}, {new})"]
            if not is_place:
                calm.append(f"{path} |= {expression(scope, kind, 1)}")
        if item in ("int", "float"):
            zero = "0.0" if item == "float" else "0"
            calm.append(f"{path}[{key}] = {path}.get({key}, {zero}) + {leaf(scope, item)}")
            risky.append(f"{path}[{key}] += {leaf(scope, item)}")
    if only_calls:
        calm = [text for text in calm if "(" in text.removeprefix(path) and " = " not in text]
        risky = []
    return [program.rng.choice(calm if scope.safe or not risky or program.rng.random() > scope.risk else risky)]


@statement("mutation")
def take(program: Program, scope: Scope, place: Place) -> list[str]:
    """The value that a change gives."""
    found = [v for v in scope.containers("list", "dict") if v.change and is_shared_safely(v.kind[1])]
    if not found:
        return []
    variable = program.rng.choice(found)
    item = variable.kind[1]
    if variable.kind[0] == "dict":
        key = expression(scope, "str", 1)
        default = expression(scope, item, 1)
        forms = [f"{variable.name}.pop({key}, {default})", f"{variable.name}.setdefault({key}, {default})"]
    elif scope.safe:
        return []
    else:
        forms = [f"{variable.name}.pop({end})" for end in ("", "0", "-1")]
    text = program.rng.choice(forms)
    return [f"{program.new(scope, item)} = {text}"]


@statement("item_changes")
def change_items(program: Program, scope: Scope, place: Place) -> list[str]:
    """A loop that changes the items of a list of lists or dicts."""
    found = [v for v in scope.containers("list", "dict") if v.change and isinstance(v.kind[1], tuple)]
    found = [v for v in found if v.kind[1][0] in ("list", "dict")]
    if not found:
        return []
    variable = program.rng.choice(found)
    inner = scope.inner()
    freeze(inner, variable)
    item = program.new(inner, variable.kind[1], rebind=False, change=False)
    inner.variables = [v for v in inner.variables if v.name != variable.name]
    heads = [f"for {item} in {variable.name}:"]
    if variable.kind[0] == "dict":
        heads = [
            f"for {item} in {variable.name}.values():",
            f"for {program.name('k')}, {item} in {variable.name}.items():",
        ]
    return [program.rng.choice(heads), *indented(changed_at(program, inner, item, variable.kind[1]))]


@statement("changing_helpers")
def change_by_helper(program: Program, scope: Scope, place: Place) -> list[str]:
    """A nested function that changes its parameter, called at once."""
    found = [v for v in scope.containers("list", "dict") if v.change and is_scalar(v.kind[1])]
    if not found or program.is_async:
        return []
    variable = program.rng.choice(found)
    name, param = program.name("change"), program.name("a")
    inside = scope.with_variable(param, variable.kind).inner(calls=False)
    inside.variables = [v for v in inside.variables if v.name != variable.name]
    body = changed_at(program, inside, param, variable.kind)
    return [f"def {name}({param}):", *indented(body), f"{name}({variable.name})"]
