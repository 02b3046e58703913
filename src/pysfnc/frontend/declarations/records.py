"""Classes of the project that have a compiled form: dataclasses, NamedTuples, Enums and plain classes, as their source says.

Owns the reading of a class: its fields with defaults, its methods and constants through all bases, what types need to know of it, and the first thing
that stands in the way of a compiled form. Nothing is evaluated: defaults and methods are lowered where they are used.
"""

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import field, replace
from typing import Final, Literal

from pysfnc.frontend.declarations.cached_properties import computed_by, kept_as, kept_property
from pysfnc.frontend.declarations.enum_values import Unknown, attributes_of, known_value, looked_up, written_out
from pysfnc.frontend.declarations.iterator_classes import as_generator
from pysfnc.frontend.declarations.orderings import derived_comparisons
from pysfnc.frontend.program.constants import NotConstant
from pysfnc.frontend.program.model import ClassBinding, ClassInfo, ExternalBinding, ModuleInfo, ProjectModel
from pysfnc.frontend.program.names import resolve_through
from pysfnc.frontend.program.parse import parse_expression
from pysfnc.lean import dataclass
from pysfnc.values.types import EnumClass, RecordClass, RecordField

RecordKind = Literal["dataclass", "named tuple", "enum", "exception", "plain"]
MemberKind = Literal["method", "property", "setter", "class method", "static method", "constant"]


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of a dataclass or NamedTuple. `init_only`: a parameter that `__post_init__` gets and no attribute keeps."""

    name: str
    module: ModuleInfo
    annotation: ast.expr
    default: ast.expr | None = None
    factory: ast.expr | None = None
    init: bool = True
    by_name: bool = False
    init_only: bool = False
    shown: bool = True
    compared: bool = True

    @property
    def has_default(self) -> bool:
        """Whether it may be left out."""
        return self.default is not None or self.factory is not None


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """Something a class body defines that is no field; `node` is the function, or the value of a constant."""

    name: str
    kind: MemberKind
    home: ClassInfo
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.expr
    abstract: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a class has no compiled form: a message that stands alone, and the place."""

    message: str
    module: ModuleInfo
    node: ast.AST


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A class as its source says. `order`: the class and its bases of the project, as Python looks names up."""

    info: ClassInfo
    kind: RecordKind
    order: tuple[ClassInfo, ...]
    fields: tuple[Field, ...]
    members: Mapping[str, Member]
    cls: RecordClass
    enum: EnumClass | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Second names of members of an Enum."""
    generated: frozenset[str] = frozenset()
    """The methods that `@dataclass` gives this very class."""
    hiding: Mapping[str, Member] = field(default_factory=dict)
    """Constants under names of fields, which the class has and its objects have not."""
    obstacle: Obstacle | None = None

    def method(self, name: str) -> Member | None:
        """The method that an object has under a name."""
        found = self.members.get(name)
        return found if found is not None and found.kind != "constant" else None


def setter_of(name: str) -> str:
    """The name of the member that sets a property."""
    return f"{name}.setter"


def record_of(model: ProjectModel, info: ClassInfo) -> Record:
    """What the source says of a class, read once."""
    found = model.records.get(info)
    if not isinstance(found, Record):
        found = model.records[info] = _Reader(model, info).read()
    return found


def ancestry(model: ProjectModel, info: ClassInfo) -> tuple[ClassInfo, ...]:
    """The class and the project's classes that it is derived from, in the order in which Python looks names up (C3)."""
    bases = _project_bases(model, info)
    rows = [list(ancestry(model, base)) for base in bases if base is not info] + [list(bases)]
    merged = [info]
    while rows := [row for row in rows if row]:
        heads = [row[0] for row in rows if not any(row[0] in other[1:] for other in rows)]
        chosen = heads[0] if heads else rows[0][0]  # Python refuses what has no order
        merged.append(chosen)
        rows = [[one for one in row if one is not chosen] for row in rows]
    return tuple(merged)


