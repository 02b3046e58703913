"""Exception classes of the project that have code or attributes: making one, and what `e.name` means.

While its class makes it, an exception is an object with its attributes, `args` among them, so that `__init__`, `super().__init__` and `__str__`
are written in place as for any other object. Afterwards the attributes stand beside name, text and arguments; Lambda reports them too. They
cannot be changed.
"""

import ast
import builtins
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import NO_ARGUMENTS, Arguments, lower_arguments
from pysfnc.frontend.classes.lower_objects import call_member, keep
from pysfnc.frontend.core import lower_library as lib
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison, present
from pysfnc.frontend.core.lower_place import lower_place, write_place
from pysfnc.frontend.core.lower_project import Project
from pysfnc.frontend.core.lower_test import Test, lower_either
from pysfnc.frontend.core.lower_values import Intrinsic, ProjectClass, SuperOf, Value
from pysfnc.frontend.declarations.annotations import annotation_type
from pysfnc.frontend.declarations.exception_texts import with_text
from pysfnc.frontend.declarations.records import Member, Record, record_of
from pysfnc.frontend.program.model import ClassBinding, ClassInfo, ProjectModel, Style
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, NewExc, Prim, Var
from pysfnc.ir.hir import Assign
from pysfnc.library.objects import objects
from pysfnc.values.relations import dict_of, is_json_faithful, is_subtype, join, join_all, members
from pysfnc.values.types import (
    BOOL,
    FLOAT,
    INT,
    JSON,
    NEVER,
    NONE,
    STR,
    DictField,
    EnumT,
    ExcT,
    NoneT,
    RecordT,
    TupleT,
    Type,
)

ARGS = "args"
_NUMBER = join(INT, FLOAT)
_SCALARS = (STR, INT, BOOL, NONE)


def has_code(model: ProjectModel, info: ClassInfo) -> bool:
    """Whether code of the class has a say in how its exceptions are made or shown."""
    found = record_of(model, info).members
    return "__init__" in found or "__str__" in found


# Making one


def made_by_class(cx: Context, info: ClassInfo, style: Style, given: Arguments, node: ast.expr) -> Value:
    """`Class(*args)` of a class with an `__init__` or `__str__`."""
    record = record_of(cx.project.model, info)
    if record.obstacle is not None:
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            f"`{info.name}` cannot be made in the machine",
            labels=[(record.obstacle.module.span(record.obstacle.node).head(), record.obstacle.message)],
            help="write instead: a class with plain methods, or a `@task` that raises it",
        )
    if given.spread is not None:
        return cx.error(codes.UNSUPPORTED_PARAMETER_KIND, node, "a value of unknown length is spread into arguments")
    atoms = [cx.atom(as_data(cx, value, given.node_of(i, node)), "arg") for i, value in enumerate(given.positional)]
    if any(map(is_poison, atoms)):
        return poison(cx.span(node))
    init = record.members.get("__init__")
    # `BaseException.__new__` keeps the positional arguments; `OSError.__new__` leaves them to its `__init__`, if the class has one of its own.
    first = lib.make_tuple(cx, [] if style == "os" and init is not None else atoms, node)
    this = keep(cx, objects.build_object(record.cls, [(ARGS, first)], cx.site(node)), node)
    if init is not None:
        call_member(cx, record, init, this, Arguments(tuple(atoms), given.keywords, given.nodes), node)
    elif given.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, f"`{info.name}()` takes no keyword arguments")
    return _finished(cx, record, this, style, node)


