"""The same text, looked at without any function: all of it is computed."""

from pysfnc import workflow


class WrongFirstLetter(Exception):
    pass


@workflow
def plain_text(text: str) -> str:
    letter = text[0]
    if letter == "c":
        return f"text starts with {letter}, which is all we need to know"
    if letter not in "ab":
        raise WrongFirstLetter(f"a text starts with a, b or c, not with {letter}")
    vowels = len([letter for letter in text.lower() if letter in "aeiou"])
    spaces = len(text.split(" ")) - 1
    return f"text starts with {letter}, has {len(text)} chars, {vowels} vowels, and {spaces} spaces"
