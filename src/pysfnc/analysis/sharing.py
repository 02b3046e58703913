"""What the result of each primitive operation may share with its arguments: one row an operation.

Only operations with a result that can hold objects matter. One without a row may share whatever its arguments hold, which
is safe and refuses more than it must.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, Suite
from pysfnc.ir.walk import walk_suite
from pysfnc.lean import dataclass

EVERY: Final = -1
"""In place of the number of an argument: each one."""


@dataclass(frozen=True, slots=True)
class Put:
    """A container comes to hold argument `arg` itself, under the constant that argument `key` is, if it is one.

    `replaces`: what was there goes out.
    """

    arg: int
    key: int | None = None
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """A container comes to hold what argument `arg` holds, or what that holds (`levels=2`).

    `keyed`: under the same keys. `inside`: each in a tuple of its own, at this index (`EVERY`: that of the argument).
    `only`: of what stands under known labels, that under this one.
    """

    arg: int
    keyed: bool = False
    inside: int | None = None
    levels: int = 1
    only: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """What a result may be, one or more of these.

    `same`: one of these arguments. `part_of`: what this argument holds, under the constant that argument `key` is.
    `new`, `literal`: a new container with this in it; it is the result too when nothing else is said. `repeats`: it may
    hold each several times.
    """

    same: tuple[int, ...] = ()
    part_of: int | None = None
    key: int | None = None
    new: tuple[Put | Spread, ...] = ()
    repeats: bool = False
    literal: str | None = None

    @property
    def makes(self) -> bool:
        """Whether the result may be a new object."""
        return bool(self.new) or self.literal is not None or not (self.same or self.part_of is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An operation that gives the changed value of its first argument: what it puts in there."""

    new: tuple[Put | Spread, ...] = ()
    repeats: bool = False


_FLAT: Final = Sharing(new=(Spread(0),))

SHARING: Final[dict[str, Sharing]] = {
    "list.make": Sharing(literal="list"),
    "dict.make": Sharing(literal="dict"),
    "dict.pair": Sharing(literal="list"),
    "dict.any_pair": Sharing(literal="list"),
    "sum.start": Sharing(),
    "sum.step": Sharing(),
    "sum.total": Sharing(),
    "function.held": Sharing(literal="function"),
    "function.part": Sharing(part_of=0, key=1),
    "item": Sharing(part_of=0, key=1),
    "dict.item": Sharing(part_of=0, key=1),
    "list.at": Sharing(part_of=0, key=1),
    "dict.get": Sharing(part_of=0, key=1, same=(2,)),
    "dict.ensured": Sharing(part_of=0, key=1, same=(2,)),
    "list.pop": Sharing(part_of=0),
    "deque.pop": Sharing(part_of=0),
    "min": Sharing(part_of=0),
    "max": Sharing(part_of=0),
    "loop.item": Sharing(part_of=0),
    "attribute": Sharing(same=(0,)),
    "dict.spread": Sharing(same=(0,)),
    "service.answer": Sharing(same=(0,)),
    "service.argument": Sharing(same=(0,)),
    "annotation.ints": Sharing(same=(0,)),
    "annotation.holds": Sharing(),
    "number.no_TypeError": Sharing(same=(0,)),
    "number.no_AttributeError": Sharing(same=(0,)),
    "number.joined": Sharing(same=(0,)),
    "number.no_json": Sharing(same=(0,)),
    "number.plain": Sharing(same=(0,)),
    "number.ranks": Sharing(same=(0,)),
    **{
        f"stored.{name}": Sharing(same=(0,))
        for name in ("no_TypeError", "no_AttributeError", "none", "unread", "loose", "texts", "operands")
    },
    **{f"stored.{name}": Sharing() for name in ("made", "set_TypeError", "set_AttributeError")},
    "copy.deep": Sharing(),
    "object.bare": Sharing(),
    "copy.flat": Sharing(new=(Spread(0, keyed=True),)),
    "list.copy": _FLAT,
    "iter.list": _FLAT,
    "slice": _FLAT,
    "reversed": _FLAT,
    "list.reversed": _FLAT,
    "list.sorted": _FLAT,
    "list.sort_by": _FLAT,
    "dict.values": _FLAT,
    "dict.last": _FLAT,
    "list.concat": Sharing(new=(Spread(EVERY),)),
    "+": Sharing(new=(Spread(0), Spread(1))),
    "*": Sharing(new=(Spread(0), Spread(1)), repeats=True),
    "|": Sharing(new=(Spread(0, keyed=True), Spread(1, keyed=True))),
    "dict.copy": Sharing(new=(Spread(0, keyed=True),)),
    "dict.of_pairs": Sharing(new=(Spread(0, levels=2, only="1"),)),
    "dict.items": Sharing(new=(Spread(0, inside=1),)),
    "enumerate": Sharing(new=(Spread(1, inside=1),)),
    "zip": Sharing(new=(Spread(EVERY, inside=EVERY),)),
    "zip.strict": Sharing(new=(Spread(EVERY, inside=EVERY),)),
    "unpack.iter": Sharing(new=(Spread(0, keyed=True),)),
    "unpack": Sharing(new=(Spread(0, keyed=True),)),
    # Items of sets cannot be changed.
    **{
        f"set.{name}": Sharing()
        for name in ("of", "copy", "with", "without", "union", "both", "minus", "apart", "empty")
    },
    "set.items": Sharing(same=(0,)),
    "deque.items": Sharing(same=(0,)),
    "set.item": Sharing(same=(0,)),
    "range.list": Sharing(),
    "re.texts": Sharing(),
}

