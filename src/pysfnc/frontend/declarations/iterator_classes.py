"""Classes that are iterators: `__iter__` gives the object itself, `__next__` the next item or StopIteration.

    def __iter__(self):                      def __iter__(self):
        return self                              while True:
                                                     try:
                                                         item = self.__next__()
                                                     except StopIteration:
                                                         return
                                                     yield item

How far it is stands in the object, so that a generator over it gives the same items, and leaves it as it would be.
"""

import ast

_BODY = """
def __iter__({self}):
    while True:
        try:
            item = {self}.__next__()
        except StopIteration:
            return
        yield item
"""


def as_generator(node: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.FunctionDef | ast.AsyncFunctionDef:
    """The method `__iter__` of an iterator as a generator; any other function as it is."""
    match node:
        case ast.FunctionDef(
            name="__iter__",
            args=ast.arguments(posonlyargs=[], args=[ast.arg(arg=name)], vararg=None, kwonlyargs=[], kwarg=None),
            decorator_list=[],
        ):
            body = [part for part in node.body if not _is_text(part)]
        case _:
            return node
    match body:
        case [ast.Return(value=ast.Name(id=given))] if given == name:
            (made,) = ast.parse(_BODY.format(self=name)).body
        case _:
            return node
    assert isinstance(made, ast.FunctionDef)
    for part in ast.walk(made):
        if hasattr(part, "lineno"):
            ast.copy_location(part, node)
    return made


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
