"""Runs a program under CPython and compiled, at both levels and on both JSONata engines, and says whether they agree.

An input that takes CPython outside the language's domain (integers beyond 2^53, floats that are not finite, values of
megabytes), or to a limit of `docs/limits.md` (a negative zero that something looks at), judges nothing: under CPython
what operations give, and what is given to calls and texts, is watched. A difference on node only counts where no key of a dict
looks like an integer (LIM-09).
"""

import ast
import re
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal

from tests.support.oracle import Rejected, evaluator, run_compiled, run_python
from tests.support.outcome import Outcome, disagreement

Verdict = Literal["agree", "outside", "rejected", "differ", "crash"]
FAILURES: Final = ("differ", "crash")
WAYS: Final = ((1, "jlens"), (0, "jlens"), (1, "node"), (0, "node"))
QUICK_WAYS: Final = ((1, "jlens"), (0, "jlens"), (1, "node"))

_CONCURRENT: Final = re.compile(r"\b(parallel|gather|create_task|ThreadPoolExecutor)\(")
_LARGEST: Final = 2**53
_LONGEST: Final = 5_000
"""Longer texts and lists meet the quotas of Step Functions, which CPython knows nothing of."""


@dataclass(frozen=True)
class Judgement:
    """What became of a program: the worst verdict of its inputs. `about` tells causes apart, `report` is for people."""

    verdict: Verdict
    about: str = ""
    report: str = ""
    way: tuple[int, str] | None = None
    """Level and engine of the run that failed."""

    @property
    def failed(self) -> bool:
        """Whether it shows a bug of the compiler."""
        return self.verdict in FAILURES


def judge(source: str, inputs: Sequence[dict[str, Any]], ways: Sequence[tuple[int, str]] = WAYS) -> Judgement:
    """Judge a program on its inputs, stopping at the first difference."""
    outside = 0
    watched = watch(source)
    for given in inputs:
        expected = run_watched(watched, given)
        if expected is None:
            outside += 1
            continue
        for optimize, engine in ways:
            judgement = _one(source, given, expected, optimize, engine)
            if (
                judgement.verdict == "differ"
                and engine == "node"
                and run_watched(watch(source, keys=True), given) is None
            ):
                continue  # LIM-09: JavaScript puts keys that look like integers first
            if judgement.verdict != "agree":
                return judgement
    return Judgement("outside" if inputs and outside == len(inputs) else "agree")


def _one(source: str, given: dict[str, Any], expected: Outcome, optimize: int, engine: str) -> Judgement:
    where, way = f"-O{optimize} on {engine}, input {given!r}", (optimize, engine)
    try:
        actual = run_compiled(source, given, optimize=optimize, evaluator=evaluator(engine))
    except Rejected as rejected:
        codes = sorted({str(d.code) for d in rejected.diagnostics if d.is_error})
        internal = "SFN900" in codes
        return Judgement("crash" if internal else "rejected", " ".join(codes), str(rejected), way)
    except Exception as error:
        frames = [f for f in traceback.extract_tb(error.__traceback__) if "pysfnc" in f.filename]
        place = f"{frames[-1].name} in {frames[-1].filename.rsplit('/', 1)[-1]}" if frames else ""
        return Judgement("crash", f"{type(error).__name__} {place}", f"{where}\n{traceback.format_exc()}", way)
    difference = disagreement(expected, actual, ordered=_CONCURRENT.search(source) is None)
    if difference is None:
        return Judgement("agree")
    about = "output" if expected.succeeded and actual.succeeded else f"{expected.error} {actual.error}"
    return Judgement("differ", about, f"{where}\n{difference}", way)


