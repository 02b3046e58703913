"""Python's static scoping, as `scope` reads it."""

import ast

from pysfnc.frontend.program.scope import Scope, comprehension_scope, free_names, function_scope, target_names


def scope_of(source: str) -> Scope:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    return function_scope(node)


def test_everything_that_binds_is_found() -> None:
    scope = scope_of(
        """
def f(a, /, b, *c, d, **e):
    g = 1
    for h, (i, *j) in b: pass
    with a as k: pass
    try: pass
    except ValueError as l: pass
    import m.n, o as p
    from q import r as s
    def t(u): v = 1
    class w: x = 1
    [y for z in b if (aa := z)]
    lambda ab: (ac := 1)
    del ad
"""
    )
    assert scope.bound == {*"abcdeghijklmpstw", "aa", "ad"}
    assert scope.params == ("a", "b", "d", "c", "e") or set(scope.params) == set("abcde")


def test_global_and_nonlocal_names_are_bound_elsewhere() -> None:
    scope = scope_of("def f(a):\n global x\n x = 1\n def g():\n  nonlocal a\n  a = 2\n return a")
    assert "x" not in scope.bound and scope.globals == {"x"}
    assert scope.rebound_params == {"a"}


def test_generators_are_told_apart() -> None:
    assert scope_of("def f():\n x = yield").is_generator
    assert not scope_of("def f():\n def g(): yield").is_generator


def test_comprehensions_keep_their_targets() -> None:
    node = ast.parse("[x for x, y in z for w in x]", mode="eval").body
    assert isinstance(node, ast.ListComp)
    assert comprehension_scope(node).bound == {"x", "y", "w"}


def test_free_names_of_nested_functions() -> None:
    node = ast.parse("def f(a):\n def g(b): return a + b + c\n return g(d)").body[0]
    assert isinstance(node, ast.FunctionDef)
    assert free_names(node) == {"c", "d"}


def test_targets() -> None:
    target = ast.parse("a, [b, *c], d[e], f.g = x").body[0].targets[0]  # type: ignore[attr-defined]
    assert target_names(target) == {"a", "b", "c"}
