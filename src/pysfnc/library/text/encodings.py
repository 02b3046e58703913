"""Hashes, base64 and texts of URLs.

Bytes exist here only as the text whose UTF-8 they are; the frontend keeps them apart from texts.
"""

from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.ir.exprs import Const, Expr
from pysfnc.jsonata.tree import Bind, Field, IfElse, Object, Regex, Tree
from pysfnc.library.containers.dicts import value_by_key
from pysfnc.library.numbers.floats import digits_of
from pysfnc.library.rows.make import ZERO, Built, call, const, eq, join, negate, prim, text
from pysfnc.library.rows.prelude import define
from pysfnc.library.rows.registry import register_prim, register_surface
from pysfnc.library.rows.row import Arg, Check, Parameter, PrimRow, Refusal, Site, SurfaceRow
from pysfnc.library.rows.shapes import ONE, block, clean_atoms, fn, length, refs, sub
from pysfnc.library.rows.signature import TEXT, Spec, kind_checks, misfit
from pysfnc.library.rows.typenames import ambiguity, refuse_ambiguity
from pysfnc.library.text.texts import str_tree
from pysfnc.values.relations import kinds
from pysfnc.values.types import STR, DictT, Kind, OpaqueT, Type

_S, _T, _D, _V, _M, _N, _H = refs("s t d v m n h")
HASHES: Final = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
"""Functions of hashlib, and what AWS calls the algorithm."""

for _name, _algorithm in HASHES.items():
    register_prim(
        PrimRow(
            op=f"hash.{_name}",
            lower=lambda args, _type, algorithm=_algorithm: call("hash", args[0].tree, text(algorithm)),  # type: ignore[misc]
        )
    )
register_prim(PrimRow(op="bytes.make", lower=lambda args, _: args[0].tree))
register_prim(
    PrimRow(
        op="bytes.len",
        lower=lambda args, _: length(
            call("replace", call("encodeUrlComponent", args[0].tree), Regex("%.."), text("x"))
        ),
    )
)

# base64

_DIGIT: Final = r"[A-Za-z0-9+\x2f]"
_WHOLE: Final = f"(?:=*{_DIGIT}=*{_DIGIT}=?{_DIGIT}{_DIGIT})*"
_PADDED: Final = f"(?:=*{_DIGIT}=*{_DIGIT}(?:==|=?{_DIGIT}=))?"


def _without(value: Tree, pattern: str) -> Tree:
    return call("replace", value, Regex(pattern), text(""))


def _swapped(value: Tree, one: str, other: str) -> Tree:
    for before, after in zip(one, other, strict=True):
        value = call("replace", value, text(before), text(after))
    return value


define(
    "py_base64",
    ("s",),
    # What CPython reads of a text: d the digits, k how many are left over behind the last group, n how many there are.
    block(
        Bind("t", _without(_S, r"[^A-Za-z0-9+\x2f=]+")),
        Bind("h", call("replace", _T, Regex(f"^({_WHOLE}{_PADDED}).*$"), text("$1"))),
        Bind("n", length(_without(_T, "=+"))),
        Bind("d", _without(_H, "=+")),
        Object(
            (
                (text("d"), _D),
                (text("k"), IfElse(call("contains", _H, Regex("=$")), ZERO, sub(_N, length(_D)))),
                (text("n"), _N),
            )
        ),
    ),
)
define(
    "py_base64_fault",
    ("s",),
    block(
        Bind("v", call("py_base64", _S)),
        IfElse(
            eq(Field(_V, "k"), ONE),
            join(
                text("Invalid base64-encoded string: number of data characters ("),
                digits_of(Field(_V, "n")),
                text(") cannot be 1 more than a multiple of 4"),
            ),
            text("Incorrect padding"),
        ),
    ),
)


_DECODED: Final = Spec("s", TEXT, "argument should be a bytes-like object or ASCII string, not '{}'")


