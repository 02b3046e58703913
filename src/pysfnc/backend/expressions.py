"""Expressions of the IR to JSONata trees.

`Lowering` holds what one JSONata expression text needs: names of its locals, the mapping of machine variables. `lower` appends bindings to the
block being written (`out`) and returns a tree over them; bindings keep Python's order of evaluation, and nesting stays flat since every
intermediate value that can fail is a binding of the same block.

A failing check *aborts*: `$error` with a marker text, which a Catch of the state decodes (`decode_error`). Where an `except` of the same expression
must see the failure, `regions` takes the checks apart before they get here.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Final, assert_never

from pysfnc.analysis.failures import expr_errors
from pysfnc.ir.exprs import Cond, Const, ExcField, Expr, Input, Let, ListComp, Logic, NewExc, Prim, Reduce, Var
from pysfnc.jsonata.tree import Array, Bind, Call, Field, Func, IfElse, Keep, Lit, Object, Ref, Seq, Tree
from pysfnc.jsonata.walk import count_ref, may_raise, replace_ref, tree_children
from pysfnc.lean import dataclass
from pysfnc.library.objects.raised import ARGS, FIELDS, MESSAGE, NAME, ROUTE
from pysfnc.library.rows.registry import prim
from pysfnc.library.rows.row import Arg, Check
from pysfnc.library.rows.shapes import array_of
from pysfnc.plan.detours import WAY
from pysfnc.values.types import STR

Env = dict[str, Tree]
Out = list[Bind]
Route = Callable[[str | None], int]
"""Which route an exception takes that leaves the expression: a number for each class name (None: not known before run time)."""

IMPOSSIBLE: Final = -1
"""The route of an exception that cannot be raised, as the code has run before with the same values."""

MAX_DEPTH: Final = 24
"""Deeper values get a name: AWS's JSONata ends near a hundred levels (measured)."""
STATUS: Final = "s"