def _finished(cx: Context, record: Record, this: Var, style: Style, node: ast.expr) -> Expr:
    """The exception that an object stands for."""
    made = present(cx, this)
    if not isinstance(made, Var) or not isinstance(made.type, RecordT):
        return poison(cx.span(node))
    exc = _with_args(cx, record, made, style, node)
    if not isinstance(exc, NewExc):
        return exc
    own = record.members.get("__str__")
    if own is not None:
        text = _own_text(cx, record, own, this, node)
        if is_poison(text):
            return text
        exc = replace(exc, message=text)
    attributes = [field for field in made.type.attributes.fields if field.name != ARGS]
    unset = next((field.name for field in attributes if not field.always), None)
    if unset is not None:
        return cx.error(
            codes.MAYBE_UNSET,
            node,
            f"the attribute `{unset}` of `{record.info.name}` may be unset when the exception was made",
            help=f"write instead: `self.{unset} = ...` on every path",
        )
    if not attributes:
        return exc
    _check_attributes(cx, record, attributes, node)
    values = [(field.name, lib.part(cx, made, lib.text_const(field.name, cx.span(node)), node)) for field in attributes]
    return replace(exc, fields=objects.build_object(record.cls, values, cx.site(node)))


def _with_args(cx: Context, record: Record, this: Var, style: Style, node: ast.expr) -> Expr:
    """The exception with the arguments that the object has."""
    args = lib.part(cx, this, lib.text_const(ARGS, cx.span(node)), node)
    if is_poison(args):
        return args
    if not isinstance(args.type, TupleT):
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            f"how many arguments `{record.info.name}` has is not known",
            help="write instead: one call of `super().__init__`, with the same number of arguments on every path",
        )
    if style == "os" and len(args.type.items) > 1:
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            f"`{record.info.name}` is an `OSError`, whose text with several arguments has no compiled form",
            help="write instead: `super().__init__(text)`",
        )
    held = cx.atom(args, ARGS)
    places = [Const(value=index, type=INT, span=cx.span(node)) for index in range(len(args.type.items))]
    return lib.new_exception(cx, record.info.name, [lib.subscript(cx, held, i, node) for i in places], node, style)


def _own_text(cx: Context, record: Record, member: Member, this: Var, node: ast.expr) -> Expr:
    """What `__str__` gives. Python asks each time; asking once is the same where it can neither fail nor do anything."""
    with cx.capture() as own:
        text = as_data(cx, call_member(cx, record, member, this, NO_ARGUMENTS, node), node)
    if is_poison(text):
        return text
    if text.type != STR or can_raise(text) or not all(isinstance(s, Assign) and not can_raise(s.value) for s in own):
        return cx.error(
            codes.EXCEPTION_BEHAVIOUR,
            node,
            f"`{record.info.name}.__str__` may fail, or give something else than a text",
            labels=[(member.home.module.span(member.node).head(), "defined here")],
            help="write instead: an f-string of attributes that are texts or numbers",
        )
    cx.out.extend(own)
    return cx.atom(text, "text")


def super_method(cx: Context, base: SuperOf, name: str) -> Value | None:
    """`super().__init__` and `super().__str__` of the exception class of Python that stands above the project's."""
    if base.record.kind != "exception":
        return None
    if name == "__init__":
        return Intrinsic(_set_args)
    if name == "__str__":
        return Intrinsic(lambda cx, _given, node: _builtin_text(cx, base, node))
    return None


def _set_args(cx: Context, given: Sequence[Value], node: ast.expr) -> Value:
    """`super().__init__(*args)` of Python's own exceptions: it sets `self.args`."""
    function = cx.frame.node
    if not isinstance(function, ast.FunctionDef) or not function.args.args:
        message = "`super().__init__` is called inside of a comprehension, a lambda or the like"
        return cx.error(
            codes.UNSUPPORTED_CALL, node, message, help="write instead: `super().__init__(...)` as a statement"
        )
    if isinstance(node, ast.Call) and node.keywords:
        return cx.error(codes.TYPE_MISMATCH, node, "exceptions of Python take no keyword arguments")
    values = [cx.atom(as_data(cx, value, node), "arg") for value in given]
    this = ast.copy_location(ast.Name(function.args.args[0].arg, ast.Load()), node)
    target = ast.copy_location(ast.Attribute(this, ARGS, ast.Store()), node)
    place = lower_place(cx, target, "assigned")
    args = lib.make_tuple(cx, values, node)
    if place is not None and not is_poison(args):
        write_place(cx, place, args, cx.span(node), fresh=True)
    return Const(value=None, type=NONE, span=cx.span(node))


