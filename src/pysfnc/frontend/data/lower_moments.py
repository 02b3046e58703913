"""What makes `datetime`, `date`, `timedelta` and `timezone`, their methods and attributes, and the clock of `time`.

Operators and comparisons are `moment_operations`. A zone is known while compiling: `timezone.utc`, or a fixed `timezone(timedelta(...))`. The local
zone of a machine is UTC, as that of Lambda is.
"""

import ast
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.calls.lower_arguments import Arguments, Signature, bind, lower_arguments
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_core import as_data, is_poison
from pysfnc.frontend.core.lower_values import External, Opaque, Static, TimeOfDay, Value
from pysfnc.frontend.data.known_texts import for_each_text
from pysfnc.frontend.data.lower_digests import draw
from pysfnc.frontend.data.moment_operations import DATE, DATETIME, TIMEDELTA, iso_text, time_format
from pysfnc.frontend.program.written_modules import written_class
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.moments.durations import UNITS
from pysfnc.library.moments.moment_formats import TIMESPECS
from pysfnc.library.moments.moment_parsing import refused_part
from pysfnc.values.relations import join, kinds
from pysfnc.values.types import FLOAT, INT, JSON, NONE, STR, Kind, ListT, OpaqueT, Type

_NUMBERS: Final = frozenset({Kind.INT, Kind.BOOL, Kind.FLOAT})
_UTC: Final = frozenset({"datetime.timezone.utc", "datetime.UTC"})
_ZONE: Final = OpaqueT("timezone")
_READ: Final = "the clock is read"
_PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "microsecond")
_PYTHON: Final[dict[Type, type]] = {DATETIME: datetime, DATE: date, TIMEDELTA: timedelta}
_CLASSES: Final[dict[Type, str]] = {DATETIME: "datetime", DATE: "date", TIMEDELTA: "timedelta"}


def _signature(
    title: str, positional: str = "", required: int = 0, keyword_only: str = "", *, by_name: bool = True
) -> Signature:
    names, late = tuple(positional.split()), tuple(keyword_only.split())
    return Signature(
        title,
        names,
        frozenset() if by_name else frozenset(names),
        late,
        None,
        None,
        frozenset(names[required:]) | frozenset(late),
    )


Given = dict[str, Value]
Maker = Callable[[Context, Given, ast.expr], Value]
Special = Callable[[Context, ast.Call], Value]


def _special(signature: Signature, make: Maker) -> Special:
    def call(cx: Context, node: ast.Call) -> Value:
        given = lower_arguments(cx, node)
        found = None if given is None else bind(cx, signature, given, node)
        if found is None or any(not isinstance(v, Static) and is_poison(v) for v in found.values()):
            return poison(cx.span(node))
        return make(cx, found, node)

    return call


def _text(cx: Context, value: str, node: ast.AST) -> Const:
    return Const(value=value, type=STR, span=cx.span(node))


# Zones


def zone_of(cx: Context, value: Value | None, node: ast.AST) -> Expr | None:
    """The offset of a zone as a text, empty for none at all; None after a message."""
    if value is None or (isinstance(value, Const) and value.value is None):
        return _text(cx, "", node)
    if isinstance(value, External) and value.name in _UTC:
        return _text(cx, "+00:00", node)
    if isinstance(value, Opaque) and value.kind == "zone":
        return value.value
    cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        "only zones with a fixed offset have a compiled form",
        notes=["a machine does not know when clocks are put forward and back in a place"],
        help="write instead: `timezone.utc`, or `timezone(timedelta(hours=1))`, or a `@task` that looks at the zone",
    )
    return None


def _fixed_zone(cx: Context, given: Given, node: ast.expr) -> Value:
    """`timezone(timedelta(hours=1))`."""
    offset = given["offset"]
    amount = offset.args[0] if isinstance(offset, Prim) and offset.op == "duration.make" else None
    if "name" in given or not (isinstance(amount, Const) and isinstance(amount.value, int)):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "a zone has a compiled form with a constant offset and without a name",
            help="write instead: `timezone(timedelta(hours=1))`",
        )
    if abs(amount.value) >= UNITS["days"]:
        return cx.error(codes.TYPE_MISMATCH, node, "an offset of a day or more always raises ValueError")
    shown = datetime(2000, 1, 1, tzinfo=timezone(timedelta(microseconds=amount.value))).isoformat()[19:]
    return Opaque("zone", _text(cx, shown, node), "")


