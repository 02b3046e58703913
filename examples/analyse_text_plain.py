"""Says a few things about a text: its first letter, and how many characters, vowels and spaces it has.

    {"text": "a short example"}  ->  "text starts with a, has 15 chars, 5 vowels, and 2 spaces"
    {"text": "choose wisely"}    ->  "text starts with c, which is all we need to know"
    {"text": ""}                 ->  fails with EmptyText
    {"text": "do not ..."}       ->  fails with WrongFirstLetter

The same as `analyse_text.py` with the decorators of the steps left off: all of it becomes part of the machine, and there is no Lambda
function.
"""

from pysfnc import parallel, workflow

VOWELS = "aeiou"
COUNTED = "ab"
KNOWN = "c"


class TextError(Exception):
    """A text that is not worth analysing."""


class EmptyText(TextError):
    """There is nothing in it."""


class WrongFirstLetter(TextError):
    """It starts with something that we have no opinion on."""


def first_letter(text: str) -> str:
    if not text:
        raise EmptyText("there is no text to analyse")
    return text[0]


def count_chars(text: str) -> int:
    return len(text)


def count_vowels(text: str) -> int:
    return len([letter for letter in text.lower() if letter in VOWELS])


def count_spaces(text: str) -> int:
    return text.count(" ")


def summarise(letter: str, chars: int, vowels: int, spaces: int) -> str:
    return f"text starts with {letter}, has {chars} chars, {vowels} vowels, and {spaces} spaces"


@workflow
def analyse_text(text: str) -> str:
    letter = first_letter(text)
    if letter in KNOWN:
        return f"text starts with {letter}, which is all we need to know"
    if letter not in COUNTED:
        raise WrongFirstLetter(f"a text starts with a, b or c, not with {letter}")

    chars = count_chars(text)
    vowels, spaces = parallel(
        lambda: count_vowels(text),
        lambda: count_spaces(text),
    )
    return summarise(letter, chars, vowels, spaces)


if __name__ == "__main__":
    print(analyse_text("a short example"))
