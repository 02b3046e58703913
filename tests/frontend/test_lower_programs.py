"""Programs whose HIR is run and compared with CPython: values, exceptions, and the calls of tasks.

The HIR is run by `lowered`, with CPython's own operations for the primitives, so these tests are about lowering alone.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.frontend.lowered import compiled, run_lowered, run_python

PROGRAMS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "assignment": (
        """\
@workflow
def w(a: int, b: int = 2) -> int:
    x = a
    x += b
    y, z = x, a
    y, z = z, y
    if y > z: return y
    elif y == z: return 0
    return z - y
""",
        [{"a": 1}, {"a": 1, "b": 0}, {"a": 3, "b": -5}],
    ),
    "for_with_continue_break_else": (
        """\
@workflow
def w(xs: list[int]) -> dict:
    total = 0
    seen = []
    for i, x in enumerate(xs):
        if x < 0: continue
        if x == 100: break
        total += x
        seen.append([i, x])
    else:
        seen.append("done")
    return {"t": total, "s": seen}
""",
        [{"xs": []}, {"xs": [1, -2, 3]}, {"xs": [1, 100, 4]}],
    ),
    "exceptions_through_helpers": (
        """\
class Low(ValueError): ...
class Lower(Low): ...
def check(n: int) -> int:
    if n < 0: raise Lower(f"neg {n}")
    if n == 7: raise KeyError("k")
    return n
@workflow
def w(n: int, d: dict) -> list:
    out = []
    try:
        out.append(check(n))
        out.append(d["a"])
        x = 10 / n
    except Low as e:
        out.append(str(e)); out.append(type(e).__name__); out.append(list(e.args))
    except (KeyError, IndexError) as e:
        out.append("key " + str(e))
    else:
        out.append(x)
    finally:
        out.append("fin")
    return out
""",
        [{"n": 1, "d": {"a": 1}}, {"n": -1, "d": {}}, {"n": 7, "d": {}}, {"n": 1, "d": {}}, {"n": 0, "d": {"a": 2}}],
    ),
    "while_loops": (
        """\
@workflow
def w(n: int) -> int:
    i = 0
    s = 0
    while True:
        i += 1
        if i > n: break
        if i % 2: continue
        s += i
    while s > 100:
        s -= 7
    else:
        s += 1000
    return s
""",
        [{"n": 0}, {"n": 10}, {"n": 40}],
    ),
    "loop_variables_write_through": (
        """\
@workflow
def w(orders: list[dict]) -> list:
    for o in orders:
        o["total"] = 0
        for item in o["items"]:
            o["total"] += item["p"] * item["q"]
            item["seen"] = True
    return orders
""",
        [{"orders": []}, {"orders": [{"items": [{"p": 1, "q": 2}, {"p": 3, "q": 4}]}, {"items": []}]}],
    ),
    "comprehensions": (
        """\
@workflow
def w(xs: list[int], s: str) -> dict:
    sq = [x*x for x in xs if x % 2 == 0]
    d = {str(k): v for k, v in enumerate(xs)}
    pairs = [(a, b) for a in xs for b in s if a > 1]
    return {"sq": sq, "d": d, "pairs": pairs,
            "any": any(x > 3 for x in xs), "all": all(x for x in xs), "sum": sum(x for x in xs), "j": ",".join(str(x) for x in xs),
            "srt": sorted(xs, key=lambda v: -v), "mx": max(xs, key=lambda v: v % 3) if xs else None}
""",
        [{"xs": [3, 1, 2, 4], "s": "ab"}, {"xs": [], "s": ""}, {"xs": [0], "s": "x"}],
    ),
    "logic_values": (
        """\
@workflow
def w(a: int, b: int, c: int) -> list:
    return [a < b < c, a or b, a and b, not a, a if b else c, (a or b) and c, a == b != c, None if a else "x"]
""",
        [{"a": 1, "b": 2, "c": 3}, {"a": 0, "b": 0, "c": 1}, {"a": 3, "b": 3, "c": 0}],
    ),
    "tasks_in_expressions": (
        """\
@task
def f(x: int) -> int:
    if x == 13: raise ValueError("bad 13")
    return x + 1
