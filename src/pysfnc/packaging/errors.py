"""The one error of packaging: something about the project, the disk or the requirements that the user can mend."""


class PackagingFailed(Exception):
    """A zip or manifest could not be made. `str()` is one line for the user."""
