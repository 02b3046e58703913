"""How the input object of an execution becomes the arguments of a workflow.

Owns the rule of `.run`: parameters are the keys. The messages for missing keys are those CPython has for missing
arguments, so that the compiled machine can give them too.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from pysfnc.lang.wire import decode_argument, encode_value, signature_of


def bind_input(function: Callable[..., Any], input_json: Any) -> tuple[Any, list[Any], dict[str, Any]]:
    """The encoded input document, and the positional and keyword arguments it gives for `function`.

    Missing keys are found first, then the values are decoded in the order of the parameters.

    Raises:
        TypeError: a key is missing, a value does not fit, or the input is no object.
        ValueError: a number or text cannot travel as JSON.
    """
    owner = function.__qualname__
    document = encode_value(input_json, f"{owner}() input")
    signature = signature_of(function)
    parameters = list(signature.parameters.parameters.values())
    if parameters and parameters[0].kind is inspect.Parameter.POSITIONAL_ONLY:
        name, shape = signature.positional_place(0)
        return document, [decode_argument(function, name, shape, document)], {}
    if not isinstance(document, dict):
        raise TypeError(f"{owner}() input must be dict, not {type(document).__name__}")
    _check_missing(owner, parameters, document)
    kwargs: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            named = {other.name for other in parameters if other is not parameter}
            shape = signature.keyword_shape(parameter.name)
            rest = {name: value for name, value in document.items() if name not in named}
            kwargs.update((name, decode_argument(function, name, shape, value)) for name, value in rest.items())
        elif parameter.name in document:
            shape = signature.keyword_shape(parameter.name)
            kwargs[parameter.name] = decode_argument(function, parameter.name, shape, document[parameter.name])
    return document, [], kwargs


def _check_missing(owner: str, parameters: Sequence[inspect.Parameter], document: dict[str, Any]) -> None:
    kinds = (
        (inspect.Parameter.POSITIONAL_OR_KEYWORD, "positional"),
        (inspect.Parameter.KEYWORD_ONLY, "keyword-only"),
    )
    for kind, word in kinds:
        missing = [
            parameter.name
            for parameter in parameters
            if parameter.kind is kind and parameter.default is parameter.empty and parameter.name not in document
        ]
        if missing:
            plural = "" if len(missing) == 1 else "s"
            raise TypeError(f"{owner}() missing {len(missing)} required {word} argument{plural}: {_listed(missing)}")


def _listed(names: Sequence[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
