"""Variables: who sees which, and how much they may hold.

Owns: the values of one scope (the machine, a branch, an iteration) and AWS's limits on them.
Does not own: evaluation (templates.py); the rule that an inner scope may not assign an outer name (asl/validate.py).
"""

from collections.abc import Mapping

from pysfnc.asl.limits import MAX_ASSIGN_BYTES, MAX_VARIABLE_BYTES, MAX_VARIABLES_BYTES
from pysfnc.engine.values import encode, size_bytes


class VariablesTooBig(Exception):
    """An Assign exceeds a limit. The message says which."""


class Scope:
    """Variables by name, plus `states`, the reserved name under which an expression finds input, result and context.

    An inner scope starts with the outer values: the outer ones cannot change while it lives, as the outer state is
    busy with it.
    """

    __slots__ = ("_sizes", "values")

    def __init__(self, values: Mapping[str, object] | None = None) -> None:
        self.values: dict[str, object] = dict(values or {})
        self._sizes: dict[str, int] = {
            name: size_bytes(encode(value)) for name, value in self.values.items() if name != "states"
        }

    def child(self) -> "Scope":
        """A scope for a branch or an iteration."""
        inner = Scope()
        inner.values = dict(self.values)
        inner._sizes = dict(self._sizes)
        return inner

    def texts(self, assigned: Mapping[str, object]) -> dict[str, str]:
        """JSON text of each new value. Raises `VariablesTooBig`; changes nothing."""
        texts = {name: encode(value) for name, value in assigned.items()}
        sizes = {name: size_bytes(text) for name, text in texts.items()}
        for name, size in sizes.items():
            if size > MAX_VARIABLE_BYTES:
                raise VariablesTooBig(f"The variable '{name}' exceeds the maximum size of {MAX_VARIABLE_BYTES} bytes.")
        if sum(sizes.values()) > MAX_ASSIGN_BYTES:
            raise VariablesTooBig(f"The Assign field exceeds the maximum size of {MAX_ASSIGN_BYTES} bytes.")
        if sum({**self._sizes, **sizes}.values()) > MAX_VARIABLES_BYTES:
            raise VariablesTooBig(f"The variables exceed the maximum size of {MAX_VARIABLES_BYTES} bytes.")
        return texts

    def assign(self, assigned: Mapping[str, object], texts: Mapping[str, str]) -> None:
        """Take over new values with their `texts`."""
        self.values.update(assigned)
        for name, text in texts.items():
            self._sizes[name] = size_bytes(text)
