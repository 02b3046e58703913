"""Methods of texts that look at one character after the other, and tables of `str.translate`."""

from typing import Any


def maketrans(x: Any, y: Any = None, z: Any = None, /) -> Any:
    if y is None:
        given = {}
        for key, value in x.items():
            if len(key) != 1:
                raise ValueError("string keys in translate table must be of length 1")
            given[ord(key)] = value
        return given
    if len(x) != len(y):
        raise ValueError("the first two maketrans arguments must have equal length")
    table = {ord(old): ord(new) for old, new in zip(x, y, strict=True)}
    if z is None:
        return table
    left: dict[int, Any] = {}
    for code, new in table.items():
        left[code] = new
    for old in z:
        left[ord(old)] = None
    return left


def translate(self: str, table: Any) -> str:
    found: list[str] = []
    for character in self:
        new = table.get(ord(character), character)
        if isinstance(new, int):
            found.append(chr(new))
        elif new is not None:
            found.append(new)
    return "".join(found)


def expandtabs(self: str, tabsize: int = 8) -> str:
    found = ""
    column = 0
    for character in self:
        if character == "\t":
            blanks = tabsize - column % tabsize if tabsize > 0 else 0
            found += " " * blanks
            column += blanks
        else:
            found += character
            column = 0 if character in ("\n", "\r") else column + 1
    return found


def istitle(self: str) -> bool:
    inside = False
    has_letter = False
    for character in self:
        small = character.islower()
        if small or character != character.lower() or character.isupper():
            if small != inside:
                return False
            inside = True
            has_letter = True
        else:
            inside = False
    return has_letter


def isidentifier(self: str) -> bool:
    if not self.isascii():
        raise ValueError("whether a text beyond ASCII is an identifier is not known in the machine")
    return self != "" and not self[0].isdigit() and all(c.isalnum() or c == "_" for c in self)
