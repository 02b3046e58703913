"""Objects of classes of the project: their attributes, properties and methods, and their text.

Owns what `x.name` means for an object. Code of the class is written in place like any other helper, `self` standing for the variable or the
place that holds the object, so that changes reach it.
"""

import ast
from collections.abc import Callable
from dataclasses import replace

from pysfnc.diagnostics import codes, nearest
from pysfnc.frontend.aws.aws_values import TableMethod
from pysfnc.frontend.aws.resource_objects import is_identifier, is_of_boto3, resource_of_object, with_kept_resource
from pysfnc.frontend.aws.resource_values import Collected
from pysfnc.frontend.calls.held_functions import as_function
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS, Arguments, lower_arguments
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import may_wait
from pysfnc.frontend.core.lower_context import Context, Trial, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, present
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_state import Fact
from pysfnc.frontend.core.lower_values import ObjectMethod, ProjectClass, Static, StaticMethod, SuperOf, Value
from pysfnc.frontend.core.lower_views import viewed
from pysfnc.frontend.declarations.exception_texts import held_text
from pysfnc.frontend.declarations.generated_inits import init_of_dataclass, init_of_object
from pysfnc.frontend.declarations.kept_receivers import stays_in_variable
from pysfnc.frontend.declarations.receivers import looks_at_object
from pysfnc.frontend.declarations.records import Member, Record, record_of, setter_of
from pysfnc.frontend.program.model import ClassBinding
from pysfnc.frontend.program.written_modules import PACKAGE, is_written, module_named, refused_inside
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import Eval
from pysfnc.library.objects import enums, objects
from pysfnc.library.rows.row import Refusal
from pysfnc.values.relations import field_of, join_all, kinds, members
from pysfnc.values.types import INT, STR, EnumT, NeverT, RecordT, TupleT, Type


def record_of_type(cx: Context, type_: Type) -> Record | None:
    """The class of values of a type, None where it is none of the project's, or not one alone."""
    found = [member for member in members(type_) if class_key(member) is not None]
    if len(found) != 1:
        return None
    key = class_key(found[0])
    assert key is not None
    binding = module_named(cx.project.model, key[0]).names.get(key[1])
    return record_of(cx.project.model, binding.info) if isinstance(binding, ClassBinding) else None


def class_key(type_: Type) -> tuple[str, str] | None:
    """Module and name of the class that a type is of."""
    match type_:
        case RecordT(cls) | TupleT(_, cls) if cls is not None:
            return cls.module, cls.name
        case EnumT(enum):
            return enum.module, enum.name
        case _:
            return None


def enum_members(cx: Context, value: ProjectClass, node: ast.AST) -> Expr | None:
    """The list of the members of an Enum, None where the class is none."""
    record = record_of(cx.project.model, value.info)
    if record.enum is None or record.obstacle is not None:
        return None
    items = [enums.build_member(record.enum, name, cx.site(node)) for name, _ in record.enum.members]
    return lib.make_list(cx, items, node)


def is_object(type_: Type) -> bool:
    """Whether some values of a type are objects of classes."""
    return any(class_key(member) is not None for member in members(type_))


def has_own(cx: Context, type_: Type, name: str) -> bool:
    """Whether an attribute is one that the class gives its objects, rather than one of a tuple, str or int that they are besides."""
    if not is_object(type_):
        return False
    if isinstance(type_, TupleT | EnumT) and (isinstance(type_, TupleT) or type_.cls.base is not None):
        record = record_of_type(cx, type_)
        fields = () if record is None else tuple(field.name for field in record.fields)
        known = () if record is None else (*record.members, *fields)
        return name in known or (isinstance(type_, EnumT) and name in ("name", "value")) or name in _OF_NAMED_TUPLES
    return True


_OF_NAMED_TUPLES = frozenset({"_replace", "_asdict", "_fields", "_make"})


def keep(cx: Context, value: Expr, node: ast.AST) -> Var:
    """A variable of the present function that holds an object, so that code of its class can change it."""
    if isinstance(value, Var):
        if value.name not in cx.state.facts:
            cx.state.facts[value.name] = Fact(value.type, is_temporary=True)
            cx.regions.setdefault(value.name, cx.flow.region)
        return value
    name = cx.names.fresh("object")
    kept, view = viewed(cx, value)
    bind_variable(cx, name, kept, cx.span(node), view=view)
    cx.frame.names[name] = name  # what is known of it must outlive the bodies that it is passed to
    return Var(name=name, type=value.type, span=cx.span(node))


