"""`match`: each case becomes an `if` of tests that exist anyway, so that narrowing and the order of evaluation are theirs.

Owns the tests that a pattern stands for, and when captured names are bound: after the whole pattern fitted, before the guard. Parts of the subject
that are looked at more than once get names that no program can write.
"""

import ast
from collections.abc import Sequence
from dataclasses import field

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_body, lower_stmt, lower_value, statement
from pysfnc.frontend.core.lower_frame import Frame
from pysfnc.frontend.core.lower_names import bind_name, fact_of, is_local
from pysfnc.frontend.core.lower_views import viewed
from pysfnc.frontend.core.whole import refuse_text, text_held
from pysfnc.frontend.declarations.records import Record, record_of
from pysfnc.frontend.program.model import ClassBinding
from pysfnc.frontend.program.names import resolve_through
from pysfnc.frontend.program.scope import Scope
from pysfnc.lean import dataclass

_SELF_MATCHING = frozenset({"bool", "int", "float", "str", "list", "dict", "tuple"})
"""Builtin classes whose only positional pattern is about the value itself."""


@dataclass(slots=True)
class Pattern:
    """What a pattern asks, and the names it binds; `failed`: it has no compiled form, which was reported."""

    tests: list[ast.expr] = field(default_factory=list)
    captures: list[tuple[str, ast.expr, ast.AST]] = field(default_factory=list)
    failed: bool = False


def _meets_a_deque(cx: Context, node: ast.Match, subject: ast.expr) -> bool:
    """Whether a pattern of a sequence is asked about a deque, which is one of Python's and no list; a message then."""
    found = fact_of(cx, subject) if isinstance(subject, ast.Name) else None
    if found is None or found[1].static is not None or text_held(found[1].type) != "deque":
        return False
    if not any(isinstance(part, ast.MatchSequence) for case in node.cases for part in ast.walk(case.pattern)):
        return False
    refuse_text(cx, "deque", node.subject)
    return True


@statement(ast.Match)
def lower_match(cx: Context, node: ast.Match) -> None:
    """`match subject: case ...`."""
    captured = {name for case in node.cases for name in _captured(case.pattern)}
    inner = Frame(
        scope=Scope(bound=frozenset()),
        module=cx.frame.module,
        region=cx.flow.region,
        kind="comprehension",
        parent=cx.frame,
        title=cx.frame.title,
        owner=cx.frame.owner,
        is_async=cx.frame.is_async,
    )
    with cx.in_frame(inner):
        writer = _Writer(cx, inner)
        subject: ast.expr = node.subject
        if not (isinstance(subject, ast.Name) and is_local(cx, subject.id) and subject.id not in captured):
            value = as_data(cx, lower_value(cx, subject), subject)
            if is_poison(value):
                return
            name = writer.hidden()
            kept, view = viewed(cx, value)
            bind_name(cx, name, kept, subject, view=view)
            subject = _at(ast.Name(id=name, ctx=ast.Load()), subject)
        if _meets_a_deque(cx, node, subject):
            return
        lowered = writer.cases(node.cases, subject)
        if lowered is not None:
            lower_body(cx, lowered) if len(lowered) != 1 else lower_stmt(cx, lowered[0])


def _captured(pattern: ast.pattern) -> set[str]:
    found: set[str] = set()
    for part in ast.walk(pattern):
        if isinstance(part, ast.MatchAs | ast.MatchStar) and part.name is not None:
            found.add(part.name)
        elif isinstance(part, ast.MatchMapping) and part.rest is not None:
            found.add(part.rest)
    return found


def _at(node: ast.expr, place: ast.AST) -> ast.expr:
    """The node, and all inside it, at the place of another."""
    for part in ast.walk(node):
        if not hasattr(part, "lineno"):
            ast.copy_location(part, place)
    return node


