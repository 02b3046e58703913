"""The alias check on Python source: ordinary programs pass, and what it refuses really shows the change in CPython."""

import textwrap

import pytest

from pysfnc.analysis.aliases import check_aliases
from pysfnc.diagnostics import Diagnostic, Sink
from pysfnc.frontend.build import build_program

HEAD = """
import copy
from concurrent.futures import ThreadPoolExecutor

from pysfnc import inline, parallel, task, workflow


@task
def rate(row: dict[str, int]) -> dict[str, int]:
    return row


def plus_one(numbers: list[int]) -> list[int]:
    return numbers + [1]


@workflow
"""


def errors(tmp_path, body: str) -> list[Diagnostic]:  # type: ignore[no-untyped-def]
    path = tmp_path / "app.py"
    path.write_text(HEAD.lstrip() + textwrap.dedent(body).strip() + "\n", encoding="utf-8")
    sink = Sink()
    program = build_program(str(path), sink)
    assert not sink.has_errors, [error.message for error in sink.diagnostics]
    assert program is not None
    for machine in program.machines:
        check_aliases(machine, sink)
    return sink.diagnostics


ALLOWED = {
    "count_words": """
        def main(words: list[str]):
            counts = {}
            for word in words:
                counts[word] = counts.get(word, 0) + 1
            return counts
    """,
    "group": """
        def main(rows: list[dict[str, int]]):
            groups = {}
            for row in rows:
                key = str(row["kind"])
                if key not in groups:
                    groups[key] = []
                groups[key].append(row)
            return groups
    """,
    "matrix": """
        def main(width: int, height: int):
            grid = [[0] * width for _ in range(height)]
            for i in range(height):
                for j in range(width):
                    grid[i][j] = i * j
            return grid
    """,
    "bubble_sort": """
        def main(xs: list[int]):
            for i in range(len(xs)):
                for j in range(len(xs) - 1 - i):
                    if xs[j] > xs[j + 1]:
                        xs[j], xs[j + 1] = xs[j + 1], xs[j]
            return xs
    """,
    "swap_rows": """
        def main(rows: list[list[int]]):
            rows[0], rows[1] = rows[1], rows[0]
            return rows
    """,
    "through_the_loop_variable": """
        def main(rows: list[dict[str, int]]):
            for row in rows:
                row["total"] = row["a"] * 2
            return rows
    """,
    "by_index": """
        def main(rows: list[dict[str, int]]):
            for i in range(len(rows)):
                rows[i]["number"] = i
            return rows
    """,
    "best_so_far": """
        def main(rows: list[dict[str, int]]):
            best = rows[0]
            for row in rows:
                if row["score"] > best["score"]:
                    best = row
            return best
    """,
    "fresh_items": """
        def main(names: list[str]):
            rows = []
            for name in names:
                row = {"name": name, "tags": []}
                row["tags"].append(name)
                rows.append(row)
            rows[-1]["tags"].append("last")
            return rows
    """,
    "stack": """
        def main(start: list[int]):
            todo, done = start, []
            while todo:
                current = todo.pop()
                done.append(current)
                if current > 0:
                    todo.append(current - 1)
            return done
    """,
    "queue_of_jobs": """
        def main(jobs: list[dict[str, int]]):
            done = []
            while jobs:
                job = jobs.pop(0)
                job["tries"] += 1
                if job["tries"] < 3:
                    jobs.append(job)
                else:
                    done.append(job)
            return done
    """,
    "paths": """
        def main(xs: list[int]):
            path, paths = [], []
            for x in xs:
                path.append(x)
                paths.append(list(path))
            return paths
    """,
    "index_by_key": """
        def main(users: list[dict[str, int]]):
            index = {}
            for user in users:
                index[str(user["id"])] = user
            for key in index:
                index[key]["seen"] = 1
            return index
    """,
    "filtered": """
        def main(rows: list[dict[str, int]]):
            rows = [row for row in rows if row["ok"] > 0]
            for row in rows:
                row["ok"] = 2
            return rows
    """,
    "filtered_in_a_loop": """
        def main(rows: list[dict[str, int]]):
            good = []
            for row in rows:
                if row["ok"] > 0:
                    good.append(row)
            for row in good:
                row["ok"] = 2
            return good
    """,
    "sorted_rows": """
        def main(rows: list[list[int]]):
            rows = sorted(rows)
            rows[0].append(1)
            return rows
    """,
    "results_of_tasks": """
        def main(rows: list[dict[str, int]]):
            rated = []
            for row in rows:
                result = rate(row)
                result["rated"] = 1
                rated.append(result)
            return [rows, rated]
    """,
    "nested_update": """
        def main(order: dict):
            customer = order["customer"]
            order["status"] = {"state": "new"}
            order["status"]["state"] = "paid"
            return [customer, order]
    """,
    "helper_makes_a_new_list": """
        def main(xs: list[int]):
            ys = plus_one(xs)
            ys.append(2)
            return [xs, ys]
    """,
    "deepcopy": """
        def main(rows: list[list[int]]):
            mine = copy.deepcopy(rows)
            mine[0].append(1)
            return [rows, mine]
    """,
    "in_a_branch": """
        def main(xs: list[int]):
            def longer():
                mine = list(xs)
                mine.append(1)
                return mine

            return parallel(longer, lambda: xs)
    """,
    "handler": """
        def main(xs: list[int]):
            log = []
            try:
                log.append("start")
                first = xs[0]
                log.append("read")
            except IndexError as error:
                log.append(str(error))
            finally:
                log.append("end")
            return log
    """,
    "accumulate": """
        def main(n: int):
            row = [1]
            rows = []
            for _ in range(n):
                rows.append(row)
                row = [a + b for a, b in zip([0] + row, row + [0])]
            return rows
    """,
}


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(tmp_path, name: str) -> None:  # type: ignore[no-untyped-def]
    assert [error.message for error in errors(tmp_path, ALLOWED[name])] == []


