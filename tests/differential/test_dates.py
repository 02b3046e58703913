"""Random dates, zones and timedeltas: the machine computes what CPython does."""

import random
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any, Final

import pytest

from tests.support import oracle
from tests.support.node_jsonata import find_library

_SUMS: Final = """
            out.append([c, e, str(d), d.total_seconds(), c.weekday(), c.timestamp(), e.date() - timedelta(days=row["days"])])
            out.append([f"{c:%a %A %b %B %j %U %W %u %w %y %I %p %f %z %Z}", c.toordinal(), c.astimezone(EAST), e.astimezone(UTC)])
"""
_DIFFERENCES: Final = """
            out.append([datetime.fromtimestamp(row["since"], EAST), str(timedelta(hours=row["hours"], seconds=row["hours"]))])
            out.append([a == b, datetime.strptime(f"{a:%d.%m.%Y %H:%M:%S.%f}", "%d.%m.%Y %H:%M:%S.%f")])
            g = a - b
            out.append([str(g), g.days, g.seconds, g.microseconds, str(g // 7), str(g / 7), str(g % d) if d else "", str(-g)])
            out.append([a < b, min(a, b), sorted([a, b, c, e])])
"""
PROGRAM: Final = """
from datetime import UTC, datetime, timedelta, timezone

from pysfnc import workflow

EAST = timezone(timedelta(hours=5, minutes=45))


@workflow
def run(rows: list[dict]):
    out = []
    for row in rows:
        a = datetime.fromisoformat(row["a"])
        b = datetime.fromisoformat(row["b"])
        try:
            d = timedelta(days=row["days"], seconds=row["seconds"], microseconds=row["micros"])
            c, e = a + d, b - d
            {steps}
        except (OverflowError, TypeError, ValueError) as error:
            out.append(str(error))
    return out
"""


def _moment(draw: random.Random) -> str:
    seconds = draw.randrange(int((datetime(2180, 1, 1) - datetime(1901, 1, 1)).total_seconds()))
    micros = draw.choice([0, draw.randrange(10**6), 999_999, 1, 500_000])
    found = datetime(1901, 1, 1) + timedelta(seconds=seconds, microseconds=micros)
    zone: tzinfo | None = draw.choice([None, UTC, timezone(timedelta(minutes=draw.randrange(-1439, 1440)))])
    return found.replace(tzinfo=zone).isoformat()


def _row(draw: random.Random) -> dict[str, Any]:
    first = _moment(draw)
    return {
        "a": first,
        "b": draw.choice([_moment(draw), _moment(draw), first]),
        "days": draw.randrange(-20_000, 20_000),
        "seconds": draw.randrange(-(10**6), 10**6),
        "micros": draw.randrange(-(10**7), 10**7),
        "since": draw.uniform(-2e9, 6e9),
        "hours": draw.choice(
            [draw.uniform(-1e4, 1e4), draw.uniform(-1, 1) * 1e-9 * draw.randrange(1, 50), 0.5 / 3600e6]
        ),
    }


@pytest.mark.parametrize("engine", ["jlens", "node"])
@pytest.mark.parametrize("steps", [_SUMS, _DIFFERENCES], ids=["sums", "differences"])
@pytest.mark.parametrize("seed", range(2))
def test_random_dates(seed: int, steps: str, engine: str) -> None:
    if engine == "node" and find_library() is None:
        pytest.skip("no JSONata on node")
    draw = random.Random(f"{seed} {engine}")
    given = {"rows": [_row(draw) for _ in range(4 if engine == "node" else 12)]}
    program = PROGRAM.replace("{steps}", steps.strip())
    expected = oracle.run_python(program, given)
    found = oracle.run_compiled(program, given, evaluator=oracle.evaluator(engine))
    assert expected.output is not None
    assert found.output == expected.output
