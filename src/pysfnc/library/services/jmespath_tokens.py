"""The tokens of JMESPath expressions, and a reader that goes along them; `jmespath` and the searches of paginators parse with it.

Owns what a token is. Parts of JMESPath that neither parser knows are not all tokens; both raise `Unreadable` for what they do not take.
"""

import re
from collections.abc import Iterator
from typing import Final

_TOKENS: Final = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_]\w*)|\"(?P<quoted>[A-Za-z_][\w.-]*)\"|`(?P<literal>[^`]*)`|'(?P<text>[^'\\]*)'|(?P<number>-?\d+)"
    r"|(?P<sign>\[\?|\[\*\]|\[\]|==|!=|<=|>=|&&|\|\||[.<>()!\],\[{}:|@]))"
)


class Unreadable(ValueError):
    """An expression uses more of JMESPath than is translated. The text names the part."""


class Reader:
    """The tokens of an expression from left to right: pairs of a kind (`name literal text number sign end`) and a text."""

    __slots__ = ("position", "tokens")

    def __init__(self, expression: str) -> None:
        """Raises `Unreadable` where something is no token."""
        self.tokens = list(_tokens(expression))
        self.position = 0

    @property
    def ended(self) -> bool:
        return self.position >= len(self.tokens)

    def next(self, ahead: int = 0) -> tuple[str, str]:
        """The token that comes next, or after `ahead` others; it is not taken."""
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", "its end")

    def takes(self, *signs: str) -> str | None:
        """The next token, taken, if it is one of these signs."""
        kind, text = self.next()
        if kind == "sign" and text in signs:
            self.position += 1
            return text
        return None

    def wants(self, sign: str) -> None:
        """Take a sign. Raises `Unreadable` if something else comes."""
        if self.takes(sign) is None:
            raise Unreadable(f"`{self.next()[1]}`")


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    position = 0
    while position < len(text.rstrip()):
        match = _TOKENS.match(text, position)
        if match is None or match.lastgroup is None:
            raise Unreadable(f"`{text[position:].strip()}`")
        kind = "name" if match.lastgroup == "quoted" else match.lastgroup
        yield kind, match[match.lastgroup]
        position = match.end()