REFUSED = {
    "second_name": (
        """
        def main(xs: list[int]):
            ys = xs
            xs.append(1)
            return ys
        """,
        "`ys` may hold the list that is changed here through `xs`",
    ),
    "multiplied_rows": (
        """
        def main(n: int):
            grid = [[0] * 3] * 2
            grid[0][0] = 1
            return grid
        """,
        "the list that is changed here may stand at more than one place of `grid`",
    ),
    "appended_to_two_and_changed": (
        """
        def main(n: int):
            xs, zs, y = [], [], []
            xs.append(y)
            zs.append(y)
            y.append(1)
            return xs, zs
        """,
        "`zs` may hold the list that is changed here through `y`",
    ),
    "same_row_every_time": (
        """
        def main(n: int):
            row, rows = [], []
            for i in range(n):
                row.append(i)
                rows.append(row)
            return rows
        """,
        "`rows` may hold the list that is changed here through `row`",
    ),
    "shallow_copy": (
        """
        def main(rows: list[list[int]]):
            mine = list(rows)
            mine[0].append(1)
            return [rows, mine]
        """,
        "`rows` may hold the list that is changed here through `mine`",
    ),
    "kept_before_the_change": (
        """
        def main(d: dict[str, list[int]]):
            before = d["a"]
            d["a"].append(1)
            return [d, before]
        """,
        "`before` may hold the list that is changed here through `d`",
    ),
    "either_of_two": (
        """
        def main(a: list[int], b: list[int], first: bool):
            chosen = a if first else b
            chosen.append(1)
            return [a, b]
        """,
        "`a` may hold the list that is changed here through `chosen`",
    ),
    "loop_over_two_names": (
        """
        def main(rows: list[dict[str, int]]):
            others = rows
            for row in rows:
                row["a"] = 1
            return others
        """,
        "`others` may hold the dict that is changed here through `row`",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path, name: str) -> None:  # type: ignore[no-untyped-def]
    body, message = REFUSED[name]
    assert [error.message for error in errors(tmp_path, body)] == [message]