def call_member(
    cx: Context, record: Record, member: Member, receiver: Value | None, given: Arguments, node: ast.expr
) -> Value:
    """Call a method; `receiver` is the object, or the class of a class method."""
    from pysfnc.frontend.calls.lower_inline import write_in_place

    assert isinstance(member.node, ast.FunctionDef | ast.AsyncFunctionDef)
    if isinstance(member.node, ast.AsyncFunctionDef):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            f"`{member.name}` is an async method",
            help="write instead: an async function at module level",
        )
    filled = given
    if isinstance(receiver, Expr) and cx.project.may_recurse(member.node) and not looks_at_object(record, member):
        # No variable of the call holds the object, so the call may change what is inside it.
        receiver = objects.build_object(record.cls, [], cx.site(node))
    if receiver is not None:
        filled = Arguments((receiver, *given.positional), given.keywords, (node, *given.nodes), given.spread)
    title = f"{member.home.name}.{member.name}"
    trial = Trial(cx) if is_written(member.home) and not cx.frame.module.name.startswith(PACKAGE) else None
    result = write_in_place(
        cx,
        member.node,
        filled,
        node,
        module=member.home.module,
        parent=None,
        title=title,
        defaults=None,
        owner=(record, member.home),
    )
    if trial is not None and trial.failed:
        return refused_inside(cx, trial, title.removesuffix(".__init__"), node)
    if trial is not None:
        trial.accept()
    return result


# Attributes


def object_attribute(cx: Context, base: Expr, node: ast.Attribute) -> Value:
    """`x.name`: a value, or a method that is not called yet."""
    name, type_ = node.attr, base.type
    records = objects.records(type_)
    if len(records) > 1 and all(not isinstance(field_of(r.attributes, name).type, NeverT) for r in records):
        return _built(cx, objects.build_attribute(base, name, cx.site(node)), node)
    record = record_of_type(cx, type_)
    if record is None and len(records) > 1:
        return _by_class(cx, base, node, lambda inner: object_attribute(cx, inner, node))
    if record is None:
        return cx.error(
            codes.TYPE_NEEDED,
            node,
            f"which class the value of type `{type_}` is of is not known here",
            help="write instead: a test with `isinstance` around it",
        )
    if is_of_boto3(record) and not is_identifier(record, name):
        return _attribute_of_boto3(cx, record, keep(cx, _narrowed(cx, base, name, node), node), node)
    member = record.members.get(name)
    if member is not None and member.kind == "property":
        return call_member(cx, record, member, keep(cx, _narrowed(cx, base, name, node), node), NO_ARGUMENTS, node)
    if records and member is not None and is_shadowed(records[0], member):
        return _shadowed(cx, record, node)
    if records and not isinstance(field_of(records[0].attributes, name).type, NeverT):
        return _built(cx, objects.build_attribute(base, name, cx.site(node)), node)
    special = _special_attribute(cx, record, base, node)
    if special is not None:
        return special
    if member is None:
        return _no_attribute(cx, record, node)
    if member.kind == "constant":
        from pysfnc.frontend.classes.lower_classes import class_constant

        assert isinstance(member.node, ast.expr)
        return class_constant(cx, member.home.module, member.node, name, node)
    if member.kind == "static method":
        return ObjectMethod(member, None, record)
    if member.kind == "class method":
        return ObjectMethod(member, ProjectClass(record.info), record)
    return ObjectMethod(member, keep(cx, _narrowed(cx, base, name, node), node), record)


def _attribute_of_boto3(cx: Context, record: Record, this: Var, node: ast.Attribute) -> Value:
    """An attribute of a resource of boto3 that is an object."""
    from pysfnc.frontend.core.lower_attributes import static_attribute

    return static_attribute(cx, resource_of_object(cx, record, this, node), node)


