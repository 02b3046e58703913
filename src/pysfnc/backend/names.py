"""Names of states and variables.

State names are unique in the whole machine, branches included, at most 80 characters. Variables keep their Python names where ASL allows it: no
leading underscore, not `states`, and not the name of a JSONata function, which a variable would hide (ASL spec, "Variables").
"""

import re
from dataclasses import field
from typing import Final

from pysfnc.jsonata.functions import FUNCTIONS, FUNCTIONS_OF_AWS
from pysfnc.lean import dataclass

MAX_NAME_CHARS: Final = 80
RESERVED: Final = frozenset({"states", "values"}) | FUNCTIONS | FUNCTIONS_OF_AWS


@dataclass(slots=True)
class StateNames:
    """Hands out state names."""

    taken: set[str] = field(default_factory=set)

    def name(self, hint: str) -> str:
        """A name nobody has that begins like the hint."""
        # Who fills in a definition must not take a part of a name for a placeholder.
        base = " ".join(hint.replace("${", "$ {").split())[: MAX_NAME_CHARS - 4] or "State"
        found, number = base, 1
        while found in self.taken:
            number += 1
            found = f"{base} {number}"
        self.taken.add(found)
        return found


@dataclass(slots=True)
class VariableNames:
    """The ASL names of the variables of a machine."""

    names: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=lambda: set(RESERVED))

    def name(self, variable: str) -> str:
        """The name of a variable, the same at every call."""
        if variable not in self.names:
            base = _legal(variable)
            found, number = base, 1
            while found in self.taken:
                number += 1
                found = f"{base}_{number}" if base not in RESERVED else f"{base}_{number - 1}"
            self.taken.add(found)
            self.names[variable] = found
        return self.names[variable]


def _legal(variable: str) -> str:
    plain = "".join(c if (c.isascii() and c.isalnum()) or c == "_" else "_" for c in re.split(r"[%~@#]", variable)[0])
    plain = plain.lstrip("_")[: MAX_NAME_CHARS - 6]
    # Names that begin with `py_` are the library's.
    return plain if plain and plain[0].isalpha() and not plain.startswith("py_") else f"v{plain}"
