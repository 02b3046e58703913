"""What can be said against an expression before it runs.

Owns: syntax, references to a context that does not exist, members of `$states`.
Does not own: evaluation (engine.py), which field an expression stands in (asl/expressions.py).

Facts: AWS evaluates expressions without a context item, so `$`, `$$` and bare names are refused when the machine is
created (measured); only the first step of a path counts, a function body keeps the context of the expression around
it.
"""

from collections.abc import Mapping

from pysfnc.jsonata.engine import JsonataError, parsed
from pysfnc.jsonata.functions import FUNCTIONS
from pysfnc.jsonata.scan import TokenKind, scan


def syntax_error(text: str) -> str | None:
    """The parser's message, without its code as AWS gives it, or None if the text is JSONata 2.0.6."""
    try:
        parsed(text)
    except JsonataError as error:
        return error.message
    return None


def top_level_references(text: str) -> list[str]:
    """What the text reads of the missing context: names, or `$` or `$$`. The text must be free of syntax errors."""
    read = _reads(text).get("input")
    if isinstance(read, Mapping):
        return list(read)
    if read is not True:
        return []
    contexts = [f"${token.text}" for token in scan(text).tokens if token.kind is TokenKind.VARIABLE]
    # The library calls the context read as a whole also where it merely cannot exclude it.
    return list(dict.fromkeys(name for name in contexts if name in ("$", "$$")))


def states_members(text: str) -> frozenset[str]:
    """Which members of `$states` the text reads by name. The text must be free of syntax errors."""
    bindings = _reads(text).get("bindings")
    states = bindings.get("states") if isinstance(bindings, Mapping) else None
    return frozenset(states) if isinstance(states, Mapping) else frozenset()


def _reads(text: str) -> Mapping[str, object]:
    # A function unknown to the library might read the context; variables and AWS's functions never do.
    called = {name: _nothing for name in scan(text).variables if name not in FUNCTIONS and name != "states"}
    result: Mapping[str, object] = parsed(text).reads(called)
    return result


def _nothing(*_: object) -> None:
    return None
