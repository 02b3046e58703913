"""What boto3 does with pages beyond asking for them, as Python over the pages: `MaxItems`, `StartingToken`, `build_full_result`.

Owns the rules of `botocore.paginate.PageIterator`: what grows from page to page is counted by the first result key, and is cut in the page that
goes beyond the limit; a token is base64 of JSON, or that of the service itself.
"""

from collections.abc import Sequence

from pysfnc.aws.services import Paginator
from pysfnc.lean import dataclass

CUT = "boto_truncate_amount"
"""Where in a token botocore keeps how many items of its page were given already."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which options there are: they are parameters `limit` and `token` of the text."""

    limited: bool
    resumed: bool


def starting_text(found: Paginator) -> str:
    """A token taken apart: the tuple of what to ask for, then of how many items to leave out."""
    names = found.input_tokens
    nothing = "None, " * len(names)
    taken = [f"    m{index} = found.get({name!r})" for index, name in enumerate(names)]
    markers = ", ".join(f"None if m{index} is None else str(m{index})" for index in range(len(names)))
    old = ", ".join(f"parts[{index}] if len(parts) > {index} else None" for index in range(len(names)))
    lines = ["if token is None:", f"    return {nothing}0", "try:"]
    lines += ['    found = loads(b64decode(token.encode("utf-8")).decode("utf-8"))', *taken]
    lines += [f"    return {markers}, int(found.get({CUT!r}, 0))"]
    lines += ["except (ValueError, TypeError):", '    parts = token.split("___")', "    skipped = 0"]
    lines += [f"    if len(parts) == {len(names) + 1}:", "        try:", "            skipped = int(parts.pop())"]
    lines += ["        except ValueError:", "            parts = [token]", f"    if len(parts) > {len(names)}:"]
    lines += ['        raise ValueError(f"Bad starting token: {token}")']
    lines += ['    parts = [None if part == "None" else part for part in parts]', f"    return {old}, skipped"]
    return "\n".join(lines)


def limited_text(found: Paginator, limits: Limits) -> str:
    """A generator of the pages; the one that goes beyond the limit is cut."""
    first = found.result_keys[0]
    lines = ["total = 0"] if limits.limited else []
    lines += ["first = True"] if limits.resumed else []
    lines += ["for page in pages:", f"    items = {read('page', first)}"]
    if limits.resumed:
        lines += ["    if first and resumes:", *_indented(_skipping(found), 8)]
        lines += ["    first = False"]
    if limits.limited:
        lines += ["    count = 0 if items is None else len(items)", "    if total + count > limit:"]
        lines += [f"        {write('page', first)} = [] if items is None else items[:limit - total]"]
        lines += ["    total += count"]
    lines += ["    yield page"]
    if limits.limited:
        lines += ["    if total >= limit:", "        return"]
    return "\n".join(lines)


