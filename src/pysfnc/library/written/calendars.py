"""`calendar`: what is asked of it most, without the texts that depend on the locale."""

from calendar import IllegalMonthError
from datetime import date
from typing import NamedTuple


def isleap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def leapdays(y1: int, y2: int) -> int:
    first = y1 - 1
    last = y2 - 1
    return (last // 4 - first // 4) - (last // 100 - first // 100) + (last // 400 - first // 400)


def weekday(year: int, month: int, day: int) -> int:
    return date(year if 1 <= year <= 9999 else 2000 + year % 400, month, day).weekday()


def monthrange(year: int, month: int) -> tuple[int, int]:
    if not 1 <= month <= 12:
        # In the machine the text of an exception follows from its arguments.
        raise IllegalMonthError(f"bad month number {month}; must be 1-12")  # type: ignore[arg-type]
    first = weekday(year, month, 1)
    if month == 2:
        return (first, 29 if isleap(year) else 28)
    return (first, 30 if month in (4, 6, 9, 11) else 31)


class IsoCalendarDate(NamedTuple):
    year: int
    week: int
    weekday: int

    def __repr__(self) -> str:
        return f"datetime.IsoCalendarDate(year={self.year}, week={self.week}, weekday={self.weekday})"
