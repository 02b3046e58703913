"""`textwrap.wrap`, `fill` and `shorten`."""

from typing import Any

BLANKS = "\t\n\x0b\x0c\r "


def wrap(
    text: str,
    width: int = 70,
    *,
    initial_indent: str = "",
    subsequent_indent: str = "",
    expand_tabs: bool = True,
    replace_whitespace: bool = True,
    break_long_words: bool = True,
    drop_whitespace: bool = True,
    break_on_hyphens: bool = True,
    tabsize: int = 8,
    max_lines: int | None = None,
    placeholder: str = " [...]",
) -> list[str]:
    if expand_tabs:
        text = text.expandtabs(tabsize)
    if replace_whitespace:
        for blank in "\t\n\x0b\x0c\r":
            text = text.replace(blank, " ")
    chunks = pieces(text) if break_on_hyphens else words(text)
    if width <= 0:
        raise ValueError(f"invalid width {width!r} (must be > 0)")
    first_indent = subsequent_indent if max_lines is not None and max_lines > 1 else initial_indent
    if max_lines is not None and len(first_indent) + len(placeholder.lstrip()) > width:
        raise ValueError("placeholder too large for max width")
    lines: list[str] = []
    place = 0
    is_full = False
    while place < len(chunks) and not is_full:
        indent = subsequent_indent if lines else initial_indent
        room = width - len(indent)
        line: list[str] = []
        used = 0
        if drop_whitespace and lines and chunks[place].strip() == "":
            place += 1
        while place < len(chunks) and used + len(chunks[place]) <= room:
            line.append(chunks[place])
            used += len(chunks[place])
            place += 1
        if place < len(chunks) and len(chunks[place]) > room:
            if break_long_words:
                end = place_to_break(chunks[place], 1 if room < 1 else room - used, break_on_hyphens)
                line.append(chunks[place][:end])
                used += len(line[-1])
                chunks[place] = chunks[place][end:]
            elif not line:
                line.append(chunks[place])
                used += len(chunks[place])
                place += 1
        if drop_whitespace and line and line[-1].strip() == "":
            used -= len(line[-1])
            line.pop()
        if line:
            left = len(chunks) - place
            is_last = left == 0 or (drop_whitespace and left == 1 and chunks[place].strip() == "")
            if max_lines is None or len(lines) + 1 < max_lines or (is_last and used <= room):
                lines.append(indent + "".join(line))
            else:
                while line and not (line[-1].strip() != "" and used + len(placeholder) <= room):
                    used -= len(line[-1])
                    line.pop()
                if line:
                    lines.append(indent + "".join(line) + placeholder)
                elif lines and len(lines[-1].rstrip()) + len(placeholder) <= width:
                    lines[-1] = lines[-1].rstrip() + placeholder
                else:
                    lines.append(indent + placeholder.lstrip())
                is_full = True
    return lines


def place_to_break(chunk: str, room: int, at_hyphens: bool) -> int:
    if at_hyphens and len(chunk) > room:
        hyphen = chunk.rfind("-", 0, room)
        if hyphen > 0 and chunk[:hyphen].strip("-") != "":
            return hyphen + 1
    return room


def words(text: str) -> list[str]:
    found: list[str] = []
    for char in text:
        if found and (char in BLANKS) == (found[-1][0] in BLANKS):
            found[-1] += char
        else:
            found.append(char)
    return found


def pieces(text: str) -> list[str]:
    found: list[str] = []
    start = 0
    while start < len(text):
        end = start + 1
        if text[start] in BLANKS:
            while end < len(text) and text[end] in BLANKS:
                end += 1
        elif is_dash(text, start):
            while text[end] == "-":
                end += 1
        else:
            while not is_end(text, end):
                end += 1
            if is_hyphen(text, end) and not (end == len(text) or text[end] in BLANKS or is_dash(text, end)):
                end += 1
        found.append(text[start:end])
        start = end
    return found


def is_end(text: str, place: int) -> bool:
    return place >= len(text) or text[place] in BLANKS or is_dash(text, place) or is_hyphen(text, place)


def is_dash(text: str, place: int) -> bool:
    if place == 0 or not (is_word(text[place - 1]) or text[place - 1] in "!\"'&.,?"):
        return False
    end = place
    while end < len(text) and text[end] == "-":
        end += 1
    return end - place >= 2 and end < len(text) and is_word(text[end])


def is_hyphen(text: str, place: int) -> bool:
    if place < 2 or place >= len(text) or text[place] != "-" or not is_letter(text[place - 1]):
        return False
    if not (is_letter(text[place - 2]) or (place > 2 and text[place - 2] == "-" and is_letter(text[place - 3]))):
        return False
    after = text[place + 1 : place + 4]
    if len(after) > 2 and after[1] == "-":
        return is_letter(after[0]) and is_letter(after[2])
    return len(after) > 1 and is_letter(after[0]) and is_letter(after[1])


def is_word(char: str) -> bool:
    return char == "_" or char.isalnum()


def is_letter(char: str) -> bool:
    return char == "_" or (char.isalnum() and not char.isdecimal())


def fill(
    text: str,
    width: int = 70,
    *,
    initial_indent: str = "",
    subsequent_indent: str = "",
    expand_tabs: bool = True,
    replace_whitespace: bool = True,
    break_long_words: bool = True,
    drop_whitespace: bool = True,
    break_on_hyphens: bool = True,
    tabsize: int = 8,
    max_lines: int | None = None,
    placeholder: str = " [...]",
) -> str:
    lines = wrap(
        text,
        width,
        initial_indent=initial_indent,
        subsequent_indent=subsequent_indent,
        expand_tabs=expand_tabs,
        replace_whitespace=replace_whitespace,
        break_long_words=break_long_words,
        drop_whitespace=drop_whitespace,
        break_on_hyphens=break_on_hyphens,
        tabsize=tabsize,
        max_lines=max_lines,
        placeholder=placeholder,
    )
    return "\n".join(lines)


def shorten(
    text: str,
    width: int,
    *,
    initial_indent: str = "",
    subsequent_indent: str = "",
    break_long_words: bool = True,
    drop_whitespace: bool = True,
    break_on_hyphens: bool = True,
    placeholder: Any = " [...]",
) -> str:
    return fill(
        " ".join(text.split()),
        width,
        initial_indent=initial_indent,
        subsequent_indent=subsequent_indent,
        break_long_words=break_long_words,
        drop_whitespace=drop_whitespace,
        break_on_hyphens=break_on_hyphens,
        max_lines=1,
        placeholder=placeholder,
    )