def full_text(found: Paginator, limits: Limits) -> str:
    """The result of all pages as one dict."""
    keys, others = found.result_keys, found.non_aggregate_keys
    lines = [f"v{index} = None" for index in range(len(keys))]
    lines += [f"n{index} = None" for index in range(len(others))]
    lines += ["first = True"]
    if limits.limited:
        lines += ["total = 0", "resume = None", f"following = {_token(found, 'starts' if limits.resumed else None)}"]
    lines += ["for page in pages:"]
    lines += [f"    p{index} = page.get({key!r})" for index, key in enumerate(keys)]
    lines += ["    if first:", *_indented([f"n{i} = page.get({key!r})" for i, key in enumerate(others)], 8)]
    if limits.resumed:
        lines += ["        if resumes:", "            p0 = None if p0 is None else p0[skipped:]"]
        lines += [f"            p{i} = {_empty(found, keys[i], f'p{i}')}" for i in range(1, len(keys))]
    lines += ["        first = False"]
    skipped = " + skipped" if limits.resumed else ""
    if limits.limited:
        lines += ["    count = 0 if p0 is None else len(p0)", "    if total + count > limit:"]
        lines += ["        p0 = [] if p0 is None else p0[:limit - total]"]
        lines += [f"        resume = {{**following, {CUT!r}: limit - total{skipped}}}"]
        lines += ["    total += count"]
        lines += ["    skipped = 0"] if limits.resumed else []
    for index, key in enumerate(keys):
        more = f"v{index} + p{index}" if _grows(found, key) else f"v{index}"
        lines += [f"    if p{index} is not None:", f"        v{index} = p{index} if v{index} is None else {more}"]
    if limits.limited:
        lines += ["    if resume is not None:", "        break", f"    following = {_next(found)}"]
        lines += [f"    if total == limit and ({_is_another(found)}):", "        resume = following"]
        lines += ["    if total >= limit:", "        break"]
    lines += ["result = {}"]
    for index, key in enumerate(keys):
        lines += [f"if v{index} is not None:", f"    result[{key!r}] = v{index}"]
    lines += [f"result[{key!r}] = n{index}" for index, key in enumerate(others)]
    if limits.limited:
        encoded = 'b64encode(dumps(resume).encode("utf-8")).decode("utf-8")'
        lines += ["if resume is not None:", f"    result['NextToken'] = {encoded}"]
    return "\n".join([*lines, "return result"])


def read(value: str, path: str) -> str:
    """What stands at a path of names with dots, or None; `items[-1]` is the last one of a list, and behind `||` stands what counts else."""
    first, _, other = path.partition(" || ")
    found = _read(value, first.split("."))
    return f"({found} or {_read(value, other.split('.'))})" if other else found


def _read(value: str, parts: Sequence[str]) -> str:
    part, *rest = parts
    name = part.removesuffix("[-1]")
    if part != name:
        items = f"{value}.get({name!r}, [])"
        last = _read(f"{items}[-1]", rest) if rest else f"{items}[-1]"
        return f"({last} if {items} else None)"
    return _read(f"{value}.get({name!r}, {{}})", rest) if rest else f"{value}.get({name!r})"


def write(value: str, path: str) -> str:
    """The target of an assignment to a path."""
    return value + "".join(f"[{name!r}]" for name in path.split("."))


def _grows(found: Paginator, key: str) -> bool:
    """Whether the values of a key are joined; of a dict the first one counts."""
    output = found.operation.output
    return output is not None and output.members[key].shape.kind not in ("structure", "map")


def _skipping(found: Paginator) -> Sequence[str]:
    first, *others = found.result_keys
    lines = ["items = None if items is None else items[skipped:]", f"{write('page', first)} = items"]
    return [*lines, *(f"{write('page', key)} = {_empty(found, key, read('page', key))}" for key in others)]


def _empty(found: Paginator, key: str, value: str) -> str:
    """What is left of a key that was in the result before: nothing of its kind."""
    output = found.operation.output
    kind = "" if output is None else output.members[key.partition(".")[0]].shape.kind
    nothing = {"list": f"{value}[:0]", "string": "''", "integer": "0", "float": "0"}.get(kind, "None")
    return f"None if {value} is None else {nothing}"


def _token(found: Paginator, starts: str | None) -> str:
    names = found.input_tokens
    values = ["None" if starts is None else f"{starts}[{index}]" for index in range(len(names))]
    return "{" + ", ".join(f"{name!r}: {value}" for name, value in zip(names, values, strict=True)) + "}"


def _next(found: Paginator) -> str:
    pairs = zip(found.input_tokens, found.output_tokens, strict=True)
    return "{" + ", ".join(f"{name!r}: {read('page', path)} or None" for name, path in pairs) + "}"


def _is_another(found: Paginator) -> str:
    """Whether there is a page behind this one."""
    some = " or ".join(f"following[{name!r}] is not None" for name in found.input_tokens)
    return some if found.more_results is None else f"{read('page', found.more_results)} and ({some})"


def _indented(lines: Sequence[str], by: int) -> list[str]:
    return [" " * by + line for line in lines]
