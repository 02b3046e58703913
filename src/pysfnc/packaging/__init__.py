"""From a compiled program to what a deployment needs: the Lambda zip and the manifest.

Only the values are re-exported here, since the compiler needs them and must stay quick to start; what writes files is in
`bundle`, `manifest` and `requirements`.
"""

from pysfnc.packaging.errors import PackagingFailed
from pysfnc.packaging.functions import deployed_functions, function_id, placeholders
from pysfnc.packaging.model import BuildPlan, BuiltZip, DeployedFunction, FunctionSpec, Target

__all__ = [
    "BuildPlan",
    "BuiltZip",
    "DeployedFunction",
    "FunctionSpec",
    "PackagingFailed",
    "Target",
    "deployed_functions",
    "function_id",
    "placeholders",
]