def _decode(url: bool) -> PrimRow:
    def lower(args: Sequence[Arg], _type: Type) -> Tree:
        given = _swapped(args[0].tree, "-_", "+/") if url else args[0].tree
        return call("base64decode", Field(call("py_base64", given), "d"))

    def checks(args: Sequence[Arg], type_: Type) -> Sequence[Check]:
        given = _swapped(args[0].tree, "-_", "+/") if url else args[0].tree
        found = call("py_base64", given)
        is_text = negate(call("contains", lower(args, type_), text("\ufffd")))
        is_ascii = negate(call("contains", args[0].tree, Regex("[^\\x00-\\x7f]")))
        text_only = Check(is_ascii, "ValueError", text("string argument should contain only ASCII characters"))
        return (
            *([] if isinstance(args[0].type, OpaqueT) else kind_checks((_DECODED,), args)),
            *([text_only] if Kind.STR in kinds(args[0].type) else []),
            Check(eq(Field(found, "k"), ZERO), "Error", call("py_base64_fault", given)),
            Check(is_text, "ValueError", text("the bytes are no UTF-8 text, which the machine does not hold")),
        )

    return PrimRow(op="base64.url_decode" if url else "base64.decode", lower=lower, checks=checks)


register_prim(PrimRow(op="base64.encode", lower=lambda args, _: call("base64encode", args[0].tree)))
register_prim(
    PrimRow(op="base64.url_encode", lower=lambda args, _: _swapped(call("base64encode", args[0].tree), "+/", "-_"))
)
register_prim(_decode(False))
register_prim(_decode(True))

# URLs

_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~")
define(
    "py_url",
    ("s",),
    # As `$encodeUrlComponent`, which leaves some more characters as they are.
    call(
        "replace",
        call("encodeUrlComponent", _S),
        Regex("[!'()*]"),
        fn(
            "m",
            join(text("%2"), call("substring", text("189A7"), call("py_find", text("!()*'"), Field(_M, "match")), ONE)),
        ),
    ),
)


def _quoted(value: Tree, safe: str, plus: bool) -> Tree:
    made: Tree = call("py_url", value)
    for char in sorted(set(safe) - _UNRESERVED, key=lambda c: c == "%"):
        made = call("replace", made, text(f"%{ord(char):02X}"), text(char))
    return call("replace", made, text("%20"), text("+")) if plus else made


def _safe_of(arg: Arg) -> str:
    value = getattr(arg.tree, "value", "")
    assert isinstance(value, str)
    return value


def _quoting(name: str, default: str, plus: bool, examples: Sequence[str]) -> None:
    op = f"urllib.parse.{name}"
    spec = Spec("string", TEXT, "quote_from_bytes() expected bytes")

    def build(args: Sequence[Expr], site: Site) -> Built:
        value, safe = args
        if not isinstance(safe, Const) or not isinstance(safe.value, str) or not safe.value.isascii():
            return Refusal("unsupported-call", f"`{name}()` takes `safe` only as a constant of ASCII characters")
        if plus and " " in safe.value:
            return Refusal("unsupported-call", f"`{name}()` with a blank in `safe` has no compiled form")
        return misfit(op, [spec], [value], site) or prim(op, STR, site, value, safe)

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        return kind_checks([spec], args[:1])

    register_prim(PrimRow(op=op, lower=lambda args, _: _quoted(args[0].tree, _safe_of(args[1]), plus), checks=checks))
    params = (Parameter("string", positional_only=False), Parameter("safe", const(default), positional_only=False))
    register_surface(SurfaceRow(name=op, params=params, build=build, examples=tuple(examples)))


_TEXTS: Final = ("a b/c?d=é&f", "!'()*~-_.%+", "", "😀", "a+b%20")
_quoting(
    "quote",
    "/",
    False,
    [f"urllib.parse.quote({value!r})" for value in _TEXTS]
    + ["urllib.parse.quote('a/b c', safe='')", "urllib.parse.quote('a/%b:c', safe=':%')"],
)
_quoting(
    "quote_plus",
    "",
    True,
    [f"urllib.parse.quote_plus({value!r})" for value in _TEXTS] + ["urllib.parse.quote_plus('a/b c', '/')"],
)


