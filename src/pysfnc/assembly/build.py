"""What `pysfnc build` writes: definitions, zip, manifest and report, into a folder that is complete or not there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pysfnc.assembly.permissions import permissions_of
from pysfnc.assembly.plan import build_plan
from pysfnc.functions import deployed
from pysfnc.packaging import BuiltZip, Target
from pysfnc.packaging.bundle import build_lambda_zip
from pysfnc.packaging.files import write_text_atomically
from pysfnc.packaging.manifest import Manifest, Position, WorkflowEntry, write_manifest

if TYPE_CHECKING:
    from pysfnc.driver import CompiledWorkflow, CompileResult
    from pysfnc.source import Span

__all__ = ["MANIFEST_FILE", "REPORT_FILE", "ZIP_FILE", "write_build"]

ZIP_FILE = "functions.zip"
MANIFEST_FILE = "manifest.json"
REPORT_FILE = "report.txt"


def write_build(result: "CompileResult", folder: Path, target: Target, fill: Callable[[Any], Any]) -> Manifest:
    """Write a build into an empty folder and return its manifest.

    Args:
        fill: fills in what placeholders of a definition have a value.

    Raises:
        PackagingFailed: the zip cannot be made or a file cannot be written.
    """
    functions = deployed(result.functions, result.source.path)
    built: BuiltZip | None = None
    if functions:
        built = build_lambda_zip(build_plan(result, target), folder / ZIP_FILE)
    placeholders = frozenset(function.placeholder for function in functions)
    entries = []
    for workflow in result.workflows.values():
        text = json.dumps(fill(workflow.definition), indent=2, ensure_ascii=False) + "\n"
        file = f"{workflow.name}.asl.json"
        write_text_atomically(folder / file, text)
        entries.append(_entry(workflow, file, len(text.encode()), placeholders, fill))
    manifest = Manifest(
        workflows=tuple(entries),
        functions=functions,
        parameters=tuple(result.parameters.values()),
        zip=built,
        target=target,
    )
    write_manifest(manifest, folder / MANIFEST_FILE)
    write_text_atomically(folder / REPORT_FILE, result.report.text().rstrip() + "\n")
    return manifest


def _entry(
    workflow: "CompiledWorkflow",
    file: str,
    definition_bytes: int,
    placeholders: frozenset[str],
    fill: Callable[[Any], Any],
) -> WorkflowEntry:
    return WorkflowEntry(
        name=workflow.name,
        definition=file,
        type=workflow.type,
        states=workflow.states,
        definition_bytes=definition_bytes,
        parameters=tuple(workflow.parameters.values()),
        functions=tuple(name for name in workflow.functions if name in placeholders),
        source_map={name: _position(span) for name, span in workflow.source_map.items()},
        children=workflow.children,
        statements=permissions_of(workflow, fill),
        comment=workflow.definition.get("Comment"),
    )


def _position(span: "Span") -> Position:
    return Position(span.file.name, span.line, span.column + 1, span.end_line, span.end_column)
