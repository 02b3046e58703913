"""`json.loads`: whether a text is JSON, and the `JSONDecodeError` of one that is not, with the place that CPython names.

Whether a text is JSON is found out by reduction: strings and scalars become one letter each, then innermost lists and objects, until one letter is
left.
Only when that fails the text is gone through token by token, to see what was expected where.

What CPython reads and the machine does not: `NaN` and `Infinity`, which no JSON can hold, count as mistakes.
"""

from collections.abc import Sequence
from typing import Final

from pysfnc.jsonata.tree import Array, Binary, Bind, Field, IfElse, Lit, Object, Regex, Tree
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import both, call, choose, either, eq, join, negate, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow
from pysfnc.library.rows.shapes import ONE, add, at, block, count, fn, length, refs
from pysfnc.library.rows.signature import TEXT, Spec, declare
from pysfnc.library.rows.versions import since
from pysfnc.values.types import JSON

_BLANK: Final = r"[ \t\n\r]+"
_INSIDE: Final = r'(?:[^"\x5c\x00-\x1f]|\x5c(?:["\x5c\x2fbfnrt]|u[0-9a-fA-F]{4}))*'
_NUMBER: Final = "-?(?:0|[1-9][0-9]*)(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?"
_SCALAR: Final = f"{_NUMBER}|true|false|null"
_TOKENS: Final = f'{_BLANK}|"{_INSIDE}"?|{_SCALAR}|[^ \\t\\n\\r]'
_VALUE: Final = "[s0]"
_CONTAINER: Final = rf"\x5b(?:{_VALUE}(?:,{_VALUE})*)?\x5d|\x7b(?:s:{_VALUE}(?:,s:{_VALUE})*)?\x7d"

_S, _T, _U, _A, _B, _P, _E = refs("s t u a b p e")

define(
    "py_is_json",
    ("s",),
    call(
        "py_reduced",
        call(
            "replace",
            call(
                "replace",
                call("replace", _S, Regex(f'"{_INSIDE}"'), text("s")),
                Regex(_SCALAR),
                text("0"),
            ),
            Regex(_BLANK),
            text(" "),
        ),
    ),
)
# Blanks go only beside what is no scalar, so that two scalars with blanks between do not become one text.
_NO_BLANKS: Final = r" ?([\x5b\x5d\x7b\x7d:,]) ?|^ | $"
define(
    "py_reduced",
    ("s",),
    block(
        Bind("t", call("replace", _S, Regex(_NO_BLANKS), text("$1"))),
        Bind("u", call("replace", _T, Regex(_CONTAINER), text("0"))),
        IfElse(eq(_U, _S), call("contains", _U, Regex(f"^{_VALUE}$")), call("py_reduced", _U)),
    ),
)

# The state of going through the tokens: w is what is expected (v a value, V that or the end of a list, w a value behind a comma; k a key, K that or
# the end of an object; `:` `,` and `e`, the end of the text; `"` and `\` the rest of a string), s the open brackets, p the text so far, b the text
# before the last comma or the last string, e the mistake.
_VALUE_WANTED: Final = "Expecting value"
_KEY_WANTED: Final = "Expecting property name enclosed in double quotes"
_WANTED: Final = Object(
    tuple(
        (text(state), text(message))
        for state, message in {
            "v": _VALUE_WANTED,
            "V": _VALUE_WANTED,
            "w": _VALUE_WANTED,
            "k": _KEY_WANTED,
            "K": _KEY_WANTED,
            ":": "Expecting ':' delimiter",
            ",": "Expecting ',' delimiter",
            "e": "Extra data",
        }.items()
    )
)
_PLACE: Final = Field(_A, "p")
_BEFORE: Final = Field(_A, "b")
_STACK: Final = Field(_A, "s")
_WANT: Final = Field(_A, "w")
_PASSED: Final = join(_PLACE, _T)


def _state(**changes: Tree) -> Tree:
    new = Object(tuple((text(name), value) for name, value in changes.items()))
    return call("merge", Array((_A, new)))


def _fault(message: str, place: Tree) -> Tree:
    return _state(e=text(message), p=place)


def _wants(states: str) -> Tree:
    if len(states) == 1:
        return eq(_WANT, text(states))
    return Binary("in", _WANT, Array(tuple(map(text, states))))


def _token(value: str) -> Tree:
    return eq(_T, text(value))


def _like(pattern: str) -> Tree:
    return call("contains", _T, Regex(f"^(?:{pattern})$"))