@task
def g(a, b=5, *, c=1) -> list:
    return [a, b, c]
@workflow
def w(n: int) -> dict:
    a = f(n)
    msg = ''
    b = f(a) + f(b) if (b := f(0)) else 0
    c = g(1, c=f(2))
    d = [f(i) for i in range(n)]
    e = f(1) if n > 2 else f(2)
    try:
        f(13)
    except ValueError as err:
        msg = str(err)
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "msg": msg, "any": any(f(i) > 3 for i in range(5)), "l": [x for x in range(4) if f(x) > 2]}
""",
        [{"n": 0}, {"n": 3}],
    ),
    "helpers_change_and_rebind": (
        """\
def helper(xs: list, n: int) -> int:
    xs.append(n)
    if n > 3:
        return n
    for x in xs:
        if x == 2:
            return 2
    return len(xs)
def fact(n: int) -> int:
    r = 1
    for i in range(2, n + 1):
        r *= i
    return r
def early(d: dict):
    if "a" not in d:
        return None
    v = d["a"]
    if v is None:
        raise KeyError("none")
    return v
@workflow
def w(n: int, d: dict) -> list:
    xs = [1]
    a = helper(xs, n)
    b = helper(xs, n + 1)
    try:
        c = early(d)
    except KeyError as e:
        c = "err" + str(e)
    def inner(k: int) -> int:
        nonlocal a
        a += k
        return a * 2
    z = inner(3)
    y = (lambda q, r=z: q + r)(1)
    return [xs, a, b, c, fact(n), z, y, early({"a": 1})]
""",
        [{"n": 1, "d": {}}, {"n": 2, "d": {"a": None}}, {"n": 5, "d": {"a": [1]}}],
    ),
    "branches_and_pools": (
        """\
@task
def f(x: int) -> int:
    if x < 0: raise ValueError(f"neg {x}")
    return x * 2
@workflow
def w(xs: list[int]) -> dict:
    k = 10
    a, b = parallel(lambda: f(k), lambda: [f(1), f(2)])
    with ThreadPoolExecutor(max_workers=3) as pool:
        r = list(pool.map(f, xs))
        f1 = pool.submit(f, 1)
        f2 = pool.submit(f, k)
        s = f1.result() + f2.result()
        futures = [pool.submit(f, x) for x in xs if x != 5]
        t = [q.result() for q in futures]
    return {"a": a, "b": b, "r": r, "s": s, "t": t}
""",
        [{"xs": []}, {"xs": [1, 2, 5]}, {"xs": [1, -2, -3]}],
    ),
    "async_gather": (
        """\
@task
async def f(x: int) -> int:
    if x < 0: raise ValueError(f"neg {x}")
    return x * 2
async def h(x: int) -> int:
    y = await f(x)
    return y + 1
@workflow
async def w(xs: list[int]) -> list:
    a = await f(1)
    b, c = await asyncio.gather(f(2), h(3))
    d = await asyncio.gather(*(f(x) for x in xs))
    e = await asyncio.gather(*[h(x) for x in xs if x > 1])
    await asyncio.sleep(1)
    return [a, b, c, d, e]
""",
        [{"xs": []}, {"xs": [1, 2]}, {"xs": [-1]}],
    ),
    "options_and_sleep": (
        """\
@task
def f(x: int) -> int:
    if x < 3: raise ConnectionError("no")
    return x
def flaky(x: int) -> int:
    return f(x) + 1
@workflow
def w(x: int, s: float) -> list:
    a = with_options(f, retry=Retry(on=(ValueError,), max_attempts=2))(x)
    time.sleep(s)
    time.sleep(0)
    b = with_options(flaky, retry=Retry(on=(ConnectionError,), max_attempts=1))(x)
    return [a, b]
""",
        [{"x": 3, "s": 0.0}, {"x": 1, "s": 0.0}, {"x": 5, "s": -1.0}],
    ),
    "raising": (
        """\
