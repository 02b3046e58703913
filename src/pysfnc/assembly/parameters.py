"""Values for the deployment parameters of a program when it runs here."""

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pysfnc.asl.placeholders import Parameter
from pysfnc.assembly.machines import reached

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow, CompileResult

__all__ = ["MissingParameter", "needed_parameters", "parameters_of_run"]


class MissingParameter(LookupError):
    """A deployment parameter has neither a value nor a default; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the parameter `{name}` has no value")
        self.name = name


def needed_parameters(result: "CompileResult", workflow: "CompiledWorkflow") -> list[Parameter]:
    """The parameters that a run of a workflow needs: those of its definition and its Lambda functions, and of its children."""
    needed: set[str] = set()
    for item in reached(result, workflow):
        needed |= item.parameters.keys()
        if item.functions:
            needed.update(variable.name for variable in result.program.environment if variable.in_lambda)
    return [parameter for name, parameter in result.parameters.items() if name in needed]


def parameters_of_run(
    parameters: Iterable[Parameter], values: Mapping[str, str], environment: Mapping[str, str] = os.environ
) -> dict[str, str | None]:
    """Return a value for every deployment parameter: the one given, else that of the environment, else the default.

    None stands for an optional one that has none of these.

    Raises:
        MissingParameter: a parameter has none of these and is not optional.
    """
    found: dict[str, str | None] = {}
    for parameter in parameters:
        value = values.get(parameter.name, environment.get(parameter.name, parameter.default))
        if value is None and not parameter.optional:
            raise MissingParameter(parameter.name)
        found[parameter.name] = value
    return found