def _builtin_text(cx: Context, base: SuperOf, node: ast.expr) -> Value:
    this = present(cx, as_data(cx, base.receiver, node))
    if not isinstance(this, Var):
        return poison(cx.span(node))
    exc = _with_args(cx, base.record, this, base.record.info.style, node)
    return exc.message if isinstance(exc, NewExc) else exc


# Attributes


def class_of(model: ProjectModel, name: str) -> ClassInfo | None:
    """The project's exception class of a name, None when it has none or several."""
    found = [
        binding.info
        for module in model.modules.values()
        for binding in module.names.values()
        if isinstance(binding, ClassBinding) and binding.info.name == name and binding.info.is_exception
    ]
    return found[0] if len(set(found)) == 1 else None


def declared_attributes(project: Project, record: Record) -> dict[str, Type]:
    """The attributes that `__init__` sets, with what the source says of them, or JSON where the program does not keep to that."""
    said = _annotated_attributes(project.model, record)
    return {name: JSON if (record.info.name, name) in project.unannotated else type_ for name, type_ in said.items()}


def _annotated_attributes(model: ProjectModel, record: Record) -> dict[str, Type]:
    found: dict[str, Type] = {}
    for home in record.order:
        init = next((s for s in home.node.body if isinstance(s, ast.FunctionDef) and s.name == "__init__"), None)
        if init is None:
            continue
        mine: dict[str, Type] = {}
        for name, type_ in _set_in(model, home, init):
            mine[name] = join(mine[name], type_) if name in mine else type_
        found = {**mine, **found}
        if not any(isinstance(part, ast.Attribute) and part.attr == "__init__" for part in ast.walk(init)):
            break
    return found


def _set_in(model: ProjectModel, home: ClassInfo, init: ast.FunctionDef) -> Iterator[tuple[str, Type]]:
    given = [*init.args.posonlyargs, *init.args.args, *init.args.kwonlyargs]
    annotations = {arg.arg: arg.annotation for arg in given}
    for part in ast.walk(init):
        match part:
            case ast.Assign(targets=targets, value=value):
                pairs = [pair for target in targets for pair in _assigned_by(target, value)]
                told = [(place, annotations.get(v.id) if isinstance(v, ast.Name) else None, v) for place, v in pairs]
            case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value):
                told = [(target, annotation, value)]
            case _:
                continue
        for place, said, v in told:
            if isinstance(place, ast.Attribute) and isinstance(place.value, ast.Name) and place.attr != ARGS:
                yield place.attr, _declared(model, home, said, v)


def _assigned_by(target: ast.expr, value: ast.expr | None) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """The places that an assignment fills, with the values of those for which these are written out."""
    if not isinstance(target, ast.Tuple | ast.List):
        yield target, value
        return
    parts: list[ast.expr | None] = [None] * len(target.elts)
    written = value.elts if isinstance(value, ast.Tuple | ast.List) else ()
    if len(written) == len(parts) and not any(isinstance(part, ast.Starred) for part in (*target.elts, *written)):
        parts = list(written)
    for place, part in zip(target.elts, parts, strict=True):
        yield from _assigned_by(place.value if isinstance(place, ast.Starred) else place, part)


def _declared(model: ProjectModel, home: ClassInfo, annotation: ast.expr | None, value: ast.expr | None) -> Type:
    """Scalars as they are annotated or written; whatever else, JSON tells when the machine runs."""
    if annotation is None:
        return STR if isinstance(value, ast.JoinedStr) else JSON
    said = annotation_type(annotation, home.module, model)
    if said is None:
        return JSON
    known = [_NUMBER if member == FLOAT else member for member in members(said)]
    return join_all(known) if all(member in (*_SCALARS, _NUMBER) for member in known) or _is_member(known) else JSON


