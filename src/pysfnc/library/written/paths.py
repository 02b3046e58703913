"""`os.path` as far as it is about texts, with the slashes of the system that Lambda has, and queries of `urllib.parse`."""

from typing import Any
from urllib.parse import quote_plus, unquote


def path_text(path: Any) -> str:
    if not isinstance(path, str):
        raise TypeError(f"expected str, bytes or os.PathLike object, not {type(path).__name__}")
    return path


def basename(p: Any) -> str:
    text = path_text(p)
    return text[text.rfind("/") + 1 :]


def dirname(p: Any) -> str:
    text = path_text(p)
    head = text[: text.rfind("/") + 1]
    return head.rstrip("/") or head


def splitext(p: Any) -> tuple[str, str]:
    text = path_text(p)
    name = text.rfind("/") + 1
    dot = text.rfind(".")
    if dot > name and text[name:dot].strip(".") != "":
        return (text[:dot], text[dot:])
    return (text, "")


def split(p: Any) -> tuple[str, str]:
    text = path_text(p)
    place = text.rfind("/") + 1
    return (text[:place].rstrip("/") or text[:place], text[place:])


def isabs(s: Any) -> bool:
    return path_text(s).startswith("/")


def normpath(path: Any) -> str:
    text = path_text(path)
    if not text:
        return "."
    start = ""
    if text.startswith("/"):
        start = "//" if text.startswith("//") and not text.startswith("///") else "/"
    kept: list[str] = []
    for part in text.split("/"):
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part not in ("", ".") and not (part == ".." and start):
            kept.append(part)
    return start + "/".join(kept) or "."


def join(a: Any, *p: Any) -> str:
    path = path_text(a)
    for part in p:
        if not isinstance(part, str):
            kind = type(part).__name__
            raise TypeError(f"join() argument must be str, bytes, or os.PathLike object, not '{kind}'")
        if part.startswith("/"):
            path = part
        elif path == "" or path.endswith("/"):
            path += part
        else:
            path += "/" + part
    return path


def parse_qsl(qs: str, keep_blank_values: bool = False) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for pair in qs.split("&"):
        name, _, value = pair.partition("=")
        if pair != "" and (value != "" or keep_blank_values):
            found.append((unquote(name.replace("+", " ")), unquote(value.replace("+", " "))))
    return found


def parse_qs(qs: str, keep_blank_values: bool = False) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(qs, keep_blank_values):
        found[name] = [*found.get(name, []), value]
    return found


def urlencode(query: Any, doseq: bool = False) -> str:
    pairs = list(query.items()) if isinstance(query, dict) else query
    if not isinstance(query, dict) and (
        not isinstance(query, list | tuple) or (len(query) > 0 and not isinstance(query[0], tuple))
    ):
        raise TypeError("not a valid non-string sequence or mapping object")
    found: list[str] = []
    for key, value in pairs:
        name = quote_plus(str(key))
        if doseq and isinstance(value, list | tuple | dict):
            found.extend([f"{name}={quote_plus(str(item))}" for item in value])
        else:
            found.append(f"{name}={quote_plus(str(value))}")
    return "&".join(found)
