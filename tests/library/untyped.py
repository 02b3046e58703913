"""The examples of rows again, with values of which the compiler knows nothing, and on an engine that counts as AWS does."""

import ast
import json
from collections.abc import Iterator, Mapping

from pysfnc.ir.exprs import Expr
from pysfnc.jsonata.engine import Evaluator
from pysfnc.values.relations import is_json_faithful
from pysfnc.values.types import Type
from tests.library import harness

# What AWS's $substring does (measured): positions count UTF-16 units, which only $split shows here.
AWS_SUBSTRING = (
    "$substring := function($s, $i, $n){("
    '$u := $split($s, ""); $k := $i < 0 ? $max([0, $count($u) + $i]) : $i; '
    "$join($append([], $filter($u, function($c, $j){$j >= $k and $j < $k + $n}))))}; "
)


class AwsLike:
    """jsonata-js with AWS's `$substring`."""

    def __init__(self, inner: Evaluator) -> None:
        self.inner = inner

    def check(self, text: str) -> None:
        """See `Evaluator.check`."""
        self.inner.check(text)

    def evaluate(self, text: str, variables: Mapping[str, object], *, now_ms: int | None = None) -> object:
        """See `Evaluator.evaluate`."""
        return self.inner.evaluate(f"({AWS_SUBSTRING}{text})", variables, now_ms=now_ms)


def literals(node: ast.expr) -> Iterator[ast.expr]:
    """The outermost parts of an expression that are literals, in order of the text."""
    try:
        ast.literal_eval(node)
    except ValueError:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.keyword):
                continue
            if isinstance(child, ast.expr):
                yield from literals(child)
    else:
        yield node


def untyped(source: str) -> tuple[str, dict[str, object], dict[str, Type]]:
    """The expression with variables of unknown type in place of its literals, the values, and the types."""
    tree = ast.parse(source, mode="eval").body
    values: dict[str, object] = {}
    types: dict[str, Type] = {}
    text = source
    for number, node in reversed(list(enumerate(literals(tree)))):
        value = ast.literal_eval(node)
        if not is_json_faithful(harness.type_of(value)) or node.end_col_offset is None:
            continue
        name = f"x{number}"
        raw = text.encode()
        text = (raw[: node.col_offset] + name.encode() + raw[node.end_col_offset :]).decode()
        values[name] = value
        types[name] = harness.ANY
    return text, values, types


def check_untyped(source: str) -> None:
    """`harness.check` with nothing known about the literals; an expression that needs to know more is passed over."""
    if "key=" in source:
        return  # the harness needs to know the items that a key function gets
    text, values, types = untyped(source)
    try:
        harness.lower(text, types | {n: harness.type_of(v) for n, v in values.items() if n not in types})
    except harness.Refuse as refused:
        assert refused.refusal.slug in {"type-needed", "type-mismatch", "unsupported-call"}, refused
        return
    harness.check(text, types, **values)


def on_aws(expr: Expr, inner: Evaluator) -> object:
    """The value of an expression on the engine that counts as AWS does."""
    return harness.jsonata(expr, {}, AwsLike(inner))


def size(expr: Expr) -> int:
    """The length of the JSONata text."""
    return len(json.dumps(harness.render(expr)))
