"""Keys of dicts, and dicts that are made of keys and values: an int is the text of itself in the machine."""

import ast
from collections.abc import Sequence

from pysfnc.frontend.lower_context import Context
from pysfnc.frontend.operations.ask import built, inner, valued
from pysfnc.frontend.operations.displays import item_type, make_tuple
from pysfnc.frontend.operations.items import method, tuple_item
from pysfnc.frontend.operations.mappings import as_int_keyed, dict_held, has_any_keys, has_int_keys, plain
from pysfnc.ir.exprs import Expr, ListComp, Var
from pysfnc.library import catalog
from pysfnc.values.types import NEVER, STR, ErrorT, Kind, ListT, TupleT, kinds


def key_text(cx: Context, key: Expr, node: ast.AST) -> Expr:
    """A key as the text that the machine has for it, in a dict that takes it (`keyed_by`)."""
    if kinds(key.type) != {Kind.INT}:
        return built(cx, node, [key], lambda site: catalog.build_any_key_text(key, site), held=[key])
    return built(cx, node, [key], lambda site: catalog.build_key_text(key, site))


def key_present(cx: Context, mapping: Expr, text: Expr, node: ast.AST, key: Expr | None = None) -> Expr:
    """None, after the KeyError of a key, given as its text, that a dict has not. `key` itself, where several have the text."""
    whole = dict_held(mapping)
    if has_any_keys(mapping.type):
        shown = key_of(cx, mapping, text, node) if key is None else key
        return built(
            cx, node, [whole, text], lambda site: catalog.build_any_key_present(whole, text, shown, site), held=[whole]
        )
    return built(cx, node, [whole, text], lambda site: catalog.build_key_present(whole, text, site), held=[whole])


def new_key(cx: Context, key: Expr, node: ast.AST) -> Expr:
    """None, after the TypeError of a key that no dict with keys of any type takes in the machine."""
    return built(cx, node, [key], lambda site: catalog.build_new_key(key, site))


def key_of(cx: Context, mapping: Expr, text: Expr, node: ast.AST) -> Expr:
    """The key of a dict that a text stands for."""
    build = catalog.build_any_key if has_any_keys(mapping.type) else catalog.build_key
    return built(cx, node, [text], lambda site: build(text, site))


def int_keys(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the keys of a dict that the machine holds as texts of their own."""
    texts = keys_of(cx, dict_held(mapping), node)
    name = cx.names.fresh("key")
    one = Var(name=name, type=STR, span=cx.span(node))
    body = key_of(cx, mapping, one, node)
    return ListComp(name=name, seq=texts, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def int_items(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the pairs of a dict whose keys are ints."""
    pairs = method(cx, "items", dict_held(mapping), [], {}, node)
    if isinstance(pairs.type, ErrorT) or item_type(pairs.type) == NEVER:
        return pairs
    name = cx.names.fresh("pair")
    pair = Var(name=name, type=item_type(pairs.type), span=cx.span(node))
    text = tuple_item(cx, pair, 0, node)
    key = key_of(cx, mapping, text, node)
    body = make_tuple(cx, [key, tuple_item(cx, pair, 1, node)], node)
    return ListComp(name=name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def _with_texts(cx: Context, pairs: Expr, node: ast.AST) -> Expr | None:
    """Pairs with the texts of their keys, where these are ints; None where they are not."""
    match pairs.type:
        case ListT(TupleT((key, _))) if kinds(key) == {Kind.INT}:
            pass
        case _:
            return None
    name = cx.names.fresh("pair")
    pair = Var(name=name, type=item_type(pairs.type), span=cx.span(node))
    key_, value = tuple_item(cx, pair, 0, node), tuple_item(cx, pair, 1, node)
    body = make_tuple(cx, [key_text(cx, key_, node), value], node)
    return ListComp(name=name, seq=pairs, cond=None, body=body, type=ListT(body.type), span=cx.span(node))


def keys_of(cx: Context, mapping: Expr, node: ast.AST) -> Expr:
    """The list of the keys of a dict."""
    mapping = plain(mapping)
    if has_int_keys(mapping.type):
        return int_keys(cx, mapping, node)
    return built(cx, node, [mapping], lambda site: catalog.build_iter_list(mapping, site), held=inner([mapping]))


def make_dict(cx: Context, pairs: Sequence[tuple[Expr, Expr]], node: ast.AST) -> Expr:
    """`{k: v}`."""
    if pairs and all(kinds(key.type) == {Kind.INT} for key, _ in pairs):
        return as_int_keyed(make_dict(cx, [(key_text(cx, key, node), value) for key, value in pairs], node))
    flat = [part for pair in pairs for part in pair]
    return built(cx, node, flat, lambda site: catalog.build_dict(list(pairs), site), held=[value for _, value in pairs])


def dict_of_pairs(cx: Context, pairs: Expr, node: ast.AST) -> Expr:
    """The dict of a list of pairs."""
    texts = _with_texts(cx, pairs, node)
    if texts is not None:
        return as_int_keyed(dict_of_pairs(cx, texts, node))
    return built(cx, node, [pairs], lambda site: catalog.build_of_pairs(pairs, site), held=valued(pairs))


def make_dict_of(cx: Context, args: Sequence[Expr], keywords: dict[str, Expr], node: ast.AST) -> Expr:
    """`dict(source, **keywords)`."""
    if len(args) == 1 and not keywords:
        if has_int_keys(args[0].type):
            return as_int_keyed(make_dict_of(cx, [dict_held(args[0])], {}, node))
        texts = _with_texts(cx, args[0], node)
        if texts is not None:
            return as_int_keyed(make_dict_of(cx, [texts], {}, node))
    given = [*args, *keywords.values()]
    return built(
        cx,
        node,
        given,
        lambda site: catalog.build_dict_call(args, keywords, site),
        held=[*inner(args), *keywords.values()],
    )
