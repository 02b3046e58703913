"""The one door to a JSONata evaluator, with what AWS adds to and takes from JSONata 2.0.6.

Owns: the `Evaluator` protocol that the local interpreter calls, its default `JlensEvaluator`, the functions AWS adds,
the limits AWS sets.
Does not own: JSONata itself (the `jlens` library), the wording of States.QueryEvaluationError (engine/templates.py).

Facts: functions and removals are those of "Transforming data with JSONata in Step Functions" of the AWS docs; limits
and the texts of exceeded limits were measured on AWS (time: one second; arrays: 873,782 numbers; nesting: about 100).
"""

import base64
import binascii
import hashlib
import json
import math
import operator
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Final, Protocol

import jlens

from pysfnc.jsonata.scan import Scan, scan
from pysfnc.lean import dataclass


class _Undefined:
    """The type of `UNDEFINED`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"

    def __bool__(self) -> bool:
        return False


class _NotData:
    """The type of `NOT_DATA`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOT_DATA"


UNDEFINED: Final = _Undefined()
"""The result of an expression that yields nothing."""

NOT_DATA: Final = _NotData()
"""The result of an expression that yields a function or a regular expression, which no JSON text can carry."""


class JsonataError(Exception):
    """An expression that is malformed or whose evaluation failed.

    code: the JSONata error code such as "T1006"; "" for a limit of AWS, whose text carries none.
    message: the text without the code.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code = code
        self.message = message


class Evaluator(Protocol):
    """Evaluates JSONata as AWS does. The engine takes any object of this shape."""

    def check(self, text: str) -> None:
        """Parse only. Raises `JsonataError` when the text is no JSONata 2.0.6."""

    def evaluate(self, text: str, variables: Mapping[str, object], *, now_ms: int | None = None) -> object:
        """The value of `text` (without `{% %}`).

        variables: name without `$` -> JSON value; `states` is one of them. Never changed.
        now_ms: what `$now()` and `$millis()` say, in milliseconds since 1970; None for the real time.
        Returns a JSON value, `UNDEFINED` or `NOT_DATA`. Raises `JsonataError`.
        """


@dataclass(frozen=True, slots=True)
class Limits:
    """What one evaluation may use. The defaults are AWS's, as far as they were measured."""

    seconds: float = 1.0
    depth: int = 100
    array_items: int = 873_782
    string_bytes: int = 6_990_256


MEMORY_EXCEEDED: Final = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
TIME_EXCEEDED: Final = "Expression evaluation timeout: Check for infinite loop"
DEPTH_EXCEEDED: Final = (
    "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive."
)
_LIMIT_TEXTS: Final = {
    "D1011": DEPTH_EXCEEDED,
    "D1012": TIME_EXCEEDED,
    "D2014": MEMORY_EXCEEDED,
    "D2016": MEMORY_EXCEEDED,
}
_SIZE_CODE: Final = "U1001"
_TOO_DEEP_TO_PARSE: Final = "nested too deeply"

_HASHES: Final = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


def _partition(items: object, size: object) -> object:
    """`$partition(array, size)`: chunks of `size` items; nothing for an empty array or size 0 (measured)."""
    if not isinstance(size, int | float):
        return None
    step = int(size)
    if step < 0:
        raise JsonataError("D3000", "The second argument of the partition function must not be negative")
    values = items if isinstance(items, list) else [items]
    if step == 0 or not values:
        return None
    return [values[start : start + step] for start in range(0, len(values), step)]


def _range(first: object, last: object, step: object) -> object:
    """`$range(first, last, step)`, `last` included; non-integers are cut towards zero (measured)."""
    low, high, pace = (int(number) if isinstance(number, int | float) else 0 for number in (first, last, step))
    if pace == 0:
        raise JsonataError("D3000", "The third argument of the range function must not be zero")
    values = list(range(low, high + (1 if pace > 0 else -1), pace))
    if not values:
        return None
    return values[0] if len(values) == 1 else values


def _hash(text: object, algorithm: object) -> object:
    """`$hash(text, algorithm)`: lowercase hexadecimal digits of the digest of the UTF-8 bytes."""
    name = _HASHES.get(str(algorithm))
    if name is None:
        raise JsonataError("D3000", f"The algorithm {algorithm!r} of the hash function is not supported")
    return hashlib.new(name, str(text).encode("utf-8", "surrogatepass")).hexdigest()


def _base64encode(text: object) -> object:
    """`$base64encode(text)` of the UTF-8 bytes (measured), where the library takes characters for bytes."""
    return None if text is None else base64.b64encode(str(text).encode("utf-8", "surrogatepass")).decode("ascii")


def _base64decode(text: object) -> object:
    """`$base64decode(text)`: the text of the UTF-8 bytes; missing padding is accepted (measured)."""
    if text is None:
        return None
    digits = str(text).rstrip("=")
    try:
        found = base64.b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise JsonataError("D3000", "The argument of the base64decode function is not valid base64") from None
    return found.decode("utf-8", "replace")


