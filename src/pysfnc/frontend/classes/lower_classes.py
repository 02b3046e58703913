"""Classes of the project as values: calling one makes an object, its attributes are constants, methods and members of an Enum.

Owns construction. What a class says is `records`, what happens to objects `lower_objects`.
"""

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.stored_sets import DECIMAL
from pysfnc.frontend.aws.told_numbers import may_be_number
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS, Arguments, Signature, bind
from pysfnc.frontend.classes.lower_named_tuples import TUPLE_ATTRIBUTES
from pysfnc.frontend.classes.lower_objects import call_member, keep
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.lower_annotation import believe_ints
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_value, present
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_names import value_of_binding
from pysfnc.frontend.core.lower_values import BuiltinFunction, ObjectMethod, ProjectClass, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.declarations.annotations import record_kind
from pysfnc.frontend.declarations.doubts import class_doubts
from pysfnc.frontend.declarations.records import Field, Record, record_of
from pysfnc.frontend.program.model import ClassInfo, ConstantBinding, ModuleInfo
from pysfnc.frontend.program.scope import Scope
from pysfnc.frontend.program.written_modules import is_written
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.library.objects import enums, objects
from pysfnc.library.rows.row import Refusal
from pysfnc.library.services.told_members import build_of_told
from pysfnc.values.relations import field_of, members
from pysfnc.values.types import NONE, STR, EnumClass, EnumT, ErrorT, NeverT, RecordT, TupleT


def call_class(cx: Context, info: ClassInfo, given: Arguments, node: ast.expr) -> Value:
    """An object of a class of the project."""
    if record_kind(cx.project.model, info) == "TypedDict":
        # Calling a TypedDict is calling `dict`: Python checks no key.
        args = [as_data(cx, value, given.node_of(index, node)) for index, value in enumerate(given.positional)]
        return lib.make_dict_of(cx, args, {name: as_data(cx, value, node) for name, value in given.keywords}, node)
    record = record_of(cx.project.model, info)
    if record.obstacle is not None:
        return _refused(cx, record, node)
    abstract = sorted(name for name, member in record.members.items() if member.abstract)
    if abstract:
        return cx.error(
            codes.TYPE_MISMATCH,
            node,
            f"`{info.name}` is abstract, as `{abstract[0]}` has no code, so that calling it always raises TypeError",
        )
    if record.kind == "enum":
        return _member_of_value(cx, record, given, node)
    if record.kind == "named tuple":
        return _named_tuple(cx, record, given, node)
    if is_written(info) and info.name == "SimpleNamespace":
        return _namespace(cx, record, given, node)
    if "__init__" in record.members:
        return _by_init(cx, record, given, node)
    return _dataclass(cx, record, given, node)


def _refused(cx: Context, record: Record, node: ast.AST) -> Expr:
    obstacle = record.obstacle
    assert obstacle is not None
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"`{record.info.name}` is a class that has no compiled form",
        labels=[(obstacle.module.span(obstacle.node).head(), obstacle.message)],
        help="write instead: a dataclass, a dict, or a function marked `@task` that uses the class",
    )


def _bound(
    cx: Context, record: Record, fields: Sequence[Field], given: Arguments, node: ast.expr
) -> dict[str, Expr] | None:
    """The arguments by field, evaluated in the order of the call; None after a message."""
    method = "__new__" if record.kind == "named tuple" else "__init__"
    signature = Signature(
        f"{record.info.name}.{method}",
        ("self", *(field.name for field in fields if not field.by_name)),
        frozenset(),
        tuple(field.name for field in fields if field.by_name),
        None,
        None,
        frozenset(field.name for field in fields if field.has_default),
    )
    this = Const(value=None, type=NONE, span=cx.span(node))
    filled = Arguments((this, *given.positional), given.keywords, (node, *given.nodes))
    if given.spread is not None:
        cx.error(codes.UNSUPPORTED_PARAMETER_KIND, node, "a value of unknown length is spread into arguments")
        return None
    values = bind(cx, signature, filled, node)
    if values is None:
        return None
    del values["self"]
    data = {name: as_data(cx, value, node) for name, value in values.items()}
    if any(isinstance(value.type, ErrorT) for value in data.values()):
        return None
    order = [field.name for field in fields if not field.by_name][: len(given.positional)]
    order += [name for name, _ in given.keywords]
    if order == list(data) and len(data) == len(fields):
        return data
    evaluated = {name: cx.atom(data[name], "arg") for name in order}
    return {name: evaluated[name] for name in data}


def _believed(cx: Context, record: Record, values: Mapping[str, Expr], node: ast.expr) -> dict[str, Expr]:
    """The values of fields, with what the annotations tell."""
    if not cx.project.ints_believed:
        return dict(values)
    fields = {f.name: f for f in record.fields if not class_doubts(cx.project.model, record.info, f.name)}
    return {name: _believed_field(cx, fields.get(name), value, node) for name, value in values.items()}


def _believed_field(cx: Context, field: Field | None, value: Expr, node: ast.expr) -> Expr:
    return value if field is None else believe_ints(cx, value, field.annotation, field.module, field.name, node)


