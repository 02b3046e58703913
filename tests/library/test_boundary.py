"""The binding of a machine's input against `pysfnc.lang.binding`, on both JSONata engines."""

import ast
import inspect
import json
import sys
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pysfnc.backend.expressions import Lowering
from pysfnc.backend.regions.write import Regions
from pysfnc.backend.written import with_prelude
from pysfnc.diagnostics import Sink
from pysfnc.frontend.program.model import FunctionBinding
from pysfnc.frontend.program.program import load_program
from pysfnc.ir.exprs import Const, Expr, Prim, Var
from pysfnc.ir.hir import Assign, ExceptionTable, Machine
from pysfnc.jsonata.engine import Evaluator, JsonataError
from pysfnc.jsonata.tree import Field, Lit, Ref
from pysfnc.lang.binding import bind_input
from pysfnc.lang.wire import encode
from pysfnc.library.rows.fits import InputSpec, Key
from pysfnc.library.rows.registry import prim
from pysfnc.library.rows.row import Arg, NameSupply
from pysfnc.plan.boundary import bind_parameters
from pysfnc.values.fits import (
    ANY_FIT,
    BOOL_FIT,
    FLOAT_FIT,
    INT_FIT,
    NONE_FIT,
    STR_FIT,
    AnyFit,
    ChoiceFit,
    DictFit,
    FieldFit,
    Fit,
    ListFit,
    NamedFit,
    RecordFit,
    TupleFit,
    UnionFit,
)
from pysfnc.values.types import JSON, STR, DictT
from tests.library.harness import _decoded, engines, same

_HEAD: Final = """
from typing import Annotated, Any, Literal, Mapping, NewType, NotRequired, Optional, Required, Sequence, TypedDict, Union
from pysfnc import workflow

class Small(TypedDict):
    a: int
    b: "NotRequired[str | None]"

class Wide(Small, total=False):
    c: Required["list[Small]"]
    d: tuple[float, bool]
    constructor: int
"""
_TABLE: Final = ExceptionTable(bases=(("TypeError", ("Exception",)), ("Exception", ("BaseException",))))


class Refused(Exception):
    """The parameters do not compile."""


class Bound:
    """A workflow with these parameters, bound by CPython and by the machine."""

    def __init__(self, folder: Path, parameters: str, before: str = "") -> None:
        source = f"{_HEAD}{before}\n@workflow\ndef w({parameters}): return None\n"
        path = folder / "app.py"
        path.write_text(source, encoding="utf-8")
        module = sys.modules["bound_by_test"] = types.ModuleType("bound_by_test")
        namespace = vars(module)
        for forget in typing._cleanups:  # type: ignore[attr-defined]
            forget()  # what `Union` gave before for an equal Literal with its values in another order
        exec(compile(source, str(path), "exec"), namespace)
        self.function: Callable[..., Any] = namespace["w"].__wrapped__
        self.machine = _machine(path)
        self.text = _render(self.machine)

    def python(self, input_: object) -> object:
        """The parameters as JSON, or the text of the TypeError."""
        try:
            _, args, kwargs = bind_input(self.function, json.loads(json.dumps(input_)))
        except TypeError as error:
            return str(error)
        bound = inspect.signature(self.function).bind(*args, **kwargs)
        bound.apply_defaults()
        return encode(dict(bound.arguments))

    def compiled(self, input_: object, engine: Evaluator) -> object:
        """The same by the machine."""
        try:
            return engine.evaluate(self.text, {"states": {"input": json.loads(json.dumps(input_))}})
        except JsonataError as error:
            raised = _decoded(str(error))
            assert raised is not None, f"{error}\n{self.text}"
            assert raised.name == "TypeError"
            return raised.text

    def check(self, input_: object) -> object:
        """Assert that both do the same, and return it."""
        expected = self.python(input_)
        for engine in engines():
            found = self.compiled(input_, engine)
            assert same(_plain(found), _plain(expected)), (
                f"{inspect.signature(self.function)} of {input_!r}\n  CPython: {expected!r}\n"
                f"  {type(engine).__name__}: {found!r}\n  {self.text}"
            )
        return expected