@workflow
def w(x: int) -> str:
    if x == 0: raise Fail("Order.Rejected", "no")
    if x == 1: raise Fail("A")
    try:
        if x == 2: raise ValueError
        if x == 3: raise ValueError("a", 1)
        if x == 4: raise KeyError("k") from ValueError("b")
        if x == 5: assert x < 3, "big"
        if x == 6: assert False
        try:
            {}["q"]
        except IndexError:
            return "never"
        finally:
            x = x + 100
    except ValueError as e:
        return f"v {e} {list(e.args)} {len(e.args)}"
    except AssertionError as e:
        raise
    except LookupError as e:
        if x == 4: raise RuntimeError(str(e)) from e
        return type(e).__name__ + str(x)
    return "end"
""",
        [{"x": 0}, {"x": 1}, {"x": 2}, {"x": 3}, {"x": 4}, {"x": 5}, {"x": 6}, {"x": 7}, {"x": 8}],
    ),
    "loops_over_changing_lists": (
        """\
@workflow
def w(xs: list[int], d: dict[str, int]) -> list:
    out = []
    for x in xs:
        if x == 2: xs.append(9)
        if len(xs) > 6: break
        out.append(x)
    for i, x in enumerate(xs):
        xs[i] = x * 2
    for k in d:
        d[k] = d[k] + 1
    for k, v in d.items():
        d[k] = v * 10
    t = 0
    for v in d.values():
        t += v
    return [out, xs, d, t]
""",
        [{"xs": [1, 2, 3], "d": {"a": 1, "b": 2}}, {"xs": [2, 2, 2], "d": {}}],
    ),
    "dict_changes_size_in_loop": (
        """\
@workflow
def w(d: dict[str, int]) -> list:
    try:
        for k in d:
            d[k + "x"] = 1
    except RuntimeError as e:
        return [str(e), d]
    return [d]
""",
        [{"d": {"a": 1}}, {"d": {}}],
    ),
    "nested_places": (
        """\
@workflow
def w(rows: list[list[int]], d: dict[str, list[int]]) -> list:
    for row in rows:
        row.append(len(row))
        for i in range(len(row)):
            row[i] += 1
    for v in d.values():
        v.append(1)
    for k, v in d.items():
        v.append(2)
    for i, row in enumerate(rows, 1):
        row[0] = i
    m = [[0] * 2 for _ in range(2)]
    m[0][1] = 5
    m[1][0] += 3
    return [rows, d, m]
""",
        [{"rows": [[1], [2, 3]], "d": {"a": [], "b": [7]}}],
    ),
    "unpacking": (
        """\
@workflow
def w(s: str, n: int) -> list:
    a, *b = s.split(",")
    (c, d), e = (1, 2), [3]
    f = g = [1]
    h, i = (n, n + 1) if n else (0, 1)
    first, *mid, last = range(n + 2)
    for j, (k, l) in enumerate(zip([1, 2], "ab")):
        pass
    try:
        p, q = s.split(",")
    except ValueError as err:
        p, q = str(err), ""
    return [a, b, c, d, e, f, h, i, first, mid, last, j, k, l, p, q]
""",
        [{"s": "x", "n": 0}, {"s": "x,y", "n": 3}, {"s": "x,y,z", "n": 1}],
    ),
    "loop_else": (
        """\
@workflow
def w(n: int) -> list:
    total = 0
    for i in range(n):
        for j in range(n):
            if j == 2: break
            if i == j: continue
            total += i * j
        else:
            total += 100
    r = range(3)
    s = sum(r) + len(r) + r[1]
    while n > 0:
        n -= 1
        if n == 5: break
    else:
        s += 1000
    return [total, s, n, 2 in r, list(r)]
""",
        [{"n": 0}, {"n": 1}, {"n": 3}, {"n": 8}],
    ),
    "untyped_values": (
        """\
@workflow
def w(x, y) -> list:
    out = []
    if isinstance(x, str): out.append(x.upper())
    elif isinstance(x, list): out.append(len(x))
    elif isinstance(x, (int, float)) and not isinstance(x, bool): out.append(x + 1)
    elif x is None: out.append("none")
    elif isinstance(x, dict): out.append(x.get("a", 0))
    else: out.append(not x)
    try:
        out.append(x + y)
    except TypeError as e:
        out.append(str(e))
    try:
        out.append(x["a"])
    except (TypeError, KeyError) as e:
        out.append(type(e).__name__ + ": " + str(e))
    return out