# With a starred target the items move to other indices, and some of them into a list.
_STARRED: Final = Sharing(new=(Spread(0), Spread(0, inside=0)))

CHANGES: Final[dict[str, Change]] = {
    "list.append": Change(new=(Put(1),)),
    "list.insert": Change(new=(Put(2),)),
    "list.concat": Change(new=(Spread(1),)),
    "+=": Change(new=(Spread(1),)),
    "*=": Change(new=(Spread(0),), repeats=True),
    "deque.before": Change(new=(Spread(1),)),
    "list.without": Change(),
    "list.without_first": Change(),
    "list.reversed": Change(),
    "list.sorted": Change(),
    "list.sort_by": Change(),
    "item.set": Change(new=(Put(2, key=1, replaces=True),)),
    "item.delete": Change(),
    "dict.merge": Change(new=(Spread(1, keyed=True),)),
    "|=": Change(new=(Spread(1, keyed=True),)),
    "dict.with_default": Change(new=(Put(2, key=1),)),
    "dict.without": Change(),
    "dict.without_last": Change(),
    "stored.changed": Change(),
    **{f"set.{name}": Change() for name in ("with", "without", "union", "both", "minus", "apart")},
}


TAKING: Final = {
    "list.pop": "list.without",
    "deque.pop": "list.without",
    "dict.item": "dict.without",
    "dict.get": "dict.without",
}
"""Operations that read what the change by the other operation, with the same first two arguments, then takes out."""


def sharing_of(expr: Prim) -> Sharing | None:
    """What the value of an operation may share; None when it may be anything."""
    if expr.op == "unpack" and not (isinstance(expr.args[2], Const) and expr.args[2].value is False):
        return _STARRED
    row = SHARING.get(expr.op)
    change = CHANGES.get(expr.op)
    if row is not None or change is None:
        return row
    return Sharing(new=(Spread(0, keyed=True), *change.new), repeats=change.repeats)


def change_of(op: str) -> Change | None:
    """What an operation does to its first argument where it stands for a change in place."""
    return CHANGES.get(op)


def changed_values(body: Suite) -> dict[str, Prim]:
    """The temporaries that hold the changed value of an object until the variable that owns it is assigned."""
    found: dict[str, Prim] = {}
    for stmt in walk_suite(body):
        if not isinstance(stmt, Assign) or stmt.changes or "%" not in stmt.name:
            continue
        if isinstance(stmt.value, Prim) and stmt.value.op in CHANGES:
            found[stmt.name] = stmt.value
    return found


def changes_in(value: Expr, temporaries: Mapping[str, Prim]) -> Iterator[Prim]:
    """The operations by which the changed value of a variable is rebuilt, from the outermost container to what is changed."""
    current = temporaries.get(value.name) if isinstance(value, Var) else value
    while isinstance(current, Prim) and (change := CHANGES.get(current.op)) is not None:
        yield current
        stored = current.args[change.new[0].arg] if change.new and isinstance(change.new[0], Put) else None
        current = inner_change(stored, temporaries) if stored is not None else None


def inner_change(stored: Expr, temporaries: Mapping[str, Prim]) -> Prim | None:
    """The change of a part that `stored`, which goes to the place of the part, is the outcome of.

    Other operations than those on items give new objects where a program writes them (`rows[0] = sorted(rows[0])`); in a change
    they work on a temporary that holds the part.
    """
    made = temporaries.get(stored.name) if isinstance(stored, Var) else stored
    if not isinstance(made, Prim) or made.op not in CHANGES:
        return None
    on_item = made.op in ("item.set", "item.delete")
    base = made.args[0]
    return made if on_item or (isinstance(base, Var) and "%" in base.name) else None


def expanded(new: tuple[Put | Spread, ...], args: int) -> Iterator[Put | Spread]:
    """The parts of a row, with `EVERY` written out for a number of arguments."""
    for item in new:
        if item.arg != EVERY:
            yield item
            continue
        assert isinstance(item, Spread)
        for arg in range(args):
            yield Spread(arg, item.keyed, None if item.inside is None else arg, item.levels)
