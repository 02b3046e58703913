"""The wire: how arguments and results travel between the machine and Lambda, and what CPython's `@task` copies through.

Owns encoding, the calls that decode arguments and encode results, and the messages of both. Decoding by annotation is
in `pysfnc.lang.shapes`, the number rule in `pysfnc.lang.json_values`.

Format. Everything is plain JSON; nothing is tagged, the annotation of the receiving side decides:

=====================  ==================================================================================
Python                 JSON
=====================  ==================================================================================
None, bool, str        themselves; a text with a lone surrogate is refused
int, float             a number. The wire does not tell 1.0 from 1: an integral float within 2**53 is written
                       as an integer, and it arrives as int unless the annotation says float. An integer
                       beyond 2**53, NaN and the infinities are refused with `ValueError`
list, tuple            an array; arrives as a list unless tuple or a NamedTuple is declared
dict                   an object; keys must be texts (or Enum members whose value is one)
dataclass, TypedDict   an object with the field names as keys
NamedTuple             an array
Enum                   the encoding of its value
datetime, date         ISO 8601 text as `isoformat` writes it (datetime: ``T`` between, ``Z`` accepted)
Decimal                its text
bytes                  base64 text
=====================  ==================================================================================

Anything else is refused with `TypeError`. Optional and Union are decided by the JSON type, by the exact keys of records
and by Literal or Enum values; a Union that this cannot decide is refused.

Messages. A value that does not fit gives a `TypeError` of one fixed form::

    fulfil() argument 'items[0].qty' must be int, not str
    charge() result must be dict, not NoneType

- The function is named by `__qualname__`.
- The path starts with the parameter's name (for a result it follows the word directly: ``result[0].qty``); ``[i]`` is
  an item of a list or tuple, ``.name`` a field of a dataclass or TypedDict, ``['key']`` (as `repr` writes it) a value
  of a dict.
- The wanted type is rendered from the resolved annotation, not from its source text: ``None bool int float str bytes
  datetime date Decimal Any object``; classes by `__name__`; ``list``, ``list[T]``, ``dict``, ``dict[K, T]``, ``tuple``,
  ``tuple[A, B]``, ``tuple[T, ...]`` (`Sequence`, `Iterable` and the like count as list, `Mapping` as dict);
  ``A | B`` in declared order for Union and Optional; ``Literal['a', 1]``; `Annotated`, `NewType`, `Required`,
  `NotRequired`, `Final` vanish; an alias of the `type` statement shows its own name.
- The actual type is that of the JSON value: ``NoneType bool int float str list dict``; an integral number within 2**53
  is ``int`` however it is written; a required key that is absent is ``missing``.
- A bool is no int; an int fits float and becomes one; int fits no str and so on: there are no other conversions.
- In a Union the fault inside a member is reported when only that member takes the JSON type, else the Union as a whole.
"""

import base64
import dataclasses
import enum
import inspect
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Never

from pysfnc.lang.json_values import WireFault, checked_text, decode_inside, plain_number
from pysfnc.lang.shapes import AnyShape, Shape, hints_of_function, shape_of


def encode(value: Any) -> Any:
    """The JSON value that stands for `value` on the wire: a copy made of dict, list, str, int, float, bool and None.

    Raises:
        WireFault: the value cannot travel.
    """
    if value is None or value is True or value is False:
        return value
    encoder = _ENCODERS.get(type(value)) or _inherited_encoder(value)
    return encoder(value)


def encode_value(value: Any, owner: str = "value") -> Any:
    """Like `encode`, with faults as `TypeError` and `ValueError` that begin with `owner`."""
    try:
        return encode(value)
    except WireFault as fault:
        raise fault.error(f"{owner}{fault.path} {fault.text}") from None
    except RecursionError:
        raise ValueError(f"{owner} contains itself or is nested too deep") from None


def _encode_list(value: Any) -> list[Any]:
    return [decode_inside(f"[{index}]", encode, item) for index, item in enumerate(value)]


def _encode_dict(value: Mapping[Any, Any]) -> dict[str, Any]:
    encoded = {}
    for key, item in value.items():
        text = key.value if isinstance(key, enum.Enum) else key
        if not isinstance(text, str):
            raise WireFault(TypeError, f"has a key of type {type(key).__name__}; keys must be str")
        encoded[checked_text(text)] = decode_inside(f"[{text!r}]", encode, item)
    return encoded


def _encode_dataclass(value: Any) -> dict[str, Any]:
    return {
        field.name: decode_inside(f".{field.name}", encode, getattr(value, field.name))
        for field in dataclasses.fields(value)
    }


_ENCODERS: dict[type[Any], Callable[[Any], Any]] = {
    str: checked_text,
    int: lambda value: plain_number(int.__int__(value)),
    float: lambda value: plain_number(float.__float__(value)),
    list: _encode_list,
    tuple: _encode_list,
    dict: _encode_dict,
    datetime: datetime.isoformat,
    date: date.isoformat,
    Decimal: str,
    bytes: lambda value: base64.b64encode(value).decode("ascii"),
}


