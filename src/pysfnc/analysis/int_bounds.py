"""How large the ints of a machine may become, as far as that decides whether arithmetic stays exact.

Names are unique within a machine, so each variable has one bound: the largest size of an int that it, or anything in it, ever holds. A text
has the bound of the int that it may be read as. What comes in from outside has at most 2**53. A variable that grows by the same amount in
each round of a loop gets what that makes after very many rounds; one that grows faster has no bound (`UNBOUNDED`).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final

from pysfnc.ir.exprs import Cond, Const, Expr, Let, ListComp, Logic, Prim, Reduce, Var
from pysfnc.ir.hir import Assign, FanOut, ForEach, Perform, Recur, Recursion, Suite
from pysfnc.ir.walk import stmt_exprs, targets, walk_suite
from pysfnc.ir.walk_exprs import walk_expr
from pysfnc.lean import dataclass
from pysfnc.library.rows.typenames import parts_of
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import BOOL, FLOAT, JSON, JsonT, Kind, NeverT, NoneT, Type

EXACT: Final = 2.0**53
"""Up to this size every int is a number of JSON."""
UNBOUNDED: Final = math.inf
ROUNDS: Final = 2.0**24
"""More than the rounds of any loop: an expression has one second and 7 MB, an execution 25,000 events."""
_SETTLES_AFTER: Final = 24
_ALIKE: Final = 1e-9
_HOLDING: Final = frozenset({Kind.INT, Kind.BOOL, Kind.STR, Kind.LIST, Kind.DICT})
_TEXTS: Final = frozenset({Kind.STR})
_READ: Final = frozenset({Kind.STR, Kind.INT, Kind.BOOL})

Bound = Callable[[Expr], float]


def int_bounds(suite: Suite) -> Bound:
    """The bound of any expression of a machine's body."""
    bounds = _Bounds()
    _collect(suite, bounds)
    bounds.settle()
    return bounds.of


@dataclass(slots=True)
class _Bounds:
    values: dict[str, list[Expr]] = field(default_factory=lambda: defaultdict(list))
    outside: set[str] = field(default_factory=set)
    """Variables that get something from outside."""
    known: dict[str, float] = field(default_factory=dict)

    def settle(self) -> None:
        """Find the least bounds that fit all assignments."""
        self.known = dict.fromkeys(self.values, 0.0)
        steps: dict[str, float] = {}
        grown: dict[str, list[float]] = defaultdict(list)
        for round_ in range(3 * _SETTLES_AFTER):
            changed = False
            for name, values in self.values.items():
                old = self.known[name]
                new = max(EXACT if name in self.outside else 0.0, *map(self.of, values))
                if new <= old or (name in steps and new - old <= steps[name] * (1 + _ALIKE)):
                    continue
                changed = True
                self.known[name] = new
                grown[name].append(new - old)
                if name in steps or round_ > _SETTLES_AFTER:
                    self.known[name] = UNBOUNDED
                elif _is_steady(grown[name]):
                    steps[name] = new - old
                    self.known[name] = new + steps[name] * ROUNDS
            if not changed:
                return
        self.known = dict.fromkeys(self.values, UNBOUNDED)

    def of(self, expr: Expr) -> float:
        """The bound of an expression by what is known of the variables now."""
        if expr.type == BOOL:
            return 1.0
        match expr:
            case Const(value=int() as value):
                return float(abs(value)) if abs(value) < 2**1000 else UNBOUNDED
            case Const(value=str() as text):
                return 10.0 ** min(len(text), 300)
            case Const():
                return 0.0
            case Var(name=name):
                return self.known.get(name, EXACT) if _may_hold_int(expr.type) else 0.0
            case _ if not _may_hold_int(expr.type):
                return 0.0
            case Cond(then=then, orelse=orelse):
                return max(self.of(then), self.of(orelse))
            case Logic():
                return 1.0
            case Let(body=body) | ListComp(body=body):
                return self.of(body)
            case Reduce(init=init, body=body):
                return max(self.of(init), self.of(body))
            case Prim(op=op, args=args):
                rule = _RULES.get(op)
                return EXACT if rule is None else rule(self.of, args)
            case _:
                return EXACT