class _Watch(ast.NodeTransformer):
    """Puts a watch on the result of every operation that can make something large."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _watched(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.args = [arg if isinstance(arg, ast.Starred) else _shown(arg) for arg in node.args]
        for keyword in node.keywords:
            keyword.value = _shown(keyword.value)
        return _watched(node)

    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.AST:
        self.generic_visit(node)
        node.value = _shown(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return node  # an annotation such as `str | None` makes nothing, and is evaluated before the watch exists

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # Nor what stands around a function: its decorators, and its defaults, which are constants.
        node.body = [part for stmt in node.body for part in _flat(self.visit(stmt))]
        return node

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_AugAssign(self, node: ast.AugAssign) -> list[ast.AST]:
        self.generic_visit(node)
        target = ast.parse(ast.unparse(node.target), mode="eval").body
        return [node, ast.Expr(_watched(target))]


class _WatchKeys(_Watch):
    """Puts a watch on the keys of dicts too."""

    def visit_Dict(self, node: ast.Dict) -> ast.AST:
        self.generic_visit(node)
        node.keys = [None if key is None else _called(_KEY, key) for key in node.keys]
        return node

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        self.generic_visit(node)
        node.key = _called(_KEY, node.key)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.ctx, ast.Store):
            node.slice = _called(_KEY, node.slice)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        made = super().visit_Call(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault" and node.args:
            node.args[0] = _called(_KEY, node.args[0])
        return made


def _flat(made: ast.AST | list[ast.stmt]) -> list[ast.stmt]:
    return made if isinstance(made, list) else [made]  # type: ignore[list-item]


def _called(name: str, node: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), [node], [])


def _watched(node: ast.expr) -> ast.Call:
    return _called(_NAME, node)


def _shown(node: ast.expr) -> ast.expr:
    """A value whose text something may see: an argument, which exceptions and texts are made of, too."""
    if isinstance(node, ast.GeneratorExp | ast.Lambda | ast.Constant):
        return node
    return _called(_SHOWN, node)


class OutOfDomain(BaseException):
    """What a watched program raises where it leaves the language's domain.

    raised: how often, since a `finally` of the program may raise something else in its place.
    """

    raised: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).raised += 1


_NAME: Final = "__watch__"
_SHOWN: Final = "__shown__"
_KEY: Final = "__key__"
_WATCH: Final = f"""
from tests.differential.judge import OutOfDomain


def {_NAME}(value):
    if type(value) is int and not -{_LARGEST} <= value <= {_LARGEST}:
        raise OutOfDomain
    if type(value) is float and value - value != 0:
        raise OutOfDomain
    if type(value) in (str, list) and len(value) > {_LONGEST}:
        raise OutOfDomain
    return value


def {_SHOWN}(value):
    todo = [value]
    while todo:
        part = todo.pop()
        if type(part) is float and str(part) == "-0.0":
            raise OutOfDomain
        if type(part) in (list, tuple):
            todo.extend(part)
        if type(part) is dict:
            todo.extend(part.values())
    return value


def {_KEY}(key):
    if type(key) is str and key.isascii() and key.isdigit() and str(int(key)) == key:
        raise OutOfDomain
    return key
"""
_WATCH_DICTS: Final = f"""
_watch = {_NAME}


def {_NAME}(value):
    for key in value if type(value) is dict else ():
        {_KEY}(key)
    return _watch(value)
"""


def watch(source: str, *, keys: bool = False) -> str:
    """The program with everything that it makes watched; with `keys` a key that looks like an integer is outside the domain too."""
    watcher = _WatchKeys() if keys else _Watch()
    head = _WATCH + (_WATCH_DICTS if keys else "")
    return head + ast.unparse(ast.fix_missing_locations(watcher.visit(ast.parse(source))))


def run_watched(watched: str, given: dict[str, Any]) -> Outcome | None:
    """Run a watched program under CPython; None when it leaves the language's domain."""
    before = OutOfDomain.raised
    try:
        outcome = run_python(watched, given)
    except BaseException as error:
        if _left_domain(error):
            return None
        raise
    return outcome if OutOfDomain.raised == before else None


def _left_domain(error: BaseException) -> bool:
    """Whether this is `OutOfDomain`, or a task group that holds it."""
    if isinstance(error, BaseExceptionGroup):
        return any(map(_left_domain, error.exceptions))
    return isinstance(error, OutOfDomain)
