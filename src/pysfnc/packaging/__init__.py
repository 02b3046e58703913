"""From a compiled program to what a deployment needs: the Lambda zip and the manifest."""

from pysfnc.packaging.bundle import build_lambda_zip
from pysfnc.packaging.errors import PackagingFailed
from pysfnc.packaging.files import write_text_atomically
from pysfnc.packaging.functions import deployed_functions, function_id, placeholders
from pysfnc.packaging.manifest import Manifest, Parameter, Position, Statement, WorkflowEntry, write_manifest
from pysfnc.packaging.model import BuildPlan, BuiltZip, DeployedFunction, FunctionSpec, Target
from pysfnc.packaging.requirements import find_requirements

__all__ = [
    "BuildPlan",
    "BuiltZip",
    "DeployedFunction",
    "FunctionSpec",
    "Manifest",
    "PackagingFailed",
    "Parameter",
    "Position",
    "Statement",
    "Target",
    "WorkflowEntry",
    "build_lambda_zip",
    "deployed_functions",
    "find_requirements",
    "function_id",
    "placeholders",
    "write_manifest",
    "write_text_atomically",
]