def _zone_info(cx: Context, given: Given, node: ast.expr) -> Value:
    key = given["key"]
    if isinstance(key, Const) and key.value == "UTC":
        return External("datetime.timezone.utc")
    zone_of(cx, External("zoneinfo.ZoneInfo"), node)
    return poison(cx.span(node))


# The clock


def _now(cx: Context, given: Given, node: ast.expr) -> Value:
    zone = zone_of(cx, given.get("tz"), node)
    if zone is None:
        return poison(cx.span(node))
    if not isinstance(zone, Const) or zone.value not in ("", "+00:00"):
        drawn = draw(cx, "draw.now", DATETIME, node, _READ)
        return Prim(op="moment.in_zone", args=(drawn, zone), type=DATETIME, span=cx.span(node))
    return draw(cx, "draw.now" if zone.value else "draw.local", DATETIME, node, _READ)


def clock_zone(cx: Context, node: ast.Call) -> Const | None:
    """Whether `datetime.now(...)` gives a moment with a zone: a text that is empty without one; None after a message."""
    given = lower_arguments(cx, node)
    found = None if given is None else bind(cx, _signature("now", "tz"), given, node)
    zone = None if found is None else zone_of(cx, found.get("tz"), node)
    return zone if isinstance(zone, Const) else None


def _local(cx: Context, _given: Given, node: ast.expr) -> Value:
    return draw(cx, "draw.local", DATETIME, node, _READ)


def _today(cx: Context, _given: Given, node: ast.expr) -> Value:
    return draw(cx, "draw.today", DATE, node, _READ)


def _time(cx: Context, _given: Given, node: ast.expr) -> Value:
    return draw(cx, "draw.time", FLOAT, node, _READ)


# Made of numbers and texts


def _made(cx: Context, family: str, parts: list[Expr], node: ast.AST) -> Expr:
    """A moment of its parts; one of constants is written out."""
    type_ = DATETIME if family == "moment" else DATE
    span = cx.span(node)
    numbers = [part.value for part in parts[:7] if isinstance(part, Const) and type(part.value) is int]
    if len(numbers) == len(parts[:7]) and all(isinstance(part, Const) for part in parts):
        made = _constant(numbers)
        if made is not None:
            zone = str(parts[7].value) if family == "moment" and isinstance(parts[7], Const) else ""
            return Prim(op="moment.text", args=(_text(cx, made + zone, node),), type=type_, span=span)
    return Prim(op=f"{family}.make", args=tuple(parts), type=type_, span=span)


def _constant(numbers: list[int]) -> str | None:
    try:
        return (datetime(*numbers) if len(numbers) > 3 else date(*numbers)).isoformat()  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None


def _ints(cx: Context, given: Given, names: tuple[str, ...], node: ast.AST) -> list[Expr] | None:
    """Arguments that have to be ints, as far as is known."""
    found = [as_data(cx, given[name], node) if name in given else _number(cx, 0, node) for name in names]
    if any(map(is_poison, found)):
        return None
    for value, name in zip(found, names, strict=True):
        if not kinds(value.type) & {Kind.INT, Kind.BOOL}:
            cx.error(codes.TYPE_MISMATCH, node, f"a `{name}` of type `{value.type}` always raises TypeError")
            return None
    return found


def _number(cx: Context, value: int, node: ast.AST) -> Const:
    return Const(value=value, type=INT, span=cx.span(node))


def _new_datetime(cx: Context, given: Given, node: ast.expr) -> Value:
    parts, zone = _ints(cx, given, _PARTS, node), zone_of(cx, given.get("tzinfo"), node)
    return poison(cx.span(node)) if parts is None or zone is None else _made(cx, "moment", [*parts, zone], node)


def _new_date(cx: Context, given: Given, node: ast.expr) -> Value:
    parts = _ints(cx, given, _PARTS[:3], node)
    return poison(cx.span(node)) if parts is None else _made(cx, "date", parts, node)


