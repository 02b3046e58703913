"""`textwrap` as far as it looks at lines only, `string.capwords`, `html.escape`."""

from typing import Any


def dedent(text: Any) -> str:
    if not isinstance(text, str):
        raise TypeError(f"expected string or bytes-like object, got '{type(text).__name__}'")
    lines = [line if line.strip(" \t") else "" for line in text.split("\n")]
    margin = ""
    is_first = True
    for line in lines:
        if line:
            indent_ = line[: len(line) - len(line.lstrip(" \t"))]
            if is_first:
                margin = indent_
                is_first = False
            while not indent_.startswith(margin):
                margin = margin[:-1]
    return "\n".join([line[len(margin) :] if line.startswith(margin) else line for line in lines])


def indent(text: Any, prefix: str, predicate: Any = None) -> str:
    lines = []
    for line in text.splitlines(True):
        if line.strip() if predicate is None else predicate(line):
            lines.append(prefix + line)
        else:
            lines.append(line)
    return "".join(lines)


def capwords(s: Any, sep: Any = None) -> str:
    return (sep or " ").join([word.capitalize() for word in s.split(sep)])


def escape(s: Any, quote: bool = True) -> Any:
    made = s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if quote:
        made = made.replace('"', "&quot;").replace("'", "&#x27;")
    return made