def is_shadowed(type_: RecordT, member: Member) -> bool:
    """Whether an object may hold an attribute itself, or leave it to a constant of its class."""
    field = field_of(type_.attributes, member.name)
    return member.kind == "constant" and not field.always and not isinstance(field.type, NeverT)


def _shadowed(cx: Context, record: Record, node: ast.Attribute) -> Expr:
    return cx.error(
        codes.TYPE_NEEDED,
        node,
        f"`{node.attr}` may be an attribute of the object or the constant of `{record.info.name}`",
        help=f"write instead: `self.{node.attr} = ...` in `__init__`",
    )


def reads_constant(cx: Context, type_: Type, name: str) -> bool:
    """Whether reading an attribute of an object gives a constant of its class."""
    record = record_of_type(cx, type_)
    member = record.members.get(name) if record is not None else None
    return member is not None and member.kind == "constant" and not attribute_holds(cx, type_, name)


def _by_class(cx: Context, base: Expr, node: ast.expr, made: Callable[[Expr], Value]) -> Value:
    """A value that depends on which of several classes an object is of."""
    from pysfnc.frontend.core.lower_test import Test, lower_either

    held = keep(cx, base, node)
    first, *others = members(held.type)
    test = _built(cx, objects.build_is_record(held, [first], cx.site(node)), node)
    if is_poison(test):
        return test
    rest = join_all(others)
    when_true, when_false = cx.state.copy(), cx.state.copy()
    when_true.retype(held.name, first)
    when_false.retype(held.name, rest)
    return lower_either(
        cx,
        Test(test, when_true, when_false),
        lambda: made(replace(held, type=first)),
        lambda: made(replace(held, type=rest)),
        node,
    )


def _narrowed(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr:
    """The object, after the AttributeError of a value that is none."""
    found = [member for member in members(base.type) if class_key(member) is not None]
    if len(found) == len(members(base.type)):
        return base
    checked = lib.having_kind(cx, base, name, kinds(found[0]), node)
    if is_poison(checked) or isinstance(base, Const):
        return checked
    cx.emit(Eval(value=checked, span=cx.span(node)))
    return replace(base, type=join_all(found))


def _special_attribute(cx: Context, record: Record, base: Expr, node: ast.Attribute) -> Value | None:
    """Fields of a NamedTuple, `name` and `value` of a member of an Enum, `__class__`."""
    if record.kind == "named tuple":
        for index, field in enumerate(record.fields):
            if field.name == node.attr:
                position = Const(value=index, type=INT, span=cx.span(node))
                return lib.subscript(cx, _narrowed(cx, base, node.attr, node), position, node)
    if record.enum is not None and node.attr in ("name", "value", "_name_", "_value_"):
        if record.enum.reprs and "value" in node.attr:
            return None  # a property like others
        member = _narrowed(cx, base, node.attr, node)
        build = enums.build_value if "value" in node.attr else enums.build_name
        return build(member, cx.site(node))
    return None


def _no_attribute(cx: Context, record: Record, node: ast.Attribute) -> Expr:
    names = [*record.members, *(field.name for field in record.fields)]
    close = nearest(node.attr, names)
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"an object of `{record.info.name}` has no attribute `{node.attr}` that could be read in the machine",
        labels=[(record.info.module.span(record.info.node).head(), "the class")],
        notes=[f"`{close}` is there"] if close else (),
    )


def _built(cx: Context, made: Expr | Refusal, node: ast.AST) -> Expr:
    return cx.refuse(made, node) if isinstance(made, Refusal) else made


def attribute_holds(cx: Context, type_: Type, name: str) -> bool:
    """Whether objects of a type, of whatever class, hold the attribute themselves, so that it is a place."""
    found = _settable(cx, type_)
    return bool(found) and all(_holds(cx, one, name) for one in found)


def _settable(cx: Context, type_: Type) -> list[RecordT]:
    """The classes of objects whose attributes can be set: those of a type, or the only one beside values that have no attributes."""
    found = objects.records(type_)
    return found if len(found) == len(members(type_)) or record_of_type(cx, type_) is not None else []


def _holds(cx: Context, type_: RecordT, name: str) -> bool:
    record = record_of_type(cx, type_)
    assert record is not None
    member = record.members.get(name)
    held = not isinstance(field_of(type_.attributes, name).type, NeverT)
    return held and (member is None or member.kind == "constant")