def _new_timedelta(cx: Context, given: Given, node: ast.expr) -> Value:
    span = cx.span(node)
    named = [(name, as_data(cx, given[name], node)) for name in given]
    if any(is_poison(value) for _, value in named):
        return poison(span)
    for name, value in named:
        if not kinds(value.type) & _NUMBERS:
            message = f"`{name}` of a timedelta as a value of type `{value.type}` always raises TypeError"
            return cx.error(codes.TYPE_MISMATCH, node, message)
    constants = {name: value.value for name, value in named if isinstance(value, Const)}
    if len(constants) == len(named):
        return _constant_timedelta(cx, constants, node)
    # All are evaluated in their order before they are added up in another.
    atoms = {name: cx.atom(value) for name, value in named}
    parts = [part for name in UNITS if name in atoms for part in (atoms[name], _text(cx, name, node))]
    return Prim(op="duration.sum", args=tuple(parts), type=TIMEDELTA, span=span)


def _constant_timedelta(cx: Context, given: Mapping[str, object], node: ast.AST) -> Expr:
    try:
        made = timedelta(**given) // timedelta(microseconds=1)  # type: ignore[arg-type]
    except OverflowError:
        made = 2**63
    if abs(made) > 2**53:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION, node, "a timedelta of more than 285 years has no form in the machine"
        )
    return Prim(op="duration.make", args=(_number(cx, made, node),), type=TIMEDELTA, span=cx.span(node))


# Times of a day, which `combine` takes


_CLOCK_PARTS: Final = _PARTS[3:]
_ENDS: Final[dict[str, tuple[int, ...]]] = {
    f"datetime.{name}{end}": parts
    for end, parts in ((".min", (0, 0, 0, 0)), (".max", (23, 59, 59, 999_999)))
    for name in ("time", "datetime")
}
"""The first and the last moment of a day by their names; of a datetime, by its method `time`."""


def _new_time(cx: Context, given: Given, node: ast.expr) -> Value:
    """`time(9, 30)` of constants: what it may raise, it raises before `combine` is called."""
    parts = _ints(cx, given, _CLOCK_PARTS, node)
    zone = zone_of(cx, given.get("tzinfo"), node)
    if parts is None or zone is None:
        return poison(cx.span(node))
    numbers = [part.value for part in parts if isinstance(part, Const) and isinstance(part.value, int)]
    if len(numbers) < len(parts):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`time()` has a compiled form only with constants",
            help="write instead: `datetime(day.year, day.month, day.day, hour, minute)`",
        )
    if _constant([2000, 1, 1, *numbers]) is None:
        return cx.error(codes.TYPE_MISMATCH, node, "`time()` with these numbers always raises ValueError")
    return TimeOfDay(tuple(numbers), zone)


def _end_of_day(parts: tuple[int, ...]) -> Special:
    return _special(_signature("time"), lambda cx, _given, node: TimeOfDay(parts, _text(cx, "", node)))


def _combine(cx: Context, given: Given, node: ast.expr) -> Value:
    """`datetime.combine(day, time, tzinfo=...)`."""
    day, clock = as_data(cx, given["date"], node), given["time"]
    if isinstance(clock, External) and clock.name in _ENDS:
        clock = TimeOfDay(_ENDS[clock.name], _text(cx, "", node))
    if is_poison(day):
        return day
    if day.type not in (DATE, DATETIME) or not isinstance(clock, TimeOfDay):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`combine()` has a compiled form for a date and a time that is written out",
            help="write instead: `datetime.combine(day, time(9, 30))`, or `datetime(day.year, day.month, day.day, hour)`",
        )
    zone = zone_of(cx, given["tzinfo"], node) if "tzinfo" in given else clock.zone
    if zone is None:
        return poison(cx.span(node))
    held = cx.atom(day)
    parts: list[Expr] = [Prim(op=f"moment.{name}", args=(held,), type=INT, span=cx.span(node)) for name in _PARTS[:3]]
    return _made(cx, "moment", [*parts, *(_number(cx, part, node) for part in clock.parts), zone], node)