def _plain(value: object) -> object:
    """Integral numbers as ints; the order of keys does not count."""
    if isinstance(value, dict):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _machine(path: Path) -> Machine:
    sink = Sink()
    model = load_program(str(path), sink)
    assert model is not None
    if sink.has_errors:
        raise Refused(sink.diagnostics)
    binding = model.entry.names["w"]
    assert isinstance(binding, FunctionBinding)
    info = binding.function
    return Machine(
        name="w",
        function=info.qualname,
        params=info.params,
        body=(),
        timeout_s=None,
        type="STANDARD",
        comment=None,
        lambda_retry=True,
    )


def _render(machine: Machine) -> str:
    """The expression whose value is the object of all parameters."""
    suite = bind_parameters(machine, NameSupply())
    taken = {param.name for param in machine.params}
    parts: list[Expr] = []
    for statement in suite:
        if isinstance(statement, Assign) and statement.name in taken:
            parts += [Const(value=statement.name, type=STR), Var(name=statement.name, type=statement.value.type)]
    lowering = Lowering(variables={}, input=Field(Ref("states"), "input"))
    result = Prim(op="dict.make", args=tuple(parts), type=DictT(JSON))
    return with_prelude(Regions(lowering, _TABLE).value(suite, result, {}))


Bind = Callable[..., Bound]


@pytest.fixture
def bind(tmp_path: Path) -> Bind:
    """Makes a `Bound` of the text of the parameters (and of lines before the function)."""
    return lambda parameters, before="": Bound(tmp_path, parameters, before)


SCALARS: Final = (None, True, False, 0, 1, -3, 1.5, 2**53, 1e20, "", "a", "b", "é😀'", [], {}, [1], {"a": 1})