def _project_bases(model: ProjectModel, info: ClassInfo) -> list[ClassInfo]:
    names = [base.value if isinstance(base, ast.Subscript) else base for base in info.node.bases]
    bindings = [resolve_through(model, info.module, name) for name in names]
    return [binding.info for binding in bindings if isinstance(binding, ClassBinding) and binding.info is not info]


_ENUMS: Final[dict[str, tuple[Literal["int", "str"] | None, Literal["name", "value"]]]] = {
    "enum.Enum": (None, "name"),
    "enum.IntEnum": ("int", "value"),
    "enum.StrEnum": ("str", "value"),
}
"""What members of Python's own Enum classes are besides, and what `str()` of them gives."""
_PLAIN_VALUES: Final = bool | int | float | str | None
"""What a member may be in the machine as its value is."""
_PLAIN_BASES: Final = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing.NamedTuple", *_ENUMS}
    | {"builtins.str", "builtins.int"}
)
_CACHED: Final = "functools.cached_property"
_TOTAL_ORDERING: Final = "functools.total_ordering"
_DECORATORS: Final = frozenset(
    {"dataclasses.dataclass", "enum.unique", "typing.final", "typing.runtime_checkable", _TOTAL_ORDERING}
)
_METHOD_KINDS: Final[dict[str, MemberKind]] = {
    "builtins.property": "property",
    "builtins.classmethod": "class method",
    "builtins.staticmethod": "static method",
}
_KNOWN_SPECIAL: Final = frozenset(
    {"__init__", "__post_init__", "__str__", "__repr__", "__doc__", "__module__", "__slots__", "__annotations__"}
    | {"__hash__", "__match_args__"}
)
"""Names with a special meaning that are compiled, or that change nothing."""


_NUMBERS: Final = (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
)
_ARITHMETIC: Final = frozenset(f"__{prefix}{name}__" for name in _NUMBERS for prefix in ("", "r", "i"))
_ACTIONS: Final = _ARITHMETIC | {"__neg__", "__pos__", "__invert__", "__abs__", "__call__", "__enter__", "__exit__"}
_COMPARISONS: Final = frozenset({"__lt__", "__le__", "__gt__", "__ge__"})
_CONTENTS: Final = frozenset(
    {
        "__len__",
        "__getitem__",
        "__setitem__",
        "__delitem__",
        "__contains__",
        "__iter__",
        "__next__",
        "__bool__",
        "__eq__",
        "__ne__",
    }
)
SPECIAL: Final[Mapping[RecordKind, frozenset[str]]] = {
    "plain": _ACTIONS | _COMPARISONS | _CONTENTS | {"__int__", "__float__", "__format__"},
    "dataclass": _ACTIONS | _COMPARISONS | _CONTENTS | {"__int__", "__float__", "__format__"},
    "named tuple": _ACTIONS,
    "enum": _ACTIONS | _COMPARISONS,
}
"""The special methods that `own_operators` calls. Those that a tuple has of its own stay as they are, and those of members
that are an int or str besides."""


def _functions_of(info: ClassInfo) -> frozenset[str]:
    """The names of the functions that the body of a class defines."""
    return frozenset(part.name for part in info.node.body if isinstance(part, ast.FunctionDef))


def generated_names(options: Mapping[str, bool] | None) -> frozenset[str]:
    """The methods that `@dataclass` with these options gives a class which does not define them itself: bases are not asked for them then."""
    if options is None:
        return frozenset()
    found = {f"__{name}__" for name in ("init", "repr", "eq") if options.get(name, True)}
    found |= _COMPARISONS if options.get("order", False) else frozenset()
    return frozenset(found | {"__hash__"} if "__eq__" in found else found)


