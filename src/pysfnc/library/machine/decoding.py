"""Decoding: what a JSON value that fits an annotation becomes, where that is not the value itself.

Objects of dataclasses have exactly the fields of their class, in its order, with defaults for those that are absent; all else is in the
machine as it is on the wire. The rules are those of `pysfnc.lang.shapes`.
"""

import json
from collections.abc import Sequence
from functools import lru_cache

from pysfnc.jsonata.tree import Array, Field, Func, IfElse, Index, Lit, Object, Ref, Tree
from pysfnc.library.machine.fit_checks import fit_kinds, has_key
from pysfnc.library.machine.wire_texts import MADE
from pysfnc.library.rows.fits import InputSpec
from pysfnc.library.rows.make import call, choose
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.shapes import item, mapped
from pysfnc.library.rows.typenames import has_kind
from pysfnc.values.fits import (
    DictFit,
    FieldFit,
    Fit,
    ListFit,
    NamedFit,
    RecordFit,
    TextFit,
    TupleFit,
    UnionFit,
    flattened,
    type_of,
)
from pysfnc.values.types import JSON, Type

_V, _K = Ref("py_v"), Ref("py_k")


@lru_cache(maxsize=1024)
def changes(fit: Fit | None, texts: bool = True) -> bool:
    """Whether decoding gives anything else than the value itself. `texts` False: those of the wire are known to be as Python writes them."""
    match fit:
        case RecordFit(_, fields, cls):
            return cls is not None or any(changes(field.fit, texts) for field in fields)
        case ListFit(inner):
            return changes(inner, texts)
        case DictFit(_, value):
            return changes(value, texts)
        case TupleFit(items, _):
            return any(changes(item, texts) for item in items)
        case TextFit(name):
            return texts and name in MADE
        case NamedFit() | UnionFit():
            return any(changes(member, texts) for member in flattened(fit))
        case _:
            return False


def is_decidable(fit: Fit) -> bool:
    """Whether the kind of a value tells which member of a union decodes it, for all unions inside."""
    match fit:
        case RecordFit(_, fields, _):
            return all(is_decidable(field.fit) for field in fields)
        case ListFit(inner):
            return inner is None or is_decidable(inner)
        case DictFit(_, value):
            return value is None or is_decidable(value)
        case TupleFit(items, _):
            return all(map(is_decidable, items))
        case NamedFit(_, target):
            return is_decidable(target)
        case UnionFit():
            members = flattened(fit)
            alone = all(
                not changes(one) or not any(_clash(one, other) for other in members if other is not one)
                for one in members
            )
            return alone and all(map(is_decidable, members))
        case _:
            return True


def _clash(one: Fit, other: Fit) -> bool:
    """Whether decoding by one fit may change a value of the other. Texts of the wire are told from others by who reads unions."""
    return not isinstance(one, TextFit) and bool(fit_kinds(one) & fit_kinds(other))


def decoded(fit: Fit, value: Tree) -> Tree:
    """The decoded value."""
    if not changes(fit):
        return value
    match fit:
        case NamedFit(_, target):
            return decoded(target, value)
        case TextFit(name):
            return call(MADE[name], value)
        case RecordFit(_, fields, None):
            own = [field for field in fields if changes(field.fit)]
            parts: list[Tree] = [value]
            for field in own:
                part = Object(((Lit(field.name), decoded(field.fit, Field(value, field.name))),))
                parts.append(part if field.required else IfElse(has_key(value, field.name), part, Object(())))
            return call("merge", Array(tuple(parts)))
        case RecordFit(_, fields, _):
            return Object(tuple((Lit(field.name), _field(field, value)) for field in fields))
        case ListFit(inner) if inner is not None:
            return mapped(value, "py_v", decoded(inner, _V))
        case DictFit(_, inner) if inner is not None:
            pair = Object(((_K, decoded(inner, _V)),))
            return call(
                "merge", call("append", Array((Object(()),)), call("each", value, Func(("py_v", "py_k"), pair)))
            )
        case TupleFit(items, _):
            made = [(decoded(of, Index(value, Lit(place))), type_of(of)) for place, of in enumerate(items)]
            return Array(tuple(item(tree, type_) for tree, type_ in made))
        case UnionFit():
            cases = [
                (has_kind(Arg(value, JSON), fit_kinds(one)), decoded(one, value))
                for one in flattened(fit)
                if changes(one)
            ]
            return choose(cases, value)
        case _:
            return value


def _field(field: FieldFit, value: Tree) -> Tree:
    made = decoded(field.fit, Field(value, field.name))
    if field.default is None:
        return made
    return IfElse(has_key(value, field.name), made, _literal(json.loads(field.default)))


def _literal(value: object) -> Tree:
    match value:
        case list():
            return Array(tuple(_literal(part) for part in value))
        case dict():
            return Object(tuple((Lit(str(key)), _literal(part)) for key, part in value.items()))
        case None | bool() | int() | float() | str():
            return Lit(value)
        case _:
            raise ValueError(f"no JSON: {value!r}")


def _lower(args: Sequence[Arg], _type: Type) -> Tree:
    assert isinstance(args[1].tree, Lit) and isinstance(args[1].tree.value, str)
    return decoded(InputSpec.fit_of_text(args[1].tree.value), args[0].tree)


register_prim(PrimRow(op="input.decoded", lower=_lower))
