"""`urllib.parse` as far as it takes URLs apart and puts them together. What a scheme may have is as in CPython's tables."""

from typing import Any, NamedTuple

RELATIVE = " ftp http gopher nntp imap wais file https shttp mms prospero rtsp rtsps rtspu sftp svn svn+ssh ws wss"
WITH_HOST = (
    " ftp http gopher nntp telnet imap wais file mms https shttp snews prospero rtsp rtsps rtspu rsync svn svn+ssh sftp"
    " nfs git git+ssh ws wss"
)
WITH_PARAMETERS = " ftp hdl prospero http imap https shttp rtsp rtsps sip sips mms sftp tel"
CONTROLS = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "
OF_SCHEMES = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-."
UNSAFE_IN_HOSTS = (
    "\u2047\u2048\u2049\u2100\u2101\u2105\u2106\u2a74\ufe13\ufe16\ufe55\ufe56\ufe5f\ufe6b\uff03\uff0f\uff1a\uff1f\uff20"
)
"""What becomes one of `/?#@:` under NFKC normalization."""


def is_one_of(scheme: str, table: str) -> bool:
    return scheme in table.split(" ")


def user_of(netloc: str) -> Any:
    user, at, _ = netloc.rpartition("@")
    return user.partition(":")[0] if at else None


def password_of(netloc: str) -> Any:
    user, at, _ = netloc.rpartition("@")
    _, colon, password = user.partition(":")
    return password if at and colon else None


def host_of(netloc: str) -> Any:
    host = netloc.rpartition("@")[2]
    _, bracket, inside = host.partition("[")
    name = inside.partition("]")[0] if bracket else host.partition(":")[0]
    if not name:
        return None
    name, percent, zone = name.partition("%")
    return name.lower() + percent + zone


def port_of(netloc: str) -> Any:
    host = netloc.rpartition("@")[2]
    _, bracket, inside = host.partition("[")
    text = (inside.partition("]")[2] if bracket else host).partition(":")[2]
    if not text:
        return None
    if not (text.isdigit() and text.isascii()):
        raise ValueError(f"Port could not be cast to integer value as {text!r}")
    if len(text.lstrip("0")) > 5 or int(text) > 65535:
        raise ValueError("Port out of range 0-65535")
    return int(text)


class SplitResult(NamedTuple):
    scheme: str
    netloc: str
    path: str
    query: str
    fragment: str

    @property
    def username(self) -> Any:
        return user_of(self.netloc)

    @property
    def password(self) -> Any:
        return password_of(self.netloc)

    @property
    def hostname(self) -> Any:
        return host_of(self.netloc)

    @property
    def port(self) -> Any:
        return port_of(self.netloc)

    def geturl(self) -> str:
        return put_together(self.scheme, self.netloc, self.path, self.query, self.fragment)


class ParseResult(NamedTuple):
    scheme: str
    netloc: str
    path: str
    params: str
    query: str
    fragment: str

    @property
    def username(self) -> Any:
        return user_of(self.netloc)

    @property
    def password(self) -> Any:
        return password_of(self.netloc)

    @property
    def hostname(self) -> Any:
        return host_of(self.netloc)

    @property
    def port(self) -> Any:
        return port_of(self.netloc)

    def geturl(self) -> str:
        return with_parameters(self.scheme, self.netloc, self.path, self.params, self.query, self.fragment)


class DefragResult(NamedTuple):
    url: str
    fragment: str

    def geturl(self) -> str:
        return self.url + "#" + self.fragment if self.fragment else self.url


def check_host(netloc: str) -> None:
    if ("[" in netloc) != ("]" in netloc):
        raise ValueError("Invalid IPv6 URL")
    if "[" in netloc:
        host = netloc.partition("[")[2].partition("]")[0]
        if not is_ipv6(host):
            raise ValueError(f"{host!r} does not appear to be an IPv4 or IPv6 address")
    if not netloc.isascii():
        for char in netloc:
            if char in UNSAFE_IN_HOSTS:
                raise ValueError("netloc '" + netloc + "' contains invalid characters under NFKC normalization")


