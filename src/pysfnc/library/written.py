"""Functions of the standard library that are written in Python: the frontend compiles their bodies where they are called.

They say what CPython's do, for lists in place of iterators. They are read as text, never run; types are those that a body needs to know.
"""

from typing import Any, Final

WRITTEN: Final[dict[str, tuple[str, str]]] = {
    **{f"heapq.{name}": (name, "") for name in ("heappush", "heappop", "heapify", "heappushpop", "heapreplace")},
    **{f"heapq.{name}": (name, "iterable") for name in ("nlargest", "nsmallest")},
    "bisect.bisect_left": ("bisect_left", ""),
    "bisect.bisect_right": ("bisect_right", ""),
    "bisect.bisect": ("bisect_right", ""),
    "bisect.insort_left": ("insort_left", ""),
    "bisect.insort_right": ("insort_right", ""),
    "bisect.insort": ("insort_right", ""),
    "functools.reduce": ("reduce", "iterable"),
    "itertools.accumulate": ("accumulate", "iterable"),
    "itertools.pairwise": ("pairwise", "iterable"),
    "itertools.takewhile": ("takewhile", "iterable"),
    "itertools.dropwhile": ("dropwhile", "iterable"),
    "itertools.starmap": ("starmap", "iterable"),
    "itertools.filterfalse": ("filterfalse", "iterable"),
    "itertools.chain.from_iterable": ("from_iterable", "iterable"),
    "itertools.chain": ("chain", "*"),
    "dict.fromkeys": ("fromkeys", "iterable"),
    "itertools.product": ("product", "*"),
    "itertools.zip_longest": ("zip_longest", "*"),
    "itertools.islice": ("islice", "iterable"),
    "itertools.repeat": ("repeat", ""),
    "itertools.combinations": ("combinations", "iterable"),
    "itertools.permutations": ("permutations", "iterable"),
}
"""The full name, the function here, and the parameter that takes any iterable, whose items are put into a list first (`*`: all do)."""


def heappush(heap: list[Any], item: Any) -> None:
    heap.append(item)
    siftdown(heap, 0, len(heap) - 1)


def heappop(heap: list[Any]) -> Any:
    if not heap:
        raise IndexError("index out of range")
    last = heap.pop()
    if heap:
        first = heap[0]
        heap[0] = last
        siftup(heap, 0)
        return first
    return last


def heapreplace(heap: list[Any], item: Any) -> Any:
    if not heap:
        raise IndexError("index out of range")
    first = heap[0]
    heap[0] = item
    siftup(heap, 0)
    return first


def heappushpop(heap: list[Any], item: Any) -> Any:
    if heap and heap[0] < item:
        first = heap[0]
        heap[0] = item
        siftup(heap, 0)
        return first
    return item


