"""Random programs in which names share lists freely: most are refused, and what is not must do what CPython does.

They are small, so that of many seeds some pass the alias check; the check is wrong for each that passes and differs.
"""

import random
from collections.abc import Callable
from typing import Any, Final

from tests.differential.generator import Generated

_LISTS: Final = ("a", "b", "c")
_ROWS: Final = ("r", "s")
_HEAD: Final = """from pysfnc import parallel, workflow


def grow(items: list[int], by: int) -> int:
    items.append(by)
    return len(items)


@workflow
def main(p: bool, q: bool, n: int):
    a: list[int] = [1]
    b: list[int] = [2]
    c: list[int] = [n]
    r: list[list[int]] = [[3], [4]]
    s: list[list[int]] = []
    d: dict[str, list[int]] = {"x": [5]}
    e: dict[str, dict[str, list[int]]] = {"x": {"x": [6]}, "y": {}}
    g: dict[str, list[int]] = {"x": [7]}
    key = "x" if q else "y"
"""

# {l}, {m}: lists; {r}, {t}: lists of lists; {k}: a key; {i}: an index; {v}: a number.
_SIMPLE: Final = (
    "{l} = {m}",
    "{l} = {r}[{i}]",
    "{l} = d[{k}]",
    "{l} = d.get({k}, {m})",
    "{l} = list({m})",
    "{l} = {m} + [{v}]",
    "{l} = [{v}]",
    "{l} = {m} if p else {l}",
    "{l} = {r}.pop()",
    "{l} = {r}.pop(0)",
    "{l} = d.pop({k}, {m})",
    "{l}, {m} = {m}, {l}",
    "{l} = ({m}, {l})[{i}]",
    "{l}.append({v})",
    "{l}.append({v})",
    "{l} += [{v}]",
    "{l}[0] = {v}",
    "{l}.sort()",
    "{r} = {t}",
    "{r} = list({t})",
    "{r} = {t}[:1]",
    "{r} = [{l}, {m}]",
    "{r} = [{l}] * 2",
    "{r} = [[{v}]] * 2",
    "{r} = [[{v}], {l}]",
    "{r} = [x for x in {t}]",
    "{r} = [x for x in {t} if len(x) > 0]",
    "{r} = [{l} for _ in range(2)]",
    "{r} = [list(x) for x in {t}]",
    "{r} = [x + [{v}] for x in {t}]",
    "{r} = ({r} + {t})[:9]",
    "{r} = sorted({t})",
    "{r} = list(reversed({t}))",
    "{r} = list(d.values())",
    "{r} = parallel(lambda: {l}, lambda: [{v}])",
    "{r}.append({l})",
    "{r}.append([{v}])",
    "{r}.insert(0, {l})",
    "{r}.extend({t}[:4])",
    "{r} += [{l}]",
    "{r}[{i}] = {l}",
    "{r}[{i}].append({v})",
    "{r}[{i}].append({v})",
    "{r}[{i}][0] = {v}",
    "{r}[0], {r}[1] = {r}[1], {r}[0]",
    "{r}.reverse()",
    "del {r}[{i}]",
    "d[{k}] = {l}",
    "d[{k}] = [{v}]",
    "d[{k}].append({v})",
    "d = {{'x': {l}, 'y': {m}}}",
    "d = dict(d)",
    "d.update({{{k}: {l}}})",
    "d = {{k: v for k, v in d.items()}}",
    "d.setdefault({k}, {l})",
    "d.setdefault({k}, []).append({v})",
    "d = {{k: [] for k in d}}",
    "d = {{str(len(x)): x for x in {r}}}",
    "{l} = d.setdefault({k}, [{v}])",
    "{l} = {r}[n % 2]",
    "{l} = d[key]",
    "{l} = e[key][{k}]",
    "{l} = g[{k}]",
    "{l} = d[{k}][:]",
    "g = e[key]",
    "g = e[{k}]",
    "g = e.setdefault({k}, {{}})",
    "g = {{**g, {k}: []}}",
    "g = d",
    "g[{k}] = {l}",
    "g[{k}] = [{v}]",
    "g[{k}].append({v})",
    "g.setdefault({k}, []).append({v})",
    "g.update(y={l})",
    "e[key] = g",
    "e[{k}] = {{{k}: {l}}}",
    "e[{k}][key].append({v})",
    "e.setdefault(key, {{}}).setdefault({k}, []).append({v})",
    "del e[{k}]",
    "key = {k}",
    "n = grow({l}, {v})",
    "n = grow({r}[{i}], {v})",
    "n = grow(d[key], {v})",
)
_NESTING: Final = (
    "if p:",
    "if q:",
    "for x in {r}:",
    "for k, x in d.items():",
    "for k, x in g.items():",
    "for x in d.values():",
    "for x in e[key].values():",
    "for i, x in enumerate({r}):",
    "for x, y in zip({r}, {t}):",
    "for x in [{l}, {m}]:",
    "for _ in range(2):",
    "try:",
)
_IN_LOOP: Final = (
    "x.append({v})",
    "{l} = x",
    "{t}.append(x)",
    "{l}.append(x[0])",
    "d[{k}] = x",
    "g[{k}] = x",
    "x[0] = {v}",
    "x += [{v}]",
    "n = grow(x, {v})",
    "break",
)


def generate_sharing(seed: int) -> Generated:
    """The program of a seed, with inputs."""
    rng = random.Random(seed)
    lines = [f"    {line}" for line in _suite(rng, rng.randint(2, 6), 2, in_loop=False)]
    body = "\n".join((*lines, "    return [a, b, c, r, s, d, e, g]"))
    inputs: tuple[dict[str, Any], ...] = tuple({"p": p, "q": not p, "n": 7} for p in (True, False))
    return Generated(f"{_HEAD}{body}\n", inputs)


def _suite(rng: random.Random, count: int, depth: int, *, in_loop: bool) -> list[str]:
    lines: list[str] = []
    for _ in range(count):
        if depth and rng.random() < 0.25:
            lines += _nested(rng, depth, in_loop=in_loop)
        else:
            lines.append(_filled(rng, rng.choice(_IN_LOOP if in_loop and rng.random() < 0.5 else _SIMPLE)))
    return lines


def _nested(rng: random.Random, depth: int, *, in_loop: bool) -> list[str]:
    head = _filled(rng, rng.choice(_NESTING))
    has_item = " x" in head
    inner = _suite(rng, rng.randint(1, 3), depth - 1, in_loop=has_item or (in_loop and not head.startswith("for")))
    if head.startswith("for"):
        # A list may grow while a loop runs over it, under another name; so every loop has an end of its own.
        inner = ["n += 1", "if n > 40:", "    return []", *inner]
    tail = ["except (IndexError, KeyError):", *_deeper(_suite(rng, 1, 0, in_loop=False))] if head == "try:" else []
    return [head, *_deeper(inner), *tail]


def _deeper(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _filled(rng: random.Random, template: str) -> str:
    first, second = rng.sample(_LISTS, 2)
    rows, others = rng.sample(_ROWS, 2)
    pick: Callable[..., Any] = rng.choice
    return template.format(
        l=first, m=second, r=rows, t=others, k=pick(("'x'", "'y'")), i=pick((0, 0, 1, -1)), v=rng.randint(10, 99)
    )