""",
        [
            {"x": "a", "y": "b"},
            {"x": [1], "y": [2]},
            {"x": 1, "y": 2},
            {"x": None, "y": 1},
            {"x": {"a": 5}, "y": 1},
            {"x": True, "y": 1},
            {"x": 1.5, "y": "s"},
        ],
    ),
    "order_of_evaluation": (
        """\
@workflow
def w(n: int) -> list:
    log = []
    def f(tag, v):
        log.append(tag)
        if v == n: raise ValueError(tag)
        return v
    try:
        r = [f("a", 1) + f("b", 2) * f("c", 3), f("d", 4) < f("e", 5) < f("f", 3) < f("g", 9)]
        q = f("h", 0) or f("i", 6) and f("j", 7)
        z = {f("k", 8): 1} if False else {str(f("l", 9)): f("m", 10)}
    except ValueError as e:
        return [log, str(e)]
    return [log, r, q, z]
""",
        [
            {"n": -1},
            {"n": 0},
            {"n": 1},
            {"n": 2},
            {"n": 3},
            {"n": 4},
            {"n": 5},
            {"n": 6},
            {"n": 7},
            {"n": 8},
            {"n": 9},
            {"n": 10},
            {"n": 11},
        ],
    ),
    "constants_and_classes": (
        """\
LIMIT = 3
NAMES = ["a", "b"]
TABLE = {"x": {"y": 1}}
class E(Exception): pass
class F(E): pass
@workflow
def w(n: int) -> list:
    try:
        if n > LIMIT:
            raise F("f", n)
        if n == 1: raise E()
    except E as e:
        if isinstance(e, F):
            return ["F", str(e), e.args[1]]
        return ["E", str(e), len(e.args)]
    total = [x for x in NAMES if x in ("a", "c")]
    copy = list(NAMES)
    copy.append("z")
    return [NAMES[0], TABLE["x"]["y"], total, copy, f"{n:>5}|{n!r}|{'q'!r}|{1.5:.2f}"]
""",
        [{"n": 0}, {"n": 1}, {"n": 9}],
    ),
    "parameters_of_closures": (
        """\
@workflow
def w(n: int) -> list:
    def add(acc, v, *rest, scale=2, **kw):
        acc.append(v * scale)
        for r in rest: acc.append(r)
        for k in kw: acc.append(k + str(kw[k]))
        return acc
    xs: list = []
    add(xs, 1)
    add(xs, 2, 3, 4, scale=n, z=1)
    args = (5, 6)
    add(xs, *args)
    kw = {"q": 1}
    def rec(k, depth=0):
        return k + depth
    fs = (lambda a: a + 1, rec)
    return [xs, rec(1), rec(1, depth=2), fs[0](3), fs[1](4), (lambda: xs[0])(), [f(n) for f in [abs, str]] if False else 0]
""",
        [{"n": 3}],
    ),
    "nonlocal_in_expressions": (
        """\
@workflow
def w(n: int) -> list:
    count = 0
    def bump(by=1):
        nonlocal count
        count += by
        return count
    a = bump() + bump(2) * bump()
    vals = [bump() for _ in range(n)]
    d = {str(i): bump() for i in range(n) if bump() % 2}
    return [a, vals, d, count, any(bump() > 3 for _ in range(2)), next((x for x in range(5) if x > n), None),
            next((bump() for x in range(5)), -1), count]
""",
        [{"n": 0}, {"n": 3}],
    ),
    "helpers_as_expressions": (
        """\
def classify(v):
    if v is None: return "none"
    if isinstance(v, bool): return "bool"
    if isinstance(v, int):
        if v < 0: return "neg"
        if v > 10:
            return "big"
        return "int"
    if isinstance(v, str) and v: return "str:" + v
    return "other"
def first(xs):
    for x in xs:
        if x > 2:
            return x
    return None
def boom(x):
    if x == 0:
        raise ValueError("zero")
    try:
        return 10 / x
    finally:
        pass
def nested(x):
    def inner(y):
        if y > x: return "gt"
        return "le"
    return inner(3) + inner(x)
