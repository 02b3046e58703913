"""States to Amazon States Language.

Owns the shape of each state and the order of its fields; expressions come from `expressions` and `regions`, the retriers and constants of AWS are
in the tables here, each with its source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from itertools import count, takewhile
from typing import Any, Final

from pysfnc.analysis.failures import expr_errors, suite_errors
from pysfnc.backend.errors import TIMEOUTS, Arriving, caught_exception, marked_exception, read_error
from pysfnc.backend.expressions import Lowering
from pysfnc.backend.fields import FieldWriter, TooDeep
from pysfnc.backend.markers import failure, is_marked_with
from pysfnc.backend.names import RESERVED, StateNames, VariableNames
from pysfnc.backend.regions.write import Regions
from pysfnc.backend.services import argument_template, retried_names
from pysfnc.ir.exprs import Const, Expr, Var
from pysfnc.ir.hir import (
    Assign,
    Distributed,
    FanOut,
    Fork,
    Param,
    Retried,
    RetryRule,
    ServiceCall,
    Suite,
    Task,
    TaskCall,
    Try,
)
from pysfnc.ir.mir import (
    ITEM,
    Catcher,
    Choice,
    Computed,
    Done,
    Edge,
    Failed,
    MachinePlan,
    Pass,
    Pause,
    ScopePlan,
    State,
    Work,
    resolve,
)
from pysfnc.jsonata.tidy import tidy
from pysfnc.jsonata.tree import Binary, Call, Field, Lit, Ref, Tree
from pysfnc.jsonata.walk import map_tree
from pysfnc.lean import dataclass
from pysfnc.library.objects.raised import MESSAGE, NAME
from pysfnc.library.services.context import FIELDS
from pysfnc.plan.caught import ALL_ERRORS, QUERY_ERROR, TASK_FAILED
from pysfnc.source.span import Span
from pysfnc.values.types import NONE, STR, IntT, OpaqueT

LAMBDA_INVOKE: Final = "arn:aws:states:::lambda:invoke"
LAMBDA_RETRY: Final[dict[str, Any]] = {
    # AWS guide, "Error handling": transient errors that every Lambda call should retry.
    "ErrorEquals": [
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.TooManyRequestsException",
    ],
    "IntervalSeconds": 1,
    "MaxAttempts": 3,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}
NEVER_RAISED: Final = "Pysfnc.Never"
MAX_LABEL: Final = 40
PUT_OBJECT: Final = "arn:aws:states:::s3:putObject"
INPUT: Final = Field(Ref("states"), "input")
RESULT: Final = Field(Ref("states"), "result")
MAP_ITEM: Final = Field(Field(Field(Field(Ref("states"), "context"), "Map"), "Item"), "Value")
ERROR_OUTPUT: Final = Field(Ref("states"), "errorOutput")
SNIPPET_CHARS: Final = 48

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Emitted:
    """A definition and where its states come from."""

    definition: Json
    source_map: dict[str, Span]
    too_deep: list[tuple[Span | None, int]]
    """Where an expression nests deeper than AWS evaluates, with its levels; the definition is of no use then."""


def emit_machine(
    plan: MachinePlan, tasks: Mapping[str, Task], placeholder: Callable[[str], str], *, tight: bool = False
) -> Emitted:
    """The definition of a planned workflow. `placeholder` names the Lambda function that runs a task; `tight`: see `FieldWriter`."""
    emitter = _Emitter(plan, tasks, placeholder, FieldWriter(tight))
    scope = emitter.scope(plan.scope)
    definition: Json = {"Comment": plan.comment} if plan.comment else {}
    definition["QueryLanguage"] = "JSONata"
    definition["StartAt"] = scope["StartAt"]
    if plan.timeout_s is not None:
        definition["TimeoutSeconds"] = plan.timeout_s
    definition["States"] = scope["States"]
    return Emitted(definition, emitter.source_map, emitter.too_deep)


@dataclass(slots=True)
class _Emitter:
    plan: MachinePlan
    tasks: Mapping[str, Task]
    placeholder: Callable[[str], str]
    fields: FieldWriter
    states: StateNames = field(default_factory=StateNames)
    variables: VariableNames = field(default_factory=VariableNames)
    source_map: dict[str, Span] = field(default_factory=dict)
    too_deep: list[tuple[Span | None, int]] = field(default_factory=list)
    labels: set[tuple[str, int]] = field(default_factory=set)

    def label(self, wanted: str) -> str:
        """A label that no other Map has, as AWS wants it; a helper that is written in place twice has the same one twice."""
        number = next(n for n in count(1) if (wanted, n) not in self.labels)
        self.labels.add((wanted, number))
        return wanted if number == 1 else f"{wanted[: MAX_LABEL - 4]}-{number}"

    # Scopes

    def scope(self, scope: ScopePlan, outer: frozenset[str] = frozenset()) -> Json:
        """`StartAt` and `States` of the machine, a branch or a Map's iterations; `outer` variables have values already."""
        order = _reachable(resolve(scope.start))
        names = {state: self.states.name(_title(state)) for state in order}
        for state, name in names.items():
            if state.span is not None:
                self.source_map[name] = state.span
        for state in order:
            for _, assigned in _ways_out(state):
                for variable in assigned:
                    self.variables.name(variable)
        defined = assigned_before(order, outer)
        written = {names[state]: self._written(state, names, defined[state]) for state in order}
        if not any(state.get("End") or state["Type"] in ("Succeed", "Fail") for state in written.values()):
            self._add_end(written)
        return {"StartAt": names[order[0]], "States": written}

    def _written(self, state: State, names: Mapping[State, str], defined: frozenset[str]) -> Json:
        try:
            return _StateWriter(self, names, defined).write(state)
        except TooDeep as found:
            self.too_deep.append((state.span, found.depth))
            return {"Type": "Succeed"}

    def _add_end(self, states: Json) -> None:
        """AWS wants an end that can be reached in the graph, even of a loop that never ends."""
        never = self.states.name("Never")
        states[never] = {"Type": "Fail", "Error": NEVER_RAISED, "Cause": "this loop does not end"}
        endless = next(state for state in states.values() if state["Type"] in ("Task", "Map", "Parallel", "Choice"))
        if endless["Type"] == "Choice":
            endless["Choices"].append({"Condition": False, "Next": never})
            return
        catch = endless.setdefault("Catch", [])
        last = len(catch) - 1 if catch and catch[-1]["ErrorEquals"] == [ALL_ERRORS] else len(catch)
        catch.insert(last, {"ErrorEquals": [NEVER_RAISED], "Next": never})


