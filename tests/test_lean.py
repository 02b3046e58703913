"""The compiler's `dataclass` against the standard one: the same classes, made by both, behave the same."""

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from pysfnc import lean


def _classes(dataclass: Callable[..., Any]) -> dict[str, type]:
    @dataclass(frozen=True, slots=True)
    class Point:
        """Has a doc."""

        x: int
        tags: tuple[str, ...] = ()
        note: str = dataclasses.field(default="", compare=False)

    @dataclass(frozen=True, slots=True)
    class Deep(Point):
        z: list[int] = dataclasses.field(default_factory=list, hash=False, repr=False)

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @dataclass(slots=True)
    class Changing:
        x: int

    @dataclass(frozen=True, slots=True, eq=False)
    class Single:
        x: int

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        x: int
        y: int = 1

    @dataclass(frozen=True)
    class Own:
        x: int

        def __eq__(self, other: object) -> bool:
            return isinstance(other, type(self)) and abs(self.x) == abs(other.x)

        def __hash__(self) -> int:
            return 7

        def __repr__(self) -> str:
            return f"<{self.x}>"

    @dataclass
    class Unhashed:
        x: int

        def __eq__(self, other: object) -> bool:
            return False

    return {made.__name__: made for made in (Point, Deep, Empty, Changing, Single, Named, Own, Unhashed)}


STANDARD = _classes(dataclasses.dataclass)
LEAN = _classes(lean.dataclass)

OBJECTS: list[Callable[[dict[str, type]], Any]] = [
    lambda made: made["Point"](1),
    lambda made: made["Point"](1, note="other"),
    lambda made: made["Point"](1, ("a",)),
    lambda made: made["Point"](2),
    lambda made: made["Deep"](1),
    lambda made: made["Deep"](1, z=[2]),
    lambda made: made["Empty"](),
    lambda made: made["Changing"](1),
    lambda made: made["Changing"](2),
    lambda made: made["Single"](1),
    lambda made: made["Named"](x=1),
    lambda made: made["Own"](3),
    lambda made: made["Own"](-3),
    lambda made: made["Unhashed"](3),
    lambda made: dataclasses.replace(made["Point"](1, ("b",)), x=5),
    lambda made: copy.deepcopy(made["Deep"](1, z=[2])),
]


def test_the_classes_read_the_same() -> None:
    for name, standard in STANDARD.items():
        made = LEAN[name]
        assert [f.name for f in dataclasses.fields(made)] == [f.name for f in dataclasses.fields(standard)]
        assert made.__match_args__ == standard.__match_args__  # type: ignore[attr-defined]
        assert hasattr(made, "__slots__") == hasattr(standard, "__slots__")


@pytest.mark.parametrize("make", OBJECTS)
def test_an_object_is_shown_and_told_from_others_as_the_standard_one_is(
    make: Callable[[dict[str, type]], Any],
) -> None:
    standard, made = make(STANDARD), make(LEAN)
    assert repr(made) == repr(standard)
    assert [made == other(LEAN) for other in OBJECTS] == [standard == other(STANDARD) for other in OBJECTS]
    is_hashable = type(standard).__hash__ is not None
    assert (type(made).__hash__ is not None) == is_hashable
    if is_hashable:
        again = make(LEAN)
        assert (made == again) == (make(STANDARD) == standard)
        assert hash(made) == hash(again) or made != again


@pytest.mark.parametrize("given", [((), {}), ((1, 2, 3, 4), {}), ((1,), {"unknown": 2})])
def test_wrong_arguments_are_refused(given: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    for made in (STANDARD["Point"], LEAN["Point"]):
        with pytest.raises(TypeError):
            made(*given[0], **given[1])


@lean.dataclass(frozen=True, slots=True)
class _Pickled:
    x: int


def test_an_object_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(_Pickled(4))) == _Pickled(4)