class _Writer:
    """Writes patterns as expressions."""

    def __init__(self, cx: Context, frame: Frame) -> None:
        self.cx = cx
        self.frame = frame

    def hidden(self) -> str:
        """A name of the frame of this statement."""
        name = self.cx.names.fresh("match")
        self.frame.scope = Scope(bound=self.frame.scope.bound | {name})
        self.frame.names[name] = name
        return name

    def cases(self, cases: Sequence[ast.match_case], subject: ast.expr) -> list[ast.stmt] | None:
        """The cases as a chain of `if`; None when one has no compiled form."""
        made: list[ast.stmt] = []
        written = [self._case(case, subject) for case in cases]
        for case, pattern in reversed(list(zip(cases, written, strict=True))):
            if pattern.failed:
                return None
            binds = [self._bind(name, value, place) for name, value, place in pattern.captures]
            tests = list(pattern.tests)
            if case.guard is not None:
                tests += [self._always(name, value, place) for name, value, place in pattern.captures]
                tests.append(case.guard)
                binds = []
            body = [*binds, *case.body]
            if not tests:
                made = body
                continue
            test = tests[0] if len(tests) == 1 else _at(ast.BoolOp(op=ast.And(), values=tests), case.pattern)
            statement_ = ast.If(test=test, body=body, orelse=made)
            ast.copy_location(statement_, case.pattern)
            statement_.end_lineno, statement_.end_col_offset = case.pattern.end_lineno, case.pattern.end_col_offset
            made = [statement_]
        return made

    def _case(self, case: ast.match_case, subject: ast.expr) -> Pattern:
        pattern = Pattern()
        self._pattern(case.pattern, subject, pattern)
        return pattern

    def _bind(self, name: str, value: ast.expr, place: ast.AST) -> ast.stmt:
        made = ast.Assign(targets=[_at(ast.Name(id=name, ctx=ast.Store()), place)], value=value)
        return ast.copy_location(made, place)

    def _always(self, name: str, value: ast.expr, place: ast.AST) -> ast.expr:
        """A test that holds, and gives a name a value on the way."""
        bound = ast.NamedExpr(target=ast.Name(id=name, ctx=ast.Store()), value=value)
        asked = ast.Compare(left=bound, ops=[ast.Is()], comparators=[ast.Constant(value=None)])
        return _at(ast.BoolOp(op=ast.Or(), values=[asked, ast.Constant(value=True)]), place)

    def _fail(self, into: Pattern, node: ast.AST, message: str, help: str = "") -> None:
        into.failed = True
        self.cx.error(codes.UNSUPPORTED_STATEMENT, node, message, help=help or "write instead: `if` and `elif`")

    def _pattern(self, node: ast.pattern, subject: ast.expr, into: Pattern) -> None:
        match node:
            case ast.MatchValue(value=value):
                into.tests.append(_at(ast.Compare(left=subject, ops=[ast.Eq()], comparators=[value]), node))
            case ast.MatchSingleton(value=value):
                constant = ast.Constant(value=value)
                into.tests.append(_at(ast.Compare(left=subject, ops=[ast.Is()], comparators=[constant]), node))
            case ast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    self._pattern(inner, subject, into)
                if name is not None:
                    into.captures.append((name, subject, node))
            case ast.MatchOr(patterns=patterns):
                self._either(node, patterns, subject, into)
            case ast.MatchSequence(patterns=patterns):
                self._sequence(node, patterns, subject, into)
            case ast.MatchMapping():
                self._mapping(node, subject, into)
            case ast.MatchClass():
                self._class(node, subject, into)
            case _:
                self._fail(into, node, "this pattern has no compiled form")

    def _part(self, node: ast.pattern, part: ast.expr, into: Pattern) -> None:
        """A pattern about a part of the subject, which gets a name where it is looked into."""
        if isinstance(node, ast.MatchValue | ast.MatchSingleton) or (
            isinstance(node, ast.MatchAs) and not node.pattern
        ):
            self._pattern(node, part, into)
            return
        name = self.hidden()
        into.tests.append(self._always(name, part, node))
        self._pattern(node, _at(ast.Name(id=name, ctx=ast.Load()), node), into)

    def _either(self, node: ast.pattern, patterns: list[ast.pattern], subject: ast.expr, into: Pattern) -> None:
        """`a | b`: the names that all alternatives bind are bound by the first that fits."""
        names = {name: self.hidden() for name in sorted(_captured(node))}
        alternatives: list[ast.expr] = []
        for inner in patterns:
            found = Pattern()
            self._pattern(inner, subject, found)
            into.failed |= found.failed
            tests = [*found.tests, *(self._always(names[name], value, place) for name, value, place in found.captures)]
            if not tests:
                tests = [_at(ast.Constant(value=True), inner)]
            alternatives.append(tests[0] if len(tests) == 1 else _at(ast.BoolOp(op=ast.And(), values=tests), inner))
        into.tests.append(_at(ast.BoolOp(op=ast.Or(), values=alternatives), node))
        for name, hidden in names.items():
            into.captures.append((name, _at(ast.Name(id=hidden, ctx=ast.Load()), node), node))

    def _builtin(self, name: str, node: ast.AST, into: Pattern) -> ast.expr:
        """A builtin function that a test calls."""
        if is_local(self.cx, name) or name in self.cx.frame.module.names:
            self._fail(into, node, f"the pattern needs Python's own `{name}`, which has another meaning here")
        return ast.Name(id=name, ctx=ast.Load())

    def _is_a(self, subject: ast.expr, classes: ast.expr, node: ast.AST, into: Pattern) -> ast.expr:
        function = self._builtin("isinstance", node, into)
        return _at(ast.Call(func=function, args=[subject, classes], keywords=[]), node)

    def _sequence(self, node: ast.pattern, patterns: list[ast.pattern], subject: ast.expr, into: Pattern) -> None:
        star = next((place for place, part in enumerate(patterns) if isinstance(part, ast.MatchStar)), None)
        classes = ast.Tuple(elts=[self._builtin(name, node, into) for name in ("list", "tuple")], ctx=ast.Load())
        into.tests.append(self._is_a(subject, classes, node, into))
        count = ast.Call(func=self._builtin("len", node, into), args=[subject], keywords=[])
        least = len(patterns) - (star is not None)
        op: ast.cmpop = ast.Eq() if star is None else ast.GtE()
        if star is None or least:
            into.tests.append(_at(ast.Compare(left=count, ops=[op], comparators=[ast.Constant(value=least)]), node))
        for place, part in enumerate(patterns):
            behind = len(patterns) - place
            if isinstance(part, ast.MatchStar):
                if part.name is not None:
                    high: ast.expr | None = (
                        None if behind == 1 else ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=behind - 1))
                    )
                    items = ast.Subscript(
                        value=subject, slice=ast.Slice(lower=ast.Constant(value=place), upper=high), ctx=ast.Load()
                    )
                    made = ast.Call(func=self._builtin("list", node, into), args=[items], keywords=[])
                    into.captures.append((part.name, _at(made, part), part))
                continue
            index: ast.expr = ast.Constant(value=place)
            if star is not None and place > star:
                index = ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=behind))
            item = ast.Subscript(value=subject, slice=index, ctx=ast.Load())
            self._part(part, _at(item, part), into)

    def _mapping(self, node: ast.MatchMapping, subject: ast.expr, into: Pattern) -> None:
        into.tests.append(self._is_a(subject, self._builtin("dict", node, into), node, into))
        for key, part in zip(node.keys, node.patterns, strict=True):
            into.tests.append(_at(ast.Compare(left=key, ops=[ast.In()], comparators=[subject]), key))
            self._part(part, _at(ast.Subscript(value=subject, slice=key, ctx=ast.Load()), part), into)
        if node.rest is not None:
            one, other = "match_key", "match_value"
            items = ast.Call(func=ast.Attribute(value=subject, attr="items", ctx=ast.Load()), args=[], keywords=[])
            names = [ast.Name(id=name, ctx=ast.Store()) for name in (one, other)]
            taken = ast.Tuple(elts=list(node.keys), ctx=ast.Load())
            left = ast.Compare(left=ast.Name(id=one, ctx=ast.Load()), ops=[ast.NotIn()], comparators=[taken])
            rest = ast.DictComp(
                key=ast.Name(id=one, ctx=ast.Load()),
                value=ast.Name(id=other, ctx=ast.Load()),
                generators=[
                    ast.comprehension(
                        target=ast.Tuple(elts=list(names), ctx=ast.Store()),
                        iter=items,
                        ifs=[left] if node.keys else [],
                        is_async=0,
                    )
                ],
            )
            into.captures.append((node.rest, _at(rest, node), node))

    def _class(self, node: ast.MatchClass, subject: ast.expr, into: Pattern) -> None:
        into.tests.append(self._is_a(subject, node.cls, node, into))
        attributes = list(zip(node.kwd_attrs, node.kwd_patterns, strict=True))
        if node.patterns:
            name = node.cls.id if isinstance(node.cls, ast.Name) else ""
            if name in _SELF_MATCHING and not is_local(self.cx, name) and name not in self.cx.frame.module.names:
                if len(node.patterns) > 1:
                    self._fail(into, node, f"`{name}()` accepts 1 positional sub-pattern, which raises TypeError")
                    return
                self._pattern(node.patterns[0], subject, into)
            else:
                named = self._match_args(node)
                if named is None or len(named) < len(node.patterns):
                    self._fail(into, node, "the positional patterns of this class are not known")
                    return
                attributes = [*zip(named, node.patterns, strict=False), *attributes]
        for attribute, part in attributes:
            self._part(part, _at(ast.Attribute(value=subject, attr=attribute, ctx=ast.Load()), part), into)

    def _match_args(self, node: ast.MatchClass) -> list[str] | None:
        """The attributes that positional patterns of a class of the project are about."""
        binding = resolve_through(self.cx.project.model, self.cx.frame.module, node.cls)
        if not isinstance(binding, ClassBinding):
            return None
        record: Record = record_of(self.cx.project.model, binding.info)
        if (
            record.obstacle is not None
            or record.kind not in ("dataclass", "named tuple")
            or "__match_args__" in record.members
        ):
            return None
        return [one.name for one in record.fields if one.init and not one.by_name]
