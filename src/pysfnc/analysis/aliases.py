"""The alias check: no object may be changed while another live variable holds it, or holds something that it is in.

Each variable of a machine holds a copy of its value, so such a variable would not see the change that Python shows it. The check runs the
machine on an abstract heap (`heap`), with the values of expressions and the effect of changes from `alias_values`, and asks at every
change who else may hold the changed object and is still read afterwards (`liveness`).

A change through a variable that stands for a part of another value is followed at once by the assignments that write it through; the
variables they set are in order as well.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field
from typing import Final, assert_never

from pysfnc.analysis.alias_calls import GIVEN, Function, call_of
from pysfnc.analysis.alias_report import ITEMS, RAISED, READ, RETURNED, AliasReport
from pysfnc.analysis.alias_values import Evaluator, holds_objects
from pysfnc.analysis.copied import Copied
from pysfnc.analysis.heap import ANY, NO_NODES, Held, Node, Nodes, State
from pysfnc.analysis.liveness import Liveness, liveness
from pysfnc.analysis.sharing import TAKING, Put, change_of, changed_values, changes_in
from pysfnc.diagnostics import Sink
from pysfnc.ir.exprs import Expr, Prim, Var
from pysfnc.ir.hir import (
    Assign,
    Beside,
    Block,
    Break,
    Continue,
    Draw,
    Eval,
    FanOut,
    ForEach,
    Fork,
    If,
    Leave,
    Machine,
    Perform,
    Raise,
    Recur,
    Recursion,
    Return,
    ServiceCall,
    Sleep,
    Stmt,
    Suite,
    Task,
    TaskCall,
    Try,
    While,
)
from pysfnc.ir.walk import assigned, reads, stmt_exprs, walk_suite
from pysfnc.ir.walk_exprs import free_vars
from pysfnc.lean import dataclass
from pysfnc.values.types import JSON

_GARBAGE = 64
_NO_HELPERS: Final[Mapping[str, Task]] = {}


def check_aliases(machine: Machine, sink: Sink, helpers: Mapping[str, Task] = _NO_HELPERS) -> Copied:
    """Report every change of an object that another live variable may hold (SFN401).

    `helpers`: the tasks that Python hands the very objects. Gives what is done with those.
    """
    if not helpers and not any(isinstance(stmt, Assign) and stmt.changes for stmt in walk_suite(machine.body)):
        return Copied(helpers)
    checker = _Checker(liveness(machine.body), changed_values(machine.body), sink, helpers)
    checker.suite(machine.body, State())
    return checker.copied


@dataclass(slots=True)
class _Ways:
    """States on the ways out of the suite at hand, each joined over all places that take it. Absent: nobody took it yet."""

    behind: dict[str, State] = field(default_factory=dict)
    again: dict[str, State] = field(default_factory=dict)
    raised: State | None = None
    returned: State | None = None


def _joined(a: State | None, b: State | None) -> State | None:
    """The join of two ways; `a` is used up."""
    if a is None:
        return None if b is None else b.copy()
    if b is not None:
        here, there = a.put_away(b), b.put_away(a)
        if here:
            a.rename(here)
        if there:
            b = b.copy()
            b.rename(there)
        a.merge(b)
    return a


class _Checker:
    """Runs a machine abstractly; one object a machine."""

    def __init__(
        self, live: Liveness, temporaries: Mapping[str, Prim], sink: Sink, helpers: Mapping[str, Task]
    ) -> None:
        self.copied = Copied(helpers)
        self._live = live
        self._sink = sink
        self._temporaries = temporaries
        self._values = Evaluator(temporaries)
        self._ways = _Ways()
        self._guarded = False
        self._around: frozenset[str] = frozenset()
        """Variables that others may read while this branch or loop runs, or after it."""
        self._kept = _GARBAGE
        self._through: set[int] = set()
        """Assignments that only write an earlier change through, by `id`."""
        self._given: dict[str, int] = {}
        """The list that a loop runs over -> the site of the items that the loop has given out."""
        self._functions: dict[str, Function] = {}
        """The functions that call themselves around the present point."""
        self._bases: dict[int, int] = {}
        """See `Function.bases`."""
        self._taken: tuple[Prim, Node] | None = None
        """What the next change takes out of a container: how it was read, and the object."""

    # Suites

    def suite(self, suite: Suite, state: State) -> State | None:
        """Run a suite; the state behind it, None when its end is not reached."""
        current: State | None = state
        for index, stmt in enumerate(suite):
            if current is None:
                break
            if self._guarded and stmt_exprs(stmt):
                self._ways.raised = _joined(self._ways.raised, current)
            current = self._stmt(stmt, current, suite[index + 1 :])
            if current is not None and len(current.slots) > 2 * self._kept:
                current.keep(self._live.after(stmt) | self._around | _hidden(current))
                self._kept = max(len(current.slots), _GARBAGE)
        return current

    def _stmt(self, stmt: Stmt, state: State, rest: Suite) -> State | None:
        match stmt:
            case Assign(changes=True):
                self._change(stmt, state, rest)
                return state
            case Assign():
                self._assign(stmt, state, rest)
                return state
            case Eval():
                return state
            case If(then=then, orelse=orelse):
                return _joined(self.suite(then, state.copy()), self.suite(orelse, state))
            case While() | ForEach():
                return self._loop(stmt, state)
            case Block(label=label, body=body):
                end = self.suite(body, state)
                return _joined(self._ways.behind.pop(label, None), end)
            case Break(label=label) | Leave(label=label):
                _take(self._ways.behind, label, state)
                return None
            case Continue(label=label):
                _take(self._ways.again, label, state)
                return None
            case Return(value=value):
                state.names[RETURNED] = Held(self._values.value(value, state), stmt.span)
                self._ways.returned = _joined(self._ways.returned, state)
                return None
            case Raise(exc=exc):
                state.names[RAISED] = Held(self._values.value(exc, state), stmt.span)
                if self._guarded:
                    self._ways.raised = _joined(self._ways.raised, state)
                return None
            case Try():
                return self._try(stmt, state)
            case Recursion():
                function = self._recursion(stmt, state)
                return self._call(stmt, function, state, rest)
            case Recur(label=label):
                return self._call(stmt, self._functions[label], state, rest)
            case Beside():
                return self._beside(stmt, state)
            case Perform():
                return self._perform(stmt, state)
            case _:
                assert_never(stmt)

    # Functions that call themselves

    def _recursion(self, stmt: Recursion, state: State) -> Function:
        """Run the body of a function until nothing new is known of what its calls do."""
        function = self._functions[stmt.label] = Function.of(stmt, self._bases)
        around, ways, guarded = self._around, self._ways, self._guarded
        # Whoever catches an exception of the function sees what it changed until then.
        self._guarded = guarded or any(isinstance(inner, Try) for inner in walk_suite(stmt.body))
        while True:
            self._ways = _Ways()
            known = function.known()
            start = state.copy()
            function.enter(start, lambda name: self._values.root_site(stmt.label, name))
            self._around = around | {name for name in start.names if name.startswith(GIVEN)}
            end = _joined(self.suite(stmt.body, start), self._ways.behind.pop(stmt.label, None))
            end = _joined(end, self._ways.raised)
            more = end is not None and function.sum_up(end)
            if not more and known == function.known():
                break
        self._around, self._ways, self._guarded = around, ways, guarded
        del self._functions[stmt.label]
        return function

    def _call(self, stmt: Recursion | Recur, function: Function, state: State, rest: Suite) -> State | None:
        """The effect of a call, which must not change what others hold than those whom it hands its results back to.

        None as long as no way is known on which it comes back.
        """
        params = dict(zip(function.stmt.params, stmt.args, strict=True))

        def sources() -> dict[str, Nodes]:
            found = {name: self._values.value(arg, state) for name, arg in params.items()}
            return found | {name: state.names[name].nodes for name in function.outside if name in state.names}

        call = call_of(function, state, lambda base: self._values.site(id(stmt), base), sources)
        written = {name for name in stmt.targets if name is not None}
        for other in rest:
            if not (isinstance(other, Assign) and other.changes and other.span == stmt.span):
                break
            written |= {other.name} if free_vars(other.value) & written else set()
        others = (self._live.after(stmt) | self._around) - written
        for name in sorted(function.handed_back & call.sources.keys()):
            changed = call.changed(name)
            self._note_change(changed, state)
            type_ = params[name].type if name in params else JSON
            report = AliasReport(_change_by_call(stmt, name), type_, state, changed, self._given)
            shared = {other for other in call.sources if other != name and not call.reach(other).isdisjoint(changed)}
            if report.held_by_others(others, self._sink):
                continue
            if shared:
                report.given_twice(sorted(shared)[0], self._sink)
            else:
                report.inside_twice(name, Held(call.sources[name], stmt.span), self._sink)
        results = zip(stmt.targets, function.stmt.results, call.results(), strict=True)
        for index, (target, name, held) in enumerate(results):
            if target is None:
                continue
            state.names[target] = held
            if index:
                same = bool(held.nodes) and held.nodes <= call.sources.get(name, NO_NODES)
                self._written_back(stmt, target, rest, same=same)
        if self._guarded:
            self._ways.raised = _joined(self._ways.raised, state)
        return state if function.heap.names else None

    def _written_back(self, stmt: Recursion | Recur, target: str, rest: Suite, *, same: bool) -> None:
        """Skip the assignments that put back what a call changed, where that is the very object it was given."""
        names = {target}
        for other in rest:
            if not (isinstance(other, Assign) and other.changes and other.span == stmt.span):
                return
            if not free_vars(other.value).isdisjoint(names):
                names.add(other.name)
                (self._through.add if same else self._through.discard)(id(other))

    def _note_change(self, changed: Collection[Node], state: State) -> None:
        self.copied.note_change(changed, state)
        for function in self._functions.values():
            function.note_change(changed, state)

    def _loop(self, loop: While | ForEach, state: State) -> State | None:
        around, hidden = self._around, f"{ITEMS}{loop.label}"
        self._values.begin_loop(loop, state)
        if isinstance(loop, ForEach):
            state.names[hidden] = Held(self._values.value(loop.seq, state), loop.seq.span)
            self._given[hidden] = self._values.item_site(loop)
            read = [f"{READ}{loop.label} {number}" for number in range(len(loop.held))]
            for name, value in zip(read, loop.held, strict=True):
                state.names[name] = Held(self._values.value(value, state), loop.seq.span)
            self._around |= {hidden, *read}
        wanted = self._live.before(loop) | self._live.after(loop) | self._around
        head = state
        while True:
            body = head.copy()
            if isinstance(loop, ForEach):
                nodes = self._values.next_item(loop, body.names[hidden].nodes, body)
                body.names[loop.name] = Held(nodes, loop.span)
            end = self.suite(loop.body, body)
            back = _joined(self._ways.again.pop(loop.label, None), end)
            if back is None:
                break
            back.keep(wanted | _hidden(back) | head.names.keys())
            back.finish_round(head, self._values.roots)
            if not head.merge(back):
                break
        self._around = around
        ended = self.suite(loop.orelse, head)
        return _joined(self._ways.behind.pop(loop.label, None), ended)

    def _try(self, stmt: Try, state: State) -> State | None:
        outer, guarded = self._ways, self._guarded
        self._ways = inner = _Ways()
        self._guarded = True
        body = self.suite(stmt.body, state)
        caught, inner.raised = inner.raised, None
        self._guarded = guarded or bool(stmt.final)
        end = self.suite(stmt.orelse, body) if body is not None else None
        for handler in stmt.handlers if caught is not None else ():
            assert caught is not None
            start = caught.copy()
            if handler.name is not None:
                start.names[handler.name] = start.names.get(RAISED, Held(NO_NODES, None))
            start.names.pop(RAISED, None)
            end = _joined(end, self.suite(handler.body, start))
        # A handler may not match, so the exception goes on.
        inner.raised = _joined(inner.raised, caught)
        self._ways, self._guarded = outer, guarded
        if stmt.final:
            return self._finally(stmt.final, inner, end)
        for label, way in inner.behind.items():
            _take(outer.behind, label, way)
        for label, way in inner.again.items():
            _take(outer.again, label, way)
        if guarded:
            outer.raised = _joined(outer.raised, inner.raised)
        outer.returned = _joined(outer.returned, inner.returned)
        return end

    def _finally(self, final: Suite, inner: _Ways, end: State | None) -> State | None:
        """Run `final` once on the join of all ways, and send what comes out along each of them."""
        ways = (end, inner.raised, inner.returned, *inner.behind.values(), *inner.again.values())
        start: State | None = None
        for way in ways:
            start = _joined(start, way)
        around = self._around
        # Python hands on the very objects, with what happens to them in here.
        waiting = {
            name: f"{name} before {id(final)}"
            for name, way in ((RETURNED, inner.returned), (RAISED, inner.raised))
            if way is not None
        }
        if start is not None:
            _renamed(start, waiting)
        self._around |= frozenset(waiting.values())
        done = None if start is None else self.suite(final, start)
        self._around = around
        if done is None:
            return None
        _renamed(done, {new: old for old, new in waiting.items()})
        for label in inner.behind:
            _take(self._ways.behind, label, done)
        for label in inner.again:
            _take(self._ways.again, label, done)
        if inner.raised is not None and self._guarded:
            self._ways.raised = _joined(self._ways.raised, done)
        if inner.returned is not None:
            self._ways.returned = _joined(self._ways.returned, done)
        return done if end is not None else None

    # Effects

    def _perform(self, stmt: Perform, state: State) -> State | None:
        match stmt.effect:
            case TaskCall(result=result) | ServiceCall(result=result):
                # What comes back was decoded anew, and the arguments were sent as copies.
                made = self._fresh(stmt, state) if holds_objects(result) else NO_NODES
                if isinstance(stmt.effect, TaskCall):
                    given = [self._values.value(arg, state) for _, arg in stmt.effect.args]
                    self.copied.note_call(stmt.effect.task, made.union(*given), state)
                    others = (self._live.after(stmt) - {stmt.target}) | self._live.raised(stmt) | self._around
                    self.copied.check_consumed(stmt, stmt.effect, NO_NODES.union(*given), others, state, self._sink)
                return self._bind(stmt, made, state)
            case Sleep() | Draw():
                return self._bind(stmt, NO_NODES, state)
            case Fork(branches=branches):
                return self._fork(stmt, branches, state)
            case FanOut():
                return self._fan_out(stmt, stmt.effect, state)
            case _:
                assert_never(stmt.effect)

    def _beside(self, stmt: Beside, state: State) -> State | None:
        """The body runs here; nothing that it changes may be held by what the branches read."""
        around = self._around
        self._around |= frozenset(name for branch in stmt.branches for name in reads(branch))
        state = self._fork(stmt, stmt.branches, state)
        end = self.suite(stmt.body, state)
        self._around = around
        return end

    def _fresh(self, stmt: Perform, state: State) -> Nodes:
        return frozenset({state.make(self._values.site(id(stmt)), lazy=True)})

    def _bind(self, stmt: Perform | Beside, nodes: Nodes, state: State) -> State:
        if stmt.target is not None:
            state.names[stmt.target] = Held(nodes, stmt.span)
        return state

    def _fork(self, stmt: Perform | Beside, branches: tuple[Suite, ...], state: State) -> State:
        after = self._live.after(stmt) - ({stmt.target} if stmt.target else set())
        made = state.make(self._values.site(id(stmt)))
        state.names[_branches(stmt)] = Held(frozenset({made}), stmt.span)
        for number, branch in enumerate(branches):
            others = frozenset(name for other in branches if other is not branch for name in reads(other))
            state = self._branch(stmt, branch, str(number), after | others, state)
        return self._collect(stmt, state)

    def _fan_out(self, stmt: Perform, effect: FanOut, state: State) -> State:
        after = self._live.after(stmt) - ({stmt.target} if stmt.target else set())
        hidden = f"{ITEMS}{self._values.site(id(stmt))}"
        state.names[hidden] = Held(self._values.value(effect.seq, state), effect.seq.span)
        made = state.make(self._values.site(id(stmt)))
        state.names[_branches(stmt)] = Held(frozenset({made}), stmt.span)
        others = reads(effect.body) - assigned(effect.body, branches=True) - {effect.name}
        # Each branch has an item of its own, which no other reads.
        self._values.begin_loop(effect, state)
        self._given[hidden] = self._values.item_site(effect)
        while True:
            start = state.copy()
            nodes = self._values.next_item(effect, start.names[hidden].nodes, start)
            start.names[effect.name] = Held(nodes, stmt.span)
            end = self._branch(stmt, effect.body, ANY, after | others | {hidden}, start)
            end.finish_round(state, self._values.roots)
            if not state.merge(end):
                break
        del state.names[hidden]
        return self._collect(stmt, state)

    def _branch(self, stmt: Perform | Beside, body: Suite, label: str, around: frozenset[str], state: State) -> State:
        """Run one branch; what it returns goes into the list of results under `label`."""
        saved, around_before = self._ways, self._around
        self._ways = _Ways()
        self._around = around_before | around
        before = state.copy()
        waiting = {name: f"{name} before {id(body)}" for name in (RETURNED, RAISED)}
        _renamed(state, waiting)
        names = set(state.names)
        self.suite(body, state)
        ended = self._ways.returned
        if self._guarded:
            saved.raised = _joined(saved.raised, self._ways.raised)
        self._ways, self._around = saved, around_before
        if ended is None:
            return before
        for made in ended.names[_branches(stmt)].nodes:
            for node in ended.names[RETURNED].nodes:
                ended.put(made, label, node, stmt.span)
        ended.keep(names)
        _renamed(ended, {new: old for old, new in waiting.items()})
        return ended

    def _collect(self, stmt: Perform | Beside, state: State) -> State:
        results = state.names.pop(_branches(stmt))
        return self._bind(stmt, results.nodes, state)

    # Changes

    def _assign(self, stmt: Assign, state: State, rest: Suite) -> None:
        taking = _taken_out(stmt, rest, self._temporaries)
        if stmt.turn:
            nodes = self._values.turn(stmt, state)
        elif taking is None:
            nodes = self._values.value(stmt.value, state)
        else:
            node = self._values.taken(taking, state)
            self._taken = (taking, node)
            nodes = frozenset({node})
            if taking.op == "dict.get":
                nodes |= self._values.value(taking.args[2], state)
        state.names[stmt.name] = Held(nodes, stmt.span)

    def _change(self, stmt: Assign, state: State, rest: Suite) -> None:
        if id(stmt) in self._through:
            return
        owners = self._values.value(Var(name=stmt.name, type=stmt.value.type), state)
        changed = self._values.change(stmt.value, owners, state)
        self._note_change(changed, state)
        if self._taken is not None:
            self._values.drop(*self._taken, state)
            self._taken = None
        through = list(_written_through(stmt, rest))
        self._through |= set(map(id, through))
        last = through[-1] if through else stmt
        written = {stmt.name, *(other.name for other in through)}
        others = (self._live.after(last) - written) | self._around
        path = list(changes_in(stmt.value, self._temporaries))
        report = AliasReport(stmt, path[-1].type if path else stmt.value.type, state, set(changed), self._given)
        if not report.held_by_others(others, self._sink):
            report.held_twice(written, self._sink)


def _taken_out(stmt: Assign, rest: Suite, temporaries: Mapping[str, Prim]) -> Prim | None:
    """The operation by which a statement reads what the next change takes out of a container; None for another statement."""
    value = stmt.value
    if not (isinstance(value, Prim) and value.op in TAKING and holds_objects(value.type)):
        return None
    for after in rest:
        if not isinstance(after, Assign):
            return None
        if after.changes:
            changes = list(changes_in(after.value, temporaries))
            same = bool(changes) and changes[-1].op == TAKING[value.op] and changes[-1].args[:2] == value.args[:2]
            return value if same else None
    return None


def _written_through(stmt: Assign, rest: Suite) -> Iterator[Assign]:
    """The assignments right behind a change that bring up to date what its variable is a part of."""
    last = stmt
    for other in rest:
        if not (isinstance(other, Assign) and other.changes and other.span == stmt.span):
            return
        if not _stores(other.value, last.name):
            return
        last = other
        yield other


def _change_by_call(stmt: Recursion | Recur, name: str) -> Assign:
    """A call as the change of what it is given for a parameter, for the report."""
    return Assign(name=name, value=Var(name=name, type=JSON), changes=True, span=stmt.span)


def _stores(value: Expr, name: str) -> bool:
    """Whether a rebuilt value differs in one place only, and the variable goes there."""
    while isinstance(value, Prim):
        change = change_of(value.op)
        stored = change.new[0] if change is not None and change.new else None
        if not isinstance(stored, Put) or not stored.replaces:
            return False
        value = value.args[stored.arg]
    return isinstance(value, Var) and value.name == name


def _take(table: dict[str, State], label: str, state: State) -> None:
    table[label] = _joined(table.get(label), state) or state


def _renamed(state: State, names: Mapping[str, str]) -> None:
    """Let variables of the analysis have other names; those that are not there are not there under the new name either."""
    for old, new in names.items():
        held = state.names.pop(old, None)
        if held is None:
            state.names.pop(new, None)
        else:
            state.names[new] = held


def _branches(stmt: Perform | Beside) -> str:
    return f"%branches {id(stmt)}"


def _hidden(state: State) -> frozenset[str]:
    return frozenset(name for name in state.names if name.startswith("%"))
