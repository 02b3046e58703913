"""Arguments and retriers of service calls.

Owns when arguments are written as JSON with expressions inside, as people write them, and when as one expression: what the arguments have in
common would else be computed for each of them again.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.ir.hir import ErrorReading
from pysfnc.values.types import STR

SHORTER: Final = 0.8
"""How long one expression may be, compared with JSON, to be preferred: JSON is what people read."""

Writer = Callable[[Expr], Any]
DISPLAYS: Final = frozenset({"list.make", "dict.make"})


def argument_template(value: Expr, *, first: Writer, others: Writer, whole: Callable[[], Any | None]) -> Any:
    """The field for arguments: JSON where they are displays, or one expression where that is clearly shorter.

    `first` writes what is evaluated first, with the checks that come before; `others` write the rest; `whole` writes the one expression,
    None if it cannot be evaluated.
    """
    split = _Splitter(first, others).field(value)
    expression = whole()
    return split if expression is None or _size(expression) > SHORTER * _size(split) else expression


def retried_names(names: Sequence[str], errors: ErrorReading) -> tuple[str, ...]:
    """The error names of a retrier; classes that the call never raises are left out."""
    known = dict(errors.names)
    found = (known.get(name, (name,) if "." in name else ()) for name in names)
    return tuple(dict.fromkeys(name for names_ in found for name in names_))


class _Splitter:
    def __init__(self, first: Writer, others: Writer) -> None:
        self._writer, self._others = first, others

    def field(self, value: Expr) -> Any:
        if not isinstance(value, Prim) or value.op not in DISPLAYS or not value.args:
            write, self._writer = self._writer, self._others
            return write(value)
        if value.op == "list.make":
            return [self.field(part) for part in value.args]
        keys = [_key(part) for part in value.args[::2]]
        if None in keys or len(set(keys)) < len(keys):
            write, self._writer = self._writer, self._others
            return write(value)
        return {key: self.field(part) for key, part in zip(keys, value.args[1::2], strict=True)}


def _key(part: Expr) -> str | None:
    """The constant key of a field; names of fields are taken as they are, so a key is never an expression."""
    if isinstance(part, Const) and part.type == STR and isinstance(part.value, str) and "${" not in part.value:
        return part.value
    return None


def _size(field: Any) -> int:
    return len(json.dumps(field, ensure_ascii=False, separators=(",", ":")))
