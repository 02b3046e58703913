"""Exit codes of the commands, and the errors that end one with a single line."""

import enum

__all__ = ["CommandError", "Exit"]


class Exit(enum.IntEnum):
    """What the process returns. Scripts rely on these numbers, so they never change."""

    DONE = 0
    REJECTED = 1  # the source was read and does not compile; the diagnostics say why
    WRONG_CALL = 2  # a wrong argument, a file that cannot be read or written, a missing tool
    BUG = 3  # a fault of pysfnc
    RUN_FAILED = 5  # the execution ran and did not succeed
    INTERRUPTED = 130  # as shells report a process that Ctrl-C ended


class CommandError(Exception):
    """Ends a command: `str()` is one line for the user."""

    def __init__(self, message: str, exit: Exit = Exit.WRONG_CALL) -> None:
        super().__init__(" ".join(message.split()))
        self.exit = exit
