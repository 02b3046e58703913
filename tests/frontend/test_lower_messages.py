"""What lowering refuses: the code and the line of every message, several in one run; `# E[SFN...]` marks the lines."""

import re
from pathlib import Path

import pytest

from tests.frontend.lowered import HEADER, compiled

PROGRAMS: dict[str, str] = {
    "names": """
        @workflow
        def w(flag: bool) -> int:
            fee = 1
            if flag:
                del fee
            a = fee  # E[SFN202]
            b = fee
            c = later  # E[SFN202]
            later = 1
            return undefined  # E[SFN201]
    """,
    "a_name_is_unset_behind_its_handler": """
        @workflow
        def w(flag: bool) -> str:
            e = "before"
            try:
                if flag:
                    raise ValueError("x")
            except ValueError as e:
                pass
            return e  # E[SFN202]
    """,
    "deleted": """
        @workflow
        def w(x: int) -> int:
            del x
            return x  # E[SFN202]
    """,
    "globals": """
        SEEN: list[int] = []
        LIMITS = {"a": [1]}

        @workflow
        def w(x: int) -> int:
            mine = LIMITS["a"]
            mine.append(x)  # E[SFN203]
            copied = list(SEEN)
            copied.append(x)
            rows = [LIMITS, {}]
            rows.append({})
            rows[0]["b"] = [2]  # E[SFN203]
            for value in LIMITS["a"]:
                x += value
            return x
    """,
    "branches": """
        @task
        def f(x: int) -> int:
            return x

        @workflow
        def w(x: int) -> int:
            total = 0
            seen: list[int] = []

            def left():
                nonlocal total
                total += 1  # E[SFN204]
                return f(x)

            def right():
                seen.append(1)  # E[SFN204]
                local = [1]
                local.append(f(2))
                return local

            parallel(left, right)
            return total
    """,
    "calls": """
        import requests

        class Thing:
            def __getattr__(self, name):
                return 1

        @task
        def t(a: int, /, b: int, *, c: int = 1) -> int:
            return a

        @workflow
        def other() -> int:
            return 1

        @workflow
        def w(x: int, d: dict[str, int]) -> int:
            requests.get("u")  # E[SFN103]
            Thing()  # E[SFN103]
            t()  # E[SFN302]
            t(1, 2, 3)  # E[SFN302]
            t(1, 2, d=1)  # E[SFN302]
            t(a=1, b=2)  # E[SFN302]
            t(1, 2, b=2)  # E[SFN302]
            t(1, **d)  # E[SFN104]
            t(*list(d.values()))
            x()  # E[SFN302]
            x.nothing()  # E[SFN302]
            other()
            open("x")  # E[SFN103]
            getattr(x, "y")  # E[SFN102]
            return 1
    """,
    "expressions": """
        @workflow
        def w(x: int, s: str) -> int:
            a = list({1, 2})  # E[SFN102]
            b = b"\\xff"  # E[SFN102]
            c = 1j  # E[SFN102]
            d = x.real  # E[SFN102]
            e = s + x  # E[SFN302]
            f = x @ x  # E[SFN102]
            g = [*x]  # E[SFN302]
            h = 9007199254740993  # E[SFN102]
            i = (x for x in [1]) + 1  # E[SFN102]
            j = [len]
            return j  # E[SFN102]
    """,
    "statements": """
        @workflow
        def w(x: int, xs: list[int]) -> int:
            x.y = 1  # E[SFN101]
            xs[0:2:x] = [2]  # E[SFN101]
            del xs[0:2:x]  # E[SFN101]
            a, b = 1, 2, 3  # E[SFN302]
            with open("f") as f:  # E[SFN101]
                pass
            class C:  # E[SFN101]
                pass
            for i in x:  # E[SFN302]
                i.foo
            raise "text"  # E[SFN302]
    """,
    "exceptions": """
        def pick(x):
            return ValueError if x else KeyError

        class Rich(Exception):
            def __init__(self, code):
                super().__init__(f"code {code}")
                self.code = code

            def __repr__(self):
                return str(self.code)

        @workflow
        def w(x: int) -> int:
            try:
                x += 1
            except pick(x):  # E[SFN404]
                pass
            except x:  # E[SFN404]
                pass
            if x == 1:
                raise Rich(1)  # E[SFN405]
            if x == 2:
                raise KeyboardInterrupt()  # E[SFN102]
            if x == 3:
                raise  # E[SFN101]
            raise ValueError("a") from 5  # E[SFN302]
    """,
    "async": """
        async def f(x: int) -> int:
            return x

        @workflow
        async def w(x: int) -> int:
            f(x)  # E[SFN107]
            await x  # E[SFN107]
            a = f(x) + 1  # E[SFN102]
            async for i in x:  # E[SFN101]
                pass
            return await asyncio.gather(f(1), f(2), loop=None)  # E[SFN107]
    """,
    "lists_changed_in_a_loop": """
        @workflow
        def w(d: dict[str, list[int]], xs: list[int]) -> int:
            for x in d["a"]:  # E[SFN101]
                d["a"] = [x]
            for y in reversed(xs):
                xs.append(y)
            return 1
    """,
    "types_that_grow": """
        @workflow
        def w(n: int) -> int:
            t = (0.5,)
            for _ in range(n):  # E[SFN301]
                t = (t, 0.5)
            return n
    """,
    "one_cause_one_message": """
        @workflow
        def w(n: int) -> int:
            x = missing  # E[SFN201]
            y = x + 1
            z = [y, x.foo]
            for a in z:
                a.b(y)
            return y if x else z[0]
    """,
    "recursion": """
        @task
        def t(n: int) -> int:
            return n

        @inline
        def fact(n: int) -> int:
            return 1 if n < 2 else t(n) * fact(n - 1)

        @workflow
        def w(n: int) -> int:
            def inner(k):
                return t(inner(k - 1))
            return fact(n) + inner(n)  # E[SFN402] # E[SFN402]
    """,
    "inline_must_compile": """
        import hashlib

        @inline
        def digest(text: str) -> str:  # E[SFN403]
            return hashlib.blake2b(text.encode()).hexdigest()

        @workflow
        def w(text: str) -> str:
            return digest(text)
    """,
    "helpers_that_cannot_go_to_lambda": """
        def add(xs: list, s: str):
            xs.append(s.encode("latin-1"))  # E[SFN103]

        def apply(f, x):
            return hash(f(x))  # E[SFN103]

        @workflow
        def w(n: int) -> int:
            xs: list = []
            add(xs, "a")
            apply(lambda a: a, n)
            return 1
    """,
    "generators": """
        def numbers():
            while True:
                n = yield 1

        @workflow
        def w(n: int) -> int:
            for i in numbers():  # E[SFN106]
                n += i
            return n
    """,
    "futures_are_no_data": """
        @task
        def f(x: int) -> int:
            return x

        @workflow
        def w(xs: list[int]) -> list:
            with ThreadPoolExecutor() as pool:
                futures = []
                for x in xs:
                    futures.append(pool.submit(f, x))
            return futures  # E[SFN102]
    """,
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_messages_stand_where_the_mistake_is(name: str, tmp_path: Path) -> None:
    program, diagnostics = compiled(PROGRAMS[name], tmp_path)
    lines = (tmp_path / "program.py").read_text().splitlines()
    wanted = {(number, code) for number, line in enumerate(lines, 1) for code in re.findall(r"E\[(SFN\d+)\]", line)}
    assert {(d.span.line, d.code.number) for d in diagnostics if d.span is not None} == wanted
    assert program is None


def test_messages_have_the_exact_place_and_say_what_to_write(tmp_path: Path) -> None:
    _, (first, second) = compiled(
        """
        @workflow
        def w(d: dict, x: int):
            total = d["a"] + {1: 2, "b": x.imag}["b"]
            if x:
                y = lenn(d)
        """,
        tmp_path,
    )
    assert first.span is not None and first.span.text == "x.imag"
    assert first.helps == ('write instead: `value["imag"]` for a key of a dict',)
    assert second.span is not None and second.span.text == "lenn"
    assert second.notes == ("`len` is defined",)
    assert second.span.line == len(HEADER.splitlines()) + 6


def test_a_discarded_round_of_a_loop_leaves_no_message(tmp_path: Path) -> None:
    program, diagnostics = compiled(
        """
        @workflow
        def w(xs: list[int]):
            best = None
            for x in xs:
                if best is None or x > best:
                    best = x
            return best
        """,
        tmp_path,
    )
    assert diagnostics == [] and program is not None


def test_a_method_that_changes_its_object_is_no_value(tmp_path: Path) -> None:
    _, (error,) = compiled(
        """
        @workflow
        def w(xs: list[int]):
            log = [1]
            add = log.append
            return log
        """,
        tmp_path,
    )
    assert error.message == "`append` changes its object, and cannot be kept as a value"
    assert error.helps[0].startswith("write instead: a call of it")