@workflow
def w(v, xs: list[int], x: int) -> list:
    try:
        b = boom(x)
    except ValueError as e:
        b = str(e)
    return [classify(v), first(xs), b, nested(x), [classify(q) for q in xs], sorted(xs, key=lambda q: classify(q)),
            max(xs, key=first_or) if xs else None, list(map(classify, xs)),
            list(filter(lambda q: q > 1, xs)), [a + b for a, b in zip(xs, xs[1:])]]
def first_or(q): return -q
""",
        [
            {"v": None, "xs": [1, 2, 3], "x": 0},
            {"v": True, "xs": [], "x": 5},
            {"v": "s", "xs": [11, -1], "x": 1},
            {"v": -4, "xs": [3], "x": 2},
            {"v": 1.5, "xs": [], "x": 3},
        ],
    ),
    "assigned_before_the_end_of_a_loop": (
        """\
@workflow
def w(x: int) -> int:
    while True:
        if x > 5:
            y = x
            break
        x += 1
    try:
        z = y
    except ValueError:
        raise
    return z
""",
        [{"x": 1}],
    ),
    "finally_assigns": (
        """\
@workflow
def w(x: int) -> list:
    try:
        y = 10 // x
    except ZeroDivisionError as e:
        return [str(e)]
    finally:
        z = 5
    return [y, z]
""",
        [{"x": 0}, {"x": 3}],
    ),
    "row_by_row": (
        """\
@task
def mul(a: int, b: int) -> int:
    return a * b

@workflow
def main(n: int) -> list[list[int]]:
    rows = []
    for a in range(1, n + 1):
        row = []
        for b in range(a):
            if (a + b) % 3 == 0:
                continue
            row.append(mul(a, b))
        rows.append(row)
    return rows
""",
        [{"n": 3}],
    ),
    "changes_in_unknown_values": (
        """\
@task
def load(n: int) -> list[dict]:
    return [{"id": i, "tags": []} for i in range(n)]

@workflow
def main(n: int) -> dict:
    rows = load(n)
    index: dict[str, dict] = {}
    for row in rows:
        row["double"] = row["id"] * 2
        row["tags"].append("seen")
    config = {"a": {"b": {}}}
    config["a"]["b"]["c"] = n
    config["a"]["d"] = [1, 2, 3]
    config["a"]["d"][1] += 5
    del config["a"]["d"][0]
    xs = [3, 1, 2]
    xs[0], xs[2] = xs[2], xs[0]
    xs.sort(reverse=True)
    last = xs.pop()
    return {"rows": rows, "config": config, "xs": xs, "last": last, "index": index}
""",
        [{"n": 1}],
    ),
    "futures_and_maps": (
        """\
@task
def f(x: int) -> int:
    if x < 0: raise ValueError(f"neg {x}")
    return x * 2
@workflow
def w(xs: list[int], k: int) -> list:
    out = []
    with ThreadPoolExecutor(max_workers=k) as pool:
        fs = [pool.submit(f, x) for x in xs]
        for fu in fs:
            try:
                out.append(fu.result())
            except ValueError as e:
                out.append(str(e))
        for r in pool.map(lambda a, b: f(a) + b, xs, xs):
            out.append(r)
        g = pool.submit(f, k)
        if k > 2:
            out.append("early")
        out.append(g.result())
        h = pool.submit(lambda: [f(i) for i in range(2)])
    return [out, h.result()]
""",
        [{"xs": [], "k": 1}, {"xs": [1, 2], "k": 3}, {"xs": [1, -2], "k": 3}],
    ),
    "parallel_with_helpers": (
        """\
@task
def f(x: int) -> int:
    if x < 0: raise ValueError(f"neg {x}")
    return x * 2
def g(x: int) -> dict:
    a = f(x)
    if a > 5:
        return {"big": a}
    return {"small": a}
@workflow
def w(xs: list[int], k: int) -> list:
    def left():
        return g(k)
    def right():
        t = 0
        for x in xs:
            t += f(x)
        return t
    try:
        a, b = parallel(left, right)
    except ValueError as e:
        return [str(e)]
    c = parallel(lambda: 1, lambda: "a")
    return [a, b, c, parallel()]
