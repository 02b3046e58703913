"""Objects as they leave the machine, or become dicts: with the fields of their class alone.

A tag (`values.types.RecordClass.tag`) is in the machine only. Owns the type and the value without it.
"""

from dataclasses import replace

from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.jsonata.tree import Array, Field, Func, IfElse, Index, Lit, Object, Ref, Tree
from pysfnc.library.containers.dicts import value_by_key
from pysfnc.library.rows.make import Built, call, choose, prim
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import item, mapped
from pysfnc.library.rows.typenames import atoms, class_clash, has_kind, is_one_of
from pysfnc.values.recursive import parts, with_parts
from pysfnc.values.relations import dict_of, join_all, kinds, others_of
from pysfnc.values.types import DictField, DictT, LazyDictT, ListT, MapT, RecordT, TiedDictT, TuplesT, TupleT, Type

BARE = "object.bare"


def is_bare(type_: Type) -> bool:
    """Whether no value of the type is an object with a tag, or holds one."""
    return _bare(type_, frozenset())


def _bare(type_: Type, met: frozenset[str]) -> bool:
    if isinstance(type_, RecordT) and (type_.cls.tag or _has_inner(type_)):
        return False
    if isinstance(type_, LazyDictT):
        if not isinstance(type_, TiedDictT) or type_.name in met:
            return True
        met |= {type_.name}
    return all(_bare(part, met) for part in parts(type_))


def _has_inner(type_: RecordT) -> bool:
    return bool(type_.cls.inner & {field.name for field in type_.attributes.fields})


def bare_type(type_: Type) -> Type:
    """The type without the tags."""
    if isinstance(type_, RecordT) and not isinstance(type_.attributes, LazyDictT):
        kept = [field for field in type_.attributes.fields if field.name not in type_.cls.inner]
        type_ = RecordT(type_.cls, dict_of(kept, others_of(type_.attributes)))
    return with_parts(type_, bare_type)


def build_bare(value: Expr, site: Site) -> Built:
    """The value without the tags of its objects; what a literal holds is looked at one by one."""
    if is_bare(value.type):
        return value
    if isinstance(value, Prim) and value.op in ("list.make", "dict.make"):
        args = value.args
        if isinstance(value.type, RecordT) and value.type.cls.inner:
            args = tuple(
                part
                for place in range(0, len(args), 2)
                if not _is_tag(args[place], value.type)
                for part in args[place : place + 2]
            )
        made = [build_bare(arg, site) for arg in args]
        refused = next((one for one in made if isinstance(one, Refusal)), None)
        return refused or _rebuilt(value, [one for one in made if not isinstance(one, Refusal)])
    if _is_endless(value.type):
        return Refusal(
            "type-needed",
            "objects that hold objects of their own class leave the machine, and are told from those of another class with the same attributes there",
            "write instead: a field that says which class it is, or a dict that a function makes",
        )
    clash = _clash(value.type)
    if clash is not None:
        return Refusal("type-needed", f"what leaves the machine depends on whether the value is {clash}")
    return prim(BARE, bare_type(value.type), site, value)


def _is_tag(key: Expr, type_: RecordT) -> bool:
    return isinstance(key, Const) and key.value in type_.cls.inner


def _rebuilt(literal: Prim, parts_: list[Expr]) -> Expr:
    """A list, tuple or dict with other parts, which are of the types without tags."""
    match literal.type:
        case ListT():
            type_: Type = ListT(join_all([part.type for part in parts_]))
        case _:
            type_ = bare_type(literal.type)
    return replace(literal, args=tuple(parts_), type=type_)


def _is_endless(type_: Type) -> bool:
    if isinstance(type_, TiedDictT):
        return not is_bare(type_)
    return any(map(_is_endless, parts(type_)))


def _clash(type_: Type) -> str | None:
    """What JSON does not tell where an object with a tag may be."""
    if is_bare(type_):
        return None
    return class_clash(type_) or next(filter(None, map(_clash, parts(type_))), None)


def bare_tree(arg: Arg) -> Tree:
    """A value without the tags of its objects, for what an exception shows of it."""
    return arg.tree if is_bare(arg.type) or _is_endless(arg.type) or _clash(arg.type) else _tree(arg.tree, arg.type, 0)


def _tree(value: Tree, type_: Type, depth: int) -> Tree:
    if is_bare(type_):
        return value
    arg = Arg(value, type_)
    found = atoms(type_)
    tagged = [atom for atom in found if not is_bare(atom)]
    cases = [(_is_one(arg, atom), _one(value, atom, depth)) for atom in tagged]
    return choose(cases, value) if len(tagged) < len(found) else choose(cases[:-1], cases[-1][1])


def _is_one(arg: Arg, atom: Type) -> Tree:
    return is_one_of(arg, [atom]) if isinstance(atom, RecordT) else has_kind(arg, kinds(atom))


def _one(value: Tree, type_: Type, depth: int) -> Tree:
    inner, key = Ref(f"py_v{depth}"), Ref(f"py_k{depth}")
    match type_:
        case RecordT(cls, attributes):
            fields = [field for field in attributes.fields if field.name not in cls.inner]
            order = {field.name: place for place, field in enumerate(cls.fields)}
            fields.sort(key=lambda field: order.get(field.name, len(order)))
            made = [(field, _tree(Field(value, field.name), field.type, depth)) for field in fields]
            if all(field.always for field, _ in made):
                return Object(tuple((Lit(field.name), tree) for field, tree in made))
            parts_ = [_if_there(value, field, Object(((Lit(field.name), tree),))) for field, tree in made]
            return call("merge", Array(tuple(parts_)))
        case ListT(of) | TuplesT(of):
            return mapped(value, inner.name, _tree(inner, of, depth + 1))
        case TupleT(items):
            trees = [_tree(Index(value, Lit(place)), of, depth) for place, of in enumerate(items)]
            return Array(tuple(item(tree, of) for tree, of in zip(trees, items, strict=True)))
        case (DictT() as held) | MapT(held=held):
            made_of = value_by_key(held, key, lambda of: _tree(inner, of, depth + 1))
            pair = Object(((key, made_of),))
            return call(
                "merge", call("append", Array((Object(()),)), call("each", value, Func((inner.name, key.name), pair)))
            )
        case _:
            raise AssertionError(f"no value of type {type_} leaves the machine")


def _if_there(value: Tree, field: DictField, made: Tree) -> Tree:
    return made if field.always else IfElse(call("exists", Field(value, field.name)), made, Object(()))


register_prim(PrimRow(op=BARE, lower=lambda args, _: _tree(args[0].tree, args[0].type, 0)))
