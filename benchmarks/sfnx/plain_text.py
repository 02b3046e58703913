"""Written from the documentation of the tool, for comparison with `programs/plain_text.py`."""

from typing import TypedDict

from sfnx import state_machine


class Input(TypedDict):
    text: str


class WrongFirstLetter(Exception):
    pass


@state_machine
def plain_text(input: Input):
    text = input["text"]
    letter = text[0]
    if letter == "c":
        return f"text starts with {letter}, which is all we need to know"
    if letter not in "ab":
        raise WrongFirstLetter(f"a text starts with a, b or c, not with {letter}")
    vowels = len([character for character in list(text.lower()) if character in "aeiou"])
    spaces = len(text.split(" ")) - 1
    return f"text starts with {letter}, has {len(text)} chars, {vowels} vowels, and {spaces} spaces"
