"""Names of variables, and which scope may assign which.

Owns: the rules for names, and that an inner scope assigns no name of an outer one.

Facts: "Passing data between states with variables" of the AWS docs. Recorded answer: a branch may assign a name that
the catchers of its own Parallel state assign.
"""

from collections.abc import Iterator, Mapping

from pysfnc.asl.finding import Code, Finding
from pysfnc.asl.graph import States
from pysfnc.asl.limits import MAX_VARIABLE_NAME_CHARS


def assigned_names(state: Mapping[str, object], *, with_catchers: bool = True) -> Iterator[tuple[str, str]]:
    """Names that a state assigns, each with the path of its field."""
    places: list[tuple[object, str]] = [(state, "")]
    for field in ("Choices", "Catch") if with_catchers else ("Choices",):
        entries = state.get(field)
        places.extend(
            (entry, f"/{field}[{index}]") for index, entry in enumerate(entries if isinstance(entries, list) else [])
        )
    for holder, place in places:
        assign = holder.get("Assign") if isinstance(holder, dict) else None
        if isinstance(assign, dict):
            yield from ((name, f"{place}/Assign/{name}") for name in assign)


def check_names(state: Mapping[str, object], place: str, jsonata: bool) -> Iterator[Finding]:
    """Findings about the names that a state assigns."""
    for name, where in assigned_names(state):
        bare = name if jsonata else name.removesuffix(".$")
        message = _fault(bare)
        if message is not None:
            yield Finding(Code.SCHEMA, message, place + where)


def _fault(name: str) -> str | None:
    if name == "states":
        return "The variable name 'states' is reserved"
    if len(name) > MAX_VARIABLE_NAME_CHARS:
        return f"The variable name '{name}' is longer than {MAX_VARIABLE_NAME_CHARS} characters"
    # Python's identifiers are Unicode's too, save for the underscore, which it takes as a first letter.
    if not name.isidentifier() or name.startswith("_"):
        return f"The variable name '{name}' is invalid"
    return None


def check_scope(states: States, outer: frozenset[str], place: str) -> Iterator[Finding]:
    """Findings about names that an outer scope assigns too."""
    for name, state in states.items():
        for variable, where in assigned_names(state):
            if variable.removesuffix(".$") in outer:
                message = f"The variable '{variable}' is already assigned in an outer scope"
                yield Finding(Code.VARIABLE_NAME, message, f"{place}/States/{name}{where}")


def names_outside(states: States, within: str, outer: frozenset[str]) -> frozenset[str]:
    """The names that scopes inside state `within` may not assign."""
    own = {
        variable.removesuffix(".$")
        for name, state in states.items()
        for variable, _ in assigned_names(state, with_catchers=name != within)
    }
    return outer | own
