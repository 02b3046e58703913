"""What answers the tasks of a local run: AWS imitated or real, mock files, the program's functions.

boto3 and moto are imported when a call needs them, never before.
"""

from pysfnc.services.backends import AwsBackend, Backend, EndpointBackend, MotoBackend, NotMocked
from pysfnc.services.mocks import BadMocks, Mocks, read_mocks
from pysfnc.services.recorder import Recorder
from pysfnc.services.world import World

__all__ = [
    "AwsBackend",
    "Backend",
    "BadMocks",
    "EndpointBackend",
    "Mocks",
    "MotoBackend",
    "NotMocked",
    "Recorder",
    "World",
    "read_mocks",
]