def is_ipv6(text: str) -> bool:
    halves = text.split("::")
    groups = [group for half in halves for group in half.split(":") if half]
    fits = len(groups) == 8 if len(halves) == 1 else len(groups) < 8
    return len(halves) <= 2 and fits and all(is_group(group) for group in groups)


def is_group(text: str) -> bool:
    return 0 < len(text) <= 4 and all(char in "0123456789abcdefABCDEF" for char in text)


def urlsplit(url: str, scheme: str = "", allow_fragments: Any = True) -> Any:
    rest = url.lstrip(CONTROLS).replace("\t", "").replace("\r", "").replace("\n", "")
    scheme = scheme.strip(CONTROLS).replace("\t", "").replace("\r", "").replace("\n", "")
    netloc, query, fragment = "", "", ""
    colon = rest.find(":")
    if colon > 0 and rest[0].isascii() and rest[0].isalpha() and all(char in OF_SCHEMES for char in rest[:colon]):
        scheme, rest = rest[:colon].lower(), rest[colon + 1 :]
    if rest.startswith("//"):
        ends = [end for end in [rest.find("/", 2), rest.find("?", 2), rest.find("#", 2)] if end >= 0]
        end = min(ends) if ends else len(rest)
        netloc, rest = rest[2:end], rest[end:]
        check_host(netloc)
    if allow_fragments:
        rest, _, fragment = rest.partition("#")
    path, _, query = rest.partition("?")
    return SplitResult(scheme, netloc, path, query, fragment)


def urlparse(url: str, scheme: str = "", allow_fragments: Any = True) -> Any:
    parts = urlsplit(url, scheme, allow_fragments)
    path, params = parts.path, ""
    if is_one_of(parts.scheme, WITH_PARAMETERS):
        start = path.find(";", path.rfind("/") + 1)
        if start >= 0:
            path, params = path[:start], path[start + 1 :]
    return ParseResult(parts.scheme, parts.netloc, path, params, parts.query, parts.fragment)


def put_together(scheme: str, netloc: str, path: str, query: str, fragment: str) -> str:
    made = path
    if netloc or (scheme and is_one_of(scheme, WITH_HOST) and not path.startswith("//")):
        made = "//" + netloc + ("/" + path if path and not path.startswith("/") else path)
    if scheme:
        made = scheme + ":" + made
    if query:
        made = made + "?" + query
    return made + "#" + fragment if fragment else made


def with_parameters(scheme: str, netloc: str, path: str, params: str, query: str, fragment: str) -> str:
    return put_together(scheme, netloc, path + ";" + params if params else path, query, fragment)


def urlunsplit(components: Any) -> str:
    scheme, netloc, path, query, fragment = components
    return put_together(scheme, netloc, path, query, fragment)


def urlunparse(components: Any) -> str:
    scheme, netloc, path, params, query, fragment = components
    return with_parameters(scheme, netloc, path, params, query, fragment)


def urldefrag(url: str) -> Any:
    if "#" not in url:
        return DefragResult(url, "")
    parts = urlparse(url)
    return DefragResult(
        with_parameters(parts.scheme, parts.netloc, parts.path, parts.params, parts.query, ""), parts.fragment
    )


def urljoin(base: str, url: str, allow_fragments: Any = True) -> str:
    if not base or not url:
        return base or url
    old = urlparse(base, "", allow_fragments)
    new = urlparse(url, old.scheme, allow_fragments)
    if new.scheme != old.scheme or not is_one_of(new.scheme, RELATIVE):
        return url
    netloc = new.netloc
    if is_one_of(new.scheme, WITH_HOST):
        if netloc:
            return with_parameters(new.scheme, netloc, new.path, new.params, new.query, new.fragment)
        netloc = old.netloc
    if not new.path and not new.params:
        query = new.query or old.query
        return with_parameters(new.scheme, netloc, old.path, old.params, query, new.fragment)
    path = joined_path(old.path, new.path)
    return with_parameters(new.scheme, netloc, path, new.params, new.query, new.fragment)


def joined_path(base: str, path: str) -> str:
    segments = path.split("/")
    if not path.startswith("/"):
        above = base.split("/")
        segments = (above if above[-1] == "" else above[:-1]) + segments
        segments = (
            segments[:1] + [segment for segment in segments[1:-1] if segment] + segments[max(len(segments) - 1, 1) :]
        )
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"