def _from_iso(family: str) -> Maker:
    def make(cx: Context, given: Given, node: ast.expr) -> Value:
        value = as_data(cx, given["date_string"], node)
        if Kind.STR not in kinds(value.type):
            return cx.error(
                codes.TYPE_MISMATCH, node, f"`fromisoformat` of a value of type `{value.type}` always raises TypeError"
            )
        type_ = DATETIME if family == "moment" else DATE
        return Prim(op=f"{family}.of_iso", args=(value,), type=type_, span=cx.span(node))

    return make


def _from_timestamp(cx: Context, given: Given, node: ast.expr) -> Value:
    zone, value = zone_of(cx, given.get("tz"), node), as_data(cx, given["timestamp"], node)
    if zone is None or is_poison(value):
        return poison(cx.span(node))
    if not kinds(value.type) & _NUMBERS:
        return cx.error(
            codes.TYPE_MISMATCH, node, f"`fromtimestamp` of a value of type `{value.type}` always raises TypeError"
        )
    return Prim(op="moment.of_timestamp", args=(value, zone), type=DATETIME, span=cx.span(node))


def _strptime(cx: Context, given: Given, node: ast.expr) -> Value:
    value, format_ = as_data(cx, given["date_string"], node), as_data(cx, given["format"], node)
    if is_poison(value) or is_poison(format_):
        return poison(cx.span(node))
    held = cx.atom(value, "text")
    return for_each_text(cx, format_, lambda text: _parsed(cx, held, text, node), node) or _parsed(
        cx, held, format_, node
    )


def _parsed(cx: Context, value: Expr, format_: Expr, node: ast.expr) -> Expr:
    """The moment that a text has in a format."""
    text = format_.value if isinstance(format_, Const) and isinstance(format_.value, str) else None
    refused = "a format that is no constant" if text is None else refused_part(text)
    if text is None or refused is not None:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"`strptime` with {refused if text is None else f'`{refused}`'} has no compiled form",
            help='write instead: a constant such as `"%Y-%m-%d %H:%M:%S"`, or a `@task` that reads the text',
        )
    if Kind.STR not in kinds(value.type):
        message = f"`strptime` of a value of type `{value.type}` always raises TypeError"
        return cx.error(codes.TYPE_MISMATCH, node, message)
    span = cx.span(node)
    parsed = cx.atom(
        Prim(op="moment.parsed", args=(value, _text(cx, text, node)), type=ListT(JSON), span=span), "parsed"
    )
    places = [_number(cx, place, node) for place in range(8)]
    parts = [Prim(op="loop.item", args=(parsed, place), type=INT, span=span) for place in places[:7]]
    zone = Prim(op="loop.item", args=(parsed, places[7]), type=STR, span=span)
    return Prim(op="moment.make", args=(*parts, zone), type=DATETIME, span=span)


_NEW: Final = "year month day hour minute second microsecond tzinfo"
MOMENT_CALLS: Final[dict[str, Special]] = {
    "datetime.datetime": _special(_signature("datetime", _NEW, 3), _new_datetime),
    "datetime.date": _special(_signature("date", "year month day", 3), _new_date),
    "datetime.timedelta": _special(
        _signature("timedelta", "days seconds microseconds milliseconds minutes hours weeks"), _new_timedelta
    ),
    "datetime.time": _special(_signature("time", "hour minute second microsecond tzinfo"), _new_time),
    **{f"{name}.time": _end_of_day(parts) for name, parts in _ENDS.items() if name.startswith("datetime.datetime")},
    "datetime.datetime.combine": _special(_signature("combine", "date time tzinfo", 2), _combine),
    "datetime.timezone": _special(_signature("timezone", "offset name", 1), _fixed_zone),
    "zoneinfo.ZoneInfo": _special(_signature("ZoneInfo", "key", 1), _zone_info),
    "datetime.datetime.now": _special(_signature("now", "tz"), _now),
    "datetime.datetime.utcnow": _special(_signature("utcnow"), _local),
    "datetime.datetime.today": _special(_signature("today"), _local),
    "datetime.date.today": _special(_signature("today"), _today),
    "datetime.datetime.fromisoformat": _special(
        _signature("fromisoformat", "date_string", 1, by_name=False), _from_iso("moment")
    ),
    "datetime.date.fromisoformat": _special(
        _signature("fromisoformat", "date_string", 1, by_name=False), _from_iso("date")
    ),
    "datetime.datetime.fromtimestamp": _special(_signature("fromtimestamp", "timestamp tz", 1), _from_timestamp),
    "datetime.datetime.utcfromtimestamp": _special(
        _signature("utcfromtimestamp", "timestamp", 1, by_name=False), _from_timestamp
    ),
    "datetime.datetime.strptime": _special(_signature("strptime", "date_string format", 2, by_name=False), _strptime),
    "time.time": _special(_signature("time"), _time),
    "time.monotonic": _special(_signature("monotonic"), _time),
    "time.perf_counter": _special(_signature("perf_counter"), _time),
}
"""Calls of `datetime` and `time`."""


