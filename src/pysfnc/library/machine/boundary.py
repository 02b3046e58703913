"""The input of a machine: whether it fits the parameters, and its parts. Made by the compiler, never written by a program.

The rules and messages are those of `pysfnc.lang.binding`, which decides under CPython. `input.fault` is null or the first message.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, Func, IfElse, Index, Lit, Ref, Seq, Tree
from pysfnc.library.machine.fit_checks import (
    ON_EVERY_OBJECT,
    FitChecker,
    first_message,
    has_key,
    joined_text,
    passes_nothing,
)
from pysfnc.library.rows.fits import InputSpec, Key
from pysfnc.library.rows.make import NULL, ZERO, call, eq, negate, text, type_of
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.shapes import ONE, amp, clean_atoms, count, ne
from pysfnc.values.types import Type

_V, _M, _C, _I = (Ref(name) for name in "vmci")
_BEFORE: Final = IfElse(
    eq(_I, ZERO),
    text(""),
    IfElse(Binary("<", _I, Binary("-", _C, ONE)), text(", "), IfElse(eq(_C, Lit(2)), text(" and "), text(", and "))),
)
define(
    "py_missing",
    ("v", "n", "a", "b"),
    Seq(
        (
            Bind("m", clean_atoms(call("filter", Ref("n"), Func(("i",), negate(Binary("in", _I, call("keys", _V))))))),
            Bind("c", count(_M)),
            IfElse(
                ne(_C, ZERO),
                joined_text(
                    [
                        Ref("a"),
                        _C,
                        Ref("b"),
                        IfElse(eq(_C, ONE), text(": "), text("s: ")),
                        call(
                            "join",
                            call("map", _M, Func(("n", "i"), joined_text([_BEFORE, text("'"), Ref("n"), text("'")]))),
                        ),
                    ]
                ),
                None,
            ),
        )
    ),
)


def _names(names: Sequence[str]) -> Tree:
    """Identifiers as an array. One written out would be evaluated by jsonata-js all at the same time, which counts as depth."""
    return call("split", text(" ".join(names)), text(" "))


def _is_other(name: Tree, names: Sequence[str]) -> Tree:
    return ne(name, text(names[0])) if len(names) == 1 else negate(Binary("in", name, _names(names)))


def _whole(checker: FitChecker, key: Key, value: Tree) -> Tree:
    """The fault of an input that is one argument."""
    return first_message([checker.value(key.fit, value, (text(key.name),))], NULL) or NULL


def _keys(checker: FitChecker, spec: InputSpec, value: Tree) -> Tree:
    """The fault of an input whose keys are the arguments: first what is missing, then what does not fit."""
    found: list[Tree | None] = []
    for word in ("positional", "keyword-only"):
        names = [key.name for key in spec.keys if key.word == word]
        found += _missing(names, f"{spec.owner}() missing ", f" required {word} argument", value)
    found += [_key(checker, key, value) for key in spec.keys]
    found.append(_rest(checker, spec, value))
    misfit = amp(text(f"{spec.owner}() input must be dict, not "), call("py_kind", value))
    return IfElse(ne(type_of(value), text("object")), misfit, first_message(found, NULL))


def _missing(names: list[str], before: str, after: str, value: Tree) -> list[Tree]:
    """The checks that all keys are there. Those of one or two names are shorter written out."""
    if len(names) > 2:
        return [call("py_missing", value, _names(names), text(before), text(after))]
    one = [text(f"{before}1{after}: '{name}'") for name in names]
    gone = [negate(has_key(value, name)) for name in names]
    if len(names) < 2:
        return [IfElse(test, message, None) for test, message in zip(gone, one, strict=True)]
    both = text(f"{before}2{after}s: '{names[0]}' and '{names[1]}'")
    first = IfElse(has_key(value, names[1]), one[0], both)
    return [IfElse(gone[0], first, None), IfElse(gone[1], one[1], None)]


def _key(checker: FitChecker, key: Key, value: Tree) -> Tree | None:
    checked = checker.value(key.fit, Field(value, key.name), (text(key.name),))
    if checked is None or key.word is not None:
        return checked
    if key.name not in ON_EVERY_OBJECT and passes_nothing(key.fit):
        return checked
    return IfElse(has_key(value, key.name), checked, None)


def _rest(checker: FitChecker, spec: InputSpec, value: Tree) -> Tree | None:
    item, name = checker.local(), checker.local()
    checked = checker.value(spec.rest, Ref(item), (Ref(name),))
    if checked is None:
        return None
    if spec.keys:
        checked = IfElse(_is_other(Ref(name), [key.name for key in spec.keys]), checked, None)
    return Index(call("each", value, Func((item, name), checked)), ZERO)


def _constant(arg: Arg) -> str:
    assert isinstance(arg.tree, Lit) and isinstance(arg.tree.value, str), "made by plan.boundary with a constant"
    return arg.tree.value


def _fault(args: Sequence[Arg], _type: Type) -> Tree:
    value, spec = args[0].tree, InputSpec.read(_constant(args[1]))
    checker = FitChecker(spec.owner)
    return _keys(checker, spec, value) if spec.whole is None else _whole(checker, spec.whole, value)


def _others(args: Sequence[Arg], _type: Type) -> Tree:
    names = [_constant(arg) for arg in args[1:]]
    if not names:
        return args[0].tree
    kept = call("sift", args[0].tree, Func(("py_v", "py_k"), _is_other(Ref("py_k"), names)))
    return call("merge", Array((kept,)))


register_prim(PrimRow(op="input.fault", lower=_fault))
register_prim(PrimRow(op="input.misfits", lower=lambda args, _: ne(args[0].tree, NULL)))
register_prim(PrimRow(op="input.has", lower=lambda args, _: has_key(args[0].tree, _constant(args[1]))))
register_prim(PrimRow(op="input.get", lower=lambda args, _: Field(args[0].tree, _constant(args[1]))))
register_prim(PrimRow(op="input.rest", lower=_others))