def _is_steady(grown: list[float]) -> bool:
    last = grown[-3:]
    return len(last) == 3 and all(abs(step - last[0]) <= last[0] * _ALIKE for step in last)


def _may_hold_int(type_: Type) -> bool:
    """Whether a value of a type may be or hold an int, or a text that is read as one."""
    return any(_member_may(member) for member in members(type_))


def _member_may(type_: Type) -> bool:
    if type_ == FLOAT or isinstance(type_, NoneT | NeverT):
        return False
    if isinstance(type_, JsonT):
        return bool(type_.kinds & _HOLDING)
    parts = parts_of(type_)
    return not parts or any(map(_may_hold_int, parts))


def _collect(suite: Suite, bounds: _Bounds) -> None:
    """Note where each variable gets its values."""
    functions = {stmt.label: stmt for stmt in walk_suite(suite) if isinstance(stmt, Recursion)}
    for stmt in walk_suite(suite):
        match stmt:
            case Assign(name=name, value=value) | ForEach(name=name, seq=value):
                bounds.values[name].append(value)
            case Recursion() | Recur():
                function = functions[stmt.label]
                for name, value in zip(function.params, stmt.args, strict=True):
                    bounds.values[name].append(value)
                for target, result in zip(stmt.targets, function.results, strict=True):
                    if target is None:
                        continue
                    bounds.values[target].append(Var(name=result, type=JSON))
                    if isinstance(stmt, Recur) and len(function.results) == 1:
                        # Nothing is kept from call to call, so what many calls add up takes as many calls.
                        bounds.values[target][-1] = Const(value=None, type=JSON)
                        bounds.outside.add(target)
            case _:
                for name in targets(stmt):
                    bounds.values[name].append(Const(value=None, type=JSON))
                    bounds.outside.add(name)
        if isinstance(stmt, Perform) and isinstance(stmt.effect, FanOut):
            bounds.values[stmt.effect.name].append(stmt.effect.seq)
        for expr in stmt_exprs(stmt):
            _collect_bound_names(expr, bounds.values)


def _collect_bound_names(expr: Expr, values: Mapping[str, list[Expr]]) -> None:
    for part in walk_expr(expr):
        match part:
            case Let(name=name, value=value):
                values[name].append(value)
            case ListComp(name=name, seq=seq):
                values[name].append(seq)
            case Reduce(name=name, seq=seq, acc=acc, init=init, body=body):
                values[name].append(seq)
                values[acc] += [init, body]
            case _:
                pass


# Operations

_Args = tuple[Expr, ...]
_Rule = Callable[[Bound, _Args], float]


def product(one: float, other: float) -> float:
    """The bound of a product."""
    return 0.0 if 0.0 in (one, other) else one * other


def _times(of: Bound, args: _Args) -> float:
    return min(EXACT, product(of(args[0]), of(args[1])))


def power(of: Bound, args: _Args) -> float:
    """The bound of `a ** b`; `EXACT` at most for constants whose power is a number of JSON, as `10 ** 20` is."""
    base, exponent = args
    if isinstance(base, Const) and isinstance(exponent, Const) and _is_exact_power(base.value, exponent.value):
        return EXACT
    if isinstance(exponent, Const) and isinstance(exponent.value, int):
        return _raised(of(base), float(exponent.value))
    return _raised(of(base), of(exponent)) if isinstance(base, Const) else UNBOUNDED


def _is_exact_power(base: object, exponent: object) -> bool:
    if type(base) is not int or type(exponent) is not int or not 0 <= exponent <= 300 or abs(base) > 1000:
        return False
    made: int = base**exponent
    return made < 10**300 and int(float(made)) == made


def shifted(of: Bound, args: _Args) -> float:
    """The bound of `a << b`."""
    return product(of(args[0]), _raised(2.0, of(args[1])))


def _raised(base: float, exponent: float) -> float:
    if base <= 1:
        return 1.0
    return base**exponent if exponent >= 0 and exponent * math.log2(base) < 1000 else UNBOUNDED