# Methods and attributes

_ATTRIBUTES: Final[dict[Type, dict[str, tuple[str, Type]]]] = {
    DATETIME: {
        **{name: (f"moment.{name}", INT) for name in _PARTS},
        "tzinfo": ("moment.zone_or_none", join(_ZONE, NONE)),
    },
    DATE: {name: (f"moment.{name}", INT) for name in _PARTS[:3]},
    TIMEDELTA: {name: (f"duration.{name}", INT) for name in ("days", "seconds", "microseconds")},
}
_NO_ARGUMENTS: Final[dict[Type, dict[str, tuple[str, Type]]]] = {
    DATETIME: {
        "timestamp": ("moment.timestamp", FLOAT),
        "date": ("moment.date", DATE),
        "utcoffset": ("moment.offset", join(TIMEDELTA, NONE)),
    },
    DATE: {"isoformat": ("moment.text", STR)},
    TIMEDELTA: {"total_seconds": ("duration.total_seconds", FLOAT)},
}
_OF_DAYS: Final = {
    "weekday": ("moment.weekday", INT),
    "isoweekday": ("moment.isoweekday", INT),
    "toordinal": ("moment.ordinal", INT),
}


def time_attribute(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr:
    """`base.name` that is data."""
    found = _ATTRIBUTES[base.type].get(name)
    if found is not None:
        return Prim(op=found[0], args=(base,), type=found[1], span=cx.span(node))
    return _unknown(cx, base, name, node)


def _unknown(cx: Context, base: Expr, name: str, node: ast.AST) -> Expr:
    real = _PYTHON[base.type]
    if not hasattr(real, name):
        return cx.error(
            codes.TYPE_MISMATCH, node, f"`.{name}` of a `{_CLASSES[base.type]}` always raises AttributeError"
        )
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"`{name}` of a `{_CLASSES[base.type]}` has no compiled form",
        help="write instead: a `@task` that does this and returns what comes out",
    )


def call_time_method(cx: Context, receiver: Expr, name: str, given: Arguments, node: ast.expr) -> Value:
    """`receiver.name(...)`."""
    plain = _NO_ARGUMENTS[receiver.type].get(name) or (_OF_DAYS.get(name) if receiver.type != TIMEDELTA else None)
    if plain is not None:
        if bind(cx, _signature(name), given, node) is None:
            return poison(cx.span(node))
        return Prim(op=plain[0], args=(receiver,), type=plain[1], span=cx.span(node))
    if name == "isocalendar" and receiver.type != TIMEDELTA:
        return _isocalendar(cx, receiver, given, node)
    found = _METHODS[receiver.type].get(name)
    if found is None:
        return _unknown(cx, receiver, name, node)
    signature, method = found
    values = bind(cx, signature, given, node)
    return poison(cx.span(node)) if values is None else method(cx, receiver, values, node)


