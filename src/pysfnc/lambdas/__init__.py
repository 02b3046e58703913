"""Lambda on this machine: the built zip, run by AWS's runtime client in worker processes or in this process."""

from pysfnc.lambdas.inprocess import InProcessPool
from pysfnc.lambdas.model import Answer, LocalFunction
from pysfnc.lambdas.pool import WorkerPool

__all__ = ["Answer", "InProcessPool", "LocalFunction", "WorkerPool"]
