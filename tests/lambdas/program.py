"""A small program with tasks of every kind, built into a real zip for the tests of the local Lambda."""

from pathlib import Path
from typing import Final

from pysfnc.packaging import BuildPlan, FunctionSpec, Target
from pysfnc.packaging.bundle import build_lambda_zip

APP: Final = """
import os
import sys
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from lib.deep import divide
from pysfnc import Fail, Retry, context, task

LOADS = []
REGION = os.environ["REGION"]


class Declined(Exception):
    def __init__(self, code, why):
        super().__init__(why)
        self.code = code


class Expired(Declined):
    pass


@dataclass
class Item:
    sku: str
    price: float


@task(timeout=3, retry=Retry())
def charge(item: Item, when: datetime, *, times: int = 2) -> Item:
    assert isinstance(item, Item) and isinstance(item.price, float) and when.tzinfo is not None
    return Item(item.sku, item.price * times)


@task
async def later(x):
    return [x, context.execution.name]


@task
def fail(kind: str) -> None:
    if kind == "declined":
        raise Expired(7, "too old")
    if kind == "key":
        raise KeyError("k")
    if kind == "deep":
        divide(1, 0)
    if kind == "fail":
        raise Fail("My.Error", "because")
    if kind == "exit":
        sys.exit(4)
    if kind == "ümläut":
        raise ValueError("ümläut \\U0001f600")


@task
def crash(status: int) -> None:
    os._exit(status)


@task
def die() -> None:
    os.kill(os.getpid(), 9)


@task
def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


@task
def environment(name: str) -> str | None:
    return os.environ.get(name)


@task
def counter() -> int:
    LOADS.append(1)
    return len(LOADS)


@task
def modules() -> list[str]:
    import lib.lazy

    return [lib.lazy.__file__, sys.path[0], str("pytest" in sys.modules)]


@task
def shout(text: str) -> str:
    print("said", text)
    return text.upper()


@task
def odd() -> object:
    return {1, 2}


@task
def imports(name: str) -> str:
    return __import__(name).__name__


def plain(a, b=2, /, *rest, c=3, **more):
    return [a, b, list(rest), c, more]
"""

DEEP: Final = """def divide(a, b):
    return a / b
"""

NAMES: Final = (
    "charge later fail crash die nap environment counter modules shout odd imports plain".split()  # noqa: SIM905
)


def build(folder: Path, app: str = APP, names: tuple[str, ...] = tuple(NAMES)) -> Path:
    """Build the zip of `app` with the given functions registered; the path of the zip."""
    project = folder / "project"
    (project / "lib").mkdir(parents=True)
    sources = {"app.py": app, "lib/__init__.py": "", "lib/deep.py": DEEP, "lib/lazy.py": "X = 1\n"}
    for name, text in sources.items():
        (project / name).write_text(text)
    functions = tuple(
        FunctionSpec(name, "app", name, known_exceptions=("app:Declined", "LookupError")) for name in names
    )
    modules = {name: project / name for name in sources}
    return build_lambda_zip(BuildPlan(project, modules, functions, target=Target.local()), folder / "app.zip").path
