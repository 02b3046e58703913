"""Resources of boto3 that a program keeps are objects of classes, whose modules have names of their own."""

from typing import Final

from pysfnc.values.relations import members
from pysfnc.values.types import RecordT, Type

__all__ = ["PACKAGE", "is_resource"]

PACKAGE: Final = "boto3.resources."
"""How the name of the module begins that has the classes of a service; that of the service follows."""


def is_resource(type_: Type) -> bool:
    """Whether some values of a type are resources."""
    return any(isinstance(one, RecordT) and one.cls.module.startswith(PACKAGE) for one in members(type_))
