"""Splits JSONata text into tokens, for questions that need no tree.

Owns: the lexical rules of JSONata 2.0.6 (strings, back-quoted names, regular expressions, comments, variables), and
what the engine asks
of a text: which variables it names, which of them it calls, whether it uses syntax newer than 2.0.6.
Does not own: grammar (the JSONata library parses), the tree and the printer.
"""

import re
from enum import Enum, auto
from functools import lru_cache

from pysfnc.lean import dataclass


class TokenKind(Enum):
    """What a token is."""

    NAME = auto()
    QUOTED_NAME = auto()
    VARIABLE = auto()
    STRING = auto()
    NUMBER = auto()
    REGEX = auto()
    OPERATOR = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its kind, its text without quotes or `$`, and the offset of its first character."""

    kind: TokenKind
    text: str
    offset: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What the engine wants to know of an expression.

    variables: names after `$`, in order of first appearance, `$` and `$$` left out.
    newer_operator: the first operator that came after JSONata 2.0.6 (`??` or `?:`), or None.
    newer_offset: where that operator stands.
    called_empty: names of variables that are called without arguments somewhere.
    """

    tokens: tuple[Token, ...]
    variables: tuple[str, ...]
    newer_operator: str | None
    newer_offset: int
    called_empty: frozenset[str]

    def names(self, variable: str) -> bool:
        """Does the text contain `$variable`?"""
        return variable in self.variables


_PATTERN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<comment>/\*.*?\*/)
    | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    | (?P<quoted>`[^`]*`)
    | (?P<number>(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)?)
    | (?P<variable>\$[^\s.\[\]{}()<>=!,:;?%*/+\-|~&@\#^'"`]*)
    | (?P<operator>\?\?|\?:|\.\.|:=|!=|>=|<=|\*\*|~>|[.\[\]{}(),@\#;:?+\-*/%|=<>^&!~])
    | (?P<name>[^\s.\[\]{}()<>=!,:;?%*/+\-|~&@\#^'"`$]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?P<body>(?:[^/\\]|\\.)+)/[a-z]*", re.DOTALL)
_KINDS = {
    "string": TokenKind.STRING,
    "quoted": TokenKind.QUOTED_NAME,
    "number": TokenKind.NUMBER,
    "variable": TokenKind.VARIABLE,
    "operator": TokenKind.OPERATOR,
    "name": TokenKind.NAME,
}
# After these an operand has just ended, so `/` divides; anywhere else it opens a regular expression.
_OPERAND_ENDS = frozenset({")", "]", "}"})
_OPERATOR_WORDS = frozenset({"and", "or", "in"})
_NEWER = frozenset({"??", "?:"})


def _ends_operand(token: Token | None) -> bool:
    if token is None:
        return False
    if token.kind is TokenKind.OPERATOR:
        return token.text in _OPERAND_ENDS
    return not (token.kind is TokenKind.NAME and token.text in _OPERATOR_WORDS)


def _unquote(kind: TokenKind, text: str) -> str:
    if kind is TokenKind.VARIABLE:
        return text[1:]
    if kind in (TokenKind.STRING, TokenKind.QUOTED_NAME):
        return text[1:-1]
    return text


@lru_cache(maxsize=512)
def scan(text: str) -> Scan:
    """Tokens of a JSONata text. Never fails: what is no token is skipped, since the parser reports it."""
    tokens: list[Token] = []
    variables: dict[str, None] = {}
    newer: tuple[str | None, int] = (None, 0)
    called_empty: set[str] = set()
    position = 0
    while position < len(text):
        previous = tokens[-1] if tokens else None
        if text[position] == "/" and not text.startswith("/*", position) and not _ends_operand(previous):
            match = _REGEX.match(text, position)
            if match is not None:
                tokens.append(Token(TokenKind.REGEX, match["body"], position))
                position = match.end()
                continue
        match = _PATTERN.match(text, position)
        if match is None:
            position += 1
            continue
        group = match.lastgroup
        if group is not None and group in _KINDS:
            token = Token(_KINDS[group], _unquote(_KINDS[group], match.group()), position)
            tokens.append(token)
            if token.kind is TokenKind.VARIABLE and token.text not in ("", "$"):
                variables.setdefault(token.text)
            elif token.kind is TokenKind.OPERATOR:
                if token.text == ")" and _opens_call(tokens[-3:-1]):
                    called_empty.add(tokens[-3].text)
                elif token.text in _NEWER and newer[0] is None:
                    newer = (token.text, position)
        position = match.end()
    return Scan(tuple(tokens), tuple(variables), newer[0], newer[1], frozenset(called_empty))


def _opens_call(tokens: list[Token]) -> bool:
    """Are these two tokens a variable and the parenthesis behind it?"""
    kinds = [token.kind for token in tokens]
    return kinds == [TokenKind.VARIABLE, TokenKind.OPERATOR] and tokens[1].text == "("
