"""Keys of dicts, and dicts that are made of keys and values: a key that is no str is a text of its own in the machine."""

import ast
from collections.abc import Sequence

from pysfnc.frontend.aws.told_numbers import as_key
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import BuiltinFunction, Value
from pysfnc.frontend.operations.ask import built, inner, valued
from pysfnc.frontend.operations.displays import item_type, make_tuple
from pysfnc.frontend.operations.items import method, set_item, tuple_item
from pysfnc.frontend.operations.mappings import as_keyed, dict_held, has_own_keys, plain
from pysfnc.ir.exprs import Expr, ListComp, Prim, Var
from pysfnc.ir.hir import Eval
from pysfnc.library import catalog
from pysfnc.library.containers.dict_pairs import may_refuse_key
from pysfnc.library.containers.hashing import hashable_part
from pysfnc.library.containers.keyed import is_stray
from pysfnc.values.keys import is_key, is_mixed, joined_keys
from pysfnc.values.relations import join, join_all, kinds
from pysfnc.values.types import INT, NEVER, STR, DictT, ErrorT, Kind, ListT, MapT, TupleT, Type


def key_text(cx: Context, mapping: Expr, key: Expr, node: ast.AST) -> Expr:
    """A key as the text that the machine has for it in a dict that takes it (`keyed_by`)."""
    assert isinstance(mapping.type, MapT)
    asked = None
    if kinds(key.type) != {Kind.TUPLE} and is_mixed(join_all([mapping.type.key, key.type])):
        asked = cx.atom(dict_held(mapping), "object")
    given = [key] if asked is None else [key, asked]
    return built(cx, node, given, lambda site: catalog.build_key_text(key, asked, site), held=given)


def key_present(cx: Context, mapping: Expr, text: Expr, node: ast.AST, key: Expr) -> Expr:
    """None, after the KeyError of a key, given with its text, that a dict has not."""
    whole = dict_held(mapping)
    shown = None if key.type == INT else key
    return built(
        cx, node, [whole, text], lambda site: catalog.build_key_present(whole, text, shown, site), held=[whole]
    )


def new_key(cx: Context, key: Expr, node: ast.AST) -> Expr | None:
    """None, after the TypeError of a key that the machine cannot put in; nothing at all for a key that it always can."""
    if not is_stray(hashable_part(key.type)):
        return None
    return built(cx, node, [key], lambda site: catalog.build_new_key(key, site))


def key_of(cx: Context, mapping: Expr, text: Expr, node: ast.AST) -> Expr:
    """The key of a dict that a text stands for."""
    assert isinstance(mapping.type, MapT)
    type_ = mapping.type.key
    return built(cx, node, [text], lambda site: catalog.build_key(text, type_, site))