WRONG: Final = [
    ("text: str", {"text": 5}, "w() argument 'text' must be str, not int"),
    ("text: str", {"text": None}, "w() argument 'text' must be str, not NoneType"),
    ("n: int", {"n": 1.5}, "w() argument 'n' must be int, not float"),
    ("n: int", {"n": 1e300}, "w() argument 'n' must be int, not float"),
    ("n: int", {"n": True}, "w() argument 'n' must be int, not bool"),
    ("x: float", {"x": "1"}, "w() argument 'x' must be float, not str"),
    ("x: float", {"x": False}, "w() argument 'x' must be float, not bool"),
    ("b: bool", {"b": 1}, "w() argument 'b' must be bool, not int"),
    ("n: None", {"n": 0}, "w() argument 'n' must be None, not int"),
    ("xs: list", {"xs": {}}, "w() argument 'xs' must be list, not dict"),
    ("d: dict", {"d": []}, "w() argument 'd' must be dict, not list"),
    ("xs: list[int]", {"xs": [1, 2, "3", None]}, "w() argument 'xs[2]' must be int, not str"),
    ("xs: list[list[int]]", {"xs": [[], [1], [2, 3, [4]]]}, "w() argument 'xs[2][2]' must be int, not list"),
    ("d: dict[str, int]", {"d": {"a": 1, "b": "2"}}, "w() argument 'd['b']' must be int, not str"),
    ("d: dict[str, int]", {"d": {"it's": None}}, "w() argument 'd[\"it's\"]' must be int, not NoneType"),
    ("d: dict[Literal['a', 'b'], int]", {"d": {"c": 1}}, "w() argument 'd['c']' must be Literal['a', 'b'], not str"),
    ("a: list[dict[str, list[str]]]", {"a": [{"k": ["x", 7]}]}, "w() argument 'a[0]['k'][1]' must be str, not int"),
    ("o: str | None", {"o": 5}, "w() argument 'o' must be str | None, not int"),
    ("o: Optional[list[str]]", {"o": ["a", 5]}, "w() argument 'o[1]' must be str, not int"),
    ("o: Optional[list[str]]", {"o": "a"}, "w() argument 'o' must be list[str] | None, not str"),
    (
        "u: int | list[int] | list[str]",
        {"u": [1, "a"]},
        "w() argument 'u' must be int | list[int] | list[str], not list",
    ),
    ("u: Literal['a', 1] | None", {"u": "b"}, "w() argument 'u' must be Literal['a', 1], not str"),
    ("u: Literal['a', 1] | None", {"u": True}, "w() argument 'u' must be Literal['a', 1] | None, not bool"),
    ("u: Literal[1] | Literal[True]", {"u": "b"}, "w() argument 'u' must be Literal[1] | Literal[True], not str"),
    ("m: Literal['fast', 'slow']", {"m": "quick"}, "w() argument 'm' must be Literal['fast', 'slow'], not str"),
    ("m: Literal[True]", {"m": 1}, "w() argument 'm' must be Literal[True], not int"),
    ("t: tuple[int, str]", {"t": [1]}, "w() argument 't' must be tuple[int, str], not list"),
    ("t: tuple[int, str]", {"t": [1, 2]}, "w() argument 't[1]' must be str, not int"),
    ("t: tuple[list[int], str]", {"t": [[1, "x"], "y"]}, "w() argument 't[0][1]' must be int, not str"),
    ("t: tuple[()]", {"t": [1]}, "w() argument 't' must be tuple[()], not list"),
    ("s: Small", {"s": {"b": 5}}, "w() argument 's.a' must be int, not missing"),
    ("s: Small", {"s": {"a": 1, "b": 5}}, "w() argument 's.b' must be str | None, not int"),
    ("s: Small", {"s": []}, "w() argument 's' must be Small, not list"),
    ("s: list[Small]", {"s": [{"a": 1}, {"a": "x"}]}, "w() argument 's[1].a' must be int, not str"),
    ("s: Wide", {"s": {"a": 1}}, "w() argument 's.c' must be list[Small], not missing"),
    ("s: Wide", {"s": {"a": 1, "c": [{}]}}, "w() argument 's.c[0].a' must be int, not missing"),
    ("s: Wide", {"s": {"a": 1, "c": [], "d": [1]}}, "w() argument 's.d' must be tuple[float, bool], not list"),
    ("s: Wide | None", {"s": {"a": "x"}}, "w() argument 's.a' must be int, not str"),
    ("s: Wide | Small", {"s": {"a": "x"}}, "w() argument 's' must be Wide | Small, not dict"),
    ("a: int, b: str", {"a": "x", "b": 1}, "w() argument 'a' must be int, not str"),
    ("a: int = 1, b: str = ''", {"b": 1}, "w() argument 'b' must be str, not int"),
    ("a: int | None = None", {"a": "x"}, "w() argument 'a' must be int | None, not str"),
    ("a: tuple[int, int] = (1, 2)", {"a": [1]}, "w() argument 'a' must be tuple[int, int], not list"),
    ("a: Annotated[int, 'x']", {"a": "x"}, "w() argument 'a' must be int, not str"),
    ("a: Literal[1] = 1, b: tuple[int] | None = None, c: int = 2", {"c": ""}, "w() argument 'c' must be int, not str"),
    ("**rest: int", {"p": 1, "q": "2"}, "w() argument 'q' must be int, not str"),
    ("a: str, **rest: list[int]", {"a": "x", "q": [1, "2"]}, "w() argument 'q[1]' must be int, not str"),
    ("event: dict[str, int], /", {"a": "x"}, "w() argument 'event['a']' must be int, not str"),
    ("event: int, /", "x", "w() argument 'event' must be int, not str"),
    ("a", [], "w() input must be dict, not list"),
    ("a", 1e20, "w() input must be dict, not float"),
    ("", None, "w() input must be dict, not NoneType"),
    ("a=1", "x", "w() input must be dict, not str"),
    ("a", {}, "w() missing 1 required positional argument: 'a'"),
    ("a, b=1, *, c, d=2", {}, "w() missing 1 required positional argument: 'a'"),
    ("a, b=1, *, c, d=2", {"a": 1}, "w() missing 1 required keyword-only argument: 'c'"),
    ("a, b", {}, "w() missing 2 required positional arguments: 'a' and 'b'"),
    ("a, b, c", {"b": None}, "w() missing 2 required positional arguments: 'a' and 'c'"),
    ("a, b, c", {"b": None, "a": 0}, "w() missing 1 required positional argument: 'c'"),
    ("a, b, c, d", {}, "w() missing 4 required positional arguments: 'a', 'b', 'c', and 'd'"),
    ("*, a, b, c", {}, "w() missing 3 required keyword-only arguments: 'a', 'b', and 'c'"),
    ("a: int, b: int", {"a": "wrong"}, "w() missing 1 required positional argument: 'b'"),
]

