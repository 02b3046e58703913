"""Texts of expressions: the tree in its shortest form, behind the prelude functions that it uses.

What raises is long in full: `$exists($t.Id) ? $t.Id : $py_raise({'e!': 'KeyError', 'c': "'Id'"})`. There are functions for the most frequent
forms, and a text has the forms with which it is shortest, their definitions included.
"""

from typing import Final

from pysfnc.backend.called_once import Uses, uses_of
from pysfnc.backend.markers import constant_exception, raised_in_place
from pysfnc.jsonata.levels import Levels
from pysfnc.jsonata.printer import print_after
from pysfnc.jsonata.repeats import without_repeats
from pysfnc.jsonata.tree import Binary, Bind, Call, Field, IfElse, Lit, Object, Ref, Seq, Tree
from pysfnc.jsonata.unread import without_unread
from pysfnc.jsonata.walk import map_tree, walk_tree
from pysfnc.library.objects.raised import MESSAGE, NAME
from pysfnc.library.rows.make import call, eq, join, text
from pysfnc.library.rows.prelude import PRELUDE, define

_V, _K, _R = Ref("v"), Ref("k"), Ref("r")
_LEVELS: Final = Levels(PRELUDE.get)
FEW: Final = 3
"""So many exceptions that are known while compiling may be written out where they are raised."""

_KEY_ERROR: Final = call("py_fail", text("KeyError"), join(text("'"), _K, text("'")))
define("py_at", ("v", "k"), Seq((Bind("r", call("lookup", _V, _K)), IfElse(call("exists", _R), _R, _KEY_ERROR))))
_NO_KEY: Final = call("py_fail", text("TypeError"), call("py_no_key", _V, text("str")))
define("py_any_at", ("v", "k"), IfElse(eq(call("type", _V), text("object")), call("py_at", _V, _K), _NO_KEY))


def with_prelude(tree: Tree, *, tight: bool = False) -> str:
    """The text of an expression, with the definitions of the prelude functions that it uses, directly or not, in front.

    `tight`: without the spaces that only a reader needs, as these definitions always are.
    """
    return written(uses_of(tree), tight=tight)


def written(uses: Uses, *, tight: bool) -> str:
    """As `with_prelude`, of an expression whose definitions are known."""
    return print_after(uses.definitions, uses.tree, tight=tight)


def levels_of(tree: Tree) -> int:
    """How deep evaluating the text of an expression goes, behind its definitions."""
    return _LEVELS.of(tree)


def shortened(tree: Tree) -> Tree:
    """An expression in the form whose text is the shortest."""
    raised = sum(isinstance(node, Call) and node.name == "py_raise" for node in walk_tree(tree))
    if not raised:
        return tree
    tree = without_unread(without_repeats(tree))
    forms = [tree]
    if raised <= FEW:
        forms.append(map_tree(tree, _written_out))
    forms.append(map_tree(tree, _failing))
    if raised > 1:
        items = map_tree(forms[-1], _item)
        forms += [items, map_tree(items, _any_item)]
    return min(forms, key=_length)


def _length(tree: Tree) -> int:
    """Characters of the text in a definition, which is JSON."""
    written_text = with_prelude(tree, tight=True)
    return len(written_text) + written_text.count('"') + written_text.count("\\")


# Forms


def _written_out(node: Tree) -> Tree:
    """The text of an exception in place of a call of `py_raise`."""
    match node:
        case Call("py_raise", (exception,)) if (known := constant_exception(exception)) is not None:
            return raised_in_place(known)
        case _:
            return node


def _failing(node: Tree) -> Tree:
    """An exception with a name and a text only."""
    match node:
        case Call("py_raise", (Object(((Lit(name), cls), (Lit(message), cause))),)) if (name, message) == (
            NAME,
            MESSAGE,
        ):
            return Call("py_fail", (cls, cause))
        case _:
            return node


def _item(node: Tree) -> Tree:
    """The item of a dict, or the KeyError."""
    match node:
        case IfElse(Call("exists", (test,)), then, Call("py_fail", (Lit("KeyError"), Lit(shown)))) if test == then:
            read = _read(then)
            if read is not None and shown == f"'{read[1]}'":
                return Call("py_at", (read[0], Lit(read[1])))
    return node


def _any_item(node: Tree) -> Tree:
    """The same of what may be no dict, where that is a TypeError."""
    match node:
        case IfElse(
            Binary("=", Call("type", (tested,)), Lit("object")),
            Call("py_at", (base, key)),
            Call("py_fail", (Lit("TypeError"), Call("py_no_key", (refused, Lit("str"))))),
        ) if tested == base == refused:
            return Call("py_any_at", (base, key))
        case _:
            return node


def _read(node: Tree) -> tuple[Tree, str] | None:
    match node:
        case Field(base, key) | Call("lookup", (base, Lit(str() as key))):
            return base, key
        case _:
            return None