def _added(of: Bound, args: _Args) -> float:
    """A sum; a text that is longer by another may be any int."""
    return EXACT if any(kinds(arg.type) & _TEXTS for arg in args) else of(args[0]) + of(args[1])


def _divided(of: Bound, args: _Args) -> float:
    divisor = args[1]
    if isinstance(divisor, Const) and isinstance(divisor.value, int) and divisor.value >= 1:
        return of(args[0]) / divisor.value + 1
    return of(args[0]) + 1


def _both_bits(of: Bound, args: _Args) -> float:
    masks = [float(arg.value) for arg in args if isinstance(arg, Const) and type(arg.value) is int and arg.value >= 0]
    return min(masks) if masks else 2 * max(map(of, args))


def _item(of: Bound, args: _Args) -> float:
    found = kinds(args[0].type)
    digit = 9.0 if Kind.STR in found else 0.0
    return digit if found == _TEXTS else max(digit, of(args[0]))


def _range(of: Bound, args: _Args) -> float:
    start, stop, step = map(of, args)
    return max(start, min(stop, start + step * ROUNDS))


def _read(of: Bound, args: _Args) -> float:
    return min(EXACT, of(args[0])) if kinds(args[0].type) <= _READ else EXACT


def _largest(of: Bound, args: _Args) -> float:
    return max(map(of, args), default=0.0)


def _counted(_of: Bound, _args: _Args) -> float:
    return ROUNDS


_SAME_AS_FIRST: Final = (
    *("iter.list", "item", "item.delete", "slice", "list.at", "list.pop", "list.copy", "list.reversed", "reversed"),
    *("list.sorted", "list.without", "list.without_first", "dict.values", "dict.copy", "set.of", "set.items"),
    *("copy.deep", "copy.flat", "object.bare"),
)
_LARGEST: Final = (
    *("list.make", "list.append", "list.concat", "dict.make", "min", "max", "min.of", "max.of", "abs", "neg", "pos"),
    *("zip", "zip.rows", "zip.strict", "divmod()", "math.gcd", "round"),
)
_COUNTED: Final = (
    *("len", "list.len", "dict.len", "str.count", "str.find", "str.rfind", "str.found", "list.count", "list.position"),
    *("list.index_found", "int.bit_length", "int.bit_count", "re.match.start", "re.match.end", "bytes.len"),
    *("moment.year", "moment.month", "moment.day", "moment.hour", "moment.minute", "moment.second", "moment.ordinal"),
    *("moment.weekday", "moment.isoweekday", "moment.microsecond"),
)
_RULES: Final[dict[str, _Rule]] = {
    **dict.fromkeys(_SAME_AS_FIRST, _item),
    **dict.fromkeys(_LARGEST, _largest),
    **dict.fromkeys(_COUNTED, _counted),
    **dict.fromkeys(("+", "+=", "-", "-=", "|", "|=", "^", "^="), _added),
    **dict.fromkeys(("*", "*="), _times),
    **dict.fromkeys(("**", "**="), lambda of, args: min(EXACT, power(of, args))),
    **dict.fromkeys(("<<", "<<="), lambda of, args: min(EXACT, shifted(of, args))),
    **dict.fromkeys(("//", "//="), _divided),
    **dict.fromkeys(("%", "%="), lambda of, args: of(args[1])),
    **dict.fromkeys(("&", "&="), _both_bits),
    **dict.fromkeys((">>", ">>="), lambda of, args: of(args[0])),
    "invert": lambda of, args: of(args[0]) + 1,
    "item.set": lambda of, args: max(of(args[0]), of(args[2])),
    "dict.get": lambda of, args: max(map(of, (args[0], *args[2:]))),
    "enumerate": lambda of, args: max(ROUNDS, _item(of, args)),
    "range.list": _range,
    "ord": lambda _of, _args: 1_114_111.0,
    "pow.mod": lambda of, args: of(args[2]),
    "str": lambda of, args: of(args[0]),
    "int": _read,
    "sum": lambda of, args: product(of(args[0]), ROUNDS) + of(args[1]),
}
