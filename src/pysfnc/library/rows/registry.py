"""The tables of the library and how they are asked.

Owns registration (a duplicate is a bug and raises), lookup by name, the binding of a call's arguments to the parameters
of a row, and the names that near-miss hints choose from. The rows themselves are in the other modules of the package;
`catalog` imports them all, so whoever asks imports `catalog` first. Choosing among rows by the type of a receiver is
`dispatch`.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from pysfnc.ir.exprs import Expr, Var
from pysfnc.jsonata.tree import Ref
from pysfnc.library.rows.row import Arg, ChangeRow, Parameter, PrimRow, Refusal, SurfaceRow
from pysfnc.values.types import NEVER, Kind, Type

_K = TypeVar("_K")
_V = TypeVar("_V")

PRIMS: Final[dict[str, PrimRow]] = {}
_BUILTINS: Final[dict[str, SurfaceRow]] = {}
_METHODS: Final[dict[tuple[Kind, str], SurfaceRow]] = {}
_CHANGES: Final[dict[tuple[Kind, str], ChangeRow]] = {}
_KINDS: Final = {kind.value: kind for kind in Kind}

ABSENT: Final = Var(name="%absent", type=NEVER)
"""The default of a parameter whose absence means something else than any value; only rows see it."""


def register_prim(row: PrimRow) -> PrimRow:
    """Add an operation of the IR."""
    _add_once(PRIMS, row.op, row, row.op)
    return row


def prim(op: str) -> PrimRow:
    """The row of an operation; a KeyError is a bug of whoever made the `Prim`."""
    return PRIMS[op]


def may_raise(op: str, arg_types: Sequence[Type], result: Type) -> bool:
    """Whether the operation can raise for arguments of these types."""
    row = PRIMS[op]
    if row.checks is None:
        return False
    return bool(row.checks([Arg(Ref(f"a{index}"), type_) for index, type_ in enumerate(arg_types)], result))


def register_surface(row: SurfaceRow) -> SurfaceRow:
    """Add a builtin (`len`, `math.floor`) or, under a name that begins with a kind (`str.upper`), a method.

    The first parameter of a method is its receiver.
    """
    kind, _, method = row.name.partition(".")
    if method and kind in _KINDS:
        _add_once(_METHODS, (_KINDS[kind], method), row, row.name)
    else:
        _add_once(_BUILTINS, row.name, row, row.name)
    return row


def register_change(row: ChangeRow) -> ChangeRow:
    """Add a method that changes its receiver, named with its kind (`list.append`). The receiver is no parameter."""
    kind, _, method = row.name.partition(".")
    _add_once(_CHANGES, (_KINDS[kind], method), row, row.name)
    return row


def find_builtin(name: str) -> SurfaceRow | None:
    """The row of a builtin function (`len`) or of a function of a module of the standard library (`math.floor`)."""
    return _BUILTINS.get(name)


def find_kind_method(kind: Kind, name: str) -> SurfaceRow | None:
    """The row of a method of one kind; `dispatch.find_method` looks at all kinds."""
    return _METHODS.get((kind, name))


def find_change(kind: Kind, name: str) -> ChangeRow | None:
    """The row of a mutating method of one kind."""
    return _CHANGES.get((kind, name))


def method_kinds(name: str) -> frozenset[Kind]:
    """The kinds that have a row for a method of this name, mutating or not."""
    return frozenset(kind for kind, method in (*_METHODS, *_CHANGES) if method == name)


def builtin_names() -> tuple[str, ...]:
    """All builtins with a row, sorted."""
    return tuple(sorted(_BUILTINS))


def method_names(kind: Kind | None = None) -> tuple[str, ...]:
    """All methods with a row, of one kind or of any, sorted."""
    return tuple(sorted({name for of, name in (*_METHODS, *_CHANGES) if kind in (None, of)}))


def surface_rows() -> tuple[SurfaceRow | ChangeRow, ...]:
    """Every surface and change row, for tests and documentation."""
    return (*_BUILTINS.values(), *_METHODS.values(), *_CHANGES.values())


def bind_arguments(
    name: str, params: Sequence[Parameter], args: Sequence[Expr], kwargs: Mapping[str, Expr]
) -> list[Expr] | Refusal:
    """One expression per parameter, defaults filled in, the arguments of a variadic one spread at the end.

    A call that CPython would refuse with a TypeError whatever the values are is refused here.
    """
    plain = [p for p in params if not p.variadic]
    positional = [p for p in plain if not p.keyword_only]
    variadic = len(plain) != len(params)
    if len(args) > len(positional) and not variadic:
        return _misfit(f"`{name}()` takes {_at_most(positional)}, but {len(args)} are given")
    bound = {p.name: arg for p, arg in zip(positional, args, strict=False)}
    for key, value in kwargs.items():
        taken = next((p for p in plain if p.name == key and not p.positional_only), None)
        if taken is None:
            return _misfit(f"`{name}()` takes no keyword argument `{key}`")
        if key in bound:
            return _misfit(f"`{name}()` is given its argument `{key}` twice")
        bound[key] = value
    for p in plain:
        if p.name not in bound and p.default is None:
            return _misfit(f"`{name}()` misses its argument `{p.name}`")
    values = [bound[p.name] if p.name in bound else _default(p) for p in plain]
    return values + list(args[len(positional) :])


def _default(parameter: Parameter) -> Expr:
    assert parameter.default is not None
    return parameter.default


def _at_most(positional: Sequence[Parameter]) -> str:
    count = len(positional)
    return f"{'at most ' if any(p.default for p in positional) else ''}{count} argument{'' if count == 1 else 's'}"


def _misfit(message: str) -> Refusal:
    return Refusal("type-mismatch", message)


def _add_once(table: dict[_K, _V], key: _K, row: _V, name: str) -> None:
    if key in table:
        raise ValueError(f"row {name!r} is registered twice")
    table[key] = row