def _unquoted(value: Tree) -> Tree:
    # `+` is a blank for the function of AWS, and a `%` that begins nothing makes it fail.
    kept = call("replace", value, Regex("%(?![0-9a-fA-F]{2})"), text("%25"))
    return call("decodeUrlComponent", call("replace", kept, text("+"), text("%2B")))


_UTF_8: Final = frozenset({"utf-8", "utf8"})
_ENCODED: Final = ("a%20b", "a+b", "%C3%A9%F0%9F%98%80", "100%", "%zz%41", "", "%2B%25")


def _unquoting(name: str, error: str, prepare: Callable[[Tree], Tree], examples: Sequence[str]) -> None:
    op = f"urllib.parse.{name}"
    spec = Spec("string", TEXT, error)

    def build(args: Sequence[Expr], site: Site) -> Built:
        value, encoding, errors = args
        is_utf_8 = isinstance(encoding, Const) and str(encoding.value).lower() in _UTF_8
        if not is_utf_8 or not isinstance(errors, Const) or errors.value != "replace":
            return Refusal("unsupported-call", f"`{name}()` has a compiled form only for UTF-8, and without `errors`")
        return misfit(op, [spec], [value], site) or prim(op, STR, site, value)

    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        return kind_checks([spec], args)

    register_prim(PrimRow(op=op, lower=lambda args, _: _unquoted(prepare(args[0].tree)), checks=checks))
    params = (
        Parameter("string", positional_only=False),
        Parameter("encoding", const("utf-8"), positional_only=False),
        Parameter("errors", const("replace"), positional_only=False),
    )
    shown = [f"{op}({value!r})" for value in _ENCODED]
    register_surface(SurfaceRow(name=op, params=params, build=build, examples=(*shown, *examples)))


_unquoting(
    "unquote",
    "argument of type '{}' is not iterable",
    lambda value: value,
    ["urllib.parse.unquote('a%C3%A9', encoding='utf-8')"],
)
_unquoting(
    "unquote_plus",
    "'{}' object has no attribute 'replace'",
    lambda value: call("replace", value, text("+"), text(" ")),
    ["urllib.parse.unquote_plus('a+%C3%A9', encoding='UTF-8')", "urllib.parse.unquote_plus('a+b', 'utf-8')"],
)


def _urlencode(args: Sequence[Arg], _type: Type) -> Tree:
    mapping = args[0]
    assert isinstance(mapping.type, DictT)
    key, value = refs("py_k py_v")
    shown = value_by_key(mapping.type, key, lambda item: str_tree(Arg(value, item)))
    pair = join(_quoted(key, "", True), text("="), _quoted(shown, "", True))
    return call("join", clean_atoms(call("each", mapping.tree, fn("py_v py_k", pair))), text("&"))


register_prim(PrimRow(op="urllib.parse.urlencode", lower=_urlencode))


def _build_urlencode(args: Sequence[Expr], site: Site) -> Built:
    if not isinstance(args[0].type, DictT):
        return Refusal("type-needed", "`urlencode()` takes a value that is known to be a dict")
    found = ambiguity(args[0].type)
    return refuse_ambiguity(found, "`urlencode()`") if found else prim("urllib.parse.urlencode", STR, site, args[0])


register_surface(
    SurfaceRow(
        name="urllib.parse.urlencode",
        params=(Parameter("query"),),
        build=_build_urlencode,
        examples=(
            "urllib.parse.urlencode({'a b': 'é&', 'n': '1/2'})",
            "urllib.parse.urlencode({'n': 1})",
            "urllib.parse.urlencode({'n': [1, 'x'], 'm': None})",
            "urllib.parse.urlencode({})",
        ),
    )
)
