"""A text is looked at by several functions, two of them at the same time."""

from pysfnc import parallel, task, workflow


class WrongFirstLetter(Exception):
    pass


@task
def first_letter(text: str) -> str:
    return text[0]


@task
def count_chars(text: str) -> int:
    return len(text)


@task
def count_vowels(text: str) -> int:
    return len([letter for letter in text.lower() if letter in "aeiou"])


@task
def count_spaces(text: str) -> int:
    return text.count(" ")


@task(timeout=30)
def summarise(letter: str, chars: int, vowels: int, spaces: int) -> str:
    return f"text starts with {letter}, has {chars} chars, {vowels} vowels, and {spaces} spaces"


@workflow
def analyse_text(text: str) -> str:
    letter = first_letter(text)
    if letter == "c":
        return f"text starts with {letter}, which is all we need to know"
    if letter not in "ab":
        raise WrongFirstLetter(f"a text starts with a, b or c, not with {letter}")
    chars = count_chars(text)
    vowels, spaces = parallel(
        lambda: count_vowels(text),
        lambda: count_spaces(text),
    )
    return summarise(letter, chars, vowels, spaces)