def _is_member(known: Sequence[Type]) -> bool:
    """Whether a value is a member of one Enum, or None."""
    return sum(isinstance(one, EnumT) for one in known) == 1 and all(isinstance(one, EnumT | NoneT) for one in known)


def _check_attributes(cx: Context, record: Record, attributes: Sequence[DictField], node: ast.AST) -> None:
    """Note an attribute whose value would not be read back as it is."""
    declared = declared_attributes(cx.project, record)
    for field in attributes:
        said = declared.get(field.name, JSON)
        if said != JSON and not is_subtype(field.type, said) and is_json_faithful(field.type):
            cx.project.met_unannotated.add((record.info.name, field.name))
        elif not (is_json_faithful(field.type) if said == JSON else is_subtype(field.type, said)):
            cx.journal.unfaithful_fields.append(cx.span(node))


def exception_member(cx: Context, base: Expr, node: ast.Attribute) -> Value | None:
    """`e.name` where every class that `e` may be of is the project's and has such an attribute, property or constant; None elsewhere."""
    records = _records_of(cx, base)
    known = [_kind_of(cx, record, node.attr) for record in records]
    if not records or any(kind in (None, "method") for kind in known):
        return None
    held = keep(cx, base, node)
    if all(kind == "attribute" for kind in known):
        return _attribute(cx, held, records, node)
    if all(kind == "constant" for kind in known):
        return _constant(cx, held, records, node)
    return _by_class(cx, held, records, lambda record: _of_class(cx, held, record, node), node)