def may_set(cx: Context, type_: Type, name: str, node: ast.AST) -> bool:
    """Whether an attribute of objects of a type can be set; a message otherwise, but of an object that is never there."""
    if isinstance(type_, NeverT):
        return False
    found = _settable(cx, type_)
    if not found:
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            node,
            f"the attribute `{name}` of a value of type `{type_}` cannot be assigned in the machine",
            help="write instead: a key of a dict, or a field of a dataclass",
        )
        return False
    return all(_may_set(cx, one, name, node) for one in found)


def _may_set(cx: Context, type_: RecordT, name: str, node: ast.AST) -> bool:
    record = record_of_type(cx, type_)
    assert record is not None
    if record.cls.frozen:
        cx.error(
            codes.TYPE_MISMATCH,
            node,
            f"`{record.info.name}` is frozen, so that assigning to a field always raises an exception",
            help=f"write instead: `dataclasses.replace(x, {name}=...)`",
        )
        return False
    member = record.members.get(name)
    declared = record.kind != "dataclass" or name in {field.name for field in record.cls.fields}
    if (member is not None and member.kind != "constant") or not declared:
        what = f"the {member.kind} `{name}`" if member is not None else f"`{name}`, which is no field,"
        cx.error(
            codes.UNSUPPORTED_STATEMENT,
            node,
            f"{what} of an object of `{record.info.name}` cannot be assigned in the machine",
            help="write instead: a field declared in the class",
        )
        return False
    return True


def has_setter(cx: Context, type_: Type, name: str) -> bool:
    """Whether an attribute is a property that can be set."""
    record = record_of_type(cx, type_)
    member = record.members.get(name) if record is not None else None
    return member is not None and member.kind == "property" and record is not None and setter_of(name) in record.members


def set_property(cx: Context, this: Expr, name: str, value: Expr, node: ast.Attribute) -> None:
    """`x.name = value` where `has_setter`."""
    record = record_of_type(cx, this.type)
    assert record is not None
    setter = record.members[setter_of(name)]
    if is_poison(value):
        return
    if len(members(this.type)) > 1 or setter.home is not record.members[name].home:
        cx.error(
            codes.TYPE_NEEDED,
            node,
            f"which property `{name}` is set is not known here",
            help="write instead: a test with `isinstance` around it",
        )
        return
    call_member(cx, record, setter, keep(cx, this, node), Arguments((value,), (), (node,)), node)


# Calls


def call_method(cx: Context, receiver: Expr, node: ast.Call) -> Value:
    """`x.name(...)` of any value."""
    from pysfnc.frontend.data.lower_methods import call_method as call_any

    return call_any(cx, receiver, node)


def call_object_method(cx: Context, receiver: Expr, node: ast.Call) -> Value:
    """`x.name(...)` of an object."""
    assert isinstance(node.func, ast.Attribute)
    if len(objects.records(receiver.type)) > 1 and record_of_type(cx, receiver.type) is None:
        return _by_class(cx, receiver, node, lambda inner: call_method(cx, inner, node))
    from pysfnc.frontend.classes.lower_dataclasses import tuple_method

    special = tuple_method(cx, receiver, node.func.attr, node)
    if special is not None:
        return special
    callee = as_function(cx, object_attribute(cx, receiver, node.func))
    if not isinstance(callee, Static) and isinstance(callee.type, NeverT):
        return callee
    if isinstance(callee, StaticMethod | TableMethod):
        from pysfnc.frontend.calls.lower_call import call_node

        return call_node(cx, callee, node)
    if not isinstance(callee, Static):
        lower_arguments(cx, node)
        if is_poison(callee):
            return callee
        return cx.error(codes.TYPE_MISMATCH, node.func, f"a value of type `{callee.type}` cannot be called")
    from pysfnc.frontend.calls.lower_spread import call_with, spread_title, spreading

    called = spread_title(cx, callee)
    with cx.capture() as own:
        given = lower_arguments(cx, node, spread_ok=bool(called), called=called, named=spreading(cx, callee))
    receiver_of = callee.receiver if isinstance(callee, ObjectMethod) else None
    if isinstance(receiver_of, Var) and not may_wait(receiver_of, own):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "an argument gives the variable, whose method is called, another value",
            help="write instead: the assignment before the call",
        )
    cx.out.extend(own)
    if given is None:
        return poison(cx.span(node))
    return call_with(cx, callee, given, node)


