"""What a method does with its object, as its source says.

A method that only calls methods of its own class through `self` looks at nothing of the object: `self._insert(node.left, key)`.
So a call of it needs no copy of the object, and may change what is inside it.
"""

import ast
from collections.abc import Iterator

from pysfnc.frontend.declarations.records import Member, Record


def looks_at_object(record: Record, member: Member, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a method may read or change its object, itself or by the methods of its class that it calls. True may be wrong."""
    node = member.node
    if not isinstance(node, ast.FunctionDef) or member.kind != "method" or not node.args.args:
        return member.kind not in ("static method", "class method")
    this = node.args.args[0].arg
    for name in _uses(node, this):
        found = record.members.get(name) if name is not None else None
        if found is None or found.kind in ("property", "constant"):
            return True
        if name not in seen and looks_at_object(record, found, seen | {member.name, found.name}):
            return True
    return False


def _uses(function: ast.FunctionDef, this: str) -> Iterator[str | None]:
    """The methods that are called through a name, and None for every other use of it."""
    calls = {
        id(part.func.value): part.func.attr
        for part in ast.walk(function)
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute)
    }
    for part in ast.walk(function):
        if isinstance(part, ast.Name) and part.id == this:
            yield calls.get(id(part))
        elif (isinstance(part, ast.Name) and part.id == "super") or _rebinds(part, this, function):
            yield None


def _rebinds(part: ast.AST, this: str, function: ast.FunctionDef) -> bool:
    """Whether another parameter, of a function inside, has the name."""
    return isinstance(part, ast.arg) and part.arg == this and part is not function.args.args[0]


def replaces_none_only(function: ast.AST, name: str) -> bool:
    """Whether a function gives a parameter another object only where it is None: `if seen is None: seen = []`."""
    inside: set[int] = set()
    for part in ast.walk(function):
        match part:
            case ast.If(
                test=ast.Compare(left=ast.Name(id=tested), ops=[ast.Is()], comparators=[ast.Constant(value=None)]),
                body=body,
            ) if tested == name:
                plain = [stmt for stmt in body if isinstance(stmt, ast.Assign)]
                inside |= {id(target) for stmt in plain for target in stmt.targets}
    stores = [
        part
        for part in ast.walk(function)
        if isinstance(part, ast.Name) and part.id == name and not isinstance(part.ctx, ast.Load)
    ]
    return all(id(part) in inside for part in stores)
