"""Binary operators: `+ - * / // % ** & | ^ << >>` and their augmented forms.

Each operator is a list of cases: which kinds of operands go together, what type comes out, and the JSONata that
computes it. A primitive is named by its symbol; `+=` is one of its own since its TypeErrors say so. Comparisons are
`compare`, the truth of a value is `truth`, what stands before a value is `unary`.

Arithmetic on ints is exact up to 2**53. Negative zero does not survive a state, so it counts as zero.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Array, Binary, Lit, Tree
from pysfnc.lean import dataclass
from pysfnc.library.rows.make import FALSE, Built, both, call, choose, either, join, prim, text
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.typenames import (
    INTEGRAL,
    NUMERIC,
    SEQUENCES,
    as_number,
    atoms,
    has_kind,
    is_non_integral,
    type_name,
)
from pysfnc.library.rows.versions import FLOOR_DIVISION, MODULO, NEGATIVE_POWER, TRUE_DIVISION
from pysfnc.values.fields import merged
from pysfnc.values.relations import item_of_tuple, join_all, kinds
from pysfnc.values.types import BOOL, ERROR, FLOAT, INT, NEVER, STR, DictT, ErrorT, Kind, ListT, TuplesT, TupleT, Type

Lower = Callable[[Arg, Arg], Tree]
Typing = Callable[[Type, Type, Expr, Expr], Type]


@dataclass(frozen=True, slots=True)
class Case:
    """Operands of these kinds go together. `typing` gets one atom of each side and the two operands."""

    left: frozenset[Kind]
    right: frozenset[Kind]
    typing: Typing
    lower: Lower


@dataclass(frozen=True, slots=True)
class BinaryOperator:
    """An operator: its cases, the further ways it fails, and the TypeError of operands that fit no case."""

    symbol: str
    cases: tuple[Case, ...]
    misfit: Callable[[str, Arg, Arg], Tree]
    fails: Callable[[Arg, Arg], tuple[Check, ...]] = lambda _l, _r: ()
    refuse: Callable[[Expr, Expr], Refusal | None] = lambda _l, _r: None


# Types of results


def _number(left: Type, right: Type, _l: Expr, _r: Expr) -> Type:
    return FLOAT if FLOAT in (left, right) else INT


def _always(type_: Type) -> Typing:
    return lambda _left, _right, _l, _r: type_


def _concatenated(left: Type, right: Type, _l: Expr, _r: Expr) -> Type:
    if isinstance(left, ListT) and isinstance(right, ListT):
        return ListT(join_all([left.item, right.item]))
    if isinstance(left, TupleT) and isinstance(right, TupleT):
        return TupleT(left.items + right.items)
    return TuplesT(join_all([item_of_tuple(left), item_of_tuple(right)]))


def _repeated(left: Type, right: Type, l: Expr, r: Expr) -> Type:
    sequence, times = (left, r) if kinds(left) <= SEQUENCES else (right, l)
    if isinstance(sequence, TupleT):
        if isinstance(times, Const) and isinstance(times.value, int):
            return TupleT(sequence.items * times.value)
        return TuplesT(item_of_tuple(sequence))
    return sequence


def _merged(left: Type, right: Type, _l: Expr, _r: Expr) -> Type:
    assert isinstance(left, DictT) and isinstance(right, DictT)
    return merged(left, right)


# Values


def _infix(op: str) -> Lower:
    return lambda left, right: Binary(op, as_number(left), as_number(right))


def _prelude(name: str) -> Lower:
    return lambda left, right: call(name, as_number(left), as_number(right))


def _raw(op: str) -> Lower:
    return lambda left, right: Binary(op, left.tree, right.tree)


# Failures


def unsupported_operands(symbol: str, left: Arg, right: Arg) -> Tree:
    shown = "** or pow()" if symbol == "**" else symbol
    return join(
        text(f"unsupported operand type(s) for {shown}: '"),
        type_name(left),
        text("' and '"),
        type_name(right),
        text("'"),
    )


def _cannot_add(symbol: str, left: Arg, right: Arg) -> Tree:
    def cannot_concatenate(kind: Kind) -> tuple[Tree, Tree]:
        message = join(text(f'can only concatenate {kind.value} (not "'), type_name(right), text(f'") to {kind.value}'))
        return has_kind(left, frozenset({kind})), message

    return choose(
        [cannot_concatenate(kind) for kind in (Kind.STR, Kind.LIST, Kind.TUPLE)],
        unsupported_operands(symbol, left, right),
    )


def _cannot_multiply(symbol: str, left: Arg, right: Arg) -> Tree:
    def by_non_int(other: Arg) -> Tree:
        return join(text("can't multiply sequence by non-int of type '"), type_name(other), text("'"))

    return choose(
        [(has_kind(left, SEQUENCES), by_non_int(right)), (has_kind(right, SEQUENCES), by_non_int(left))],
        unsupported_operands(symbol, left, right),
    )


def _cannot_mod(symbol: str, left: Arg, right: Arg) -> Tree:
    formatting = text("not all arguments converted during string formatting")
    return choose([(has_kind(left, frozenset({Kind.STR})), formatting)], unsupported_operands(symbol, left, right))


def divides(texts: tuple[str, str]) -> Callable[[Arg, Arg], tuple[Check, ...]]:
    """The ZeroDivisionError of an operator; `texts` are the one of ints and the one of floats."""

    def fails(left: Arg, right: Arg) -> tuple[Check, ...]:
        if isinstance(right.tree, Lit) and right.tree.value:
            return ()
        ok = Binary("!=", as_number(right), Lit(0))
        of_ints, of_floats = map(text, texts)
        # A zero of unknown kind counts as an int, so the divisor shows a float only by its type.
        divisor = Lit(kinds(right.type) & NUMERIC == {Kind.FLOAT})
        of_float = FALSE if of_ints == of_floats else either(divisor, is_non_integral(left))
        return (Check(ok, "ZeroDivisionError", choose([(of_float, of_floats)], of_ints)),)

    return fails


def _not_negative(right: Arg) -> Tree | None:
    if isinstance(right.tree, Lit) and isinstance(right.tree.value, int) and right.tree.value >= 0:
        return None
    if kinds(right.type) <= {Kind.BOOL}:
        return None
    return Binary(">=", as_number(right), Lit(0))


def _shift_fails(_left: Arg, right: Arg) -> tuple[Check, ...]:
    ok = _not_negative(right)
    return () if ok is None else (Check(ok, "ValueError", text("negative shift count")),)


def _pow_fails(left: Arg, right: Arg) -> tuple[Check, ...]:
    ok = _not_negative(right)
    if ok is None:
        return ()
    zero = Binary("!=", as_number(left), Lit(0))
    return (
        Check(either(ok, zero), "ZeroDivisionError", text(NEGATIVE_POWER)),
        Check(ok, "ValueError", text("a negative power of an int is a float, which the machine does not compute")),
    )


def _refuse_pow(left: Expr, right: Expr) -> Refusal | None:
    for side in (left, right):
        if kinds(side.type) & NUMERIC <= INTEGRAL:
            continue
        if isinstance(right, Const) and right.value in (2, 0.5):
            other = "`x * x`" if right.value == 2 else "`math.sqrt(x)`"
            if right.value == 2 and Kind.INT in kinds(side.type):
                other += ", or an annotation as `int`"
            return Refusal("unsupported-expression", "`**` of floats has no exact form", f"write instead: {other}")
        return Refusal(
            "unsupported-expression",
            "`**` of floats has no exact form: its last digit depends on the C library",
            "write instead: repeated multiplication, or compute it in a `@task`; for ints, convert with `int(x)` first",
        )
    if isinstance(right, Const) and isinstance(right.value, int) and right.value < 0:
        return Refusal("unsupported-expression", "a negative power has no exact form", "write instead: `1 / x ** n`")
    return None


def _refuse_formatting(left: Expr, _right: Expr) -> Refusal | None:
    if kinds(left.type) <= {Kind.STR} and kinds(left.type):
        return Refusal(
            "unsupported-expression",
            "printf-style formatting has a compiled form only with a constant template",
            "write instead: an f-string",
        )
    return None


_STR: Final = frozenset({Kind.STR})
_LIST: Final = frozenset({Kind.LIST})
_TUPLE: Final = frozenset({Kind.TUPLE})
_DICT: Final = frozenset({Kind.DICT})
_BOOL: Final = frozenset({Kind.BOOL})


def _append(left: Arg, right: Arg) -> Tree:
    return call("append", left.tree, right.tree)


def _numbers(lower: Lower, typing: Typing = _number) -> Case:
    return Case(NUMERIC, NUMERIC, typing, lower)


def _repeats(sequences: frozenset[Kind], function: str) -> tuple[Case, ...]:
    def repeat(sequence: Arg, times: Arg) -> Tree:
        return call(function, sequence.tree, as_number(times))

    return (
        Case(sequences, INTEGRAL, _repeated, repeat),
        Case(INTEGRAL, sequences, _repeated, lambda left, right: repeat(right, left)),
    )


def _bits(name: str, of_bools: str) -> tuple[Case, ...]:
    return (
        Case(_BOOL, _BOOL, _always(BOOL), _raw(of_bools)),
        Case(INTEGRAL, INTEGRAL, _always(INT), _prelude(name)),
    )


_OPERATORS: Final = (
    BinaryOperator(
        "+",
        (
            _numbers(_infix("+")),
            Case(_STR, _STR, _always(STR), _raw("&")),
            Case(_LIST, _LIST, _concatenated, _append),
            Case(_TUPLE, _TUPLE, _concatenated, _append),
        ),
        _cannot_add,
    ),
    BinaryOperator("-", (_numbers(_infix("-")),), unsupported_operands),
    BinaryOperator(
        "*",
        (
            _numbers(_infix("*")),
            *_repeats(_STR, "py_repeat_text"),
            *_repeats(frozenset({Kind.LIST, Kind.TUPLE}), "py_repeat"),
        ),
        _cannot_multiply,
    ),
    BinaryOperator(
        "/",
        (_numbers(_infix("/"), _always(FLOAT)),),
        unsupported_operands,
        divides(TRUE_DIVISION),
    ),
    BinaryOperator(
        "//",
        (_numbers(_prelude("py_floordiv")),),
        unsupported_operands,
        divides(FLOOR_DIVISION),
    ),
    BinaryOperator(
        "%",
        (_numbers(_prelude("py_mod")),),
        _cannot_mod,
        divides(MODULO),
        _refuse_formatting,
    ),
    BinaryOperator(
        "**",
        (Case(INTEGRAL, INTEGRAL, _always(INT), _prelude("py_pow")),),
        unsupported_operands,
        _pow_fails,
        _refuse_pow,
    ),
    BinaryOperator(
        "<<",
        (Case(INTEGRAL, INTEGRAL, _always(INT), _prelude("py_shift_left")),),
        unsupported_operands,
        _shift_fails,
    ),
    BinaryOperator(
        ">>",
        (Case(INTEGRAL, INTEGRAL, _always(INT), _prelude("py_shift_right")),),
        unsupported_operands,
        _shift_fails,
    ),
    BinaryOperator("&", _bits("py_and", "and"), unsupported_operands),
    BinaryOperator(
        "|",
        (
            *_bits("py_or", "or"),
            Case(_DICT, _DICT, _merged, lambda left, right: call("merge", Array((left.tree, right.tree)))),
        ),
        unsupported_operands,
    ),
    BinaryOperator("^", _bits("py_xor", "!="), unsupported_operands),
)
BINARY: Final = {operator.symbol: operator for operator in _OPERATORS}


def binary_type(operator: BinaryOperator, left: Expr, right: Expr) -> Type | None:
    """The type of the result over all operands that go together; None when none do."""
    found = [_case_type(operator, one, other, left, right) for one in atoms(left.type) for other in atoms(right.type)]
    fitting = [type_ for type_ in found if type_ is not None]
    return join_all(fitting) if fitting or not found else None


def _case_type(operator: BinaryOperator, one: Type, other: Type, left: Expr, right: Expr) -> Type | None:
    for case in operator.cases:
        if kinds(one) <= case.left and kinds(other) <= case.right:
            return case.typing(one, other, left, right)
    return None


def build_binary(symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    """`left symbol right`; a symbol such as `+=` is the augmented assignment of an immutable value."""
    operator = BINARY.get(symbol.removesuffix("="))
    if operator is None:
        return Refusal("unsupported-expression", f"the operator `{symbol}` has no compiled form")
    return build_operation(operator, symbol, left, right, site)


def build_operation(operator: BinaryOperator, symbol: str, left: Expr, right: Expr, site: Site) -> Built:
    """An operator of any table, under the symbol of its primitive."""
    if isinstance(left.type, ErrorT) or isinstance(right.type, ErrorT):
        return prim(symbol, ERROR, site, left, right)
    known = _known_power(operator, left, right)
    if known is not None:
        return Const(value=known, type=FLOAT, span=site.span)
    refusal = _refuse_kinds(symbol, left, right) or operator.refuse(left, right)
    if refusal is not None:
        return refusal
    type_ = binary_type(operator, left, right)
    if type_ is None and site.choice:
        type_ = NEVER
    if type_ is None:
        return Refusal("type-mismatch", f"`{symbol}` of `{left.type}` and `{right.type}` always raises TypeError")
    return prim(symbol, type_, site, left, right)


def _known_power(operator: BinaryOperator, left: Expr, right: Expr) -> float | None:
    """A constant such as `10 ** -3`, where it is the float next to the quotient, so that no C library gives another one."""
    if operator.symbol != "**" or not (isinstance(left, Const) and isinstance(right, Const)):
        return None
    base, exponent = left.value, right.value
    if type(base) is not int or type(exponent) is not int or base == 0 or not -53 <= exponent < 0:
        return None
    power: int = base**-exponent
    return 1 / power if abs(power) <= 2**53 and float(base) ** exponent == 1 / power else None


def _refuse_kinds(symbol: str, left: Expr, right: Expr) -> Refusal | None:
    for side in (left, right):
        found = kinds(side.type)
        if found >= {Kind.LIST, Kind.TUPLE}:
            return Refusal("type-needed", f"`{symbol}` depends on whether a value is a list or a tuple")
        if Kind.EXCEPTION in found:
            return Refusal("type-mismatch", f"an exception has no operator `{symbol}`")
    return None


def _fit(operator: BinaryOperator, left: Arg, right: Arg) -> list[tuple[Tree, Case]]:
    """The cases that these types allow, each with its test at run time."""
    tests = [(both(has_kind(left, case.left), has_kind(right, case.right)), case) for case in operator.cases]
    return [(test, case) for test, case in tests if test != Lit(False)]


def _lower_binary(operator: BinaryOperator) -> Callable[[Sequence[Arg], Type], Tree]:
    def lower(args: Sequence[Arg], _type: Type) -> Tree:
        left, right = args
        fitting = _fit(operator, left, right)
        if not fitting:  # operands without any value: the code is never reached
            return Lit(None)
        values = [(test, _narrowed(case, left, right)) for test, case in fitting]
        return choose(values[:-1], values[-1][1])

    return lower


def _narrowed(case: Case, left: Arg, right: Arg) -> Tree:
    return case.lower(_only(left, case.left), _only(right, case.right))


def _only(arg: Arg, wanted: frozenset[Kind]) -> Arg:
    if kinds(arg.type) <= wanted:
        return arg
    return Arg(arg.tree, join_all([atom for atom in atoms(arg.type) if kinds(atom) <= wanted]))


def _check_binary(operator: BinaryOperator, symbol: str) -> Callable[[Sequence[Arg], Type], Sequence[Check]]:
    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        left, right = args
        if not kinds(left.type) or not kinds(right.type):
            return ()
        fits = either(*(test for test, _ in _fit(operator, left, right)))
        found = () if fits == Lit(True) else (Check(fits, "TypeError", operator.misfit(symbol, left, right)),)
        return (*found, *operator.fails(left, right))

    return checks


def register_operator(operator: BinaryOperator, symbol: str, op: str | None = None) -> None:
    """Make the primitive of an operator under a symbol, or under another name."""
    register_prim(PrimRow(op=op or symbol, lower=_lower_binary(operator), checks=_check_binary(operator, symbol)))


for _operator in _OPERATORS:
    for _symbol in (_operator.symbol, f"{_operator.symbol}="):
        register_operator(_operator, _symbol)
