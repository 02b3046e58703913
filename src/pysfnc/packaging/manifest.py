"""`manifest.json`: what a build made and what a deployment of it needs, for other tools to drive.

The format is described in `docs/manifest.md` and versioned: a reader must refuse a version it does not know.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pysfnc.asl.placeholders import Parameter
from pysfnc.packaging.files import write_text_atomically
from pysfnc.packaging.model import HANDLER, BuiltZip, DeployedFunction, Target

MANIFEST_FILE: Final = "manifest.json"
MANIFEST_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Position:
    """Where a state comes from: lines from 1, columns from 1 in characters, the end after the last character."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What the machine's role must allow: IAM actions on resources, which may hold ``${...}``, under conditions in IAM's form."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkflowEntry:
    """One state machine of the build.

    Attributes:
        name: name of the state machine.
        definition: file of the definition, relative to the manifest.
        type: ``STANDARD`` or ``EXPRESS``.
        states: number of states, inner ones included.
        definition_bytes: size of the definition.
        parameters: the deployment parameters in the definition.
        functions: placeholders of the Lambda functions it calls.
        source_map: state name -> where it comes from.
        children: placeholder -> name of the workflow of this build whose machine's ARN it stands for.
        statements: permissions beyond calling those functions.
        comment: the workflow's comment.
    """

    name: str
    definition: str
    type: str
    states: int
    definition_bytes: int
    parameters: tuple[Parameter, ...] = ()
    functions: tuple[str, ...] = ()
    source_map: Mapping[str, Position] = field(default_factory=dict)
    children: Mapping[str, str] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole build. `zip` is None when no function runs in Lambda."""

    workflows: tuple[WorkflowEntry, ...]
    functions: tuple[DeployedFunction, ...] = ()
    parameters: tuple[Parameter, ...] = ()
    zip: BuiltZip | None = None
    target: Target = field(default_factory=Target)


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write `manifest` to `path`, whole or not at all; `PackagingFailed` when that is not possible."""
    text = json.dumps(manifest_document(manifest, path.parent), indent=2, ensure_ascii=False)
    write_text_atomically(path, text + "\n")


def manifest_document(manifest: Manifest, folder: Path) -> dict[str, Any]:
    """The JSON of `manifest`, with file names relative to `folder`."""
    return {
        "version": MANIFEST_VERSION,
        "workflows": {workflow.name: _workflow(workflow) for workflow in manifest.workflows},
        "functions": {function.placeholder: _function(function, manifest, folder) for function in manifest.functions},
    }


def _workflow(workflow: WorkflowEntry) -> dict[str, Any]:
    return {
        "definition": workflow.definition,
        "type": workflow.type,
        "comment": workflow.comment,
        "states": workflow.states,
        "bytes": workflow.definition_bytes,
        "parameters": _parameters(workflow.parameters),
        "functions": list(workflow.functions),
        "state_machines": dict(workflow.children),
        "iam": [_statement(statement) for statement in _invocations(workflow.functions) + workflow.statements],
        "source_map": {name: _position(position) for name, position in workflow.source_map.items()},
    }


def _function(function: DeployedFunction, manifest: Manifest, folder: Path) -> dict[str, Any]:
    built = manifest.zip
    if built is None:
        raise ValueError("a manifest with functions needs the zip that holds them")
    defaults = {parameter.name: parameter for parameter in manifest.parameters}
    used = [defaults.get(name, Parameter(name)) for name in function.environment]
    return {
        "zip": _relative(built.path, folder),
        "code_sha256": built.code_sha256,
        "handler": HANDLER,
        "runtime": manifest.target.runtime,
        "architecture": manifest.target.arch,
        "timeout": function.timeout_s,
        "memory": function.memory_mb,
        "environment": {name: f"${{{name}}}" for name in function.environment},
        "parameters": _parameters(used),
        "name": function.name,
        "role": function.role,
        "registered": list(function.registered),
    }


def _relative(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def _parameters(parameters: Sequence[Parameter]) -> dict[str, dict[str, Any]]:
    return {parameter.name: _parameter(parameter) for parameter in parameters}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    if parameter.optional:
        return {"optional": True}
    return {} if parameter.default is None else {"default": parameter.default}


def _invocations(functions: Sequence[str]) -> tuple[Statement, ...]:
    # Both the function and its versions: AWS guide, "IAM policies for Step Functions: Lambda".
    resources = tuple(text for name in functions for text in (f"${{{name}}}", f"${{{name}}}:*"))
    return (Statement(("lambda:InvokeFunction",), resources),) if resources else ()


def _statement(statement: Statement) -> dict[str, Any]:
    made: dict[str, Any] = {"actions": list(statement.actions), "resources": list(statement.resources)}
    if statement.conditions:
        made["conditions"] = {name: dict(keys) for name, keys in statement.conditions.items()}
    return made


def _position(position: Position) -> dict[str, Any]:
    return {
        "file": position.file,
        "line": position.line,
        "column": position.column,
        "end_line": position.end_line,
        "end_column": position.end_column,
    }
