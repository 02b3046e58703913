"""Values for the deployment parameters of a program when it runs here."""

import os
from collections.abc import Mapping

__all__ = ["MissingParameter", "parameters_of_run"]


class MissingParameter(LookupError):
    """A deployment parameter has neither a value nor a default; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the parameter `{name}` has no value")
        self.name = name


def parameters_of_run(parameters: Mapping[str, str | None], values: Mapping[str, str]) -> dict[str, str]:
    """Return a value for every deployment parameter: the one given, else that of the environment, else the default.

    Args:
        parameters: name -> default, or None where there is none.

    Raises:
        MissingParameter: a parameter has none of these.
    """
    found = {}
    for name, default in parameters.items():
        value = values.get(name, os.environ.get(name, default))
        if value is None:
            raise MissingParameter(name)
        found[name] = value
    return found
