"""Members of a union that a machine can tell apart by their JSON."""

from typing import Final

from pysfnc.library.machine.fit_checks import fit_kinds
from pysfnc.values.fits import (
    FLOAT_FIT,
    AnyFit,
    ChoiceFit,
    DictFit,
    Fit,
    ListFit,
    RecordFit,
    TextFit,
    TupleFit,
    text_of,
)


def can_tell_apart(first: Fit, second: Fit) -> bool:
    """The rule of `pysfnc.lang.shapes.can_tell_apart`, for the fits there are.

    Stricter in one point: the machine does not try whether a text is a `Decimal` or one for `Any`.
    """
    texts = [fit.name for fit in (first, second) if isinstance(fit, TextFit)]
    if texts:
        return {*texts} == {"date", "datetime"} or not fit_kinds(first) & fit_kinds(second)
    if isinstance(first, AnyFit) or isinstance(second, AnyFit):
        return True
    if isinstance(first, ChoiceFit) and isinstance(second, ChoiceFit):
        return not any(type(one) is type(other) and one == other for one in first.values for other in second.values)
    if type(first) is not type(second) and {type(first), type(second)} == {ListFit, TupleFit}:
        return False
    if isinstance(first, ListFit) and isinstance(second, ListFit) and first.is_tuple != second.is_tuple:
        return False
    if {type(first), type(second)} == {RecordFit, DictFit}:
        return False
    if isinstance(first, TupleFit) and isinstance(second, TupleFit) and first.named != second.named:
        return False
    choices = [fit for fit in (first, second) if isinstance(fit, ChoiceFit) and fit.enum is not None]
    if choices:
        return not fit_kinds(first) & fit_kinds(second)
    if isinstance(first, RecordFit) and isinstance(second, RecordFit):
        return _records_differ(first, second)
    if isinstance(first, _CONTAINERS) or isinstance(second, _CONTAINERS):
        return True
    both = {first, second}
    if FLOAT_FIT in both and any(isinstance(fit, ChoiceFit) for fit in both):
        return not any(type(value) is int for fit in both if isinstance(fit, ChoiceFit) for value in fit.values)
    return True


_CONTAINERS: Final = TupleFit | ListFit | DictFit | RecordFit


def _records_differ(first: RecordFit, second: RecordFit) -> bool:
    """Whether the keys, or a key that is one of several values in both, tell objects of the two apart."""
    fields = {field.name: field.fit for field in second.fields}
    if first == second or fields.keys() != {field.name for field in first.fields}:
        return True
    return any(
        isinstance(field.fit, ChoiceFit)
        and isinstance(other := fields[field.name], ChoiceFit)
        and can_tell_apart(field.fit, other)
        and text_of(field.fit) != text_of(other)
        for field in first.fields
    )