def _inherited_encoder(value: Any) -> Callable[[Any], Any]:
    if isinstance(value, enum.Enum):
        return lambda member: encode(member.value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _encode_dataclass
    for base, encoder in _ENCODERS.items():
        if isinstance(value, base):
            return encoder
    raise WireFault(TypeError, f"is {type(value).__name__}, which cannot travel as JSON")


class _Signature:
    """The parameters and shapes of a function, read once. What the parameters `as_sent` get arrives as it was sent, whatever they declare."""

    def __init__(self, function: Callable[..., Any], as_sent: frozenset[str]) -> None:
        hints = hints_of_function(function)
        self.parameters = inspect.signature(function, follow_wrapped=False)
        self._shapes = {
            name: shape_of(hints[name]) if name in hints and name not in as_sent else AnyShape()
            for name in self.parameters.parameters
        }
        self.result: Shape = shape_of(hints["return"]) if "return" in hints else AnyShape()
        kinds = {parameter.kind: parameter.name for parameter in self.parameters.parameters.values()}
        self.var_positional = kinds.get(inspect.Parameter.VAR_POSITIONAL)
        self.var_keyword = kinds.get(inspect.Parameter.VAR_KEYWORD)
        self.positional = [
            parameter.name
            for parameter in self.parameters.parameters.values()
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        ]

    def positional_place(self, index: int) -> tuple[str, Shape]:
        """Name and shape of a positional argument."""
        if index < len(self.positional):
            name = self.positional[index]
            return name, self._shapes[name]
        rest = self.var_positional
        return (f"{rest}[{index - len(self.positional)}]", self._shapes[rest]) if rest else (str(index), AnyShape())

    def keyword_shape(self, name: str) -> Shape:
        """Shape of an argument that is passed by name."""
        named = self._shapes.get(name) if name not in (self.var_positional, self.var_keyword) else None
        if named is not None:
            return named
        return self._shapes[self.var_keyword] if self.var_keyword else AnyShape()


@lru_cache(maxsize=1024)
def signature_of(function: Callable[..., Any], as_sent: frozenset[str] = frozenset()) -> _Signature:
    """The signature of a plain function, with the shapes of its annotations."""
    return _Signature(function, as_sent)


def _refused(function: Callable[..., Any], place: str, fault: WireFault) -> Never:
    raise fault.error(f"{function.__qualname__}() {place} {fault.text}") from None


def encode_arguments(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Encode the arguments of a call of `function` as the machine would put them into the payload.

    Raises:
        TypeError: the arguments do not fit the signature (CPython's own message), or one cannot travel.
        ValueError: a number or text cannot travel.
    """
    signature = signature_of(function)
    try:
        signature.parameters.bind(*args, **kwargs)
    except TypeError:
        function(*args, **kwargs)  # does not get as far as running: raises the message that CPython has for this
        raise
    return (
        [_encode_argument(function, signature.positional_place(index)[0], value) for index, value in enumerate(args)],
        {name: _encode_argument(function, name, value) for name, value in kwargs.items()},
    )


def _encode_argument(function: Callable[..., Any], name: str, value: Any) -> Any:
    try:
        return encode(value)
    except WireFault as fault:
        _refused(function, f"argument '{name}{fault.path}'", fault)
    except RecursionError:
        raise ValueError(f"{function.__qualname__}() argument '{name}' contains itself or is nested too deep") from None


def decode_argument(function: Callable[..., Any], name: str, shape: Shape, value: Any) -> Any:
    """Decode one argument by its annotation; faults become `TypeError` and `ValueError` with the message above."""
    try:
        return shape.decode(value)
    except WireFault as fault:
        _refused(function, f"argument '{name}{fault.path}'", fault)


def decode_arguments(
    function: Callable[..., Any], args: list[Any], kwargs: Mapping[str, Any], as_sent: frozenset[str] = frozenset()
) -> tuple[list[Any], dict[str, Any]]:
    """Decode the encoded arguments of a call by the annotations of `function`, those of the parameters `as_sent` left out."""
    signature = signature_of(function, as_sent)
    places = [signature.positional_place(index) for index in range(len(args))]
    return (
        [decode_argument(function, name, shape, value) for (name, shape), value in zip(places, args, strict=True)],
        {name: decode_argument(function, name, signature.keyword_shape(name), value) for name, value in kwargs.items()},
    )


def encode_result(function: Callable[..., Any], result: Any) -> Any:
    """The result of `function` as JSON, without checking it against the annotation."""
    try:
        return encode(result)
    except WireFault as fault:
        _refused(function, f"result{fault.path}", fault)
    except RecursionError:
        raise ValueError(f"{function.__qualname__}() result contains itself or is nested too deep") from None


def decode_result(function: Callable[..., Any], encoded: Any) -> Any:
    """The result of `function` as its caller gets it; `TypeError` when it does not fit the declared type."""
    try:
        return signature_of(function).result.decode(encoded)
    except WireFault as fault:
        _refused(function, f"result{fault.path}", fault)


def run_encoded(
    function: Callable[..., Any], args: list[Any], kwargs: Mapping[str, Any], as_sent: frozenset[str] = frozenset()
) -> Any:
    """Call `function` with encoded arguments and return its encoded result, checked against the declared type."""
    decoded_args, decoded_kwargs = decode_arguments(function, args, kwargs, as_sent)
    return encode_checked(function, function(*decoded_args, **decoded_kwargs))


async def run_encoded_async(
    function: Callable[..., Any], args: list[Any], kwargs: Mapping[str, Any], as_sent: frozenset[str] = frozenset()
) -> Any:
    """The same for a coroutine function."""
    decoded_args, decoded_kwargs = decode_arguments(function, args, kwargs, as_sent)
    return encode_checked(function, await function(*decoded_args, **decoded_kwargs))


def encode_checked(function: Callable[..., Any], result: Any) -> Any:
    """The encoding of what the caller gets: a text that is declared as `Decimal`, say, has the one form that a `Decimal` has."""
    return encode_result(function, decode_result(function, encode_result(function, result)))