RIGHT: Final = [
    ("", {}),
    ("", {"surplus": 1}),
    ("a", {"a": None}),
    ("a=5", {}),
    ("a: int = 5, b: str | None = None", {}),
    ("a: list[int] = [1, 2], b: dict[str, int] = {'x': 1}, c: list = []", {"b": {}}),
    ("a: int = None", {}),
    ("x: float", {"x": 3}),
    ("x: float", {"x": 1e300}),
    ("x: list[float] = [1, 2.5]", {"x": [1, 2]}),
    ("n: int", {"n": 1.0}),
    ("n: int", {"n": 2**53}),
    ("a: list[list[int]]", {"a": [[], [1], [[]][0]]}),
    ("a: list[int]", {"a": [1]}),
    ("a: list[int]", {"a": []}),
    ("a: list[list[int]]", {"a": [[1]]}),
    ("a: list, b: dict, c: Any, d: object", {"a": [[None]], "b": {}, "c": [], "d": [[]]}),
    ("t: tuple[list[int], None]", {"t": [[1], None]}),
    ("u: int | list[int] | list[str]", {"u": ["a"]}),
    ("u: list[int] | Any", {"u": ["a"]}),
    ("u: Literal[1] | Literal[True]", {"u": True}),
    ("u: list[Literal[1]] | list[Literal[True]]", {"u": [True]}),
    ("s: Small", {"s": {"a": 1}}),
    ("s: Small", {"s": {"other": [[1]], "b": None, "a": 1.0}}),
    ("s: Wide", {"s": {"a": 1, "c": [], "d": [1, True], "constructor": 2}}),
    ("s: Wide | Small", {"s": {"a": 1, "c": 1}}),
    ("a, **rest", {"a": 1, "b": [], "c": [[1]], "d": None}),
    ("**rest", {"a": 1}),
    ("**rest", {}),
    ("a=0, **rest", {}),
    ("a, **rest: int", {"a": "x", "b": 1}),
    ("event, /", [[1]]),
    ("event, /", None),
    ("event: dict, /", {"event": 1}),
    ("event: list[int] | None, /", [1]),
    ("*, c: int, d: int = 2", {"c": 1}),
    ("a: Literal[1] = 1, b: tuple[int] | None = None, c: Literal['x'] | list[int] = 'x', d: int = 2", {"d": 3}),
    ("é, not_ascii=1, ﬁ=2", {"é": 1, "fi": 3}),
    ("a: 'list[int]'", {"a": [1]}),
    ("a: Sequence[int], b: Mapping[str, int]", {"a": [1], "b": {"x": 1}}),
]


@pytest.mark.parametrize(("parameters", "input_", "message"), WRONG)
def test_refuses_with_the_text_of_cpython(bind: Bind, parameters: str, input_: object, message: str) -> None:
    assert bind(parameters).check(input_) == message


@pytest.mark.parametrize(("parameters", "input_"), RIGHT)
def test_binds_what_cpython_binds(bind: Bind, parameters: str, input_: object) -> None:
    assert isinstance(bind(parameters).check(input_), dict)


@pytest.mark.parametrize("parameters", sorted({parameters for parameters, _, _ in WRONG} | {p for p, _ in RIGHT}))
def test_every_kind_of_value_for_every_parameter(bind: Bind, parameters: str) -> None:
    bound = bind(parameters)
    names = [param.name for param in bound.machine.params if param.kind != "rest"]
    for value in SCALARS:
        bound.check(value)
        bound.check(dict.fromkeys([*names, "other"], value))
        for name in names:
            bound.check({name: value})


