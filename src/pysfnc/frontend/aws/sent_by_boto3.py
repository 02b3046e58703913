"""Arguments that boto3 itself changes before it sends them; a machine has to write what is sent.

Owns the table of these parameters. The facts are botocore's handlers of `before-parameter-build` (`botocore.handlers`); Step Functions sends what
the definition says, as the SDK for Java does.
"""

import ast
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from pysfnc.aws.services import Operation
from pysfnc.frontend.calls.lower_arguments import Arguments, evaluated
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_core import as_data
from pysfnc.frontend.core.lower_values import BuiltinFunction, External, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.values.relations import field_of, kinds
from pysfnc.values.types import NEVER, DictT, Kind, Type

__all__ = ["as_sent"]

_COPY_OF_TEXT: Final = """\
path, mark, version = value.partition("?versionId=")
if version == "" or version.split() != [version]:
    return quote(value)
return quote(path) + mark + version
"""
_COPY_OF_DICT: Final = """\
return quote(
    value["Bucket"] + ("/object/" if value["Bucket"].startswith("arn:") else "/") + value["Key"]
) + ("" if value.get("VersionId") is None else "?versionId=" + value["VersionId"])
"""
_ENCODED: Final = "return encode(value.encode()).decode()"

_SENT: Final[Mapping[tuple[str, str], tuple[str, Mapping[Kind, str]]]] = {
    ("s3", "CopyObject"): ("CopySource", {Kind.STR: _COPY_OF_TEXT, Kind.DICT: _COPY_OF_DICT}),
    ("s3", "UploadPartCopy"): ("CopySource", {Kind.STR: _COPY_OF_TEXT, Kind.DICT: _COPY_OF_DICT}),
    ("ec2", "RunInstances"): ("UserData", {Kind.STR: _ENCODED}),
    ("autoscaling", "CreateLaunchConfiguration"): ("UserData", {Kind.STR: _ENCODED}),
}
"""By service and operation: the parameter, and the body of a function that makes what is sent of a `value` of a kind."""
_WITHIN: Final = """\
def made(value):
{made}
others = {{name: value for name, value in rest.items() if name != "{parameter}"}}
return {{**others, "{parameter}": made(rest["{parameter}"])}} if "{parameter}" in rest else others
"""
_NAMES: Final[Mapping[str, Value]] = {
    "quote": External("urllib.parse.quote"),
    "encode": External("base64.b64encode"),
    "isinstance": BuiltinFunction("isinstance"),
    "dict": BuiltinFunction("dict"),
}


def as_sent(cx: Context, operation: Operation, given: Arguments, node: ast.expr) -> Arguments:
    """The arguments with what boto3 makes of them."""
    parameter, bodies = _SENT.get((operation.service.name, operation.name), ("", {}))
    if parameter in given.keyword_map():
        given = evaluated(cx, given)
        keywords = tuple(
            (name, _made(cx, bodies, value, node) if name == parameter else value) for name, value in given.keywords
        )
        return replace(given, keywords=keywords)
    rest = given.rest
    if not parameter or rest is None or not isinstance(rest.type, DictT):
        return given
    inside = field_of(rest.type, parameter).type
    if inside == NEVER:
        return given
    given = evaluated(cx, given)
    text = _WITHIN.format(made=textwrap.indent(_body(bodies, inside), "    "), parameter=parameter)
    return replace(given, rest=as_data(cx, run_here(cx, text, {"rest": given.rest or rest, **_NAMES}, node), node))


def _made(cx: Context, bodies: Mapping[Kind, str], value: Value, node: ast.expr) -> Value:
    """What is sent; a value of another kind as it is, for the check of its type."""
    if isinstance(value, Static) or not kinds(value.type) & bodies.keys():
        return value
    return run_here(cx, _body(bodies, value.type), {"value": value, **_NAMES}, node)


def _body(bodies: Mapping[Kind, str], type_: Type) -> str:
    found = kinds(type_)
    texts = {kind: body for kind, body in bodies.items() if kind in found} or bodies
    if len(texts) == 1:
        return next(iter(texts.values()))
    return f"if isinstance(value, dict):\n{textwrap.indent(texts[Kind.DICT], '    ')}\n{texts[Kind.STR]}"
