"""`heapq`, `bisect`, `functools.reduce` and `itertools`, with lists in place of iterators."""

from typing import Any


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


def merge_n(iterables: list[Any], *, key: Any = None, reverse: bool = False) -> list[Any]:
    rows = [list(items) for items in iterables]
    if reverse:
        return merged_backwards(rows, key)
    taken = [0 for _ in rows]
    heap: list[Any] = []
    for order, row in enumerate(rows):
        if row:
            heap.append((row[0] if key is None else key(row[0]), order))
    heapify(heap)
    found: list[Any] = []
    while heap:
        order = heap[0][1]
        row = rows[order]
        found.append(row[taken[order]])
        taken[order] += 1
        if taken[order] < len(row):
            item = row[taken[order]]
            heapreplace(heap, (item if key is None else key(item), order))
        else:
            heappop(heap)
    return found


def merged_backwards(rows: list[Any], key: Any) -> list[Any]:
    marked = [[(item if key is None else key(item)) for item in row] for row in rows]
    taken = [0 for _ in rows]
    found: list[Any] = []
    while len(found) < sum(len(row) for row in rows):
        best = -1
        for order in range(len(rows)):
            left = taken[order] < len(rows[order])
            if left and (best < 0 or marked[order][taken[order]] > marked[best][taken[best]]):
                best = order
        found.append(rows[best][taken[best]])
        taken[best] += 1
    return found


def bisect_left(a: list[Any], x: Any, lo: int = 0, hi: int | None = None, *, key: Any = None) -> int:
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if (a[middle] if key is None else key(a[middle])) < x:
            low = middle + 1
        else:
            high = middle
    return low


def bisect_right(a: list[Any], x: Any, lo: int = 0, hi: int | None = None, *, key: Any = None) -> int:
    if lo < 0:
        raise ValueError("lo must be non-negative")
    low = lo
    high = len(a) if hi is None else hi
    while low < high:
        middle = (low + high) // 2
        if x < (a[middle] if key is None else key(a[middle])):
            high = middle
        else:
            low = middle + 1
    return low


def insort_left(a: list[Any], x: Any, lo: int = 0, hi: int | None = None, *, key: Any = None) -> None:
    wanted = x if key is None else key(x)
    a.insert(bisect_left(a, wanted, lo, hi, key=key), x)


def insort_right(a: list[Any], x: Any, lo: int = 0, hi: int | None = None, *, key: Any = None) -> None:
    wanted = x if key is None else key(x)
    a.insert(bisect_right(a, wanted, lo, hi, key=key), x)


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


def accumulate(iterable: list[Any], func: Any = None, *, initial: Any = None) -> list[Any]:
    found = []
    if initial is not None:
        total = initial
        found.append(total)
        for item in iterable:
            total = total + item if func is None else func(total, item)
            found.append(total)
    elif iterable:
        first = iterable[0]
        found.append(first)
        for item in iterable[1:]:
            first = first + item if func is None else func(first, item)
            found.append(first)
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
    if predicate is None:
        return [item for item in iterable if not item]
    return [item for item in iterable if not predicate(item)]


def compress(data: list[Any], selectors: list[Any]) -> list[Any]:
    return [item for item, kept in zip(data, selectors, strict=False) if kept]


def from_iterable(iterable: list[Any]) -> list[Any]:
    return [item for items in iterable for item in items]


def chain(*iterables: Any) -> list[Any]:
    found: list[Any] = []
    for items in iterables:
        found.extend(items)
    return found


def islice(iterable: list[Any], first: Any, *more: Any) -> list[Any]:
    if not more:
        check_stop(0, first)
        return iterable[:first]
    stop = more[0]
    step = more[1] if len(more) > 1 else None
    check_stop(first, stop)
    if step is not None and step < 1:
        raise ValueError("Step for islice() must be a positive integer or None.")
    return iterable[first:stop:step]


def check_stop(start: Any, stop: Any) -> None:
    if stop == -1:
        raise ValueError("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
    if (start is not None and start < 0) or (stop is not None and stop < 0):
        raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")


def repeat(object: Any, times: int) -> list[Any]:
    return [object for _ in range(times)]


def fromkeys(iterable: list[Any], value: Any = None) -> dict[str, Any]:
    return {key: value for key in iterable}  # noqa: C420


def marks(iterable: list[Any], key: Any) -> list[Any]:
    return [key(item) for item in iterable]


def groups(iterable: list[Any], marked: list[Any]) -> list[Any]:
    keys: list[Any] = []
    rows: list[Any] = []
    for item, mark in zip(iterable, marked, strict=True):
        if keys and keys[-1] == mark:
            rows[-1].append(item)
        else:
            keys.append(mark)
            rows.append([item])
    return list(zip(keys, rows, strict=True))