def default_of(cx: Context, field: Field, node: ast.expr) -> Expr:
    """The default of a field: a constant of its module, or what its factory makes."""
    if field.default is not None:
        return as_data(cx, class_constant(cx, field.module, field.default, field.name, node), node)
    from pysfnc.frontend.calls.lower_call import call_value

    assert field.factory is not None
    frame = Frame(scope=Scope(bound=frozenset()), module=field.module, region=cx.flow.region, kind="module")
    with cx.in_frame(frame):
        factory = lower_value(cx, field.factory)
    return as_data(cx, call_value(cx, factory, NO_ARGUMENTS, node), node)


def class_constant(cx: Context, module: ModuleInfo, value: ast.expr, name: str, node: ast.AST) -> Value:
    """A value that a class body gives a name."""
    return value_of_binding(cx, ConstantBinding(module, value, None, name), name, node)


def _dataclass(cx: Context, record: Record, given: Arguments, node: ast.expr) -> Value:
    values = _bound(cx, record, [field for field in record.fields if field.init], given, node)
    if values is None:
        return poison(cx.span(node))
    values = _believed(cx, record, values, node)
    for field in record.fields:
        if field.name not in values and field.has_default:
            values[field.name] = default_of(cx, field, node)
    if any(isinstance(value.type, ErrorT) for value in values.values()):
        return poison(cx.span(node))
    ended = lib.never_among(cx, list(values.values()), node)
    if ended is not None:
        return ended
    kept = [(f.name, values[f.name]) for f in record.fields if f.name in values and not f.init_only]
    made = _in_order(objects.build_object(record.cls, kept, cx.site(node)), record)
    after = record.method("__post_init__")
    if after is None:
        return made
    extra = tuple(values[field.name] for field in record.fields if field.init_only)
    this = keep(cx, made, node)
    call_member(cx, record, after, this, Arguments(extra, (), ()), node)
    return _complete(cx, record, this, node)


def _in_order(made: Expr, record: Record) -> Expr:
    """A new object that keeps the place of each field which is set later: `asdict` and JSON have the fields in the order of the class.

    The type does not tell these keys, so nothing reads them before they are set.
    """
    if record.kind != "dataclass" or not isinstance(made, Prim):
        return made
    given = {
        key.value: (key, value)
        for key, value in zip(made.args[::2], made.args[1::2], strict=True)
        if isinstance(key, Const)
    }
    names = [field.name for field in record.fields if not field.init_only]
    if all(name in given for name in names):
        return made
    nothing = Const(value=None, type=NONE, span=made.span)
    pairs = [given.pop(name, (Const(value=name, type=STR), nothing)) for name in names]
    return replace(made, args=tuple(part for pair in (*pairs, *given.values()) for part in pair))


def _complete(cx: Context, record: Record, this: Var, node: ast.expr) -> Expr:
    """The object after code of its class ran; every field must be set by then."""
    made = present(cx, this)
    if not isinstance(made.type, RecordT):
        return made
    for field in record.fields:
        if not field.init_only and not field_of(made.type.attributes, field.name).always:
            return cx.error(
                codes.MAYBE_UNSET,
                node,
                f"the field `{field.name}` of `{record.info.name}` may be unset when the object was made",
                labels=[(field.module.span(field.annotation), "declared here")],
                help=f"write instead: a default, or `self.{field.name} = ...` on every path",
            )
    return made


def _by_init(cx: Context, record: Record, given: Arguments, node: ast.expr) -> Value:
    """An object whose attributes its `__init__` sets."""
    made = _in_order(objects.build_object(record.cls, [], cx.site(node)), record)
    this = keep(cx, made, node)
    call_member(cx, record, record.members["__init__"], this, given, node)
    if record.kind == "dataclass":
        return _complete(cx, record, this, node)
    return present(cx, this)


def _namespace(cx: Context, record: Record, given: Arguments, node: ast.expr) -> Value:
    """`SimpleNamespace(name=value)`: an object with these attributes."""
    if given.positional or given.spread is not None or given.rest is not None:
        return cx.error(codes.TYPE_MISMATCH, node, "`SimpleNamespace()` takes attributes by name")
    values = [(name, as_data(cx, value, node)) for name, value in given.keywords]
    if any(is_poison(value) for _, value in values):
        return poison(cx.span(node))
    ended = lib.never_among(cx, [value for _, value in values], node)
    return objects.build_object(record.cls, values, cx.site(node)) if ended is None else ended


def _named_tuple(cx: Context, record: Record, given: Arguments, node: ast.expr) -> Value:
    values = _bound(cx, record, record.fields, given, node)
    if values is None:
        return poison(cx.span(node))
    values = _believed(cx, record, values, node)
    for field in record.fields:
        if field.name not in values:
            values[field.name] = default_of(cx, field, node)
    return named_tuple(cx, record, [values[field.name] for field in record.fields], node)