_AFTER_VALUE: Final = IfElse(eq(_S, text("")), text("e"), text(","))
_CLOSED: Final = block(Bind("s", call("substring", _STACK, ONE)), _state(w=_AFTER_VALUE, s=_S, p=_PASSED))
_IN_LIST: Final = call("contains", _STACK, Regex(r"^\x5b"))
_ILLEGAL_COMMAS: Final = [
    (both(_wants(state), _token(bracket)), _fault(f"Illegal trailing comma before end of {of}", _BEFORE))
    for state, bracket, of in (("w", "]", "array"), ("k", "}", "object"))
    if since((3, 13))
]
_STEP: Final = choose(
    [
        (call("exists", Field(_A, "e")), _A),
        (
            _wants('"'),
            IfElse(
                _token("\\"), _state(w=text("\\"), u=_PLACE, p=_PASSED), _fault("Invalid control character at", _PLACE)
            ),
        ),
        (
            _wants("\\"),
            IfElse(
                call("contains", _T, Regex("^u")),
                _fault("Invalid \\uXXXX escape", _PLACE),
                _fault("Invalid \\escape", Field(_A, "u")),
            ),
        ),
        (_like(_BLANK), _state(p=_PASSED)),
        (both(_wants("kK"), _like(f'"{_INSIDE}"')), _state(w=text(":"), p=_PASSED)),
        (
            both(_wants("vVw"), _like(f'"{_INSIDE}"|{_SCALAR}')),
            block(Bind("s", _STACK), _state(w=_AFTER_VALUE, p=_PASSED)),
        ),
        # A string that ends too early: what follows it says why.
        (both(_wants("kKvVw"), call("contains", _T, Regex('^"'))), _state(w=text('"'), b=_PLACE, p=_PASSED)),
        (both(_wants("vVw"), _token("[")), _state(w=text("V"), s=join(text("["), _STACK), p=_PASSED)),
        (both(_wants("vVw"), _token("{")), _state(w=text("K"), s=join(text("{"), _STACK), p=_PASSED)),
        (
            either(
                both(_wants("V"), _token("]")),
                both(_wants("K"), _token("}")),
                both(_wants(","), eq(_T, IfElse(_IN_LIST, text("]"), text("}")))),
            ),
            _CLOSED,
        ),
        (both(_wants(":"), _token(":")), _state(w=text("v"), p=_PASSED)),
        (both(_wants(","), _token(",")), _state(w=IfElse(_IN_LIST, text("w"), text("k")), b=_PLACE, p=_PASSED)),
        *_ILLEGAL_COMMAS,
    ],
    _state(e=call("lookup", _WANTED, _WANT)),
)
define("py_json_step", ("a", "t"), _STEP)
define(
    "py_json_fault",
    ("s",),
    block(
        Bind(
            "a",
            call(
                "reduce",
                call("append", Array(()), Field(call("match", _S, Regex(_TOKENS)), "match")),
                fn("a t", call("py_json_step", _A, _T)),
                Object(((text("w"), text("v")), (text("s"), text("")), (text("p"), text("")))),
            ),
        ),
        Bind(
            "e",
            choose(
                [
                    (call("contains", _S, Regex("^\ufeff")), text("Unexpected UTF-8 BOM (decode using utf-8-sig)")),
                    (call("exists", Field(_A, "e")), Field(_A, "e")),
                    (_wants('"\\'), text("Unterminated string starting at")),
                ],
                call("lookup", _WANTED, _WANT),
            ),
        ),
        Bind(
            "p",
            choose(
                [
                    (call("contains", _S, Regex("^\ufeff")), text("")),
                    (both(negate(call("exists", Field(_A, "e"))), _wants('"\\')), _BEFORE),
                ],
                _PLACE,
            ),
        ),
        Bind("b", call("split", _P, text("\n"))),
        join(
            _E,
            text(": line "),
            digits_of(count(_B)),
            text(" column "),
            digits_of(add(length(at(_B, Lit(-1))), ONE)),
            text(" (char "),
            digits_of(length(_P)),
            text(")"),
        ),
    ),
)


def _checks(args: Sequence[Arg]) -> Sequence[Check]:
    value = args[0].tree
    return (Check(call("py_is_json", value), "JSONDecodeError", call("py_json_fault", value)),)


_VALID: Final = (
    "0", "-0.5e-3", "true", "null", '""', '"a\\u00e9\\n\\"\\\\ [1,"', " [ ] ", "{ }", '[1, [2.5, {"a": [null, false]}], {}]',
    '{"a": {"b": "}"}, "c": [" , ", ":"]}', "\n\t[1\r\n]", '"😀é"', "1e2", "9007199254740991", '{"x y": 1, "constructor": 2}',
)  # fmt: skip
_INVALID: Final = (
    "", "  ", "{", "[", '{"a"', '{"a":', '{"a":1', '{"a":1,', '{"a":1,}', "[1", "[1,", "[1,]", "[1 2]", "1 2", '{"a" 1}', "{1:2}", '"abc',
    '"a\nb"', '"\\x"', '"\\u12"', '"\\u12', '"\\', '[1, "a\\', "nul", "-", "01", "1.", "[1}", '{"a":}', "tru", '{"a":1}}', "\n\n [1,\n 2 3]",
    "{ ,", "[ ,", "-a", '"\\u 123"', ".5", "1e", "+1", '{"a":1 "b"', '"tab\t"', "\ufeff1", "{'a': 1}", '["é😀", x]', '"a" "b"', "[1]]", "tr ue",
    "[true false]", '{"a": [1, {"b": 2]}', ",", "1 1", '{"k": "v" , }',
)  # fmt: skip
declare(
    "json.loads",
    [Spec("s", TEXT, "the JSON object must be str, bytes or bytearray, not {}")],
    JSON,
    lambda args: call("parse", args[0].tree),
    checks=_checks,
    examples=[f"json.loads({value!r})" for value in (*_VALID, *_INVALID)]
    + ["json.loads([5, ''][0])", "json.loads([None, ''][0])"],
)

register_prim(PrimRow(op="json.value", lower=lambda args, _: call("parse", args[0].tree)))
"""The value of a text that is JSON for sure."""
