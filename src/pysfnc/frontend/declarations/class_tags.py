"""Tags: which classes get a key of their own in their objects, because the program asks which of two classes with the same attributes one is of.

Only a program that does not compile otherwise pays for it, and only for these classes. Objects that come from outside have no tag, so that classes
of which there are such objects get none. What leaves the machine goes without it (`library.objects.bare_objects`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import field

from pysfnc.frontend.core.lower_project import Project
from pysfnc.frontend.program.model import FunctionBinding, FunctionInfo, ProjectModel
from pysfnc.lean import dataclass
from pysfnc.values.recursive import parts
from pysfnc.values.types import RecordClass, RecordT, Type

ClassKey = tuple[str, str]


@dataclass(slots=True)
class ClassTags:
    """The decision, which changes from one attempt at lowering a program to the next."""

    model: ProjectModel
    bare: set[ClassKey] = field(default_factory=set)
    """Classes that get no tag."""

    def settle(
        self, met: Iterable[RecordClass], project: Project, workflows: Iterable[FunctionInfo], fails: bool
    ) -> bool:
        """Look at an attempt, which met classes that look alike. Returns whether the next one differs."""
        before = self.model.tagged
        self.bare |= set(_from_outside(project, workflows))
        wanted = {(cls.module, cls.name) for cls in met} if fails else set()
        self.model.tagged = frozenset((before | wanted) - self.bare)
        if self.model.tagged == before:
            return False
        self.model.records.clear()
        return True


def _from_outside(project: Project, workflows: Iterable[FunctionInfo]) -> Iterator[ClassKey]:
    """The classes of objects that a machine gets: as inputs of workflows, and from functions in Lambda and other machines."""
    called = [*project.in_lambda, *project.machines, *_marked(project.model)]
    types = [info.returns for info in called]
    types += [param.type for info in (*workflows, *project.machines) for param in info.params]
    for type_ in types:
        yield from _classes_in(type_)


def _marked(model: ProjectModel) -> Iterator[FunctionInfo]:
    """The functions marked `@task` and `@workflow`."""
    for module in model.modules.values():
        for binding in module.names.values():
            if isinstance(binding, FunctionBinding) and binding.function.role in ("task", "workflow"):
                yield binding.function


def _classes_in(type_: Type | None) -> Iterator[ClassKey]:
    if isinstance(type_, RecordT):
        yield type_.cls.module, type_.cls.name
    for part in () if type_ is None else parts(type_):
        yield from _classes_in(part)
