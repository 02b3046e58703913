"""How the input of an execution becomes the parameters of a workflow.

Owns the statements in front of a machine's body: the refusal of an input that does not fit, then an assignment for each parameter. The checks
themselves are primitives (`library.machine.boundary`); what CPython does is in `pysfnc.lang.binding`.
"""

from dataclasses import replace
from typing import Final

from pysfnc.ir.exprs import Cond, Const, Expr, Input, NewExc, Prim, Var
from pysfnc.ir.hir import Assign, If, Machine, Param, Raise, Suite
from pysfnc.library.machine import boundary as _boundary  # noqa: F401 - registers the primitives
from pysfnc.library.machine.decoding import changes
from pysfnc.library.rows.fits import InputSpec, Key
from pysfnc.library.rows.row import NameSupply
from pysfnc.source.span import Span
from pysfnc.values.fits import AnyFit
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, JSON, NONE, STR, DictT, ExcT, Type

_WORDS: Final = {"positional": "positional", "keyword": "keyword-only"}


def bind_parameters(machine: Machine, names: NameSupply) -> Suite:
    """The statements that give the parameters their values.

    The input is checked first, as a whole: the first of them raises a TypeError with CPython's text. A parameter is the variable
    of its own name.
    """
    return (*_refusal(machine, names), *(_assignment(param, machine) for param in machine.params))


def _refusal(machine: Machine, names: NameSupply) -> Suite:
    spec = _spec(machine)
    if spec.whole is not None and isinstance(spec.whole.fit, AnyFit | None):
        return ()
    fault = names.fresh("fault")
    message = Var(name=fault, type=STR, span=machine.span)
    found = _prim("input.fault", join(STR, NONE), machine.span, _input(machine), Const(value=spec.text(), type=STR))
    wrong = Prim(op="input.misfits", args=(Var(name=fault, type=found.type),), type=BOOL, span=machine.span)
    error = NewExc(
        name=Const(value="TypeError", type=STR),
        message=message,
        args=(message,),
        type=ExcT(frozenset({"TypeError"})),
        span=machine.span,
    )
    refuse = Raise(exc=error, span=machine.span)
    return (
        Assign(name=fault, value=found, span=machine.span),
        If(test=wrong, then=(refuse,), orelse=(), span=machine.span),
    )


def _spec(machine: Machine) -> InputSpec:
    keys: list[Key] = []
    rest = None
    for param in machine.params:
        if param.kind == "whole":
            return InputSpec(machine.function, whole=Key(param.name, None, param.fit))
        if param.kind == "rest":
            rest = param.fit
        else:
            keys.append(Key(param.name, None if param.has_default else _WORDS[param.kind], param.fit))
    return InputSpec(machine.function, tuple(keys), rest)


def _assignment(param: Param, machine: Machine) -> Assign:
    return Assign(name=param.name, value=_value(param, machine), span=machine.span)


def _value(param: Param, machine: Machine) -> Expr:
    type_ = param.type or JSON
    if param.kind == "whole":
        return _decoded(Input(type=type_, span=machine.span), param)
    if param.kind == "rest":
        taken = [Const(value=other.name, type=STR) for other in machine.params if other is not param]
        return _prim("input.rest", DictT(type_), machine.span, _input(machine), *taken)
    name = Const(value=param.name, type=STR)
    given = _decoded(_prim("input.get", type_, machine.span, _input(machine), name), param)
    if param.default is None:
        return given
    return Cond(
        test=_prim("input.has", BOOL, machine.span, _input(machine), name),
        then=given,
        orelse=param.default,
        type=join(type_, param.default.type),
        span=machine.span,
    )


def _decoded(value: Expr, param: Param) -> Expr:
    """The argument, decoded where that makes a difference."""
    if param.fit is None or not changes(param.fit):
        return value
    text = Const(value=InputSpec.text_of_fit(param.fit), type=STR)
    return _prim("input.decoded", value.type, value.span, replace(value, type=JSON), text)


def _input(machine: Machine) -> Input:
    return Input(type=JSON, span=machine.span)


def _prim(op: str, type_: Type, span: Span | None, *args: Expr) -> Prim:
    return Prim(op=op, args=args, type=type_, span=span)
