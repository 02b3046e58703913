"""botocore's description of AWS, read once for a whole process.

A session of botocore reads these files for itself, which is a tenth of a second for each service; a test makes several
sessions, as a program makes one wherever it is loaded. Clients of one session share what was read already, so it is not
changed by those that use it.
"""

import functools

import botocore.loaders
import botocore.session

__all__ = ["share_botocore_data"]


def share_botocore_data() -> None:
    """Let every session that is made from now on use one loader."""
    botocore.session.create_loader = functools.cache(botocore.loaders.create_loader)  # type: ignore[attr-defined]