def own_keys(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the keys of a dict that the machine holds as texts of their own."""
    texts = keys_of(cx, dict_held(mapping), node)
    name = cx.names.fresh("key")
    one = Var(name=name, type=STR, span=cx.span(node))
    body = key_of(cx, mapping, one, node)
    return ListComp(name=name, seq=texts, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def own_items(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the pairs of a dict that the machine holds with texts of its own."""
    pairs = method(cx, "items", dict_held(mapping), [], {}, node)
    if isinstance(pairs.type, ErrorT) or item_type(pairs.type) == NEVER:
        return pairs
    name = cx.names.fresh("pair")
    pair = Var(name=name, type=item_type(pairs.type), span=cx.span(node))
    text = tuple_item(cx, pair, 0, node)
    key = key_of(cx, mapping, text, node)
    body = make_tuple(cx, [key, tuple_item(cx, pair, 1, node)], node)
    return ListComp(name=name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def keys_of(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the keys of a dict."""
    mapping = plain(mapping)
    if has_own_keys(mapping.type):
        return own_keys(cx, mapping, node)
    return built(cx, node, [mapping], lambda site: catalog.build_iter_list(mapping, site), held=inner([mapping]))


def leaving(cx: Context, mapping: Expr, place: str, node: ast.AST) -> Expr | None:
    """A dict as it leaves the machine, where some of its keys may be no str; None for any other value."""
    type_ = mapping.type
    if not (isinstance(type_, MapT) and has_own_keys(type_) and Kind.STR in kinds(type_.key)):
        return None
    cx.project.met_leaving_keys |= type_.name != "Counter"
    return built(cx, node, [mapping], lambda site: catalog.build_all_str(mapping, place, site), held=[mapping])


# Dicts that are made at once


def own_key(cx: Context, type_: Type) -> Type | None:
    """The keys of a new dict that gets such ones, if the machine holds them as texts of their own: not all that may be str (`Project.any_keys`)."""
    key = hashable_part(type_)
    if not is_key(key) or key in (STR, NEVER) or isinstance(key, ErrorT):
        return None
    if Kind.STR in kinds(key):
        if cx.project.any_keys != "everywhere":
            return None
        cx.project.met_any_keys = True
    return key


def _is_simple(key: Type) -> bool:
    """Whether the text of a key depends on nothing but the key, and there is one."""
    return not is_mixed(key) and not is_stray(key)


def make_dict(cx: Context, pairs: Sequence[tuple[Expr, Expr]], node: ast.AST) -> Expr:
    """`{k: v}`."""
    pairs = [(as_key(one), value) for one, value in pairs]
    key = hashable_part(join_all([one.type for one, _ in pairs]))
    if not any(own_key(cx, one.type) for one, _ in pairs) or not is_key(key):
        flat = [part for pair in pairs for part in pair]
        return built(
            cx, node, flat, lambda site: catalog.build_dict(list(pairs), site), held=[value for _, value in pairs]
        )
    made = as_keyed(make_dict(cx, [], node), key)
    if _is_simple(key):
        texts = [(key_text(cx, made, one, node), value) for one, value in pairs]
        return as_keyed(make_dict(cx, texts, node), key)
    for one, value in [(cx.atom(one, "key"), cx.atom(value, "value")) for one, value in pairs]:
        made = put_in(cx, made, one, value, node)
    return made


def put_in(cx: Context, mapping: Expr, key: Expr, value: Expr, node: ast.AST) -> Expr:
    """A dict after `mapping[key] = value` of atoms, which takes such keys."""
    if isinstance(mapping.type, ErrorT):
        return mapping
    mapping = cx.atom(mapping, "object")
    text = cx.atom(key_text(cx, mapping, key, node), "key")
    refused = new_key(cx, key, node)
    if refused is not None:
        cx.emit(Eval(value=refused, span=cx.span(node)))
    return set_item(cx, mapping, text, value, node)


def _with_texts(cx: Context, pairs: Expr, node: ast.AST) -> tuple[Expr, Type] | None:
    """Pairs with the texts of their keys, and what the keys are; None where they stay what they are."""
    match pairs.type:
        case ListT(TupleT((type_, _))):
            key = own_key(cx, type_)
        case _:
            return None
    if key is None or not _is_simple(key):
        return None
    name = cx.names.fresh("pair")
    pair = Var(name=name, type=item_type(pairs.type), span=cx.span(node))
    key_, value = tuple_item(cx, pair, 0, node), tuple_item(cx, pair, 1, node)
    like = as_keyed(make_dict(cx, [], node), key)
    body = make_tuple(cx, [key_text(cx, like, key_, node), value], node)
    return ListComp(name=name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node)), key


def _pair_by_pair(cx: Context, pairs: Expr, node: ast.AST) -> Expr | None:
    """The dict of pairs whose keys may be equal without being the same, in a loop; None for pairs of other keys."""
    match pairs.type:
        case ListT(TupleT((type_, _))) if own_key(cx, type_) is not None and isinstance(node, ast.expr):
            empty = as_keyed(make_dict(cx, [], node), hashable_part(type_))
            text = "found = dict(empty)\nfor key, value in pairs:\n    found[key] = value\nreturn found"
            values: dict[str, Value] = {"empty": empty, "pairs": pairs, "dict": BuiltinFunction("dict")}
            return in_loop(cx, text, values, node)
        case _:
            return None


def may_refuse_pair(cx: Context, pair: Type) -> bool:
    """Whether a tuple of key and value may have a key that no dict takes."""
    match pair:
        case TupleT((key, _)):
            return may_refuse_key(key, own_key(cx, key) is not None)
        case _:
            return False


def taken_pair(cx: Context, pair: Expr, node: ast.AST) -> Expr:
    """A tuple of key and value, after the TypeError of a key that no dict takes."""
    if isinstance(pair, Prim) and pair.op == "list.make":
        key, value = pair.args
    else:
        key, value = (tuple_item(cx, pair, index, node) for index in (0, 1))
    any_key = own_key(cx, key.type) is not None
    return built(
        cx, node, [key, value], lambda site: catalog.build_taken_pair(key, value, any_key, site), held=[key, value]
    )


def dict_of_pairs(cx: Context, pairs: Expr, node: ast.AST) -> Expr:
    """The dict of a list of pairs."""
    texts = _with_texts(cx, pairs, node)
    if texts is not None:
        return as_keyed(dict_of_pairs(cx, texts[0], node), texts[1])
    made = _pair_by_pair(cx, pairs, node)
    if made is not None:
        return made
    return built(cx, node, [pairs], lambda site: catalog.build_of_pairs(pairs, site), held=valued(pairs))


def make_dict_of(cx: Context, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """`dict(source, **keywords)`."""
    if len(args) == 1 and not keywords:
        source = args[0]
        if isinstance(source.type, MapT) and has_own_keys(source.type):
            return as_keyed(make_dict_of(cx, [dict_held(source)], {}, node), source.type.key)
        if isinstance(source.type, ListT):
            made = _with_texts(cx, source, node)
            if made is not None:
                return as_keyed(make_dict_of(cx, [made[0]], {}, node), made[1])
            found = _pair_by_pair(cx, source, node)
            if found is not None:
                return found
    given = [*args, *keywords.values()]
    return built(
        cx,
        node,
        given,
        lambda site: catalog.build_dict_call(args, keywords, site),
        held=[*inner(args), *keywords.values()],
    )


def keys_in(type_: Type) -> Type | None:
    """The type of the keys of a dict; None for what may be something else."""
    match type_:
        case MapT(key=key):
            return key
        case DictT(value):
            return NEVER if value == NEVER else STR
        case _:
            return None


def merged(cx: Context, base: Expr, other: Expr, node: ast.expr) -> Expr | None:
    """`{**base, **other}` of dicts of which one has keys that are no str; None where the machine has no form for the keys of both."""
    mine, more = keys_in(base.type), keys_in(other.type)
    if mine is None or more is None:
        return None
    if NEVER in (mine, more):
        return make_dict_of(cx, [base if more == NEVER else other], {}, node)
    both = joined_keys(mine, more)
    if both is None:
        return None
    if not is_mixed(both) and (mine == more or STR not in (mine, more)):
        one, two = dict_held(base), dict_held(other)
        made = built(
            cx, node, [one, two], lambda site: catalog.build_binary("|", one, two, site), held=inner([one, two])
        )
        return as_keyed(made, both)
    empty = as_keyed(make_dict(cx, [], node), both)
    text = "found = dict(empty)\nfor key, value in base.items():\n    found[key] = value\n"
    text += "for key, value in other.items():\n    found[key] = value\nreturn found"
    values: dict[str, Value] = {"empty": empty, "base": base, "other": other, "dict": BuiltinFunction("dict")}
    return in_loop(cx, text, values, node)


def equal_dicts(cx: Context, left: Expr, right: Expr, node: ast.expr) -> Expr | None:
    """`left == right` of dicts of which one has keys that are no str, where equal keys may have other texts; None where texts decide."""
    mine, more = keys_in(left.type), keys_in(right.type)
    if mine is None or more is None or not (has_own_keys(left.type) or has_own_keys(right.type)):
        return None
    if STR not in (mine, more) and not is_mixed(join(mine, more)):
        return None
    text = "return len(left) == len(right) and all(key in right and right[key] == value for key, value in left.items())"
    values: dict[str, Value] = {"left": left, "right": right}
    values |= {name: BuiltinFunction(name) for name in ("len", "all")}
    return in_loop(cx, text, values, node)


def in_loop(cx: Context, text: str, values: dict[str, Value], node: ast.expr) -> Expr:
    """What a function with this body gives."""
    from pysfnc.frontend.core.synthesis import run_here

    return as_data(cx, run_here(cx, text, values, node), node)