@dataclass(slots=True)
class _StateWriter:
    emitter: _Emitter
    names: Mapping[State, str]
    defined: frozenset[str]
    """The variables that surely have a value when the state is entered."""

    @property
    def fields(self) -> FieldWriter:
        """What writes the fields of the machine."""
        return self.emitter.fields

    def write(self, state: State) -> Json:
        match state:
            case Work(effect=None):
                return self._compute(state)
            case Work():
                return self._work(state)
            case Pause():
                return self._pause(state)
            case Pass():
                made: Json = {"Type": "Pass"}
                self._outcome(made, state.assigns, state.output, {})
                return self._onward(made, state.after)
            case Choice():
                return self._choice(state)
            case Done():
                return {"Type": "Succeed"}
            case Failed():
                return self._failed(state)
            case _:
                raise AssertionError(f"{type(state).__name__} is no state to write")

    # Kinds of states

    def _work(self, state: Work) -> Json:
        assert state.effect is not None
        match state.effect:
            case TaskCall() as effect:
                made = self._task(state, effect)
                result: Tree = Field(RESULT, "Payload") if effect.waits is None else RESULT
            case ServiceCall() as effect:
                made = self._service(state, effect)
                result = RESULT
            case Fork():
                made = {"Type": "Parallel"}
                if state.handed or suite_errors(state.prefix):
                    check = self._checked(state, Const(value=None, type=NONE))
                    handed = self._handed(state)
                    made["Arguments"] = check if not handed else handed if check is None else {"": check, **handed}
                made["Branches"] = [self.emitter.scope(body, self.defined) for body in state.bodies]
                result = RESULT
            case FanOut() as effect:
                made = self._fan_out(state, effect)
                result = RESULT
            case _:
                raise AssertionError("no other effect makes a working state")
        own = {} if state.result is None else {state.result: result}
        assigns = {name: _after(state.passed, computed) for name, computed in state.assigns.items()}
        output = None if state.output is None else _after(state.passed, state.output)
        self._outcome(made, assigns, output, own)
        retry = self._retry(state)
        if retry:
            made["Retry"] = retry
        return self._ending(made, state)

    def _ending(self, made: Json, state: Work) -> Json:
        if state.catchers:
            made["Catch"] = [self._catcher(state, catcher) for catcher in state.catchers]
        return self._onward(made, state.after)

    def _compute(self, state: Work) -> Json:
        """A Map over no items: a Pass that can catch."""
        inner = self.emitter.states.name("No items")
        made: Json = {
            "Type": "Map",
            "Items": [],
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": inner,
                "States": {inner: {"Type": "Succeed"}},
            },
        }
        self._outcome(made, state.assigns, state.output, {})
        return self._ending(made, state)

    def _task(self, state: Work, effect: TaskCall) -> Json:
        task = self.emitter.tasks[effect.task]
        values = {name: self._argument(state, value) for name, value in effect.args}
        payload = {"f": self._checked(state, Const(value=effect.task, type=STR)), **_passed_on(task.params, values)}
        if task.context:
            payload["c"] = _context(task.context, self.fields)
        made: Json = {
            "Type": "Task",
            "Resource": LAMBDA_INVOKE if effect.waits is None else f"{LAMBDA_INVOKE}.waitForTaskToken",
            "Arguments": {"FunctionName": f"${{{self.emitter.placeholder(effect.task)}}}", "Payload": payload},
        }
        self._limits(made, state, effect)
        return made

    def _service(self, state: Work, effect: ServiceCall) -> Json:
        made: Json = {"Type": "Task", "Resource": effect.resource}
        made["Arguments"] = argument_template(
            effect.arguments,
            first=lambda value: self._checked(state, value),
            others=lambda value: self._argument(state, value),
            whole=lambda: self._attempted(state, effect.arguments),
        )
        if effect.role is not None:
            made["Credentials"] = {"RoleArn": self._argument(state, effect.role)}
        self._limits(made, state, effect)
        return made

    def _attempted(self, state: Work, value: Expr) -> Any | None:
        try:
            return self._checked(state, value)
        except TooDeep:
            return None

    def _limits(self, made: Json, state: Work, effect: TaskCall | ServiceCall) -> None:
        if effect.timeout_s is not None:
            made["TimeoutSeconds"] = self._argument(state, effect.timeout_s)
        if effect.heartbeat_s is not None:
            made["HeartbeatSeconds"] = self._argument(state, effect.heartbeat_s)

    def _fan_out(self, state: Work, effect: FanOut) -> Json:
        if effect.distributed is not None:
            return self._distributed(state, effect, effect.distributed)
        made: Json = {"Type": "Map", "Items": self._checked(state, effect.seq)}
        if effect.max_concurrency is not None:
            made["MaxConcurrency"] = self._argument(state, effect.max_concurrency)
        if state.handed:
            made["ItemSelector"] = {ITEM: self.fields.expression(MAP_ITEM), **self._handed(state)}
        made["ItemProcessor"] = {
            "ProcessorConfig": {"Mode": "INLINE"},
            **self.emitter.scope(state.bodies[0], self.defined),
        }
        return made

    def _distributed(self, state: Work, effect: FanOut, settings: Distributed) -> Json:
        made: Json = {"Type": "Map"}
        if settings.label is not None:
            made["Label"] = self.emitter.label(settings.label)
        if settings.reader is None:
            made["Items"] = self._checked(state, effect.seq)
        else:
            made["ItemReader"] = {"Resource": settings.resource}
            if settings.reading is not None:
                made["ItemReader"]["ReaderConfig"] = self._display(state, settings.reading)
            made["ItemReader"]["Arguments"] = self._display(state, settings.reader, checked=True)
        if settings.batch is not None:
            made["ItemBatcher"] = {"MaxItemsPerBatch": self._argument(state, settings.batch)}
            if state.handed:
                made["ItemBatcher"]["BatchInput"] = self._handed(state)
        elif state.handed:
            made["ItemSelector"] = {ITEM: self.fields.expression(MAP_ITEM), **self._handed(state)}
        options = {
            "MaxConcurrency": effect.max_concurrency,
            "ToleratedFailurePercentage": settings.percentage,
            "ToleratedFailureCount": settings.count,
        }
        made |= {name: self._argument(state, value) for name, value in options.items() if value is not None}
        kind = "EXPRESS" if settings.express else "STANDARD"
        made["ItemProcessor"] = {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": kind},
            **self.emitter.scope(state.bodies[0]),
        }
        if settings.results is not None:
            arguments = self._display(state, settings.results)
            made["ResultWriter"] = {"Resource": PUT_OBJECT, "Arguments": arguments}
        return made

    def _display(self, state: Work, value: Expr, *, checked: bool = False) -> Any:
        """A dict as JSON with expressions inside."""
        return argument_template(
            value,
            first=lambda part: self._checked(state, part) if checked else self._argument(state, part),
            others=lambda part: self._argument(state, part),
            whole=lambda: None,
        )

    def _handed(self, state: Work) -> Json:
        return {name: self.fields.template(self._computed(computed, {})) for name, computed in state.handed.items()}

    def _pause(self, state: Pause) -> Json:
        made: Json = {"Type": "Wait"}
        seconds = self._tree(state.prefix, state.seconds, {})
        if isinstance(state.seconds.type, IntT):
            made["Seconds"] = self.fields.template(seconds)
        elif isinstance(state.seconds.type, OpaqueT):
            made["Timestamp"] = self.fields.template(seconds)
        else:
            # Seconds takes whole numbers only; a Timestamp takes fractions (ASL spec, "Wait State").
            later = Binary("+", Call("millis", ()), Binary("*", seconds, Lit(1000)))
            made["Timestamp"] = self.fields.expression(Call("fromMillis", (later,)))
        self._outcome(made, state.assigns, state.output, {})
        return self._onward(made, state.after)

    def _choice(self, state: Choice) -> Json:
        made: Json = {"Type": "Choice", "Choices": []}
        for test, edge in state.rules:
            rule: Json = {"Condition": self.fields.template(self._computed(test, {}))}
            self._edge(rule, edge, {})
            rule["Next"] = self.names[resolve(edge.target)]
            made["Choices"].append(rule)
        self._edge(made, state.default, {})
        made["Default"] = self.names[resolve(state.default.target)]
        return made

    def _failed(self, state: Failed) -> Json:
        if state.error is not None:
            cause = self.fields.template(Lit(state.cause or ""))
            return {"Type": "Fail", "Error": self.fields.template(Lit(state.error)), "Cause": cause}
        if state.marked:
            error, cause = (failure(INPUT, field, given=state.given) for field in (NAME, MESSAGE))
        else:
            error, cause = Field(INPUT, NAME), Field(INPUT, MESSAGE)
        return {"Type": "Fail", "Error": self.fields.expression(error), "Cause": self.fields.expression(cause)}

    # Parts of states

    def _outcome(
        self, made: Json, assigns: Mapping[str, Computed], output: Computed | None, own: Mapping[str, Tree]
    ) -> None:
        if assigns:
            written = _checked_once(list(assigns.values()))
            made["Assign"] = {
                self.emitter.variables.name(name): self.fields.template(self._computed(computed, own))
                for name, computed in zip(assigns, written, strict=True)
            }
        if output is not None:
            made["Output"] = self.fields.template(self._computed(output, own))

    def _edge(self, made: Json, edge: Edge, own: Mapping[str, Tree]) -> None:
        self._outcome(made, edge.assigns, edge.output, own)

    def _onward(self, made: Json, after: State | None) -> Json:
        if after is None:
            made["End"] = True
        else:
            made["Next"] = self.names[resolve(after)]
        return made

    def _catcher(self, state: Work, catcher: Catcher) -> Json:
        made: Json = {"ErrorEquals": list(catcher.errors)}
        own: dict[str, Tree] = {}
        if catcher.exc is not None:
            own[catcher.exc] = self._caught(state, catcher)
        # What the effect fails with comes after its arguments were evaluated; exceptions of those are `marked`.
        passed = () if catcher.marked else state.passed
        assigns = {name: _after(passed, computed) for name, computed in catcher.edge.assigns.items()}
        output = None if catcher.edge.output is None else _after(passed, catcher.edge.output)
        self._outcome(made, assigns, output, own)
        made["Next"] = self.names[resolve(catcher.edge.target)]
        return made

    def _caught(self, state: Work, catcher: Catcher) -> Tree:
        if catcher.marked:
            return marked_exception(ERROR_OUTPUT)
        if isinstance(state.effect, ServiceCall):
            status, arriving = self.emitter.plan.reads_status, _arriving(state.effect, catcher)
            return read_error(state.effect.errors, ERROR_OUTPUT, status=status, arriving=arriving)
        if isinstance(state.effect, TaskCall) and state.effect.waits is not None:
            return read_error(state.effect.waits, ERROR_OUTPUT, status=False)
        timeouts = bool({ALL_ERRORS, "States.Timeout"}.intersection(catcher.errors))
        return caught_exception(ERROR_OUTPUT, timeouts=timeouts, args=self.emitter.plan.reads_args)

    def _retry(self, state: Work) -> list[Json]:
        effect = state.effect
        assert isinstance(effect, Retried)
        rules = [rule for rule in (_retrier(rule, effect) for rule in effect.retry) if rule["ErrorEquals"]]
        # The first rule that matches counts, and none comes behind one for everything: AWS wants it last.
        ends = [index for index, rule in enumerate(rules) if rule["ErrorEquals"] == [ALL_ERRORS]]
        rules, everything = rules[: ends[0] + 1] if ends else rules, bool(ends)
        broad = everything or any(TASK_FAILED in rule["ErrorEquals"] for rule in rules)
        if broad and any(QUERY_ERROR in catcher.errors for catcher in state.catchers):
            rules.insert(0, {"ErrorEquals": [QUERY_ERROR], "MaxAttempts": 0})
        if isinstance(effect, TaskCall) and self.emitter.plan.lambda_retry and not everything:
            rules.append(LAMBDA_RETRY)
        return rules

    # Expressions

    def _checked(self, state: Work, value: Expr) -> Any:
        """The first argument that is evaluated: with the part of the prefix that can only fail."""
        return self._argument(state, value, state.prefix)

    def _argument(self, state: Work, value: Expr, before: Suite | None = None) -> Any:
        suite: Suite = state.passed if before is None else before
        if state.arg_handlers and expr_errors(value):
            name = "%arg"
            kept = Assign(name=name, value=value)
            suite = (*suite, Try(body=(kept,), handlers=state.arg_handlers, orelse=(), final=()))
            value = Var(name=name, type=value.type)
        return self.fields.template(self._tree(suite, value, {}))

    def _computed(self, computed: Computed, own: Mapping[str, Tree]) -> Tree:
        return self._tree(computed.suite, computed.value, own, computed.trusted)

    def _tree(self, suite: Suite, value: Expr, own: Mapping[str, Tree], trusted: Suite = ()) -> Tree:
        """The tree of a computation; `own` are variables that the state itself brings."""
        variables = self.emitter.variables
        lowering = Lowering(
            variables.names, INPUT, {*RESERVED, *variables.taken}, reads_args=self.emitter.plan.reads_args
        )
        env: dict[str, Tree] = {name: Ref(variables.names[name]) for name in self.defined}
        env.update(own)
        regions = Regions(lowering, self.emitter.plan.exceptions)
        return map_tree(tidy(regions.value(suite, value, env, trusted)), is_marked_with)