def exception_has(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr | None:
    """Whether an exception, whose classes are all the project's, has an attribute; None where that is not known."""
    records = _records_of(cx, base)
    if not records or any(map(_hides(name), records)):
        return None
    having = [record for record in records if _kind_of(cx, record, name) is not None]
    if len(having) in (0, len(records)):
        return Const(value=bool(having), type=BOOL, span=cx.span(node))
    return _is_one(cx, base, having, node)


def exception_member_or(cx: Context, base: Expr, node: ast.Attribute, default: Expr) -> Value | None:
    """`getattr(e, "name", default)` where `exception_has` tells: of each class what it has; None where that is a method."""
    records = _records_of(cx, base)
    if any(_kind_of(cx, record, node.attr) == "method" for record in records):
        return None
    held, default = keep(cx, base, node), cx.atom(default, "default")

    def read(record: Record) -> Value:
        return default if _kind_of(cx, record, node.attr) is None else _of_class(cx, held, record, node)

    return _by_class(cx, held, records, read, node)


def _hides(name: str) -> Callable[[Record], bool]:
    """Whether a class, or one of Python's that it is derived from, may have an attribute that its source does not tell."""
    of_all = hasattr(BaseException, name)

    def hides(record: Record) -> bool:
        known = {one.name for one in record.order}
        bases = [ast.unparse(base) for one in record.order for base in one.node.bases]
        outer = [getattr(builtins, base, None) for base in bases if base not in known]
        return of_all or any(one is None or hasattr(one, name) for one in outer)

    return hides


def call_exception_method(cx: Context, base: Expr, node: ast.Call) -> Value | None:
    """`e.name(...)` where every class that `e` may be of is the project's and has such a method; None elsewhere."""
    assert isinstance(node.func, ast.Attribute)
    name = node.func.attr
    records = _records_of(cx, base)
    if not records or any(_kind_of(cx, record, name) != "method" for record in records):
        return None
    held = keep(cx, base, node)

    def called(record: Record) -> Value:
        member = record.members[name]
        receiver: Value | None = keep(
            cx, with_text(cx, _attributes(cx, held, [record], node), held, record, node), node
        )
        if member.kind != "method":
            receiver = ProjectClass(record.info) if member.kind == "class method" else None
        given = lower_arguments(cx, node)
        return poison(cx.span(node)) if given is None else call_member(cx, record, member, receiver, given, node)

    return _by_class(cx, held, records, called, node)


def _records_of(cx: Context, base: Expr) -> list[Record]:
    """The classes that an exception may be of, empty where they are not all the project's."""
    names = base.type.names if isinstance(base.type, ExcT) else None
    every = dict.fromkeys(n for name in sorted(names or ()) for n in cx.project.exceptions.descendants(name))
    infos = [class_of(cx.project.model, name) for name in every]
    records = [record_of(cx.project.model, info) for info in infos if info is not None]
    return records if len(records) == len(infos) and all(record.obstacle is None for record in records) else []


def _kind_of(cx: Context, record: Record, name: str) -> str | None:
    """What a class has under a name: an attribute, a constant, a property, a method, or nothing."""
    if name in declared_attributes(cx.project, record):
        return "attribute"
    member = record.members.get(name)
    if member is None:
        return None
    return member.kind if member.kind in ("constant", "property") else "method"


def _by_class(
    cx: Context, exc: Var, records: Sequence[Record], made: Callable[[Record], Value], node: ast.AST
) -> Value:
    """A value that depends on which of several classes an exception is of: code sees the constants and methods of the class itself."""
    first, *rest = records
    if not rest:
        return made(first)
    test = Test(_is_one(cx, exc, [first], node), cx.state.copy(), cx.state.copy())
    return lower_either(cx, test, lambda: made(first), lambda: _by_class(cx, exc, rest, made, node), node)


def _is_one(cx: Context, exc: Expr, records: Sequence[Record], node: ast.AST) -> Expr:
    texts = [lib.text_const(record.info.name, cx.span(node)) for record in records]
    return Prim(op="exc.is_one", args=(exc, *texts), type=BOOL, span=cx.span(node))


def _of_class(cx: Context, exc: Var, record: Record, node: ast.Attribute) -> Value:
    """What one class has under a name."""
    kind = _kind_of(cx, record, node.attr)
    if kind == "attribute":
        return _attribute(cx, exc, [record], node)
    if kind == "constant":
        return _constant(cx, exc, [record], node)
    this = keep(cx, with_text(cx, _attributes(cx, exc, [record], node), exc, record, node), node)
    return call_member(cx, record, record.members[node.attr], this, NO_ARGUMENTS, node)


def _attribute(cx: Context, exc: Var, records: Sequence[Record], node: ast.Attribute) -> Value:
    return lib.part(cx, _attributes(cx, exc, records, node), lib.text_const(node.attr, cx.span(node)), node)


def _attributes(cx: Context, exc: Expr, records: Sequence[Record], node: ast.AST) -> ExcField:
    """The object with the attributes that all of these classes have."""
    cx.journal.fields_read.append(cx.span(node))
    declared = [declared_attributes(cx.project, record) for record in records]
    shared = [name for name in declared[0] if all(name in known for known in declared)]
    fields = [DictField(name, join_all([known[name] for known in declared]), always=False) for name in shared]
    type_ = RecordT(records[0].cls, dict_of(fields, NEVER))
    return ExcField(exc=exc, field_="fields", type=type_, span=cx.span(node))


def _constant(cx: Context, exc: Var, records: Sequence[Record], node: ast.Attribute) -> Value:
    """A constant of the class, or that of the class which the exception is of."""
    from pysfnc.frontend.classes.lower_classes import class_constant

    groups: dict[ast.AST, list[Record]] = {}
    for record in records:
        groups.setdefault(record.members[node.attr].node, []).append(record)
    ways: list[tuple[list[Record], Expr]] = []
    for value_node, sharing in groups.items():
        assert isinstance(value_node, ast.expr)
        home = sharing[0].members[node.attr].home
        value = as_data(cx, class_constant(cx, home.module, value_node, node.attr, node), node)
        if is_poison(value):
            return value
        ways.append((sharing, value))
    *others, (_, made) = ways
    for sharing, value in reversed(others):
        test = _is_one(cx, exc, sharing, node)
        made = Cond(test=test, then=value, orelse=made, type=join(value.type, made.type), span=cx.span(node))
    return made
