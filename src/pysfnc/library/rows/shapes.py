"""Little trees that the rows of strings, lists and dicts share.

Owns notation only, like `make`; what a name means in Python is said by the rows. Two rules of JSONata decide how these shapes look: the results of
`$map`, `$filter` and `$each` are sequences, which lose their array around a single item, so a list is made of them by `clean`; and an array
constructor splices arrays that stand in it, so an item goes through `item`.

Locals of the trees that rows write around their arguments start with `py_`: no variable of a program and no local of the backend does.
"""

from collections.abc import Sequence

from pysfnc.jsonata.tree import Array, Binary, Bind, Func, IfElse, Index, Keep, Lit, Neg, Range, Ref, Seq, Tree
from pysfnc.library.rows.make import call, choose, eq, text, type_of
from pysfnc.library.rows.row import Arg
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import DequeT, ErrorT, JsonT, Kind, ListT, SetT, TuplesT, TupleT, Type

EMPTY = Array(())
ONE = Lit(1)
MINUS_ONE = Neg(ONE)


def add(left: Tree, right: Tree) -> Tree:
    """`left + right`."""
    return Binary("+", left, right)


def sub(left: Tree, right: Tree) -> Tree:
    """`left - right`."""
    return Binary("-", left, right)


def lt(left: Tree, right: Tree) -> Tree:
    """`left < right`."""
    return Binary("<", left, right)


def le(left: Tree, right: Tree) -> Tree:
    """`left <= right`."""
    return Binary("<=", left, right)


def gt(left: Tree, right: Tree) -> Tree:
    """`left > right`."""
    return Binary(">", left, right)


def ge(left: Tree, right: Tree) -> Tree:
    """`left >= right`."""
    return Binary(">=", left, right)


def ne(left: Tree, right: Tree) -> Tree:
    """`left != right`, JSONata's deep comparison."""
    return Binary("!=", left, right)


def amp(left: Tree, right: Tree) -> Tree:
    """`left & right`: two strings joined."""
    return Binary("&", left, right)


def at(items: Tree, index: Tree) -> Tree:
    """`items[index]`: one item; a negative index counts from the end."""
    return Index(items, index)


def count(items: Tree) -> Tree:
    """The number of items."""
    return call("count", items)


def length(string: Tree) -> Tree:
    """The number of characters (code points)."""
    return call("length", string)


def fn(params: str, body: Tree) -> Func:
    """A function; `params` are names with blanks between."""
    return Func(tuple(params.split()), body)


def block(*items: Tree | Bind) -> Tree:
    """`(a; b; c)`."""
    return Seq(items)


def bind(name: str, value: Tree) -> Bind:
    """`$name := value`."""
    return Bind(name, value)


def refs(names: str) -> list[Ref]:
    """One reference for each name; the names have blanks between."""
    return [Ref(name) for name in names.split()]


def clean(found: Tree) -> Tree:
    """A true list of what a sequence holds, whatever its items are."""
    return call("append", EMPTY, Keep(found))


def clean_atoms(found: Tree) -> Tree:
    """`clean` for a sequence whose items are never arrays."""
    return call("append", EMPTY, found)


def mapped(items: Tree, params: str, body: Tree) -> Tree:
    """The list of `body` for each item."""
    return clean(call("map", items, fn(params, body)))


def filtered(items: Tree, params: str, test: Tree) -> Tree:
    """The list of the items that pass the test."""
    return clean(call("filter", items, fn(params, test)))


def item(value: Tree, type_: Type) -> Tree:
    """The value as one item of an array constructor."""
    found = members(type_)
    if isinstance(value, Array | Range):
        return value
    if found and all(isinstance(m, ListT | TupleT | TuplesT | SetT | DequeT) for m in found):
        return Array((value,))
    if any(
        isinstance(m, ListT | TupleT | TuplesT | SetT | DequeT | JsonT | ErrorT) for m in found
    ) and Kind.LIST in kinds(type_) | kinds_of_tuples(type_):
        return IfElse(is_array(value), Array((Array((value,)),)), value)
    return value


def kinds_of_tuples(type_: Type) -> frozenset[Kind]:
    """LIST if the type has tuples, sets or deques: all are arrays in JSON."""
    return frozenset({Kind.LIST}) if kinds(type_) & {Kind.TUPLE, Kind.SET, Kind.DEQUE} else frozenset()


def array_of(args: Sequence[Arg]) -> Tree:
    """`[a, b]` in which an item that is an array stays one item."""
    return Array(tuple(item(arg.tree, arg.type) for arg in args))


def is_array(value: Tree) -> Tree:
    """Whether a JSON value is an array."""
    return eq(type_of(value), text("array"))


def least(left: Tree, right: Tree) -> Tree:
    """The smaller of two numbers."""
    return IfElse(lt(left, right), left, right)


def greatest(left: Tree, right: Tree) -> Tree:
    """The larger of two numbers."""
    return IfElse(gt(left, right), left, right)


def from_end(index: Tree, size: Tree) -> Tree:
    """An index of Python as one that counts from the start; may stay negative."""
    if isinstance(index, Lit) and isinstance(index.value, int):
        return index if index.value >= 0 else sub(size, Lit(-index.value))
    return choose([(lt(index, Lit(0)), add(index, size))], index)
