"""Where functions go: into the machine, to Lambda, and why; names that stay unique."""

from pathlib import Path

from pysfnc.ir import hir
from pysfnc.ir.walk import walk_suite
from tests.frontend.lowered import compiled


def program_of(source: str, folder: Path) -> hir.Program:
    program, diagnostics = compiled(source, folder)
    assert program is not None, [d.message for d in diagnostics]
    return program


def test_placements_and_reasons(tmp_path: Path) -> None:
    program = program_of(
        """
        import hashlib

        @task
        def charge(x: int) -> int:
            return x

        @inline
        def vat(x: int) -> int:
            return x * 2

        def plain(x: int) -> int:
            return vat(x) + 1

        def digest(s: str) -> str:
            return hashlib.blake2b(s.encode()).hexdigest()

        def fact(n: int) -> int:
            return 1 if n < 2 else n * fact(n - 1)

        def unused() -> None: ...

        @workflow
        def w(n: int, s: str) -> list:
            return [charge(n), plain(n), digest(s), fact(n)]
        """,
        tmp_path,
    )
    places = {p.function: (p.place, p.reason) for p in program.placements}
    assert places["charge"] == ("lambda", "marked `@task`")
    assert places["vat"] == ("machine", "@inline")
    assert places["plain"][0] == "machine"
    assert places["digest"][0] == "lambda" and "hashlib.blake2b" in places["digest"][1]
    assert places["fact"][0] == "machine"
    assert set(places) == {"charge", "vat", "plain", "digest", "fact"}
    assert {task.qualname for task in program.tasks} == {"charge", "digest"}


def test_a_task_gets_what_is_given_in_the_order_of_its_parameters(tmp_path: Path) -> None:
    program = program_of(
        """
        @task(timeout=5, retry=Retry(max_attempts=1))
        def t(a, b=1, *, c=2):
            return a

        @workflow
        def w(x: int):
            t(c=x, a=1)
            with_options(t, timeout=7, retry=None)(x)
        """,
        tmp_path,
    )
    first, second = [
        s.effect
        for s in walk_suite(program.machines[0].body)
        if isinstance(s, hir.Perform) and isinstance(s.effect, hir.TaskCall)
    ]
    assert [name for name, _ in first.args] == ["a", "c"]
    assert first.timeout_s is not None and len(first.retry) == 1
    assert [name for name, _ in second.args] == ["a"]
    assert second.retry == ()


def test_notes_name_the_output_that_is_left_out(tmp_path: Path) -> None:
    program = program_of(
        """
        logger = logging.getLogger(__name__)

        @workflow
        def w(x: int) -> int:
            for _ in range(x):
                print("round")
            logger.info("done %s", x)
            return x
        """,
        tmp_path,
    )
    assert [(span.text, note.split("`")[1]) for span, note in program.notes] == [
        ('print("round")', "print"),
        ('logger.info("done %s", x)', "logging.Logger.info"),
    ]


def test_a_helper_that_only_computes_becomes_an_expression(tmp_path: Path) -> None:
    program = program_of(
        """
        def grade(n: int) -> str:
            half = n // 2
            if half > 10:
                return "big"
            if half > 5:
                return "middle"
            return "small"

        @workflow
        def w(xs: list[int]) -> list:
            return [grade(x + 1) for x in xs]
        """,
        tmp_path,
    )
    (only,) = program.machines[0].body
    assert isinstance(only, hir.Return)


def test_variables_of_helpers_do_not_meet_those_of_the_workflow(tmp_path: Path) -> None:
    program = program_of(
        """
        @task
        def f(x: int) -> int:
            return x

        def helper(x: int) -> int:
            total = 0
            for i in range(x):
                total += f(i)
            return total

        @workflow
        def w(x: int) -> int:
            total = 100
            a = helper(x + 1)
            b = helper(x + 2)
            return total + a + b
        """,
        tmp_path,
    )
    stmts = list(walk_suite(program.machines[0].body))
    loops = [s.label for s in stmts if isinstance(s, hir.ForEach)]
    assert len(loops) == len(set(loops)) == 2
    totals = {s.name for s in stmts if isinstance(s, hir.Assign) and s.name.startswith("total")}
    assert len(totals) == 3 and "total" in totals
