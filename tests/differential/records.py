"""Random dataclasses, and statements that make, change and read objects of them."""

from dataclasses import dataclass

from tests.differential.kinds import Kind, Scope, annotation, is_shared_safely, literal
from tests.differential.program import Place, Program, indented, statement
from tests.differential.templates import expression, leaf


@dataclass(frozen=True)
class Record:
    """A dataclass: its name, its fields, and how many of the last have defaults."""

    name: str
    fields: tuple[tuple[str, Kind], ...]
    optional: int


def declared(program: Program) -> str:
    """A new dataclass."""
    fields = tuple((program.name("r"), _kind(program)) for _ in range(program.rng.randint(1, 3)))
    optional = 0
    while optional < len(fields) and fields[-1 - optional][1] in program.kinds and program.rng.random() < 0.3:
        optional += 1
    name = program.name("Record")
    lines = []
    for index, (field, kind) in enumerate(fields):
        default = f" = {literal(program.rng, kind)}" if index >= len(fields) - optional else ""
        lines.append(f"{field}: {annotation(kind)}{default}")
    if program.rng.random() < 0.5:
        field, kind = fields[0]
        lines += ["", f"def first(self) -> {annotation(kind)}:", f"    return self.{field}"]
    program.records.append(Record(name, fields, optional))
    return "\n".join(("@dataclass", f"class {name}:", *indented(lines)))


def _kind(program: Program) -> Kind:
    kind = program.rng.choice(program.kinds)
    return ("list", kind) if program.rng.random() < 0.2 else kind


def _made(program: Program, scope: Scope, record: Record) -> str:
    count = len(record.fields) - program.rng.randrange(record.optional + 1)
    keywords = program.rng.randrange(count + 1)
    parts = []
    for index, (field, kind) in enumerate(record.fields[:count]):
        text = expression(scope, kind, 1)
        parts.append(text if index < keywords else f"{field}={text}")
    return f"{record.name}({', '.join(parts)})"


@statement("records", weight=3)
def use_record(program: Program, scope: Scope, place: Place) -> list[str]:
    """An object that is made, changed and read."""
    record = program.rng.choice(program.records)
    name = program.name("record")
    lines = [f"{name} = {_made(program, scope, record)}"]
    for _ in range(program.rng.randint(0, 2)):
        field, kind = program.rng.choice(record.fields)
        lines.append(_changed(program, scope, f"{name}.{field}", kind))
    if program.rng.random() < 0.3:
        other = _made(program, scope, record)
        lines.append(f"{program.new(scope, 'bool')} = {name} == {other}")
    if program.rng.random() < 0.2 and all(kind in ("int", "str", "bool") for _, kind in record.fields):
        lines.append(f"{program.new(scope, 'str')} = f'{{{name}}}'")
    for field, kind in record.fields:
        if is_shared_safely(kind):
            lines.append(f"{program.new(scope, kind)} = {name}.{field}")
        else:
            lines.append(f"{program.new(scope, kind)} = list({name}.{field})")
    return lines


def _changed(program: Program, scope: Scope, path: str, kind: Kind) -> str:
    if not is_shared_safely(kind):
        return f"{path}.append({leaf(scope, kind[1])})"
    if kind in ("int", "float") and program.rng.random() < 0.5:
        return f"{path} += {leaf(scope, kind)}"
    return f"{path} = {expression(scope, kind, 2)}"


@statement("records")
def use_records(program: Program, scope: Scope, place: Place) -> list[str]:
    """A list of objects: made by a comprehension, changed in a loop, read, sorted."""
    record = program.rng.choice(program.records)
    names, item = program.name("records"), program.name("record")
    field, kind = program.rng.choice(record.fields)
    lines = [f"{names} = [{_made(program, scope, record)} for _ in range({program.rng.randint(0, 3)})]"]
    if program.rng.random() < 0.5:
        lines += [f"for {item} in {names}:", f"    {_changed(program, scope, f'{item}.{field}', kind)}"]
    if kind in ("int", "str") and program.rng.random() < 0.5:
        lines.append(f"{names}.sort(key=lambda {item}: {item}.{field})")
    if is_shared_safely(kind):
        lines.append(f"{program.new(scope, ('list', kind))} = [{item}.{field} for {item} in {names}]")
    return lines