def _no_constant(name: str) -> object:
    raise ValueError(name)


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _parse(text: object) -> object:
    """`$parse(text)` in a box, since a bare None would count as undefined."""
    try:
        value = json.loads(
            str(text), parse_constant=_no_constant, object_pairs_hook=_no_duplicates, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise JsonataError("D3000", "The argument of the parse function is not valid JSON") from error
    return {"v": value}


_OUT_OF_RANGE: Final = "D1001"
_OPERATORS: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def _arithmetic(token: str, left: object, right: object) -> object:
    """An operation of doubles whose result may be beyond their range; undefined if an operand is."""
    if left is None or right is None:
        return None
    for side, value, code in (("left", left, "T2001"), ("right", right, "T2002")):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise JsonataError(code, f'The {side} side of the "{token}" operator must evaluate to a number')
    assert isinstance(left, int | float) and isinstance(right, int | float)
    try:
        result = _OPERATORS[token](float(left), float(right))
    except ZeroDivisionError:
        result = math.nan if left == 0 else math.copysign(math.inf, left) * math.copysign(1.0, right)
    if math.isfinite(result):
        return result
    return "NaN" if math.isnan(result) else "Infinity" if result > 0 else "-Infinity"


# `$name` -> the JSONata text that defines it in front of an expression which names it. A definition in JSONata is
# needed where the host function cannot answer by itself: `$parse` may yield null, `$eval` must be no function at all.
_PRELUDE: Final = {"parse": "$parse := function($text)<s-:x>{ $__parse($text).v };", "eval": "$eval := null;"}
_SIGNATURES: Final = {
    "partition": "<an:a>",
    "range": "<nnn:x>",
    "hash": "<ss:s>",
    "uuid": "<:s>",
    "random": "<n?:n>",
    "base64encode": "<s:s>",
    "base64decode": "<s:s>",
}


# With empty parentheses these take the context item, of which AWS has none.
_CONTEXTUAL: Final = frozenset({"string", "boolean", "not", "keys", "spread", "number", "length", "sum", "count"})


class _Compiled:
    """One expression text: parsed once, plus a variant for each set of variables that were in scope when it ran."""

    __slots__ = ("clocked", "functions", "prelude", "scan", "takes_context", "text", "variables", "variants")

    def __init__(self, text: str, scanned: Scan) -> None:
        self.text = text
        self.scan = scanned
        self.variables = scanned.variables
        self.takes_context = not _CONTEXTUAL.isdisjoint(scanned.called_empty)
        self.clocked = scanned.names("now") or scanned.names("millis")
        self.functions = tuple(name for name in _SIGNATURES if scanned.names(name))
        self.prelude = tuple(name for name in _PRELUDE if scanned.names(name))
        self.variants: dict[tuple[str, ...], jlens.Expression] = {}


@dataclass(slots=True)
class JlensEvaluator:
    """JSONata by the `jlens` library. One object serves one run; it may be shared by runs, not by threads.

    seed: of `$random()` and `$uuid()`; None for fresh randomness.
    """

    limits: Limits = field(default_factory=Limits)
    seed: int | None = None
    _cache: dict[str, _Compiled] = field(default_factory=dict)
    _random: random.Random = field(init=False)
    _hosts: dict[str, Callable[..., object]] = field(init=False)

    def __post_init__(self) -> None:
        # Not cryptography: AWS documents $random and $uuid as plain pseudo-random values, and runs must be repeatable.
        self._random = random.Random(self.seed)  # noqa: S311
        self._hosts = {
            "partition": _partition,
            "range": _range,
            "hash": _hash,
            "uuid": self._uuid,
            "random": self._draw,
            "__parse": _parse,
            "base64encode": _base64encode,
            "base64decode": _base64decode,
        }

    def check(self, text: str) -> None:
        """See `Evaluator.check`."""
        self._compiled(text)

    def evaluate(self, text: str, variables: Mapping[str, object], *, now_ms: int | None = None) -> object:
        """See `Evaluator.evaluate`."""
        compiled = self._cache.get(text) or self._compiled(text)
        bound = tuple([name for name in compiled.variables if name in variables])
        expression = compiled.variants.get(bound)
        if expression is None:
            expression = compiled.variants[bound] = self._prepare(compiled, bound, compiled.text)
        now = now_ms if compiled.clocked else None
        while True:
            try:
                value = self._evaluate(compiled, expression, variables, now)
                break
            except jlens.JlensError as error:
                beyond = self._beyond_range(compiled, expression, error)
                if beyond is None:
                    raise _translated(error) from None
                expression = compiled.variants[bound] = beyond
        if value is not None:
            return value
        return self._nothing(compiled, bound, variables, now)

    def _evaluate(
        self, compiled: _Compiled, expression: jlens.Expression, variables: Mapping[str, object], now: int | None
    ) -> object:
        limits = self.limits
        # jlens reads the input lazily, level by level, where bindings would be converted whole on each evaluation.
        # But the input is the context item too, so that it must be missing where an expression would notice.
        bindings = dict(variables) if compiled.takes_context else None
        return expression.evaluate(
            None if compiled.takes_context else variables,
            bindings,
            timeout=limits.seconds,
            max_depth=limits.depth + 1,
            max_array_length=limits.array_items,
            max_string_length=limits.string_bytes,
            now=now,
        )

    def _beyond_range(
        self, compiled: _Compiled, expression: jlens.Expression, error: jlens.JlensError
    ) -> jlens.Expression | None:
        """The same expression with the operation that left the range of doubles done as AWS does it.

        The library refuses such results; AWS has the strings "Infinity" and "-Infinity" (measured). None if the error
        is another one.
        """
        token, start, position, end = error.token, error.start, error.position, error.end
        if error.code != _OUT_OF_RANGE or token not in _OPERATORS:
            return None
        assert start is not None and position is not None and end is not None
        source = expression.source
        left, right = source[start : position - 1], source[position:end]
        text = f'{source[:start]}$__arithmetic("{token}", {left}, {right}){source[end:]}'
        return self._with_functions(compiled, text)

    def _nothing(
        self,
        compiled: _Compiled,
        bound: tuple[str, ...],
        variables: Mapping[str, object],
        now: int | None,
    ) -> object:
        """`evaluate` answers None for null, undefined and functions alike; tell them apart."""
        typed = compiled.variants.get((*bound, "$type"))
        if typed is None:
            typed = self._prepare(compiled, bound, f"$type((0;{compiled.text}\n))")
            compiled.variants[(*bound, "$type")] = typed
        try:
            kind = self._evaluate(compiled, typed, variables, now)
        except jlens.JlensError as error:
            raise _translated(error) from None
        if kind == "null":
            return None
        return NOT_DATA if kind == "function" else UNDEFINED

    def _compiled(self, text: str) -> _Compiled:
        cached = self._cache.get(text)
        if cached is not None:
            return cached
        parsed(text)
        compiled = self._cache[text] = _Compiled(text, scan(text))
        return compiled

    def _prepare(self, compiled: _Compiled, bound: tuple[str, ...], body: str) -> jlens.Expression:
        prelude = [_PRELUDE[name] for name in compiled.prelude if name not in bound]
        binds = [] if compiled.takes_context else [f"${name} := $.`{name}`;" for name in bound]
        # A block even without bindings keeps the nesting, and so the depth limit, the same for all expressions; it
        # never starts with the text itself, since a regular expression may follow `;` but not `(`.
        return self._with_functions(compiled, f"({''.join(prelude)}{''.join(binds) or '0;'}\n{body}\n)")

    def _with_functions(self, compiled: _Compiled, text: str) -> jlens.Expression:
        try:
            expression = jlens.Expression(text)
        except jlens.JlensError as error:  # the block around the text made it one level too deep
            raise _translated(error) from None
        for name in compiled.functions:
            expression.register_function(name, self._hosts[name], _SIGNATURES[name])
        if "parse" in compiled.prelude:
            expression.register_function("__parse", _parse, "<s:o>")
        expression.register_function("__arithmetic", _arithmetic)
        return expression

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _draw(self, seed: object = None) -> float:
        if isinstance(seed, int | float):
            return random.Random(seed).random()  # noqa: S311
        return self._random.random()


@lru_cache(maxsize=512)
def parsed(text: str) -> jlens.Expression:
    """The expression as the library reads it, for what can be said of it without running it. Raises `JsonataError`."""
    refuse_newer_syntax(text)
    try:
        return jlens.Expression(text)
    except jlens.JlensError as error:
        raise _translated(error) from None
    except UnicodeEncodeError:
        raise JsonataError("S0101", "The expression holds half a character (an unpaired surrogate)") from None


def refuse_newer_syntax(text: str) -> None:
    """Raise `JsonataError` for an operator that came after 2.0.6, which stops at its second character."""
    if "??" not in text and "?:" not in text:
        return  # most texts; looking for the characters is far quicker than telling tokens apart
    newer = scan(text).newer_operator
    if newer is not None:
        raise JsonataError("S0211", f'The symbol "{newer[1]}" cannot be used as a unary operator')


def _translated(error: jlens.JlensError) -> JsonataError:
    message = str(error)
    if error.code in _LIMIT_TEXTS:
        return JsonataError("", _LIMIT_TEXTS[error.code])
    if error.code == _SIZE_CODE:
        return JsonataError("", DEPTH_EXCEEDED if _TOO_DEEP_TO_PARSE in message else MEMORY_EXCEEDED)
    return JsonataError(error.code, message)
