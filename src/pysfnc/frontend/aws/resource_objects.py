"""Resources of boto3 as objects: making one, the resource that an object is, and what boto3 knows of it (`held_resources` says which ones are).

The classes are `resource_classes`; what is asked of a resource is lowered from `resources-1.json`, as for one that exists only while compiling.
"""

import ast
from dataclasses import replace

from pysfnc.aws.boto3_resources import Kind, kinds
from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_values import Table, TableMethod
from pysfnc.frontend.aws.held_resources import want_held
from pysfnc.frontend.aws.resource_values import Collected, ResourceOf
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_names import bind_variable
from pysfnc.frontend.core.lower_values import StaticMethod, Value
from pysfnc.frontend.declarations.records import Record, record_of
from pysfnc.frontend.program.resource_classes import DATA, kind_of_class, resource_class
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.library.objects import objects
from pysfnc.library.rows.row import Refusal
from pysfnc.values.relations import field_of
from pysfnc.values.types import NONE, NeverT, RecordField

__all__ = [
    "data_held",
    "held_resource",
    "is_identifier",
    "is_of_boto3",
    "keeps_data",
    "put_data",
    "refuse_shared",
    "resource_object",
    "resource_of_object",
    "with_kept_resource",
]


def held_resource(cx: Context, value: ResourceOf | Collected, node: ast.AST) -> Expr | None:
    """A resource or a list of them as a value; None for what is neither."""
    if isinstance(value, Collected) and value.answer is None and value.listed is None:
        return None
    if isinstance(value, ResourceOf) and not value.kind:
        return None
    if want_held(cx, value):
        return poison(cx.span(node))
    if isinstance(value, Collected):
        from pysfnc.frontend.aws.lower_collections import listed_objects

        return as_data(cx, listed_objects(cx, value, value.node), node)
    return resource_object(cx, value, value.data, node) if not value.held else refuse_shared(cx, value, node)


def refuse_shared(cx: Context, value: ResourceOf, node: ast.AST) -> Expr:
    """A message about a resource at module level that is kept as a value besides, where it matters what it has loaded."""
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"a resource at module level cannot be kept as a value where attributes of `{value.service}.{value.kind}` are loaded",
        notes=("the machine would load them once for the name, and again for each copy",),
        help=f"write instead: `{value.kind}(...)` in the function that keeps it, or an argument in place of what keeps it",
    )


def keeps_data(cx: Context, kind: Kind) -> bool:
    """Whether the program asks for something that is in the data of resources of a kind."""
    return not cx.project.attributes.isdisjoint(kind.described)


def resource_object(cx: Context, made: ResourceOf, data: Expr | None, node: ast.AST) -> Expr:
    """A new object for a resource; `data`: what it came with."""
    kind = kinds(made.service)[made.kind]
    values = list(zip(kind.identifiers, made.identifiers, strict=True))
    fields = [RecordField(name) for name in kind.identifiers]
    if keeps_data(cx, kind):
        fields.append(RecordField(DATA, shown=False, compared=False, declared=False))
        values.append((DATA, Const(value=None, type=NONE, span=cx.span(node)) if data is None else data))
    record = record_of(cx.project.model, resource_class(made.service, made.kind))
    cls = replace(record.cls, fields=tuple(fields), compared="fields")
    return objects.build_object(cls, values, cx.site(node))


def is_of_boto3(record: Record) -> bool:
    """Whether a class is one of boto3's resources."""
    return kind_of_class(record.info) is not None


def is_identifier(record: Record, name: str) -> bool:
    """Whether an attribute is one that names a resource of a class of boto3, which its object has as any other object."""
    found = kind_of_class(record.info)
    return found is not None and name in kinds(found[0])[found[1]].identifiers


def resource_of_object(cx: Context, record: Record, this: Var, node: ast.AST) -> ResourceOf | Table:
    """The resource that an object of such a class is, which a variable holds."""
    found = kind_of_class(record.info)
    assert found is not None
    made = ResourceOf(*found, _identifiers(cx, *found, this, node), this=this)
    return Table(made.identifiers[0], made) if found == ("dynamodb", "Table") else made


def _identifiers(cx: Context, service: str, kind: str, this: Var, node: ast.AST) -> tuple[Expr, ...]:
    return tuple(_attribute(cx, this, name, node) for name in kinds(service)[kind].identifiers)


def with_kept_resource(cx: Context, value: StaticMethod | TableMethod | Collected, node: ast.AST) -> Value:
    """A method or collection of a resource that is an object, with the object in a variable of its own: the one at hand may get another."""
    match value:
        case StaticMethod(ResourceOf() as owner) | Collected(owner):
            pass
        case StaticMethod(Table(made=ResourceOf() as owner)) | TableMethod(Table(made=ResourceOf() as owner)):
            pass
        case _:
            return value
    if owner.this is None:
        return value
    name = cx.names.fresh("object")
    bind_variable(cx, name, owner.this, cx.span(node))
    cx.frame.names[name] = name
    this = replace(owner.this, name=name)
    kept = replace(owner, identifiers=_identifiers(cx, owner.service, owner.kind, this, node), this=this)
    if isinstance(value, Collected):
        return replace(value, parent=kept)
    table = Table(kept.identifiers[0], kept)
    if isinstance(value, TableMethod):
        return replace(value, table=table)
    return replace(value, receiver=kept if isinstance(value.receiver, ResourceOf) else table)


def data_held(cx: Context, this: Var, node: ast.AST) -> Expr | None:
    """What boto3 knows of a resource that is an object, None where nobody asks for that."""
    (record,) = objects.records(this.type)
    return None if isinstance(field_of(record.attributes, DATA).type, NeverT) else _attribute(cx, this, DATA, node)


def put_data(cx: Context, this: Var, data: Expr, node: ast.expr) -> None:
    """Set what boto3 knows of a resource that is an object."""
    from pysfnc.frontend.core.synthesis import run_here

    run_here(cx, f"this.{DATA} = data", {"this": this, "data": data}, node)


def _attribute(cx: Context, this: Var, name: str, node: ast.AST) -> Expr:
    made = objects.build_attribute(this, name, cx.site(node))
    return cx.refuse(made, node) if isinstance(made, Refusal) else made
