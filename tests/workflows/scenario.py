"""What a program of `programs/` is run with: an input, and what AWS answers.

Owns: the vocabulary of the scenario files. `aws` answers with it, `test_workflows` runs it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Any
Answer = Any
"""An answer of an operation in boto3's form, an `AwsError`, or a function of the parameters that gives one of them."""


@dataclass(frozen=True)
class AwsError:
    """An operation fails with this code."""

    code: str
    message: str = "out of order"
    status: int = 400


@dataclass(frozen=True)
class Stream:
    """A streaming body, made anew for each answer."""

    content: str


SERVER = "http://scenario.invalid"
"""Stands in an input for the address of the server that answers as `http` says."""


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP; listed under `http` among the answers."""

    body: Json
    status: int = 200


@dataclass(frozen=True)
class Failure:
    """The workflow fails. `cause` is the text of the exception, None where only the name is compared."""

    error: str
    cause: str | None = None


@dataclass(frozen=True)
class Scenario:
    """One run.

    answers: "service.Operation", as boto3 names them, -> its answers in their order; the last one holds for all later calls.
    expected: the output, or how it fails.
    workflow: its function, where the file has several.
    environ: what `os.environ` holds.
    racing: operations that are called beside the one that fails: how many of their calls begin before it does is a matter
        of time, in both forms. They are left out of the comparison.
    """

    label: str
    input: Json
    expected: Json | Failure
    answers: Mapping[str, Sequence[Answer]] = field(default_factory=dict)
    workflow: str | None = None
    environ: Mapping[str, str] = field(default_factory=dict)
    racing: frozenset[str] = frozenset()
