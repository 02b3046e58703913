"""The zip on disk as Lambda has it: unpacked in a folder of its own, with the environment variables of the runtime."""

import os
import shutil
import sys
import tempfile
import weakref
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from pysfnc.lambdas.model import LocalFunction

HANDLER: Final = "pysfnc_handler.handler"


class UnpackedZip:
    """A zip unpacked into a temporary folder until `close` or the end of the process.

    Raises:
        OSError, zipfile.BadZipFile: it cannot be read or unpacked.
    """

    def __init__(self, zip_path: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pysfnc-lambda-")).resolve()
        self.root = self._folder / "task"
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        try:
            with zipfile.ZipFile(zip_path) as archive:
                archive.extractall(self.root)
        except BaseException:
            self.close()
            raise

    @property
    def work_folder(self) -> Path:
        """A folder beside the code for whatever a run needs on disk."""
        return self._folder

    def close(self) -> None:
        """Remove everything from disk."""
        self._remove()


def runtime_environment(function: LocalFunction, root: Path, shared: Mapping[str, str]) -> dict[str, str]:
    """The environment variables of `function` (AWS guide, "Defined runtime environment variables").

    Nothing of this process' environment gets in but its region and what finding programs and libraries needs, so a run
    does not depend on the shell that started it, and no credentials leak into it.

    Args:
        shared: variables given for all functions; the function's own come first.
    """
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return inherited | {
        "AWS_DEFAULT_REGION": region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_REGION": region,
        "LAMBDA_TASK_ROOT": str(root),
        "LANG": "en_US.UTF-8",
        "PYTHONUTF8": "1",
        "TZ": ":UTC",
        "_HANDLER": HANDLER,
        **shared,
        **function.environment,
    }
