"""`functools.cached_property`: a property that keeps what its function gives as an attribute of the object, under a name that no program can write.

@cached_property                        @property
def total(self):                        def total(self):
    return sum(self.amounts)      ->        if not hasattr(self, "kept total"):
                                                self.kept_total = self.computed_total()
                                            return self.kept_total
"""

import ast


def kept_as(name: str) -> str:
    """The attribute that keeps the value of a cached property."""
    return f"kept {name}"


def computed_by(name: str) -> str:
    """The name of the method that computes the value."""
    return f"computed {name}"


def kept_property(function: ast.FunctionDef) -> ast.FunctionDef:
    """The property that a cached one is."""
    name, this = kept_as(function.name), function.args.args[0].arg if function.args.args else "self"
    (made,) = ast.parse(
        f"def {function.name}({this}):\n"
        f"    if not hasattr({this}, {name!r}):\n"
        f"        {this}.kept = {this}.computed()\n"
        f"    return {this}.kept"
    ).body
    assert isinstance(made, ast.FunctionDef)
    for part in ast.walk(made):
        if isinstance(part, ast.Attribute):
            part.attr = name if part.attr == "kept" else computed_by(function.name)
        if hasattr(part, "lineno"):
            ast.copy_location(part, function)
    return made
