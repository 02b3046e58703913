"""Functions of the standard library that are written in Python: the frontend compiles their bodies where they are called.

They say what CPython's do, for lists in place of iterators. They are read as text, never run; types are those that a body needs to know.
"""

from collections.abc import Mapping
from typing import Final

from pysfnc.lean import dataclass
from pysfnc.library.rows.versions import since


@dataclass(frozen=True, slots=True)
class Written:
    """Where a function is written: the module of this package, its name there, and the parameters that take any iterable, whose items are put
    into a list first (`*`: all do). `lazy`: what it gives is an iterator in Python; `of_ints`: it is exact for items that are ints only."""

    module: str
    name: str
    iterables: str = ""
    lazy: bool = False
    of_ints: bool = False

    def takes_items(self, parameter: str) -> bool:
        """Whether a parameter takes any iterable."""
        return self.iterables == "*" or parameter in self.iterables.split()


def _rows(
    module: str, prefix: str, names: str, iterables: str = "", *, lazy: bool = False, of_ints: bool = False
) -> dict[str, Written]:
    return {f"{prefix}.{name}": Written(module, name, iterables, lazy, of_ints) for name in names.split()}


WRITTEN: Final[Mapping[str, Written]] = {
    **_rows("sequences", "heapq", "heappush heappop heapify heappushpop heapreplace"),
    **_rows("sequences", "heapq", "nlargest nsmallest", "iterable"),
    "heapq.merge": Written("sequences", "merge", "*", lazy=True),
    **_rows("sequences", "bisect", "bisect_left bisect_right insort_left insort_right"),
    "bisect.bisect": Written("sequences", "bisect_right"),
    "bisect.insort": Written("sequences", "insort_right"),
    "functools.reduce": Written("sequences", "reduce", "iterable"),
    "dict.fromkeys": Written("sequences", "fromkeys", "iterable"),
    **_rows("sequences", "itertools", "accumulate pairwise takewhile dropwhile starmap", "iterable", lazy=True),
    **_rows("sequences", "itertools", "filterfalse islice", "iterable", lazy=True),
    "itertools.chain.from_iterable": Written("sequences", "from_iterable", "iterable", lazy=True),
    **_rows("sequences", "itertools", "chain compress", "*", lazy=True),
    "itertools.repeat": Written("sequences", "repeat", lazy=True),
    **_rows("arrangements", "itertools", "product zip_longest", "*", lazy=True),
    **_rows("arrangements", "itertools", "combinations permutations", "iterable", lazy=True),
    **_rows("arrangements", "itertools", "combinations_with_replacement", "iterable", lazy=True),
    **_rows("characters", "str", "maketrans translate expandtabs istitle isidentifier"),
    **_rows("layout", "textwrap", "dedent indent"),
    **_rows("wrapping", "textwrap", "wrap fill shorten"),
    "string.capwords": Written("layout", "capwords"),
    "html.escape": Written("layout", "escape"),
    **_rows("paths", "os.path", "basename dirname splitext join split isabs normpath"),
    **_rows("paths", "urllib.parse", "parse_qs parse_qsl urlencode"),
    **_rows("urls", "urllib.parse", "urlsplit urlparse urlunsplit urlunparse urldefrag urljoin"),
    **_rows("calendars", "calendar", "isleap leapdays weekday monthrange"),
    **_rows("statistics", "statistics", "mean fmean median median_low median_high mode multimode", "data"),
    **_rows("statistics", "statistics", "variance pvariance stdev pstdev", "data", of_ints=True),
    "math.fsum": Written("statistics", "fsum", "data"),
}
"""The functions by their full names."""

CLASSES: Final[Mapping[str, str]] = {
    "contextlib.ExitStack": "contexts",
    "contextlib.closing": "contexts",
    "fractions.Fraction": "fractions",
    "http.HTTPStatus": "statuses_since_13" if since((3, 13)) else "statuses",
    "string.Template": "templates",
    "types.SimpleNamespace": "namespaces",
    **{f"urllib.parse.{name}": "urls" for name in ("SplitResult", "ParseResult", "DefragResult")},
}
"""Classes of the standard library that are written in Python, by their full names, with the module of this package that holds each."""
