"""Where states lead.

Owns: targets, reachability, the need of an end. Does not own: fields (fields.py).

Facts: measured answers of ValidateStateMachineDefinition: the word is `Next` for every kind of target; a flow without
any terminal state gets one complaint without a location, which silences those about unreachable states.
"""

from collections.abc import Iterator, Mapping

from pysfnc.asl.fields import TERMINAL
from pysfnc.asl.finding import Code, Finding

States = Mapping[str, Mapping[str, object]]


def check_graph(start: object, states: States, place: str) -> Iterator[Finding]:
    """Findings about the transitions of one flow; `place` is the path of the object that holds StartAt and States."""
    if isinstance(start, str) and start not in states:
        yield Finding(Code.TARGET, f"Missing 'Next' target: {start}", f"{place}/StartAt")
    for name, state in states.items():
        for target, where in targets(state):
            if target not in states:
                yield Finding(Code.TARGET, f"Missing 'Next' target: {target}", f"{place}/States/{name}{where}")
    if not any(_ends(state) for state in states.values()):
        yield Finding(Code.NO_END, "Workflow has no terminal state", None)
        return
    reached = _reachable(start, states)
    for name in states:
        if name not in reached:
            yield Finding(Code.TARGET, f'State "{name}" is not reachable.', f"{place}/States/{name}")


def targets(state: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Names of the states that a state may lead to, each with the path of the field that names it."""
    for field in ("Next", "Default"):
        target = state.get(field)
        if isinstance(target, str):
            yield target, f"/{field}"
    for field in ("Choices", "Catch"):
        entries = state.get(field)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            target = entry.get("Next") if isinstance(entry, dict) else None
            if isinstance(target, str):
                yield target, f"/{field}[{index}]/Next"


def _ends(state: Mapping[str, object]) -> bool:
    kind = state.get("Type")
    return state.get("End") is True or (isinstance(kind, str) and kind in TERMINAL)


def _reachable(start: object, states: States) -> set[str]:
    reached: set[str] = set()
    pending = [start] if isinstance(start, str) else []
    while pending:
        name = pending.pop()
        if name in states and name not in reached:
            reached.add(name)
            pending.extend(target for target, _ in targets(states[name]))
    return reached