def _arriving(effect: ServiceCall, catcher: Catcher) -> Arriving:
    """What a Catch gets. Only a call with a limit of time can be late."""
    named = not {ALL_ERRORS, TASK_FAILED}.intersection(catcher.errors)
    limited = effect.timeout_s is not None or effect.heartbeat_s is not None
    late = limited and not (named and set(TIMEOUTS).isdisjoint(catcher.errors))
    return Arriving(catcher.errors if named else None, late)


def _context(parts: tuple[str, ...], fields: FieldWriter) -> Json:
    """Parts of the Context object in its own form, for `pysfnc.lang.bootstrap`."""
    made: Json = {}
    for part in parts:
        found = FIELDS[part]
        made.setdefault(found.path[0], {})[found.path[1]] = fields.expression(found.tree)
    return made


def _after(passed: Suite, computed: Computed) -> Computed:
    """What a state computes when its effect is done: the code before the effect did not fail where the arguments were evaluated."""
    if not passed or computed.trusted or computed.suite[: len(passed)] != passed:
        return computed
    return replace(computed, suite=computed.suite[len(passed) :], trusted=passed)


def _checked_once(computed: list[Computed]) -> list[Computed]:
    """The values of one Assign, of which the first makes the checks of the code that they share: it fails before the others."""
    first, *others = computed
    if not first.suite:
        return computed
    shared = [
        replace(one, suite=(), trusted=(*one.trusted, *one.suite)) if one.suite == first.suite else one
        for one in others
    ]
    return [first, *shared]


