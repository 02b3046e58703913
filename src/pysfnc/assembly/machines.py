"""The machines of a program on this computer: which belong to a workflow, with local names filled in."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pysfnc.asl.placeholders import fill
from pysfnc.engine import Machine, machine_arn

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow, CompileResult

__all__ = ["local_machines", "reached"]


def reached(result: "CompileResult", workflow: "CompiledWorkflow") -> list["CompiledWorkflow"]:
    """A workflow and those that it starts, directly or through others."""
    found = {workflow.name: workflow}
    todo = [workflow]
    while todo:
        for name in todo.pop().children.values():
            if name not in found:
                found[name] = result.workflows[name]
                todo.append(found[name])
    return list(found.values())


def local_machines(result: "CompileResult", values: Mapping[str, str | None]) -> dict[str, Machine]:
    """The machines of a program by name, with placeholders filled in: each may start any other."""
    machines = {}
    for name, item in result.workflows.items():
        arns = {placeholder: machine_arn(child) for placeholder, child in item.children.items()}
        machines[name] = Machine(fill(item.definition, {**arns, **values}), name=name, type=item.type)
    return machines
