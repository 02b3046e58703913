"""`contextlib.ExitStack` with callbacks, and `closing`. A stack calls what it was given, the last first, also where a call raises."""

from functools import partial
from typing import Any


class ExitStack:
    def __init__(self) -> None:
        self._callbacks: list[Any] = []

    def __enter__(self) -> Any:
        return self

    def __exit__(self, exc_type: Any, exc: Any, traceback: Any) -> None:
        last = None
        while self._callbacks:
            call = self._callbacks.pop()
            try:
                call()
            except Exception as e:
                last = e
        if last is not None:
            raise last

    def callback(self, call: Any, /, *args: Any) -> None:
        self._callbacks.append(partial(call, *args))

    def close(self) -> None:
        self.__exit__(None, None, None)

    def pop_all(self) -> Any:
        moved = ExitStack()
        moved._callbacks = self._callbacks
        self._callbacks = []
        return moved


class closing:  # noqa: N801
    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __enter__(self) -> Any:
        return self.thing

    def __exit__(self, exc_type: Any, exc: Any, traceback: Any) -> None:
        self.thing.close()