def named_tuple(cx: Context, record: Record, items: Sequence[Expr], node: ast.AST) -> Expr:
    """A NamedTuple of these items."""
    if any(isinstance(item.type, ErrorT) for item in items):
        return poison(cx.span(node))
    ended = lib.never_among(cx, items, node)
    if ended is not None:
        return ended
    type_ = TupleT(tuple(item.type for item in items), record.cls)
    return Prim(op="list.make", args=tuple(items), type=type_, span=cx.span(node))


# Enums


def _member_of_value(cx: Context, record: Record, given: Arguments, node: ast.expr) -> Value:
    """`Color(value)`."""
    assert record.enum is not None
    if len(given.positional) != 1 or given.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{record.info.name}()` takes one value")
    if record.enum.reprs:
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"a member of `{record.info.name}` is found by its name in the machine, and not by its value",
            help=f"write instead: `{record.info.name}[name]`, or a dict from values to members",
        )
    value = as_data(cx, given.positional[0], node)
    if is_poison(value) or value.type == EnumT(record.enum):
        return value
    value = lib.decayed(cx, value)
    if may_be_number(value.type):
        found = build_of_told(record.enum, value, cx.site(node))
        if found is not None:
            return found
    made = enums.build_of(record.enum, value, cx.site(node))
    if not isinstance(made, Refusal):
        return made
    # Where numbers of items are told from texts, it may be known which member it is.
    cx.project.met_decimals |= DECIMAL in members(value.type)
    return cx.refuse(made, node)


def member_by_name(cx: Context, record: Record, name: Expr, node: ast.AST) -> Value:
    """`Color[name]`."""
    assert record.enum is not None
    if is_poison(name):
        return name
    made = enums.build_by_name(record.enum, name, cx.site(node))
    return made if not isinstance(made, Refusal) else cx.refuse(made, node)


def _members_by_name(cx: Context, enum: EnumClass, node: ast.expr) -> Value:
    """`Color.__members__`: the members by their names, second ones too."""
    from pysfnc.frontend.calls.lower_choices import fixed_table

    values = dict(enum.members)
    names = [*values, *(name for name, _ in enum.aliases)]
    own = dict(enum.aliases)
    found = [enums.build_member(enum, own.get(name, name), cx.site(node)) for name in names]
    return fixed_table(cx, names, found, node)


def is_member(cx: Context, value: Value, record: Record, node: ast.AST) -> Expr:
    """`value in Color`, of a member of some Enum."""
    assert record.enum is not None
    member = as_data(cx, value, node)
    if is_poison(member) or isinstance(member.type, NeverT):
        return member
    if not all(isinstance(one, EnumT) for one in members(member.type)):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"whether something that may be no member is in `{record.info.name}` depends on the version of Python",
            notes=["before 3.12 it raises TypeError, and since then values of members are found too"],
            help=f"write instead: `x in [member.value for member in {record.info.name}]`, or `x in {record.info.name}.__members__` for a name",
        )
    known: dict[str, Value] = {
        "member": member,
        "cls": ProjectClass(record.info),
        "isinstance": BuiltinFunction("isinstance"),
    }
    at = node if isinstance(node, ast.expr) else ast.copy_location(ast.Constant(None), node)
    return as_data(cx, run_here(cx, "return isinstance(member, cls)", known, at), node)


def enum_of(cx: Context, value: Value) -> Record | None:
    """The Enum that a class is, None for anything else."""
    if not isinstance(value, ProjectClass):
        return None
    record = record_of(cx.project.model, value.info)
    return record if record.enum is not None and record.obstacle is None else None


# Attributes


def class_attribute(cx: Context, info: ClassInfo, node: ast.Attribute) -> Value:
    """`Order.LIMIT`, `Order.from_dict`, `Color.RED`."""
    record = record_of(cx.project.model, info)
    name = node.attr
    if name in ("__name__", "__qualname__"):
        return lib.text_const(info.name, cx.span(node))
    if record.obstacle is not None:
        return _refused(cx, record, node)
    if record.enum is not None:
        name = record.aliases.get(name, name)
        if name in dict(record.enum.members):
            return enums.build_member(record.enum, name, cx.site(node))
        if name == "__members__":
            return _members_by_name(cx, record.enum, node)
    if record.kind == "named tuple" and name in TUPLE_ATTRIBUTES:
        return TUPLE_ATTRIBUTES[name](cx, record, node)
    member = record.members.get(name, record.hiding.get(name))
    if member is None:
        default = next((f.default for f in record.fields if f.name == name), None)
        if default is not None:
            return class_constant(cx, info.module, default, name, node)
        names = [*record.members, *(dict(record.enum.members) if record.enum else ())]
        close = nearest(name, names)
        return cx.error(
            codes.UNDEFINED_NAME,
            node,
            f"class `{info.name}` has no attribute `{name}` that could be read in the machine",
            notes=[f"`{close}` is there"] if close else (),
        )
    if member.kind == "constant":
        assert isinstance(member.node, ast.expr)
        return class_constant(cx, member.home.module, member.node, name, node)
    if member.kind == "property":
        return cx.error(codes.UNSUPPORTED_EXPRESSION, node, f"the property `{name}` is read from a class")
    receiver: Value | None = ProjectClass(info) if member.kind == "class method" else None
    return ObjectMethod(member, receiver, record)
