"""What Python says over the matches of a pattern: `re.sub` with a function or a text that is not constant, `re.subn`, `re.split` with groups or
`maxsplit`, `m.groups(default)`."""

import ast
from collections.abc import Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import is_poison
from pysfnc.frontend.core.lower_values import BuiltinFunction, ExceptionClass, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.ir.exprs import Expr
from pysfnc.library.rows.make import const
from pysfnc.values.relations import kinds
from pysfnc.values.types import INT, Kind

_TAKEN: Final = "some = found if most == 0 else found[: max(most, 0)]\n"
_SUB: Final = (
    _TAKEN
    + """
pieces = []
last = 0
for m in some:
    if last < m.start():
        pieces.append(text[last : m.start()])
    made = MADE
    APPEND
    last = m.end()
if last < len(text):
    pieces.append(text[last:])
"""
)
_OF_FUNCTION: Final = "if made is not None:\n        pieces.append(made)"
_SPLIT: Final = (
    _TAKEN
    + """
pieces = []
last = 0
for m in some:
    pieces.append(text[last : m.start()])
    pieces.extend(m.groups())
    last = m.end()
pieces.append(text[last:])
return pieces
"""
)
_OF_TEXT: Final = "pieces.append(made)"
_CHECKED: Final = """
if "\\\\" in repl:
    raise ValueError("the machine reads no backslash in a replacement that is not constant")
"""
_BUILTINS: Final[dict[str, Value]] = {name: BuiltinFunction(name) for name in ("max", "len")}


def sub_pieces(
    cx: Context,
    subject: Expr,
    matches: Expr,
    repl: Value | Sequence[str | int],
    count: Value | None,
    counted: bool,
    node: ast.expr,
) -> Value:
    """`re.sub`, or `re.subn` (`counted`): the text with what `repl` gives for each match: a function, a text, or texts and numbers of groups."""
    begin, made, append = "", "repl(m)", _OF_FUNCTION
    values: dict[str, Value] = {"found": matches, "text": subject, "most": const(0) if count is None else count}
    if isinstance(repl, Sequence):
        parts = [repr(part) if isinstance(part, str) else f"(m.group({part}) or '')" for part in repl]
        made, append = " + ".join(["''", *parts]), _OF_TEXT
    elif isinstance(repl, Static):
        values["repl"] = repl
    elif is_poison(repl) or kinds(repl.type) != {Kind.STR}:
        return repl if is_poison(repl) else _no_text(cx, repl, node)
    else:
        begin, made, append = _CHECKED, "repl", _OF_TEXT
        values |= {"repl": repl, "ValueError": ExceptionClass("ValueError", None, "plain")}
    ending = 'return ("".join(pieces), len(some))' if counted else 'return "".join(pieces)'
    body = begin + _SUB.replace("MADE", made).replace("APPEND", append) + ending
    return run_here(cx, body, values | _BUILTINS, node)


def _no_text(cx: Context, repl: Expr, node: ast.expr) -> Expr:
    return cx.error(
        codes.TYPE_NEEDED,
        node,
        f"the replacement is of type `{repl.type}`, and has to be known as a text or a function",
        help="write instead: `str(...)` around it, or an annotation",
    )


def split_pieces(cx: Context, subject: Expr, matches: Expr, most: Value | None, node: ast.expr) -> Value:
    """`re.split` with groups, which stand between the parts, or with a limit."""
    values: dict[str, Value] = {"found": matches, "text": subject, "most": const(0) if most is None else most}
    return run_here(cx, _SPLIT, values | _BUILTINS, node)


def count_problem(cx: Context, count: Value | None, node: ast.expr) -> Expr | None:
    """What is wrong with a limit, reported; None if it is an int."""
    if count is None:
        return None
    if isinstance(count, Static):
        return cx.error(codes.TYPE_MISMATCH, node, "the number of matches is no number")
    if is_poison(count):
        return count
    if not kinds(count.type) <= {Kind.INT, Kind.BOOL}:
        return cx.error(
            codes.TYPE_NEEDED, node, f"the number of matches is of type `{count.type}`, and has to be {INT}"
        )
    return None


def groups_or(cx: Context, match: Expr, count: int, default: Expr, node: ast.expr) -> Value:
    """`m.groups(default)`."""
    parts = [f"default if m.group({number}) is None else m.group({number})" for number in range(1, count + 1)]
    return run_here(cx, f"return ({''.join(f'{part}, ' for part in parts)})", {"m": match, "default": default}, node)