def _isocalendar(cx: Context, receiver: Expr, given: Arguments, node: ast.expr) -> Value:
    """The year that has the Thursday of the week, the number of the week in it, and the day of the week."""
    from pysfnc.frontend.classes.lower_classes import call_class

    if bind(cx, _signature("isocalendar"), given, node) is None:
        return poison(cx.span(node))
    held = cx.atom(receiver)
    ops = ("moment.iso_year", "moment.iso_week", "moment.isoweekday")
    parts = [Prim(op=op, args=(held,), type=INT, span=cx.span(node)) for op in ops]
    return call_class(cx, written_class("calendars", "IsoCalendarDate"), Arguments(tuple(parts), (), ()), node)


def _strftime(cx: Context, receiver: Expr, given: Given, node: ast.expr) -> Expr:
    held, format_ = cx.atom(receiver), as_data(cx, given["format"], node)
    made = for_each_text(cx, format_, lambda text: _formatted(cx, held, text, node), node)
    return _formatted(cx, held, format_, node) if made is None else as_data(cx, made, node)


def _formatted(cx: Context, value: Expr, format_: Expr, node: ast.expr) -> Expr:
    made = time_format(cx, value, format_, node)
    assert made is not None
    return made


def _isoformat(cx: Context, receiver: Expr, given: Given, node: ast.expr) -> Expr:
    words = {"sep": "T", "timespec": "auto"}
    for name, value in given.items():
        if isinstance(value, Static) or not (isinstance(value, Const) and isinstance(value.value, str)):
            return cx.error(
                codes.UNSUPPORTED_CALL,
                node,
                f"`{name}` of `isoformat` has to be known when compiling",
                help="write instead: the text as a constant",
            )
        words[name] = value.value
    if len(words["sep"]) != 1 or words["timespec"] not in TIMESPECS:
        return cx.error(codes.TYPE_MISMATCH, node, "`isoformat` with these arguments always raises an exception")
    if words == {"sep": "T", "timespec": "auto"}:
        return Prim(op="moment.text", args=(receiver,), type=STR, span=cx.span(node))
    return iso_text(receiver, words["sep"], words["timespec"], cx, node)


def _replace(cx: Context, receiver: Expr, given: Given, node: ast.expr) -> Expr:
    timed = receiver.type == DATETIME
    held = cx.atom(receiver)
    names = _PARTS if timed else _PARTS[:3]
    parts: list[Expr] = []
    new = _ints(cx, {name: given[name] for name in names if name in given}, tuple(n for n in names if n in given), node)
    if new is None:
        return poison(cx.span(node))
    values = iter(new)
    for name in names:
        old = Prim(op=f"moment.{name}", args=(held,), type=INT, span=cx.span(node))
        parts.append(next(values) if name in given else old)
    if not timed:
        return _made(cx, "date", parts, node)
    if "tzinfo" in given:
        zone = zone_of(cx, given["tzinfo"], node)
        if zone is None:
            return poison(cx.span(node))
    else:
        zone = Prim(op="moment.zone", args=(held,), type=STR, span=cx.span(node))
    if set(given) == {"tzinfo"}:
        return Prim(op="moment.with_zone", args=(held, zone), type=DATETIME, span=cx.span(node))
    return _made(cx, "moment", [*parts, zone], node)


def _astimezone(cx: Context, receiver: Expr, given: Given, node: ast.expr) -> Expr:
    named = given.get("tz")
    absent = named is None or (isinstance(named, Const) and named.value is None)
    zone = _text(cx, "+00:00", node) if absent else zone_of(cx, named, node)
    if zone is None:
        return poison(cx.span(node))
    return Prim(op="moment.in_zone", args=(receiver, zone), type=DATETIME, span=cx.span(node))


Method = Callable[[Context, Expr, Given, ast.expr], Expr]
_FORMATTED: Final[tuple[Signature, Method]] = (_signature("strftime", "format", 1), _strftime)
_METHODS: Final[dict[Type, dict[str, tuple[Signature, Method]]]] = {
    DATETIME: {
        "strftime": _FORMATTED,
        "isoformat": (_signature("isoformat", "sep timespec"), _isoformat),
        "replace": (_signature("replace", _NEW), _replace),
        "astimezone": (_signature("astimezone", "tz"), _astimezone),
    },
    DATE: {"strftime": _FORMATTED, "replace": (_signature("replace", "year month day"), _replace)},
    TIMEDELTA: {},
}