def test_names_that_every_javascript_object_has(bind: Bind) -> None:
    bound = bind("constructor: str, *, toString: int | None = None, valueOf: dict = {}")
    for input_ in ({}, {"constructor": "x"}, {"constructor": 1}, {"constructor": "x", "toString": "y", "valueOf": {}}):
        bound.check(input_)


def test_an_alias_is_named_as_a_part_and_told_by_its_target_as_a_whole() -> None:
    named = NamedFit("Ids", ListFit(INT_FIT))
    spec = InputSpec("w", (Key("a", "positional", named), Key("b", None, ListFit(named))))
    checks = prim("input.fault").lower([Arg(Ref("i"), JSON), Arg(Lit(spec.text()), STR)], STR)
    text = with_prelude(checks)
    for engine in engines():
        assert engine.evaluate(text, {"i": {"a": 5}}) == "w() argument 'a' must be list[int], not int"
        assert engine.evaluate(text, {"i": {"a": [], "b": 5}}) == "w() argument 'b' must be list[Ids], not int"
        assert engine.evaluate(text, {"i": {"a": [], "b": [5]}}) == "w() argument 'b[0]' must be list[int], not int"
        assert engine.evaluate(text, {"i": {"a": [], "b": [[5]]}}) is None


def test_many_parameters_do_not_nest(bind: Bind) -> None:
    names = [f"p{number}" for number in range(40)]
    bound = bind(", ".join(f"{name}: list[dict[str, int]] | None" for name in names))
    good: dict[str, object] = {name: [{"k": 1}] for name in names}
    bound.check(good)
    assert bound.check(good | {"p39": [{}, {"k": "v"}]}) == "w() argument 'p39[1]['k']' must be int, not str"
    assert str(bound.check({})).endswith("'p38', and 'p39'")


def test_an_annotation_of_twelve_levels(bind: Bind) -> None:
    bound = bind(f"a: {'list[' * 12}int{']' * 12}")
    good: object = 5
    bad: object = "x"
    for _ in range(12):
        good, bad = [good], [bad]
    bound.check({"a": good})
    assert bound.check({"a": bad}) == f"w() argument 'a{'[0]' * 12}' must be int, not str"


def test_nothing_is_checked_where_everything_fits(bind: Bind) -> None:
    assert bind("event, /").text == "{'event': $states.input}"
    assert "py_kind" not in bind("event: object, /").text


def test_the_common_case_is_short(bind: Bind) -> None:
    text = bind("text: str").text
    assert text[text.index("$fault :=") : text.index("; $after")] == (
        "$fault := $type($states.input) != 'object' ? 'w() input must be dict, not ' & $py_kind($states.input) : "
        "$not($exists($states.input.text)) ? \"w() missing 1 required positional argument: 'text'\" : "
        "$type($states.input.text) != 'string' ? \"w() argument 'text' must be str, not \" & "
        "$py_kind($states.input.text) : null"
    )


FITS: Final = [
    None,
    AnyFit("object"),
    NONE_FIT,
    FLOAT_FIT,
    ListFit(None),
    DictFit(None, None),
    DictFit(STR_FIT, ListFit(INT_FIT)),
    TupleFit(()),
    TupleFit((INT_FIT, ANY_FIT)),
    ChoiceFit((None, True, 1, "1", "list", "é\n")),
    RecordFit("R", (FieldFit("a", ListFit(INT_FIT), True), FieldFit("b c", UnionFit((NONE_FIT, BOOL_FIT)), False))),
    UnionFit((ListFit(STR_FIT), NamedFit("X", UnionFit((NONE_FIT, BOOL_FIT))))),
]


@pytest.mark.parametrize("fit", FITS)
def test_a_fit_as_data_reads_back(fit: Fit | None) -> None:
    spec = InputSpec("a.b", (Key("x", "positional", fit), Key("y", None, fit)), fit, None)
    assert InputSpec.read(spec.text()) == spec
    whole = InputSpec("a", whole=Key("x", None, fit))
    assert InputSpec.read(whole.text()) == whole


