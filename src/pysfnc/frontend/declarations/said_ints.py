"""Which expressions of a program are said to give ints: by the annotations of what they are assigned to, returned as or given for.

`return a + b` of a function `-> int` says it of `a` and `b` too, as a float in one of them makes a float of the sum. Owns this inference, which
is about syntax alone. It is asked for only when a program does not compile without (`Project.ints_believed`); what is said of a value that came
in without a type is then checked when it runs.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Final

from pysfnc.frontend.declarations.annotations import read_annotation
from pysfnc.frontend.declarations.doubts import class_doubts, doubts
from pysfnc.frontend.declarations.records import ancestry
from pysfnc.frontend.declarations.said_calls import arguments_met, class_called, names_of_functions
from pysfnc.frontend.declarations.said_locals import Locals, appended
from pysfnc.frontend.program.model import ClassBinding, ClassInfo, ModuleInfo, ProjectModel
from pysfnc.frontend.program.scope import all_arguments, own_nodes
from pysfnc.lean import dataclass
from pysfnc.values.believed import field_fit, says_ints, takes_no_float
from pysfnc.values.fits import STR_FIT, AnyFit, DictFit, Fit, ListFit, RecordFit

_SUMS: Final = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)
"""The operators whose result is a float if an operand is one."""
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Said:
    """What an annotation says of an expression: the annotation as `text`, of what is called `name`."""

    fit: Fit
    text: str
    name: str

    def inside(self, fit: Fit | None) -> "Said | None":
        """The same of what is inside; None where nothing is said of it."""
        return None if fit is None or isinstance(fit, AnyFit) or not says_ints(fit) else replace(self, fit=fit)


def said_ints(model: ProjectModel) -> Mapping[ast.expr, Said]:
    """The expressions in functions of the project of which an annotation says that they are ints, or hold ints."""
    reader = _Reader(model)
    for module in list(model.modules.values()):
        for info in _classes(module):
            reader.read_class(info)
    for module in list(model.modules.values()):
        reader.read_functions(module)
    return reader.said


def _classes(module: ModuleInfo) -> Iterator[ClassInfo]:
    yield from (binding.info for binding in module.names.values() if isinstance(binding, ClassBinding))


@dataclass(slots=True)
class _Reader:
    model: ProjectModel
    said: dict[ast.expr, Said] = field(default_factory=dict)
    attributes: dict[ast.ClassDef, dict[str, Said | None]] = field(default_factory=dict)
    """The attributes that classes declare or set, with what is said of them."""

    def read_class(self, info: ClassInfo) -> None:
        """What a class says of its attributes."""
        if info.node in self.attributes:
            return
        found = self.attributes[info.node] = dict[str, Said | None]()
        for base in ancestry(self.model, info)[:0:-1]:
            self.read_class(base)
            found.update(self.attributes[base.node])
        for part in ast.walk(info.node):
            match part:
                case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation) if part in info.node.body:
                    found[name] = self._declared(info, annotation, name)
                case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=annotation):
                    found[name] = self._declared(info, annotation, name)
                case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                    found.setdefault(name, None)

    def read_functions(self, module: ModuleInfo) -> None:
        """What the functions of a module say, those in classes and in other functions too."""
        classes: dict[ast.AST, ast.ClassDef] = {}
        hidden = names_of_functions(module)
        infos = {info.node: info for info in _classes(module)}
        for part in ast.walk(module.tree):
            if isinstance(part, ast.ClassDef):
                classes.update(dict.fromkeys(part.body, part))
        for part in ast.walk(module.tree):
            if isinstance(part, _Function):
                owner = classes.get(part)
                info = None if owner is None else infos.get(owner)
                _FunctionReader(self, module, part, owner, info, hidden).read()

    def attribute(self, target: ast.Attribute, owner: ast.ClassDef | None) -> Said | None:
        """What is said of an attribute: by the class for `self`, else by all classes that have one of this name."""
        if isinstance(target.value, ast.Name) and target.value.id == "self" and owner in self.attributes:
            return self.attributes[owner].get(target.attr)
        found = {said[target.attr] for said in self.attributes.values() if target.attr in said}
        return next(iter(found)) if len(found) == 1 else None

    def _declared(self, info: ClassInfo, annotation: ast.expr, name: str) -> Said | None:
        return None if class_doubts(self.model, info, name) else self.annotated(info.module, annotation, name)

    def annotated(self, module: ModuleInfo, annotation: ast.expr, name: str) -> Said | None:
        """What an annotation says of what is called `name`; None where it says nothing about ints."""
        read = read_annotation(annotation, module, self.model)
        if read.problem is not None or isinstance(read.fit, AnyFit) or not says_ints(read.fit):
            return None
        return Said(read.fit, ast.unparse(annotation), name)


@dataclass(slots=True)
class _FunctionReader:
    """Reads one function, of the class `owner` or of none."""

    reader: _Reader
    module: ModuleInfo
    node: _Function
    owner: ast.ClassDef | None
    info: ClassInfo | None
    hidden: frozenset[str]
    names: dict[str, Said | None] = field(default_factory=dict)
    locals: Locals | None = None

    def read(self) -> None:
        """Follow what the annotations in the function say down to names, calls and subscripts."""
        parts = list(own_nodes(self.node))
        self.locals = Locals(self.node)
        for arg in all_arguments(self.node.args):
            gathers = arg is self.node.args.vararg or arg is self.node.args.kwarg
            if not gathers and not doubts(self.reader.model, self.module, self.node, arg.arg):
                self._declare(arg.arg, arg.annotation)
        for part in parts:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                self._declare(part.target.id, part.annotation)
        returned = self._annotated(self.node.returns, f"the result of {self.node.name}")
        if returned is not None:
            for part in parts:
                if isinstance(part, ast.Return) and part.value is not None:
                    self._returned(part.value, returned, parts)
        for part in parts:
            self._statement(part)

    def _declare(self, name: str, annotation: ast.expr | None) -> None:
        self.names[name] = self._annotated(annotation, name)

    def _annotated(self, annotation: ast.expr | None, name: str) -> Said | None:
        return None if annotation is None else self.reader.annotated(self.module, annotation, name)

    def _returned(self, value: ast.expr, said: Said, parts: list[ast.AST]) -> None:
        """A name that is returned, and counts up from a constant, is an int all the time."""
        if isinstance(value, ast.Name) and value.id not in self.names:
            filled = not takes_no_float(said.fit) and self.locals is not None and self.locals.is_filled(value.id)
            if filled or _counts(value.id, parts):
                self.names[value.id] = said
        self._say(value, said)

    def _statement(self, part: ast.AST) -> None:
        match part:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                self._say(value, self._of_target(target))
            case ast.AugAssign(target=target, op=op, value=value) if isinstance(op, _SUMS):
                said = self._of_target(target)
                if said is not None and takes_no_float(said.fit):
                    self._say(value, said)
            case ast.Call():
                for met in arguments_met(self.reader.model, self.module, part, self.hidden, self._owner_of(part)):
                    self._say(met.argument, self.reader.annotated(met.module, met.annotation, met.name))
                for held, item in appended(part):
                    said = self._of_target(held)
                    if said is not None and isinstance(said.fit, ListFit):
                        self._say(item, said.inside(said.fit.item))
            case _:
                pass

    def _owner_of(self, call: ast.Call) -> ClassInfo | None:
        """The class of the object whose method is called, where it is `self` or a variable that was made of the class."""
        match call.func:
            case ast.Attribute(value=ast.Name(id="self")):
                return self.info
            case ast.Attribute(value=ast.Name(id=name)):
                made = None if self.locals is None else self.locals.sole_value(name)
                return class_called(self.reader.model, self.module, made, self.hidden)
            case _:
                return None

    def _of_target(self, target: ast.expr) -> Said | None:
        match target:
            case ast.Name(id=name):
                return self.names.get(name)
            case ast.Attribute():
                return self.reader.attribute(target, self.owner)
            case ast.Subscript(value=base, slice=index) if not isinstance(index, ast.Slice):
                said = self._of_target(base)
                match said:
                    case Said(fit=ListFit(item)):
                        return said.inside(item)
                    case Said(fit=DictFit(_, item)):
                        return said.inside(item)
                    case Said(fit=RecordFit() as fit) if isinstance(index, ast.Constant):
                        return said.inside(field_fit(fit, str(index.value)))
        return None

    def _say(self, node: ast.expr, said: Said | None) -> None:
        """What is said of an expression, and what follows for its parts."""
        if said is None:
            return
        self.reader.said[node] = said
        if isinstance(node, ast.Name) and node.id not in self.names and self.locals is not None:
            self._say_value(self.locals.only_value(node), said)
        for part, inner in _parts(node, said):
            self._say(part, inner)

    def _say_value(self, value: ast.expr | None, said: Said) -> None:
        """What is said of a name is said of the value that it has, if it is a sum: anything else is seen where it is read."""
        if isinstance(value, ast.BinOp | ast.UnaryOp) and value not in self.reader.said:
            self._say(value, said)


def _parts(node: ast.expr, said: Said) -> Iterator[tuple[ast.expr, Said | None]]:
    """The parts of an expression that have to be ints, or hold some, if the expression has to."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _SUMS) and takes_no_float(said.fit):
            yield from ((left, said), (right, said))
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner) | ast.NamedExpr(value=inner):
            yield inner, said
        case ast.IfExp(body=body, orelse=orelse):
            yield from ((body, said), (orelse, said))
        case ast.BoolOp(op=ast.Or(), values=values):
            yield from ((value, said) for value in values)
        case ast.Call(func=ast.Name(id="sum"), args=[items, *start]) if takes_no_float(said.fit):
            yield items, replace(said, fit=ListFit(said.fit))
            yield from ((value, said) for value in start)
        case ast.Call(func=ast.Name(id="abs"), args=[value]):
            yield value, said
        case ast.Call(func=ast.Attribute(value=held, attr="values"), args=[]) if isinstance(said.fit, ListFit):
            yield held, replace(said, fit=DictFit(STR_FIT, said.fit.item))
        case ast.ListComp(elt=item) | ast.GeneratorExp(elt=item) if isinstance(said.fit, ListFit):
            yield item, said.inside(said.fit.item)
        case ast.List(elts=items) if isinstance(said.fit, ListFit):
            yield from ((item, said.inside(said.fit.item)) for item in items if not isinstance(item, ast.Starred))
        case ast.DictComp(value=item) if isinstance(said.fit, DictFit):
            yield item, said.inside(said.fit.value)
        case ast.Dict(keys=keys, values=values) if isinstance(said.fit, DictFit | RecordFit):
            for key, value in zip(keys, values, strict=True):
                if key is not None:
                    name = str(key.value) if isinstance(key, ast.Constant) else ""
                    yield value, said.inside(field_fit(said.fit, name))


def _counts(name: str, parts: list[ast.AST]) -> bool:
    """Whether a name gets nothing but constant ints, and what is added to them."""
    found = [
        part for part in parts if isinstance(part, ast.Name) and part.id == name and isinstance(part.ctx, ast.Store)
    ]
    constants = [
        target
        for part in parts
        if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant) and type(part.value.value) is int
        for target in part.targets
    ]
    changed = [part.target for part in parts if isinstance(part, ast.AugAssign) and isinstance(part.op, _SUMS)]
    return bool(constants) and all(part in constants or part in changed for part in found)
