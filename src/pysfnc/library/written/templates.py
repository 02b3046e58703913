"""`string.Template`, of texts in ASCII."""

from typing import Any

FIRST = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
LATER = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"


def name_in(text: str) -> str:
    """The name that a text begins with."""
    if text[:1] == "" or text[:1] not in FIRST:
        return ""
    end = 1
    while end < len(text) and text[end] in LATER:
        end += 1
    return text[:end]


def place_of(text: str) -> str:
    lines = text.split("\n")
    return f"line {len(lines)}, col {len(lines[-1]) + 1}"


class Template:
    def __init__(self, template: str) -> None:
        self.template = template

    def substitute(self, mapping: Any = None, /, **kws: Any) -> str:
        values = kws if mapping is None else {**mapping, **kws} if kws else mapping
        return self._filled(values, False)

    def safe_substitute(self, mapping: Any = None, /, **kws: Any) -> str:
        values = kws if mapping is None else {**mapping, **kws} if kws else mapping
        return self._filled(values, True)

    def _filled(self, values: Any, safe: bool) -> str:
        template = self.template
        parts = template.split("$")
        made = [parts[0]]
        done = len(parts[0])
        index = 1
        while index < len(parts):
            rest = parts[index]
            braced = rest[:1] == "{"
            name = name_in(rest[1:] if braced else rest)
            size = len(name) + (2 if braced else 0)
            if rest == "" and index + 1 < len(parts):
                made.append("$" + parts[index + 1])
                done += 2 + len(parts[index + 1])
                index += 2
                continue
            if name == "" or (braced and rest[len(name) + 1 : len(name) + 2] != "}"):
                if not safe:
                    raise ValueError(f"Invalid placeholder in string: {place_of(template[:done])}")
                made.append("$" + rest)
            elif safe and name not in values:
                made.append("$" + rest)
            else:
                made.append(f"{values[name]}{rest[size:]}")
            done += 1 + len(rest)
            index += 1
        return "".join(made)