""",
        [{"xs": [], "k": 1}, {"xs": [1, 2], "k": 3}, {"xs": [1, -2], "k": 3}],
    ),
    "async_helpers": (
        """\
@task
async def f(x: int) -> int:
    return x * 2
@task
def sync(x: int) -> int:
    return x + 100
async def h(x: int, y: int = 1) -> int:
    z = await f(x)
    await asyncio.sleep(0.5)
    return z + sync(y)
@workflow
async def w(xs: list[int]) -> list:
    async def inner(q):
        return await h(q, y=2)
    c = f(3)
    r = [await f(x) for x in xs]
    cs = [inner(x) for x in xs]
    s = await asyncio.gather(*cs)
    t = await asyncio.gather(*(h(a, b) for a, b in zip(xs, xs) if a))
    return [await c, r, s, t, await inner(1), (await asyncio.gather())]
""",
        [{"xs": []}, {"xs": [1, 2]}],
    ),
    "print_and_logging": (
        """\
@workflow
def w(x: dict) -> list:
    print("start", x["a"], f"{x['b']:>5}", sep="")
    logger = logging.getLogger("x")
    logger.info("n %s", x.get("c"))
    logging.warning("w")
    if x.get("a"):
        print("yes")
    return [1]
""",
        [{"x": {"a": 1, "b": 2}}, {"x": {"a": 1}}, {"x": {"b": 1}}],
    ),
    "walrus_and_conditions": (
        """\
@workflow
def w(n: int, d: dict[str, int]) -> list:
    out = []
    i = 0
    while (k := n - i) > 0 and (j := k * 2) > 1:
        out.append([k, j])
        i += 1
    if (m := d.get("a")) is not None and m > 1: out.append(m + 1)
    if not (d and n): out.append("empty")
    x = d.get("a") or d.get("b") or 7
    y = d.get("a") and d["a"] + 1
    z = "neg" if n < 0 else "zero" if n == 0 else "pos"
    out.append([x, y, z, n if n else None, 0 < n <= 3 != 5, not n, n in (1, 2), "a" in d, [n] == [1]])
    return out
""",
        [{"n": 0, "d": {}}, {"n": 2, "d": {"a": 5}}, {"n": 1, "d": {"a": 0, "b": 3}}],
    ),
    "exceptions_as_text": (
        """\
class A(Exception): pass
@workflow
def w(d: dict[str, int], s: str) -> list:
    out = [max(d, key=d.get) if d else None, list(map(str.upper, ["a"])), list(map(s.count, ["a", "b"])), sorted(["b", "A"], key=str.lower)]
    try:
        raise A("x", 1)
    except A as e:
        out.append(repr(e)); out.append(f"{e!r} {e}")
    try:
        raise KeyError("q")
    except KeyError as e:
        out.append(repr(e)); out.append(str(e))
    try:
        raise A
    except Exception as e:
        out.append(repr(e)); out.append(isinstance(e, A)); out.append(type(e) is A)
    return out
""",
        [{"d": {}, "s": "aab"}, {"d": {"x": 1, "y": 5}, "s": ""}],
    ),
    "float_argument": (
        """\
@workflow
def w(x: float) -> list:
    try:
        raise ValueError(x)
    except ValueError as e:
        return [str(e)]
""",
        [{"x": 1.5}],
    ),
}

# The order of calls of different branches is free.
UNORDERED = {"branches_and_pools", "futures_and_maps", "parallel_with_helpers", "async_gather", "async_helpers"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_does_what_cpython_does(name: str, tmp_path: Path) -> None:
    source, inputs = PROGRAMS[name]
    program, diagnostics = compiled(source, tmp_path)
    assert program is not None, [d.message for d in diagnostics]
    for arguments in inputs:
        expected = run_python(tmp_path, arguments)
        found = run_lowered(program, tmp_path, arguments)
        assert (found.value, found.error, found.text) == (expected.value, expected.error, expected.text), arguments
        assert [type(v) for v in _leaves(found.value)] == [type(v) for v in _leaves(expected.value)], arguments
        calls = [sorted(map(str, run.calls)) if name in UNORDERED else run.calls for run in (expected, found)]
        assert len(calls[0]) == len(calls[1]), arguments


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    return [value]
