"""Whether an answer of AWS is what a waiter waits for; made by the compiler, never written by a program."""

import json
from collections.abc import Sequence
from typing import Any, Final

from pysfnc.aws.services import service
from pysfnc.aws.shapes import Shape
from pysfnc.jsonata.tree import Binary, Func, Lit, Ref, Tree
from pysfnc.library.rows.make import ZERO, both, call, eq
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, PrimRow
from pysfnc.library.rows.shapes import count, gt, ne
from pysfnc.library.services.jmespath import translated
from pysfnc.values.types import Type

BOTO3: Final = ""
"""In place of a naming: names are those of boto3."""


def test_text(shape: Shape, naming: str, matcher: str, argument: str, expected: Any) -> str:
    """A test of an answer as a constant of the program."""
    return json.dumps([shape.service, shape.name, naming, matcher, argument, expected])


def in_form(text: str, naming: str) -> str:
    """The same test of an answer in another form."""
    parts = json.loads(text)
    return json.dumps([*parts[:2], naming, *parts[3:]])


def test_tree(text: str, answer: Tree) -> Tree:
    """The test of an answer. Raises `jmespath_tokens.Unreadable`.

    `path` compares what the path leads to; `pathAll` and `pathAny` its items, of which there has to be one.
    """
    service_name, shape_name, naming, matcher, argument, expected = json.loads(text)

    def name(shape: Shape, member: str) -> str:
        if naming == BOTO3:
            return member
        return shape.members[member].asl_name("api" if naming == "api" else "sdk") or member

    found = translated(argument, answer, service(service_name).shape(shape_name), name)
    if matcher == "path":
        return eq(found, Lit(expected))
    if matcher == "pathAny":
        return Binary("in", Lit(expected), found)
    other = call("filter", found, Func(("py_i",), ne(Ref("py_i"), Lit(expected))))
    return both(gt(count(found), ZERO), eq(count(other), ZERO))


def _matches(args: Sequence[Arg], _type: Type) -> Tree:
    answer, constant = args
    assert isinstance(constant.tree, Lit) and isinstance(constant.tree.value, str), "made by the compiler"
    return test_tree(constant.tree.value, answer.tree)


register_prim(PrimRow(op="service.matches", lower=_matches))