def kept_method(cx: Context, value: Value, node: ast.Attribute) -> Value:
    """A method that is not called at once: it holds the object, also when the variable gets another one."""
    if stays_in_variable(cx, node):
        return value
    if isinstance(value, StaticMethod | TableMethod | Collected):
        return with_kept_resource(cx, value, node)
    if not isinstance(value, ObjectMethod) or not isinstance(value.receiver, Var):
        return value
    name = cx.names.fresh("object")
    bind_variable(cx, name, value.receiver, cx.span(node))
    cx.frame.names[name] = name
    return replace(value, receiver=Var(name=name, type=value.receiver.type, span=cx.span(node)))


def call_object(cx: Context, method: ObjectMethod, given: Arguments, node: ast.expr) -> Value:
    """Call a method that was looked up before."""
    receiver = method.receiver
    if isinstance(receiver, Var):
        receiver = present(cx, receiver)
    return call_member(cx, method.record, method.member, receiver, given, node)


def super_attribute(cx: Context, base: SuperOf, node: ast.Attribute) -> Value:
    """`super().name`: the method of the next class, in the order of the object's own class, that has one itself."""
    order = base.record.order
    calling = record_of(cx.project.model, base.home)
    for one in order[order.index(base.home) + 1 :]:
        record = record_of(cx.project.model, one)
        member = record.members.get(node.attr)
        if member is not None and member.home is one and member.kind in ("method", "class method", "property"):
            found = ObjectMethod(member, base.receiver, base.record)
            return call_object(cx, found, NO_ARGUMENTS, node) if member.kind == "property" else found
        if node.attr in record.generated:
            init = init_of_dataclass(record) if node.attr == "__init__" else None
            return _no_super(cx, node) if init is None else ObjectMethod(init, base.receiver, base.record)
    from pysfnc.frontend.blocks.lower_exceptions import super_method

    of_python = super_method(cx, base, node.attr)
    if of_python is not None:
        return of_python
    if node.attr == "__init__":
        return ObjectMethod(init_of_object(calling), base.receiver, base.record)
    return _no_super(cx, node)


def _no_super(cx: Context, node: ast.Attribute) -> Value:
    return cx.error(codes.UNSUPPORTED_EXPRESSION, node, f"`super().{node.attr}` has no compiled form")


def lower_super(cx: Context, node: ast.Call) -> Value:
    """`super()` in a method."""
    frame = cx.frame
    while frame.owner is None and frame.parent is not None:
        frame = frame.parent
    if frame.owner is None or node.args or not isinstance(frame.node, ast.FunctionDef) or not frame.node.args.args:
        return cx.error(
            codes.UNSUPPORTED_CALL, node, "`super()` has a compiled form only in methods, without arguments"
        )
    from pysfnc.frontend.core.lower_names import read_name

    this = frame.node.args.args[0].arg
    with cx.in_frame(frame):
        receiver = read_name(cx, this, node)
    return SuperOf(frame.owner[0], frame.owner[1], receiver)


# Texts


def own_text(cx: Context, value: Expr, node: ast.AST, names: tuple[str, ...]) -> Expr | None:
    """The text that code of the class makes of an object; None where it has none."""
    if len(members(value.type)) != 1 or not is_object(value.type):
        return None
    held = held_text(value, cx, node) if "__str__" in names else None
    if held is not None:
        return held
    record = record_of_type(cx, value.type)
    member = next((record.members[name] for name in names if name in record.members), None) if record else None
    if record is None or member is None:
        return None
    assert isinstance(node, ast.expr)
    made = as_data(cx, call_member(cx, record, member, keep(cx, value, node), NO_ARGUMENTS, node), node)
    if not is_poison(made) and made.type != STR:
        return cx.error(codes.TYPE_NEEDED, node, f"`{member.name}` of `{record.info.name}` must be known to give a str")
    return made