def _passed_on(params: Sequence[Param], values: Mapping[str, Any]) -> Json:
    """The arguments of a call: by position as far as there is no gap, what `*args` gathers included; the others by name."""
    first = [p.name for p in takewhile(lambda p: p.kind == "positional" and p.name in values, params)]
    stars = [f"{param.name}[" for param in params if param.kind == "star"]
    first += [name for name in values for star in stars if name.startswith(star)]
    ordered = [values[name] for name in first]
    named = {name: value for name, value in values.items() if name not in first}
    if not named:
        return {"a": ordered}
    return {"a": ordered, "k": named} if ordered else {"a": named}


def _retrier(rule: RetryRule, effect: Retried) -> Json:
    names = rule.names
    if names is not None and isinstance(effect, ServiceCall):
        names = retried_names(names, effect.errors)
    made: Json = {
        "ErrorEquals": [ALL_ERRORS] if names is None else list(names),
        "IntervalSeconds": rule.interval_s,
        "MaxAttempts": rule.max_attempts,
        "BackoffRate": rule.backoff,
    }
    if rule.max_delay_s is not None:
        made["MaxDelaySeconds"] = rule.max_delay_s
    if rule.jitter:
        made["JitterStrategy"] = "FULL"
    return made


def _reachable(start: State) -> list[State]:
    """All states of a scope in the order in which they are met."""
    found: dict[State, None] = {}
    todo = [start]
    while todo:
        state = todo.pop()
        if state not in found:
            found[state] = None
            todo.extend(resolve(after) for after, _ in reversed(_ways_out(state)))
    return list(found)


