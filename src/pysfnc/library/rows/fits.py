"""Fits as data: what the input of a machine must look like, as a text that a constant of the IR can hold.

Owns that form and both ways between it and `values.fits`. What checks follow from it is decided in `boundary`.
"""

import json
from typing import Any, Final

from pysfnc.lean import dataclass
from pysfnc.values.fits import (
    BOOL_FIT,
    FLOAT_FIT,
    INT_FIT,
    NONE_FIT,
    STR_FIT,
    AnyFit,
    ChoiceFit,
    DictFit,
    FieldFit,
    Fit,
    ListFit,
    NamedFit,
    RecordFit,
    ScalarFit,
    TextFit,
    TupleFit,
    UnionFit,
)
from pysfnc.values.types import EnumClass, RecordClass

_SCALARS: Final = {fit.name: fit for fit in (NONE_FIT, BOOL_FIT, INT_FIT, FLOAT_FIT, STR_FIT)}


@dataclass(frozen=True, slots=True)
class Key:
    """A key that the input object may have. `word` is CPython's for the kind of parameter, None where it may be missing."""

    name: str
    word: str | None
    fit: Fit | None


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What the input of a machine must look like, and the name of the function that messages begin with.

    Either `whole`, the parameter that takes any input as it is, or the keys of an object, `rest` being the fit of all others.
    """

    owner: str
    keys: tuple[Key, ...] = ()
    rest: Fit | None = None
    whole: Key | None = None

    @staticmethod
    def text_of_fit(fit: Fit) -> str:
        """A fit alone in the data form."""
        return json.dumps(_data(fit), ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def fit_of_text(text: str) -> Fit:
        """The fit that `text_of_fit` gave this form of."""
        return _fits([json.loads(text)])[0]

    def text(self) -> str:
        """The data form."""
        data = {
            "owner": self.owner,
            "keys": [_key_data(key) for key in self.keys],
            "rest": _data(self.rest),
            "whole": None if self.whole is None else _key_data(self.whole),
        }
        return json.dumps(data, ensure_ascii=False, separators=(",", ":"))

    @staticmethod
    def read(text: str) -> "InputSpec":
        """The specification that `text` gave this form of."""
        data = json.loads(text)
        return InputSpec(
            data["owner"],
            tuple(_key(item) for item in data["keys"]),
            _fit(data["rest"]),
            None if data["whole"] is None else _key(data["whole"]),
        )


def _key_data(key: Key) -> list[Any]:
    return [key.name, key.word, _data(key.fit)]


def _key(data: list[Any]) -> Key:
    name, word, fit = data
    return Key(name, word, _fit(fit))


def _data(fit: Fit | None) -> Any:
    match fit:
        case None:
            return None
        case ScalarFit(name, _):
            return name
        case AnyFit(name):
            return ["any", name]
        case TextFit(name):
            return ["text", name]
        case ListFit(item, is_tuple):
            return ["tuples" if is_tuple else "list", _data(item)]
        case DictFit(key, value):
            return ["dict", _data(key), _data(value)]
        case TupleFit(items, RecordClass() as cls):
            return ["named tuple", cls.name, *map(_data, items)]
        case TupleFit(items):
            return ["tuple", *map(_data, items)]
        case ChoiceFit(values, EnumClass() as enum):
            return ["enum", enum.name, *values]
        case ChoiceFit(values):
            return ["choice", *values]
        case UnionFit(members):
            return ["union", *map(_data, members)]
        case RecordFit(name, fields, cls):
            listed = [[field.name, _data(field.fit), field.required, field.default] for field in fields]
            return ["record", name, cls is not None, *listed]
        case NamedFit(name, target):
            return ["named", name, _data(target)]


def _fit(data: Any) -> Fit | None:
    match data:
        case None:
            return None
        case str():
            return _SCALARS[data]
        case ["any", name]:
            return AnyFit(name)
        case ["text", name]:
            return TextFit(name)
        case ["list", item]:
            return ListFit(_fit(item))
        case ["tuples", item]:
            return ListFit(_fit(item), is_tuple=True)
        case ["dict", key, value]:
            return DictFit(_fit(key), _fit(value))
        case ["tuple", *items]:
            return TupleFit(_fits(items))
        case ["choice", *values]:
            return ChoiceFit(tuple(values))
        case ["union", *members]:
            return UnionFit(_fits(members))
        case ["named tuple", name, *items]:
            return TupleFit(_fits(items), RecordClass("", name))
        case ["enum", name, *values]:
            return ChoiceFit(tuple(values), EnumClass("", name, ()))
        case ["record", name, is_class, *fields]:
            found = [(key, _fits([of]), required, default) for key, of, required, default in fields]
            made = tuple(FieldFit(key, of, required, default) for key, (of,), required, default in found)
            return RecordFit(name, made, RecordClass("", name) if is_class else None)
        case ["named", name, target]:
            return NamedFit(name, *_fits([target]))
        case _:
            raise ValueError(f"no fit has the form {data!r}")


def _fits(data: list[Any]) -> tuple[Fit, ...]:
    return tuple(fit for fit in map(_fit, data) if fit is not None)