def _hashed(
    members: Mapping[str, Member], is_data: bool, options: Mapping[str, bool]
) -> Literal["fields", "never", "other"]:
    """What the hash of an object is, as `@dataclass` and Python's own rule for `__eq__` say."""
    if "__hash__" in members or ({"__eq__", "__ne__"} & members.keys() and is_data):
        return "other"
    if "__eq__" in members:
        return "never"
    if not is_data or not options.get("eq", True):
        return "other"
    return "fields" if options.get("frozen", False) or options.get("unsafe_hash", False) else "never"


def _set_of(function: ast.FunctionDef, this: str) -> Iterator[str]:
    """The attributes that a method sets of its object."""
    for part in ast.walk(function):
        match part:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store()) if name == this:
                yield attribute


class _Refused(Exception):
    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.message)
        self.obstacle = obstacle


class _Reader:
    """Reads one class with its bases."""

    def __init__(self, model: ProjectModel, info: ClassInfo) -> None:
        self.model = model
        self.info = info
        self.mro = ancestry(model, info)

    def read(self) -> Record:
        """The class; with an obstacle where it has no compiled form."""
        externals = [name for one in self.mro for name in self._external_bases(one)]
        kind: RecordKind = "plain"
        if any(name in _ENUMS for name in externals):
            kind = "enum"
        elif "typing.NamedTuple" in externals:
            kind = "named tuple"
        elif self.info.is_exception:
            kind = "exception"
        elif any(self._dataclass_mark(one) is not None for one in self.mro):
            kind = "dataclass"
        empty = Record(self.info, kind, self.mro, (), {}, RecordClass(self.info.module.name, self.info.name))
        try:
            self._check(externals)
            members = self._members(kind)
            if kind == "enum":
                return self._enum(empty, members, externals)
            return self._record(empty, members)
        except _Refused as refused:
            return replace(empty, obstacle=refused.obstacle)

    def _refuse(self, message: str, node: ast.AST, module: ModuleInfo | None = None) -> _Refused:
        return _Refused(Obstacle(message, module or self.info.module, node))

    # What stands in the way

    def _external_bases(self, info: ClassInfo) -> list[str]:
        names = [base.value if isinstance(base, ast.Subscript) else base for base in info.node.bases]
        bindings = [resolve_through(self.model, info.module, name) for name in names]
        return [b.name if isinstance(b, ExternalBinding) else "?" for b in bindings if not isinstance(b, ClassBinding)]

    def _check(self, externals: list[str]) -> None:
        if self.info.is_exception and self.info.own_behaviour is not None:
            raise self._refuse(f"`{self.info.name}` has {self.info.own_behaviour}", self.info.node)
        for one in () if self.info.is_exception else self.mro:
            for name in self._external_bases(one):
                if name not in _PLAIN_BASES:
                    shown = name.rpartition(".")[2]
                    raise self._refuse(f"`{one.name}` is derived from `{shown}`", one.node, one.module)
            if any(keyword.arg == "metaclass" for keyword in one.node.keywords):
                raise self._refuse(f"`{one.name}` has a metaclass", one.node, one.module)
            for decorator in one.node.decorator_list:
                named = decorator.func if isinstance(decorator, ast.Call) else decorator
                binding = resolve_through(self.model, one.module, named)
                if not isinstance(binding, ExternalBinding) or binding.name not in _DECORATORS:
                    raise self._refuse(f"`{one.name}` has the decorator `@{ast.unparse(named)}`", decorator, one.module)
        if {"builtins.str", "builtins.int"} & set(externals) and not any(name in _ENUMS for name in externals):
            raise self._refuse(f"`{self.info.name}` is derived from a builtin class", self.info.node)

    # Members

    def _members(self, kind: RecordKind) -> dict[str, Member]:
        """What class bodies define, the nearest class first; names of fields are no members."""
        found: dict[str, Member] = {}
        hidden: set[str] = set()
        for one in self.mro:
            for statement in one.node.body:
                for member in self._defined(one, statement, kind):
                    if member.name not in hidden:
                        found.setdefault(member.name, member)
            hidden |= generated_names(self._dataclass_mark(one)) - found.keys()
        for one in reversed(self.mro):
            if self._is_ordered(one):
                known = {name for base in ancestry(self.model, one) for name in _functions_of(base)}
                own = {name: member.node for name, member in found.items() if member.kind == "method"}
                for name, function in derived_comparisons(one.node, known, own):
                    if not any(name in _functions_of(near) for near in self.mro[: self.mro.index(one)]):
                        found[name] = Member(name, "method", one, function)
        return found

    def _is_ordered(self, info: ClassInfo) -> bool:
        """Whether `functools.total_ordering` gives the class the comparisons that it lacks."""
        bindings = [resolve_through(self.model, info.module, node) for node in info.node.decorator_list]
        return any(isinstance(one, ExternalBinding) and one.name == _TOTAL_ORDERING for one in bindings)

    def _defined(self, home: ClassInfo, statement: ast.stmt, kind: RecordKind) -> Iterator[Member]:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                if self._is_unknown(name, kind):
                    raise self._refuse(f"`{home.name}` defines `{name}`", statement, home.module)
                made = self._function(home, statement)
                if isinstance(statement, ast.FunctionDef) and self._is_cached(home, statement):
                    yield replace(made, name=computed_by(made.name))
                    made = replace(made, kind="property", node=kept_property(statement))
                # What sets a property stands beside it, under a name that no attribute has.
                yield replace(made, name=setter_of(name)) if made.kind == "setter" else made
            case ast.Assign(targets=targets, value=value) if all(isinstance(target, ast.Name) for target in targets):
                same = self._before(home, statement, value)
                for name in (target.id for target in targets if isinstance(target, ast.Name)):
                    if same is not None and self._is_unknown(name, kind):
                        raise self._refuse(f"`{home.name}` defines `{name}`", statement, home.module)
                    yield Member(name, "constant", home, value) if same is None else replace(same, name=name)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield Member(name, "constant", home, value)
            case ast.AnnAssign() | ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case _:
                raise self._refuse(
                    f"the body of `{home.name}` holds more than fields and methods", statement, home.module
                )

    def _is_unknown(self, name: str, kind: RecordKind) -> bool:
        """Whether a name is that of a special method that classes of the kind may not have."""
        return (
            name.startswith("_") and name.endswith("_") and name not in _KNOWN_SPECIAL | SPECIAL.get(kind, frozenset())
        )

    def _before(self, home: ClassInfo, statement: ast.stmt, value: ast.expr) -> Member | None:
        """The method of the class that a name is another one for: `__rmul__ = __mul__`."""
        if not isinstance(value, ast.Name):
            return None
        before = home.node.body[: home.node.body.index(statement)]
        found = [part for part in before if isinstance(part, ast.FunctionDef) and part.name == value.id]
        return self._function(home, found[-1]) if found else None

    def _function(self, home: ClassInfo, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Member:
        kind: MemberKind = "method"
        abstract = False
        for decorator in node.decorator_list:
            binding = resolve_through(self.model, home.module, decorator)
            name = binding.name if isinstance(binding, ExternalBinding) else ""
            if name in _METHOD_KINDS:
                kind = _METHOD_KINDS[name]
            elif name == _CACHED:
                if self._has_no_room():
                    what = f"`{node.name}` of `{home.name}` has no place in objects that are frozen or have slots"
                    raise self._refuse(what, decorator, home.module)
            elif self._is_setter(home, node, decorator):
                kind = "setter"
            elif name == "abc.abstractmethod":
                abstract = True
            elif name not in ("typing.override", "typing.final"):
                raise self._refuse(
                    f"the method `{node.name}` of `{home.name}` has the decorator `@{ast.unparse(decorator)}`",
                    decorator,
                    home.module,
                )
        return Member(node.name, kind, home, as_generator(node) if self._gives_items() else node, abstract)

    def _has_no_room(self) -> bool:
        """Whether objects may have no place for attributes besides those of the class, or must not get any."""
        marks = [self._dataclass_mark(one) or {} for one in self.mro]
        named = [part for one in self.mro for part in ast.walk(one.node) if isinstance(part, ast.Name)]
        return any(mark.get("frozen") or mark.get("slots") for mark in marks) or any(
            part.id == "__slots__" for part in named
        )

    def _is_cached(self, home: ClassInfo, node: ast.FunctionDef) -> bool:
        bindings = [resolve_through(self.model, home.module, decorator) for decorator in node.decorator_list]
        return any(isinstance(one, ExternalBinding) and one.name == _CACHED for one in bindings)

    def _gives_items(self) -> bool:
        return any("__next__" in _functions_of(one) for one in self.mro)

    def _is_setter(self, home: ClassInfo, node: ast.FunctionDef | ast.AsyncFunctionDef, decorator: ast.expr) -> bool:
        """Whether a decorator is `@name.setter` of the property of the same name in the same class."""
        match decorator:
            case ast.Attribute(value=ast.Name(id=name), attr="setter") if name == node.name:
                before = home.node.body[: home.node.body.index(node)]
                found = [part for part in before if isinstance(part, ast.FunctionDef) and part.name == name]
                return bool(found) and self._function(home, found[0]).kind == "property"
            case _:
                return False

    # Dataclasses, NamedTuples, plain classes

    def _dataclass_mark(self, info: ClassInfo) -> dict[str, bool] | None:
        """The options of `@dataclass` on a class, None without it."""
        for decorator in info.node.decorator_list:
            named = decorator.func if isinstance(decorator, ast.Call) else decorator
            binding = resolve_through(self.model, info.module, named)
            if isinstance(binding, ExternalBinding) and binding.name == "dataclasses.dataclass":
                keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
                return {word.arg or "": self._flag(info, word.value) for word in keywords}
        return None

    def _flag(self, info: ClassInfo, node: ast.expr) -> bool:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            return node.value
        raise self._refuse("an option of `@dataclass` is not a constant", node, info.module)

    def _record(self, empty: Record, members: dict[str, Member]) -> Record:
        fields = list(self._fields(empty.kind).values())
        hiding = {one.name: found for one in fields if (found := self._hiding(members.pop(one.name, None), empty.kind))}
        marks = [mark for one in self.mro if (mark := self._dataclass_mark(one)) is not None]
        options = marks[0] if marks else {}
        is_data = empty.kind == "dataclass"
        own_text = "__repr__" in members or "__str__" in members
        generated = is_data and options.get("repr", True)
        cls = RecordClass(
            module=self.info.module.name,
            name=self.info.name,
            fields=(
                *(RecordField(f.name, f.shown, f.compared) for f in fields if not f.init_only),
                *(self._besides({f.name for f in fields} | members.keys()) if is_data else ()),
            ),
            frozen=bool(options.get("frozen", False)) or empty.kind == "named tuple",
            shown="own" if own_text else "fields" if generated or empty.kind == "named tuple" else "plain",
            compared="own"
            if {"__eq__", "__ne__"} & members.keys()
            else "fields"
            if is_data and options.get("eq", True)
            else "plain",
            ranked=bool(options.get("order", False)),
            truth="own" if {"__bool__", "__len__"} & members.keys() else "always",
            travels=is_data,
            hashed=_hashed(members, is_data, options),
            tag=self._tag(),
        )
        own = {name for name, member in members.items() if member.home is self.info}
        made = generated_names(self._dataclass_mark(self.info)) - own
        return replace(empty, fields=tuple(fields), members=members, cls=cls, generated=made, hiding=hiding)

    def _hiding(self, member: Member | None, kind: RecordKind) -> Member | None:
        """What a class has under the name of a field, where that is not the declaration of the field."""
        if member is None:
            return None
        body = member.home.node.body
        if any(isinstance(part, ast.AnnAssign) and part.value is member.node for part in body):
            return None
        if member.kind != "constant" or kind != "dataclass":
            raise self._refuse(
                f"`{member.name}` of `{member.home.name}` is a field too", member.node, member.home.module
            )
        return member

    def _besides(self, known: Set[str]) -> Iterator[RecordField]:
        """The attributes of a dataclass that are no fields: what its methods set besides."""
        found: dict[str, None] = {}
        for one in self.mro:
            for function in one.node.body:
                if isinstance(function, ast.FunctionDef) and function.args.args:
                    this = function.args.args[0].arg
                    if self._is_cached(one, function):
                        found[kept_as(function.name)] = None
                    found |= {name: None for name in _set_of(function, this) if name not in known}
        return (RecordField(name, shown=False, compared=False, declared=False) for name in sorted(found))

    def _tag(self) -> str:
        """The key that tells objects of the class from others: short, and no name of an attribute."""
        own = (self.info.module.name, self.info.name)
        if own not in self.model.tagged:
            return ""
        is_only = sum(name == own[1] for _, name in self.model.tagged) == 1
        return f"#{own[1]}" if is_only else f"#{own[0]}.{own[1]}"

    def _fields(self, kind: RecordKind) -> dict[str, Field]:
        """The fields in their order: those of bases first; one that is declared again keeps its place."""
        found: dict[str, Field] = {}
        for one in reversed(self.mro) if kind in ("dataclass", "named tuple") else ():
            mark = self._dataclass_mark(one)
            if kind == "dataclass" and mark is None:
                continue
            by_name = bool(mark and mark.get("kw_only", False))
            for statement in one.node.body:
                if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
                    continue
                said = self._annotated_as(one.module, statement.annotation)
                if said == "KW_ONLY":
                    by_name = True
                elif said != "ClassVar":
                    made = self._field(one, statement, kind, by_name)
                    found[made.name] = replace(made, init_only=said == "InitVar")
        return found

    def _annotated_as(self, module: ModuleInfo, annotation: ast.expr) -> str:
        """`ClassVar`, `InitVar` or `KW_ONLY` where an annotation says so, else nothing."""
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            parsed = parse_expression(annotation.value)
            return "" if parsed is None else self._annotated_as(module, parsed)
        named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
        binding = resolve_through(self.model, module, named) if isinstance(named, ast.Name | ast.Attribute) else None
        name = binding.name.rpartition(".")[2] if isinstance(binding, ExternalBinding) else ""
        return name if name in ("ClassVar", "InitVar", "KW_ONLY") else ""

    def _field(self, home: ClassInfo, statement: ast.AnnAssign, kind: RecordKind, by_name: bool) -> Field:
        assert isinstance(statement.target, ast.Name)
        made = Field(statement.target.id, home.module, statement.annotation, by_name=by_name)
        value = statement.value
        binding = resolve_through(self.model, home.module, value.func) if isinstance(value, ast.Call) else None
        is_field = isinstance(binding, ExternalBinding) and binding.name == "dataclasses.field"
        if kind != "dataclass" or not is_field or not isinstance(value, ast.Call):
            return replace(made, default=value)
        options = {keyword.arg: keyword.value for keyword in value.keywords}
        flags = {
            name: self._flag(home, options[name]) for name in ("init", "repr", "compare", "kw_only") if name in options
        }
        return replace(
            made,
            default=options.get("default"),
            factory=options.get("default_factory"),
            init=flags.get("init", True),
            by_name=flags.get("kw_only", by_name),
            shown=flags.get("repr", True),
            compared=flags.get("compare", True),
        )

    # Enums

    def _enum(self, empty: Record, members: dict[str, Member], externals: list[str]) -> Record:
        base, shown = next(_ENUMS[name] for name in externals if name in _ENUMS)
        if base is None:
            mixed = [name for name in externals if name in ("builtins.str", "builtins.int")]
            base = "str" if "builtins.str" in mixed else "int" if mixed else None
        values: dict[str, object] = {}
        nodes: dict[str, ast.expr] = {}
        aliases: dict[str, str] = {}
        for name, member in list(members.items()):
            if member.kind != "constant" or (name.startswith("__") and name.endswith("__")):
                continue
            del members[name]
            assert isinstance(member.node, ast.expr)
            given = replace(member, node=written_out(member.node, nodes))
            value, nodes[name] = self._member_value(given, values, base if shown == "value" else None, base)
            first = next((n for n, old in values.items() if old == value), None)
            if first is not None:
                aliases[name] = first
            else:
                values[name] = value
        special = next((members[name] for name in sorted(SPECIAL["enum"] & members.keys())), None)
        if base is not None and special is not None:
            raise self._refuse(f"`{special.home.name}` defines `{special.name}`", special.node, special.home.module)
        own = any(name in members for name in ("__str__", "__repr__", "__format__"))
        plain = tuple((name, value) for name, value in values.items() if isinstance(value, _PLAIN_VALUES))
        by_name = base is None and ("__init__" in members or len(plain) < len(values))
        if by_name:
            members |= self._of_names(members, {name: nodes[name] for name in values})
            plain = tuple((name, name) for name in values)
        enum = EnumClass(
            self.info.module.name,
            self.info.name,
            plain,
            base,
            "own" if own else shown,
            tuple(map(repr, values.values())) if by_name else (),
            tuple(aliases.items()),
        )
        return replace(empty, members=members, enum=enum, aliases=aliases)

    def _of_names(self, members: Mapping[str, Member], nodes: Mapping[str, ast.expr]) -> dict[str, Member]:
        """The value and the attributes of members that are told by their names, as properties."""
        found: dict[str, Mapping[str, ast.expr]] = {"value": nodes, "_value_": nodes}
        init = members.get("__init__")
        if init is not None and nodes:
            assert isinstance(init.node, ast.FunctionDef)
            if init.home.module is not self.info.module:
                raise self._refuse(f"the `__init__` of `{self.info.name}` is that of another module", self.info.node)
            try:
                found |= attributes_of(self.model, self.info.module, init.node, nodes)
            except Unknown as why:
                raise self._refuse(why.message, why.node) from None
        again = next((name for name in found if name in members), None)
        if again is not None:
            raise self._refuse(f"`{self.info.name}` defines `{again}` twice", self.info.node)
        return {
            name: Member(name, "property", self.info, looked_up(name, by_member, self.info.node))
            for name, by_member in found.items()
        }

    def _member_value(
        self,
        member: Member,
        before: Mapping[str, object],
        automatic: Literal["int", "str"] | None,
        base: Literal["int", "str"] | None,
    ) -> tuple[object, ast.expr]:
        """The value of a member, and an expression that gives it."""
        node = member.node
        assert isinstance(node, ast.expr)
        binding = resolve_through(self.model, member.home.module, node.func) if isinstance(node, ast.Call) else None
        if isinstance(binding, ExternalBinding) and binding.name == "enum.auto":
            if automatic == "str":
                return member.name.lower(), node
            if base == "str":
                raise self._refuse(f"the value of `{member.name}` is made when the class is", node, member.home.module)
            numbers = [value for value in before.values() if isinstance(value, int)]
            number = max(numbers, default=0) + 1
            return number, ast.copy_location(ast.Constant(number), node)
        try:
            value = known_value(self.model, member.home.module, node)
        except NotConstant as why:
            raise self._refuse(f"the value of `{member.name}` is not known: {why.reason}", node, why.module) from None
        if base is not None and type(value).__name__ != base:
            raise self._refuse(f"the value of `{member.name}` is no {base}", node, member.home.module)
        return value, node