# Random annotations


def _annotations() -> st.SearchStrategy[str]:
    literal = st.lists(st.sampled_from(["'a'", "'b'", "1", "2", "True", "None"]), min_size=1, max_size=3, unique=True)
    leaves = st.sampled_from(
        ["int", "float", "str", "bool", "None", "Any", "list", "dict", "Small", "Wide"]
    ) | literal.map(lambda values: f"Literal[{', '.join(values)}]")

    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        several = st.lists(inner, min_size=1, max_size=3)
        return (
            inner.map(lambda item: f"list[{item}]")
            | inner.map(lambda item: f"dict[str, {item}]")
            | inner.map(lambda item: f"dict[Literal['a', 'b'], {item}]")
            | several.map(lambda items: f"tuple[{', '.join(items)}]")
            | several.map(lambda items: f"Union[{', '.join(items)}]")
        )

    return st.recursive(leaves, wider, max_leaves=5)


def _values(annotation: str) -> st.SearchStrategy[Any]:
    """Values that fit, mostly, down to some depth."""
    node = ast.parse(annotation, mode="eval").body
    return _values_of(node)


_ANYTHING: Final = st.recursive(
    st.sampled_from([None, True, False, 0, 1, 2, 1.5, "a", "b", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["a", "b", "c'"]), inner, max_size=2),
    max_leaves=4,
)


_SMALL: Final = st.fixed_dictionaries({"a": st.integers(0, 3) | _ANYTHING}, optional={"b": st.none() | st.just("b")})


def _values_of(node: ast.expr) -> st.SearchStrategy[Any]:
    return st.one_of(_ANYTHING, *[_fitting(node)] * 5)


def _fitting(node: ast.expr) -> st.SearchStrategy[Any]:
    match node:
        case ast.Constant(value=value):
            return st.just(value)
        case ast.Name(id=name):
            simple: dict[str, st.SearchStrategy[Any]] = {
                "int": st.integers(-3, 3),
                "float": st.sampled_from([1, 1.5, -2.0]),
                "str": st.sampled_from(["a", "b", "z"]),
                "bool": st.booleans(),
                "Any": _ANYTHING,
                "list": st.lists(_ANYTHING, max_size=2),
                "dict": st.dictionaries(st.sampled_from("ab"), _ANYTHING, max_size=2),
                "Small": _SMALL,
                "Wide": st.fixed_dictionaries(
                    {"a": st.integers(-(2**53), 2**53), "c": st.lists(_SMALL, max_size=2)},
                    optional={"d": st.just([1, True]) | _ANYTHING, "x": _ANYTHING},
                ),
            }
            return simple[name]
        case ast.Subscript(value=ast.Name(id=name), slice=inner):
            parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
            if name in ("Literal", "Union"):
                return st.one_of(*map(_values_of, parts))
            if name == "tuple":
                return st.tuples(*map(_values_of, parts)).map(list)
            if name == "list":
                return st.lists(_values_of(parts[0]), max_size=3)
            return st.dictionaries(st.sampled_from("ab"), _values_of(parts[1]), max_size=2)
        case _:
            raise AssertionError(ast.dump(node))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data(), annotations=st.lists(_annotations(), min_size=1, max_size=3))
def test_random_annotations(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, annotations: list[str]
) -> None:
    kinds = data.draw(st.lists(st.sampled_from(["{}: {}", "{}: {} = None"]), min_size=3, max_size=3))
    parameters = ", ".join(
        kind.format(f"p{number}", text)
        for number, (kind, text) in enumerate(zip(sorted(kinds), annotations, strict=False))
    )
    try:
        bound = Bound(tmp_path_factory.mktemp("bound"), parameters)
    except Refused:
        assume(False)
        return
    for _ in range(6):
        names = data.draw(
            st.lists(st.sampled_from(range(len(annotations))), unique=True, min_size=len(annotations) // 2)
        )
        bound.check({f"p{number}": data.draw(_values(annotations[number])) for number in names})