@dataclass(slots=True)
class Lowering:
    """The writing of one expression text."""

    variables: Mapping[str, str]
    """Machine variable -> its ASL name."""
    input: Tree
    """What the execution's input is called here."""
    taken: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    """Hint -> the last number given to it; the search goes on from there."""
    depths: dict[int, tuple[Tree, int]] = field(default_factory=dict)
    reads_args: bool = True
    """Whether somebody reads `args` of exceptions, which are left out otherwise."""

    def local(self, hint: str) -> str:
        """A name for a local that nothing else has here."""
        base = _clean(hint)
        number = self.numbers.get(base, 1)
        name = base if number == 1 else f"{base}{number}"
        while name in self.taken:
            number += 1
            name = f"{base}{number}"
        self.numbers[base] = number
        self.taken.add(name)
        return name

    def bind(self, out: Out, hint: str, value: Tree) -> Tree:
        """Bind a value in the block; atoms stay as they are."""
        if is_atom(value):
            return value
        name = self.local(hint)
        out.append(Bind(name, value))
        return Ref(name)

    def lower(self, expr: Expr, env: Env, out: Out, route: Route) -> Tree:
        """The tree of an expression whose failures abort."""
        match expr:
            case Const(value=value):
                return Lit(value)
            case Var(name=name):
                return env[name] if name in env else Ref(self.variables[name])
            case Input():
                return self.input
            case Prim():
                return self._prim(expr, env, out, route)
            case Cond(test=test, then=then, orelse=orelse):
                condition = self.lower(test, env, out, route)
                return IfElse(condition, self.nested(then, env, route), self.nested(orelse, env, route))
            case Logic(op=op, left=left, right=right):
                first = self.lower(left, env, out, route)
                rest = self.nested(right, env, route)
                return IfElse(first, rest, Lit(False)) if op == "and" else IfElse(first, Lit(True), rest)
            case Let(name=name, value=value, body=body):
                bound = self.bind(out, name, self.lower(value, env, out, route))
                return self.lower(body, {**env, name: bound}, out, route)
            case ListComp():
                return self._comprehension(expr, env, out, route)
            case Reduce(name=name, seq=seq, acc=acc, init=init, body=body):
                items = self.bind(out, "items", self.lower(seq, env, out, route))
                start = self.lower(init, env, out, route)
                item, total = self.local(name), self.local(acc)
                inner = self.nested(body, {**env, name: Ref(item), acc: Ref(total)}, route)
                return Call("reduce", (items, Func((total, item), inner), start))
            case NewExc():
                return self._exception(expr, env, out, route)
            case ExcField(exc=exc, field_=which):
                return _exc_field(self.bind(out, "err", self.lower(exc, env, out, route)), which)
            case _:
                assert_never(expr)

    def nested(self, expr: Expr, env: Env, route: Route) -> Tree:
        """The tree of an expression that is evaluated only sometimes, or many times: with a block of its own."""
        inner: Out = []
        value = self.lower(expr, env, inner, route)
        return block(inner, value)

    def _prim(self, expr: Prim, env: Env, out: Out, route: Route) -> Tree:
        args: list[Arg] = []
        pending: list[tuple[str, Tree]] = []
        for part in expr.args:
            tree = self.lower(part, env, out, route)
            if may_raise(tree):
                # It fails before what comes after it, and also where the row does not look at it.
                tree = self.bind(out, "t", tree)
            if is_atom(tree):
                args.append(Arg(tree, part.type))
            else:
                name = self.local("t")
                pending.append((name, tree))
                args.append(Arg(Ref(name), part.type))
        row = prim(expr.op)
        found = () if row.checks is None else tuple(row.checks(args, expr.type))
        found = tuple(check for check in found if route(check.error) != IMPOSSIBLE)
        value = row.lower(args, expr.type)
        value = self._settle(pending, value, bool(found), out)
        if not found:
            return self.bind(out, "t", value) if self._depth(value) > MAX_DEPTH else value
        return self.bind(
            out, "t", guarded(found, value, lambda check: self.abort(self.exception_of(check), check.error, route))
        )

    def _depth(self, tree: Tree) -> int:
        known = self.depths.get(id(tree))
        if known is None:
            known = (tree, 1 + max(map(self._depth, tree_children(tree)), default=0))
            self.depths[id(tree)] = known
        return known[1]

    def _settle(self, pending: list[tuple[str, Tree]], value: Tree, checked: bool, out: Out) -> Tree:
        """Put arguments that are used just once where they are used; bind the others."""
        for name, tree in pending:
            uses, irregular = count_ref(value, name)
            if checked or uses != 1 or irregular:
                out.append(Bind(name, tree))
            else:
                value = replace_ref(value, name, tree)
        return value

    def _comprehension(self, expr: ListComp, env: Env, out: Out, route: Route) -> Tree:
        items = self.bind(out, "items", self.lower(expr.seq, env, out, route))
        name = self.local(expr.name)
        inner = {**env, expr.name: Ref(name)}
        test = None if expr.cond is None else self.nested(expr.cond, inner, route)
        if expr.cond is not None and test is not None and expr_errors(expr.cond) and expr_errors(expr.body):
            # An item whose value fails does so before the next one is tested. Where the test is false nothing comes out.
            mapped: Tree = IfElse(test, self.nested(expr.body, inner, route), None)
            return Call("append", (Array(()), Keep(Call("map", (items, Func((name,), mapped))))))
        if test is not None:
            items = Call("append", (Array(()), Keep(Call("filter", (items, Func((name,), test))))))
            if isinstance(expr.body, Var) and expr.body.name == expr.name:
                return items
            name = self.local(expr.name)
            inner = {**env, expr.name: Ref(name)}
        mapped = self.nested(expr.body, inner, route)
        return Call("append", (Array(()), Keep(Call("map", (items, Func((name,), mapped))))))

    def _exception(self, expr: NewExc, env: Env, out: Out, route: Route) -> Tree:
        name = self.bind(out, "name", self.lower(expr.name, env, out, route))
        message = self.bind(out, "message", self.lower(expr.message, env, out, route))
        pairs = [(Lit(NAME), name), (Lit(MESSAGE), message)]
        if expr.args != (expr.message,) and (self.reads_args or any(map(expr_errors, expr.args))):
            args = [Arg(self.bind(out, "arg", self.lower(a, env, out, route)), a.type) for a in expr.args]
            pairs.append((Lit(ARGS), array_of(args)))
        is_way = expr.name == Const(value=WAY, type=STR)  # what is taken along is always read
        if expr.fields is not None and (self.reads_args or is_way or expr_errors(expr.fields)):
            pairs.append((Lit(FIELDS), self.bind(out, "fields", self.lower(expr.fields, env, out, route))))
        return Object(tuple(pairs))

    def exception_of(self, check: Check) -> Tree:
        """The exception object of a failed check."""
        if check.kept is not None:
            return check.kept
        pairs: list[tuple[Tree, Tree]] = [(Lit(NAME), Lit(check.error)), (Lit(MESSAGE), check.message)]
        if check.args is not None and self.reads_args:
            pairs.append((Lit(ARGS), Array(check.args)))
        return Object(tuple(pairs))

    def abort(self, exception: Tree, error: str | None, route: Route) -> Tree:
        """The call that leaves the whole expression with an exception."""
        number = route(error)
        if number == IMPOSSIBLE:
            return Lit(None)
        if isinstance(exception, Object):
            routed = Object((*exception.pairs, (Lit(ROUTE), Lit(number)))) if number else exception
            return Call("py_raise", (routed,))
        if number == 0:
            return Call("py_raise", (exception,))
        return Call("py_raise", (Call("merge", (Array((exception, Object(((Lit(ROUTE), Lit(number)),)))),)),))


def is_atom(tree: Tree) -> bool:
    """Whether repeating the tree costs about as much as naming it."""
    match tree:
        case Ref() | Lit():
            return True
        case Field(base=base):
            return is_atom(base)
        case Array(items=items):
            return not items
        case Object(pairs=pairs):
            return not pairs
        case _:
            return False


def block(out: Sequence[Bind], value: Tree) -> Tree:
    """The value after its bindings; a last binding that is the value is not named at all."""
    if not out:
        return value
    if isinstance(value, Ref) and out[-1].name == value.name:
        return block(out[:-1], out[-1].value)
    if isinstance(value, Seq):
        return Seq((*out, *value.items))
    return Seq((*out, value))


def guarded(checks: Sequence[Check], value: Tree, fail: Callable[[Check], Tree]) -> Tree:
    """The value if every check holds, else what `fail` makes of the first that does not."""
    result = value
    for check in reversed(checks):
        result = IfElse(check.ok, result, fail(check))
    return result


def _exc_field(exc: Tree, which: str) -> Tree:
    if which == "name":
        return Field(exc, NAME)
    if which == "message":
        return Field(exc, MESSAGE)
    if which == "status":
        return Field(exc, STATUS)
    if which == "fields":
        return IfElse(Call("exists", (Field(exc, FIELDS),)), Field(exc, FIELDS), Object(()))
    given = Call("exists", (Field(exc, ARGS),))
    return IfElse(given, Field(exc, ARGS), Array((Field(exc, MESSAGE),)))


def _clean(hint: str) -> str:
    base = "".join(c if c.isascii() and c.isalnum() else "_" for c in re.split(r"[%~@#]", hint)[0]).strip("_")
    # Names that begin with `py_` are the library's.
    return base if base and base[0].isalpha() and not base.startswith("py_") else f"v{base}"