def _ways_out(state: State) -> list[tuple[State, tuple[str, ...]]]:
    """The states that may come next, each with the variables that are assigned on the way."""
    edges: list[Edge] = []
    found: list[tuple[State, tuple[str, ...]]] = []
    match state:
        case Work():
            edges = [catcher.edge for catcher in state.catchers]
            found = [] if state.after is None else [(state.after, tuple(state.assigns))]
        case Pass() | Pause():
            found = [] if state.after is None else [(state.after, tuple(state.assigns))]
        case Choice():
            edges = [*(edge for _, edge in state.rules), state.default]
        case _:
            pass
    return [*found, *((edge.target, tuple(edge.assigns)) for edge in edges)]


def assigned_before(order: list[State], outer: frozenset[str]) -> dict[State, frozenset[str]]:
    """For each state the variables that have a value on every way to it. `order` begins with the start."""
    found: dict[State, frozenset[str]] = {order[0]: outer}
    todo = [order[0]]
    while todo:
        state = todo.pop()
        for after, names in _ways_out(state):
            target, here = resolve(after), found[state].union(names)
            known = found.get(target)
            merged = here if known is None else known & here
            if merged != known:
                found[target] = merged
                todo.append(target)
    return found


def _title(state: State) -> str:
    """The hint, with the source text of a decision."""
    if isinstance(state, Choice) and state.span is not None and state.hint == "If":
        text = " ".join(state.span.text.split())
        return f"If {text[:SNIPPET_CHARS]}"
    return state.hint
