"""How a parameter of a deployment stands in an expression: encoded, so that no value can end the text literal it lands in.

`"${NAME_base64}"` is filled with the base64 text of the value's UTF-8 bytes, or with `ABSENT`. Whoever fills in a definition
(`asl.placeholders`) and whoever writes one (`library.services.environment`) agree here.
"""

from typing import Final

from pysfnc.jsonata.tree import Call, Placeholder, Tree

ENCODED: Final = "_base64"
"""The end of the name of a placeholder that stands for an encoded value."""
ABSENT: Final = "-"
"""What stands for an encoded value that a deployment does not give; base64 has no such text."""
_DECODE: Final = "base64decode"


def encoded(parameter: str) -> Placeholder:
    """The encoded value of a parameter."""
    return Placeholder(parameter + ENCODED)


def decoded(parameter: str) -> Tree:
    """The value of a parameter that has one."""
    return Call(_DECODE, (encoded(parameter),))


def parameter_of(tree: Tree) -> str | None:
    """The parameter whose value a tree is, None for any other tree."""
    match tree:
        case Call(name=name, args=(Placeholder(name=placeholder),)) if name == _DECODE:
            return placeholder.removesuffix(ENCODED)
        case _:
            return None
