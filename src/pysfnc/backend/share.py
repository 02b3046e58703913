"""Shared tails: states of a scope that say the same are one state.

Works on the written states, where "the same" is equality of JSON. Before: two branches that both end in a Choice on the same condition. After:
both lead to one Choice.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]


def share_states(definition: Json, source_map: Mapping[str, object]) -> frozenset[str]:
    """Merge equal states in place, innermost scopes first; the names of the states that are gone."""
    gone: set[str] = set()
    for state in definition["States"].values():
        for inner in _scopes(state):
            gone |= share_states(inner, source_map)
    while True:
        merged = _merge_once(definition)
        if not merged:
            return frozenset(gone)
        gone |= merged


def _scopes(state: Json) -> list[Json]:
    return [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]


def _merge_once(scope: Json) -> set[str]:
    first: dict[str, str] = {}
    kept: dict[str, str] = {}
    for name, state in scope["States"].items():
        if _scopes(state):
            continue  # the names inside differ, and two equal effects in a row are rare
        text = json.dumps(state, sort_keys=True)
        if text in first:
            kept[name] = first[text]
        else:
            first[text] = name
    if not kept:
        return set()
    scope["StartAt"] = kept.get(scope["StartAt"], scope["StartAt"])
    for name in kept:
        del scope["States"][name]
    for state in scope["States"].values():
        _redirect(state, lambda target: kept.get(target, target))
    return set(kept)


def _redirect(state: Json, to: Callable[[str], str]) -> None:
    for holder in (state, *state.get("Choices", []), *state.get("Catch", [])):
        for key in ("Next", "Default"):
            if key in holder:
                holder[key] = to(holder[key])