def heapify(x: list[Any]) -> None:
    for i in range(len(x) // 2 - 1, -1, -1):
        siftup(x, i)


def siftdown(heap: list[Any], start: int, pos: int) -> None:
    new = heap[pos]
    while pos > start:
        parent = (pos - 1) // 2
        if not new < heap[parent]:
            break
        heap[pos] = heap[parent]
        pos = parent
    heap[pos] = new


def siftup(heap: list[Any], pos: int) -> None:
    end = len(heap)
    start = pos
    new = heap[pos]
    child = 2 * pos + 1
    while child < end:
        if child + 1 < end and not heap[child] < heap[child + 1]:
            child += 1
        heap[pos] = heap[child]
        pos = child
        child = 2 * pos + 1
    heap[pos] = new
    siftdown(heap, start, pos)


def nlargest(n: int, iterable: list[Any], key: Any = None) -> list[Any]:
    return sorted(iterable, key=key, reverse=True)[: max(n, 0)]


def nsmallest(n: int, iterable: list[Any], key: Any = None) -> list[Any]:
    return sorted(iterable, key=key)[: max(n, 0)]


def bisect_left(a: list[Any], x: Any, lo: int = 0, hi: int | None = None) -> int:
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if a[middle] < x:
            low = middle + 1
        else:
            high = middle
    return low


def bisect_right(a: list[Any], x: Any, lo: int = 0, hi: int | None = None) -> int:
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if x < a[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def insort_left(a: list[Any], x: Any, lo: int = 0, hi: int | None = None) -> None:
    a.insert(bisect_left(a, x, lo, hi), x)


def insort_right(a: list[Any], x: Any, lo: int = 0, hi: int | None = None) -> None:
    a.insert(bisect_right(a, x, lo, hi), x)


def reduce(function: Any, iterable: list[Any], *initial: Any) -> Any:
    if initial:
        value = initial[0]
        for item in iterable:
            value = function(value, item)
        return value
    if not iterable:
        raise TypeError("reduce() of empty iterable with no initial value")
    first = iterable[0]
    for item in iterable[1:]:
        first = function(first, item)
    return first


def accumulate(iterable: list[Any], func: Any = None) -> list[Any]:
    found = []
    if iterable:
        total = iterable[0]
        found.append(total)
        for item in iterable[1:]:
            total = total + item if func is None else func(total, item)
            found.append(total)
    return found


def pairwise(iterable: list[Any]) -> list[Any]:
    return list(zip(iterable, iterable[1:], strict=False))  # noqa: RUF007


def takewhile(predicate: Any, iterable: list[Any]) -> list[Any]:
    found = []
    for item in iterable:
        if not predicate(item):
            break
        found.append(item)
    return found


def dropwhile(predicate: Any, iterable: list[Any]) -> list[Any]:
    found = []
    dropping = True
    for item in iterable:
        if dropping and predicate(item):
            continue
        dropping = False
        found.append(item)
    return found


def starmap(function: Any, iterable: list[Any]) -> list[Any]:
    return [function(*item) for item in iterable]


def filterfalse(predicate: Any, iterable: list[Any]) -> list[Any]:
    return [item for item in iterable if not predicate(item)]


def from_iterable(iterable: list[Any]) -> list[Any]:
    return [item for items in iterable for item in items]


def chain(*iterables: Any) -> list[Any]:
    found: list[Any] = []
    for items in iterables:
        found.extend(items)
    return found


def product_1(a: list[Any]) -> list[Any]:
    return [(x,) for x in a]


def product_2(a: list[Any], b: list[Any]) -> list[Any]:
    return [(x, y) for x in a for y in b]


def product_3(a: list[Any], b: list[Any], c: list[Any]) -> list[Any]:
    return [(x, y, z) for x in a for y in b for z in c]


def zip_longest_2(a: list[Any], b: list[Any], fillvalue: Any = None) -> list[Any]:
    return [(a[i] if i < len(a) else fillvalue, b[i] if i < len(b) else fillvalue) for i in range(max(len(a), len(b)))]


def zip_longest_3(a: list[Any], b: list[Any], c: list[Any], fillvalue: Any = None) -> list[Any]:
    return [
        (
            a[i] if i < len(a) else fillvalue,
            b[i] if i < len(b) else fillvalue,
            c[i] if i < len(c) else fillvalue,
        )
        for i in range(max(len(a), len(b), len(c)))
    ]


def islice(iterable: list[Any], first: Any, *more: Any) -> list[Any]:
    if not more:
        if first is not None and first < 0:
            raise ValueError("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
        return iterable[:first]
    stop = more[0]
    step = more[1] if len(more) > 1 else None
    if (first is not None and first < 0) or (stop is not None and stop < 0):
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    if step is not None and step < 1:
        raise ValueError("Step for islice() must be a positive integer or None.")
    return iterable[first:stop:step]


def repeat(object: Any, times: int) -> list[Any]:
    return [object for _ in range(times)]


def fromkeys(iterable: list[Any], value: Any = None) -> dict[str, Any]:
    return {key: value for key in iterable}  # noqa: C420


def combinations_2(iterable: list[Any]) -> list[Any]:
    return [(a, b) for i, a in enumerate(iterable) for b in iterable[i + 1 :]]


def combinations_3(iterable: list[Any]) -> list[Any]:
    return [
        (a, b, c)
        for i, a in enumerate(iterable)
        for j, b in enumerate(iterable[i + 1 :], i + 1)
        for c in iterable[j + 1 :]
    ]


def permutations_2(iterable: list[Any]) -> list[Any]:
    return [(a, b) for i, a in enumerate(iterable) for j, b in enumerate(iterable) if i != j]


def permutations_3(iterable: list[Any]) -> list[Any]:
    return [
        (a, b, c)
        for i, a in enumerate(iterable)
        for j, b in enumerate(iterable)
        if i != j
        for k, c in enumerate(iterable)
        if k not in (i, j)
    ]


def check_limit(owner: str, name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise ValueError(f"{owner} is invalid: {name} must be an integer from 1 to {most}, not {value}")


def check_limits(owner: str, timeout: int, heartbeat: int, most: int) -> None:
    faults: list[str] = []
    if not 1 <= timeout <= most:
        faults.append(f"timeout must be an integer from 1 to {most}, not {timeout}")
    if not 1 <= heartbeat <= 99_999_999:
        faults.append(f"heartbeat must be an integer from 1 to 99999999, not {heartbeat}")
    if not faults and heartbeat >= timeout:
        faults.append(f"heartbeat ({heartbeat}) must be smaller than timeout ({timeout})")
    if len(faults) == 1:
        raise ValueError(f"{owner} is invalid: {faults[0]}")
    if faults:
        raise ValueError(f"{owner} is invalid for 2 reasons: {faults[0]}; {faults[1]}")
