"""Exceptions inside the error texts of expressions: what `$error` is called with, and how a Catch finds it.

The exception is JSON between two marks. A text that AWS makes of a failing expression holds the text of the expression too, so this must not
hold a whole mark: it is written in halves where it is made, and as a regular expression that does not match itself where it is found.
"""

import json
import re
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Call, Field, IfElse, Index, Lit, Object, Ref, Regex, Seq, Tree
from pysfnc.library.objects.raised import MESSAGE, NAME, ROUTE
from pysfnc.library.rows.make import call
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.shapes import amp

OPEN: Final = ("<py", "sfnc>")
"""The mark before an exception, in halves."""
CLOSE: Final = "<"
"""The mark behind it; the text between has none."""
_ESCAPED: Final = "\\u003c"
_FIND: Final = Regex("<p[y]sfnc>([^<]*)")
MAX_PARTS: Final = 5
_OWN: Final = {NAME: "Error", MESSAGE: "Cause"}


def _raising(exception: Tree) -> Tree:
    text = call("replace", call("string", exception), Lit(CLOSE), Lit(_ESCAPED))
    return call("error", amp(amp(amp(Lit(OPEN[0]), Lit(OPEN[1])), text), Lit(CLOSE)))


def constant_exception(exception: Tree) -> dict[str, object] | None:
    """An exception object that is known while compiling; None for any other."""
    if not isinstance(exception, Object):
        return None
    found: dict[str, object] = {}
    for key, value in exception.pairs:
        items = value.items if isinstance(value, Array) else (value,)
        if not isinstance(key, Lit) or not all(isinstance(item, Lit) for item in items):
            return None
        values = [item.value for item in items if isinstance(item, Lit)]
        found[str(key.value)] = values if isinstance(value, Array) else values[0]
    return found


def raised_in_place(exception: dict[str, object]) -> Tree:
    """What `py_raise` does with an exception object."""
    text = json.dumps(exception, ensure_ascii=False, separators=(",", ":")).replace(CLOSE, _ESCAPED)
    made: Tree = Lit(OPEN[0])
    for part in _with_one_quote(f"{OPEN[1]}{text}{CLOSE}"):
        made = amp(made, Lit(part))
    return Call("error", (made,))


def _with_one_quote(text: str) -> list[str]:
    """A text in parts that hold one kind of quotes each: a literal escapes those that it stands in, and JSON escapes that again."""
    parts = re.findall("""[^"']*(?:"[^']*|'[^"]*|$)""", text)
    return [part for part in parts if part] if len(parts) <= MAX_PARTS else [text]


def is_marked_with(tree: Tree) -> Tree:
    """A look at the number in an exception as a search for it, which takes less room than to read the exception."""
    match tree:
        case Binary("=", Field(Call("py_marked", (output,)), name), Lit(int() as number)) if name == ROUTE:
            return call("contains", Field(output, "Cause"), Regex(f'<p[y]sfnc>[^<]*"{ROUTE}":{number}.<'))
        case _:
            return tree


def _marked(error_output: Tree) -> Tree:
    """The text of the exception in an error output; nothing where there is none."""
    return Index(Field(Call("match", (Field(error_output, "Cause"), _FIND)), "groups"), Lit(0))


def failure(value: Tree, field: str, *, given: bool) -> Tree:
    """The name or text of the exception that an error output of an expression holds. `given`: the value may be the exception itself."""
    own = Field(value, _OWN[field])
    read = IfElse(call("exists", Ref("m")), Field(call("parse", Ref("m")), field), own)
    marked = Seq((Bind("m", _marked(value)), read))
    return IfElse(call("exists", Field(value, NAME)), Field(value, field), marked) if given else marked


define("py_raise", ("e",), _raising(Ref("e")))
define("py_fail", ("e", "c"), _raising(Object(((Lit(NAME), Ref("e")), (Lit(MESSAGE), Ref("c"))))))

_plain = Object(tuple((Lit(key), Field(Ref("x"), own)) for key, own in _OWN.items()))
_read = IfElse(call("exists", Ref("m")), call("parse", Ref("m")), _plain)
define("py_marked", ("x",), Seq((Bind("m", _marked(Ref("x"))), _read)))
