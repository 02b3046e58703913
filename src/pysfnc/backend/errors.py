"""Exception objects from what a Catch gives.

A Catch has `{"Error", "Cause"}` (ASL spec, "Error output"). The exception object of the machine is that of `library.raised`. What a Lambda
function raised arrives as JSON in the Cause (`errorMessage`, `stackTrace`); what an expression of the same state raised is in the marker
that `expressions` put into the text. What a service call fails with is read as its `ErrorReading` says: `FORMS` holds a row for each form.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pysfnc.backend.expressions import STATUS
from pysfnc.ir.hir import ErrorReading
from pysfnc.jsonata.tree import (
    Array,
    Binary,
    Bind,
    Call,
    Field,
    Func,
    IfElse,
    Index,
    Lit,
    Object,
    Ref,
    Regex,
    Seq,
    Tree,
)
from pysfnc.lang.exceptions import EXTRA_PREFIX
from pysfnc.library.prelude import define
from pysfnc.library.raised import ARGS, FIELDS, MESSAGE, NAME

LAMBDA_REPORT: Final = '{"errorMessage":'
HTTP_STATUS: Final = "States.Http.StatusCode."
HTTP_SOCKET: Final = "States.Http.Socket"
FEW_CODES: Final = 8
"""Below so many codes of a table a search among them takes more room than the table."""
TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")


def marked_exception(error_output: Tree) -> Tree:
    """The exception of an expression, or the query error itself where there is no marker."""
    return Call("py_marked", (error_output,))


def caught_exception(error_output: Tree, *, timeouts: bool, args: bool) -> Tree:
    """The exception that an effect failed with. `timeouts`: it may be a timeout; `args`: somebody reads its `args` or attributes."""
    name: Tree = Field(error_output, "Error")
    if timeouts:
        name = IfElse(Binary("in", name, Array(tuple(map(Lit, TIMEOUTS)))), Lit("TimeoutError"), name)
    made: Tree = Object(((Lit(NAME), name), (Lit(MESSAGE), Call("py_message", (Field(error_output, "Cause"),)))))
    if args:
        return Call("merge", (Array((made, Call("py_args", (Field(error_output, "Cause"),)))),))
    return made


def read_error(reading: ErrorReading, error_output: Tree, *, status: bool) -> Tree:
    """The exception that a service call failed with. `status`: somebody reads the HTTP status of errors of AWS."""
    made = FORMS[reading.form](reading, error_output)
    if not status or reading.form != "aws":
        return made
    found = Object(((Lit(STATUS), Call("py_aws_status", (Field(error_output, "Cause"),))),))
    return Call("merge", (Array((made, found)),))


def _plain(_reading: ErrorReading, error_output: Tree) -> Tree:
    """Name and text as they are."""
    return caught_exception(error_output, timeouts=True, args=False)


def _aws(reading: ErrorReading, error_output: Tree) -> Tree:
    """An error of an AWS operation, with the text of botocore's `ClientError`.

    `detail` is the operation's name. A code is that of `codes`, or what stands behind the dot of the name, without `suffix`.
    """
    name = Field(error_output, "Error")
    code: Tree = Call("py_aws_code", (error_output,))
    if reading.suffix:
        code = Call("replace", (code, Regex(f"{reading.suffix}$"), Lit("")))
    if reading.codes:
        code = _known_code(reading.codes, name, code)
    message = Call("py_aws_text", (error_output,))
    parts: tuple[Tree, ...] = (
        Lit("An error occurred ("),
        code,
        Lit(f") when calling the {reading.detail} operation: "),
        message,
    )
    made = Object(((Lit(NAME), name), (Lit(MESSAGE), Call("join", (Array(parts),)))))
    late = Object(((Lit(NAME), Lit("TimeoutError")), (Lit(MESSAGE), Lit(""))))
    return IfElse(Binary("in", name, Array(tuple(map(Lit, TIMEOUTS)))), late, made)


def _known_code(codes: tuple[tuple[str, str], ...], name: Tree, other: Tree) -> Tree:
    """The code that a table has for the name of an error, else `other`.

    Most names are the codes in another spelling: `Rds.DbClusterNotFoundException` for `DBClusterNotFoundFault`. Of these only the codes are
    written, in one text.
    """
    stems = [_stem(code) for _, code in codes]
    spelt = {
        error: code
        for (error, code), stem in zip(codes, stems, strict=True)
        if _stem(error.partition(".")[2]) == stem and stems.count(stem) == 1 and " " not in code
    }
    if len(spelt) < FEW_CODES:
        spelt = {}
    found = other
    if spelt:
        found = _first(Call("py_code_among", (name, Lit(" ".join(spelt.values())))), found)
    rest = tuple((Lit(error), Lit(code)) for error, code in codes if error not in spelt)
    return _first(Call("lookup", (Object(rest), name)), found) if rest else found


def _first(text: Tree, other: Tree) -> Tree:
    """A text, or another one if there is none; the first, which may be long, is written once."""
    return Index(Call("append", (text, other)), Lit(0))


def _stem(name: str) -> str:
    """As `py_stem`: what of a name stays the same however it is spelt."""
    return re.sub("(Exception|Fault)$", "", name).lower()


def _child(_reading: ErrorReading, error_output: Tree) -> Tree:
    """The error of a child execution stands in the description that is the Cause (recorded answer); without one, the call failed."""
    return Call("py_child", (error_output,))


def _http(_reading: ErrorReading, error_output: Tree) -> Tree:
    """The status is part of the name ("Handling errors in Step Functions workflows", HTTP Task); texts are those of `lang.http`."""
    name = Field(error_output, "Error")
    status = Call("substringAfter", (name, Lit(HTTP_STATUS)))
    refused = Object(
        (
            (Lit(NAME), Lit("HTTPError")),
            (Lit(MESSAGE), Binary("&", Lit("HTTP status "), status)),
            (Lit(ARGS), Array((Call("number", (status,)),))),
        )
    )
    silent = Object(((Lit(NAME), Lit("ConnectionError")), (Lit(MESSAGE), Lit("the endpoint does not answer"))))
    other = IfElse(Binary("=", name, Lit(HTTP_SOCKET)), silent, _plain(_reading, error_output))
    return IfElse(Call("contains", (name, Lit(HTTP_STATUS))), refused, other)


def _callback_aws(reading: ErrorReading, error_output: Tree) -> Tree:
    """An error of the AWS operation that sends the token, or what was answered with the token."""
    return _callback(error_output, Call("contains", (Ref("cause"), Lit(_SERVICE))), _aws(reading, error_output))


def _callback_lambda(_reading: ErrorReading, error_output: Tree) -> Tree:
    """An error of the function that got the token, or what was answered with the token."""
    is_own = Binary(
        "or",
        Binary("=", Call("substring", (Ref("cause"), Lit(0), Lit(len(LAMBDA_REPORT)))), Lit(LAMBDA_REPORT)),
        Call("contains", (Ref("error"), Regex(r"^Lambda\."))),
    )
    return _callback(error_output, is_own, caught_exception(error_output, timeouts=False, args=True))


def _callback(error_output: Tree, is_own: Tree, own: Tree) -> Tree:
    """`is_own` looks at `error` and `cause`, which are texts there; SendTaskFailure may leave both out, and they are null then."""
    name, text = Field(error_output, "Error"), Field(error_output, "Cause")
    late = Object(((Lit(NAME), Lit("TimeoutError")), (Lit(MESSAGE), Lit(""))))
    failed = Object(
        (
            (Lit(NAME), Lit("CallbackFailed")),
            (Lit(MESSAGE), Ref("cause")),
            (Lit(ARGS), Array((_or_null(Ref("error")), _or_null(Ref("cause"))))),
        )
    )
    parts = (
        Bind("error", _as_text(name)),
        Bind("cause", _as_text(text)),
        IfElse(Binary("in", Ref("error"), Array(tuple(map(Lit, TIMEOUTS)))), late, IfElse(is_own, own, failed)),
    )
    return Seq(parts)


def _as_text(value: Tree) -> Tree:
    return IfElse(Binary("=", Call("type", (value,)), Lit("string")), value, Lit(""))


def _or_null(text: Tree) -> Tree:
    return IfElse(Binary("=", text, Lit("")), Lit(None), text)


def _job(reading: ErrorReading, error_output: Tree) -> Tree:
    """An error of the operation that starts a job, or the job's own failure: its description as text.

    `detail` is the operation's name and the path of the status in the description.
    """
    operation, _, path = reading.detail.partition(" ")
    cause = Field(error_output, "Cause")
    status: Tree = Call("parse", (cause,))
    for part in path.split("."):
        status = Field(status, part)
    failed = Object(
        (
            (Lit(NAME), Lit("JobFailed")),
            (Lit(MESSAGE), Binary("&", Lit("the job ended with status "), Ref("status"))),
            (Lit(ARGS), Array((Ref("status"), Binary("&", Lit("the job ended with status "), Ref("status"))))),
        )
    )
    is_described = Call("contains", (cause, Regex(r"^\{")))
    own = Seq((Bind("status", Call("string", (status,))), failed))
    is_failed = Binary("=", Field(error_output, "Error"), Lit("States.TaskFailed"))
    of_aws = _aws(replace(reading, detail=operation), error_output)
    return IfElse(IfElse(is_failed, is_described, Lit(False)), own, of_aws)


_SERVICE: Final = " (Service: "

FORMS: Final[dict[str, Callable[[ErrorReading, Tree], Tree]]] = {
    "plain": _plain,
    "aws": _aws,
    "child": _child,
    "http": _http,
    "job": _job,
    "callback_aws": _callback_aws,
    "callback_lambda": _callback_lambda,
}
"""How each form of error output becomes an exception object."""


def _define_child() -> None:
    name, cause = Field(Ref("x"), "Error"), Field(Ref("x"), "Cause")
    is_child = IfElse(
        Binary("=", name, Lit("States.TaskFailed")),
        Call("contains", (cause, Lit('"ExecutionArn":'))),
        Lit(False),
    )
    parsed = Call("parse", (cause,))
    found = Seq((Bind("d", IfElse(is_child, parsed, Ref("x"))), Bind("n", Field(Ref("d"), "Error")), _named("n", "d")))
    define("py_child", ("x",), found)


def _named(name: str, described: str) -> Tree:
    late = Binary("in", Ref(name), Array(tuple(map(Lit, TIMEOUTS))))
    known = IfElse(Call("exists", (Ref(name),)), Ref(name), Lit("States.TaskFailed"))
    return Object(
        (
            (Lit(NAME), IfElse(late, Lit("TimeoutError"), known)),
            (Lit(MESSAGE), Call("py_message", (Field(Ref(described), "Cause"),))),
        )
    )


def _define_aws() -> None:
    """Causes look like `Text (Service: DynamoDb, Status Code: 400, Request ID: ...)`, those of optimised integrations also like
    `Text (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: X; Request ID: ...)` (recorded answers)."""
    error, cause = Field(Ref("x"), "Error"), Field(Ref("x"), "Cause")
    service, mark = Lit(" (Service: "), Lit("; Error Code: ")
    inside = Call("substringBefore", (Call("substringAfter", (Ref("text"), mark)), Lit(";")))
    plain = Call("substringAfter", (error, Lit(".")))
    found = IfElse(Call("contains", (Ref("text"), mark)), inside, plain)
    define("py_aws_code", ("x",), Seq((Bind("text", Call("substringAfter", (cause, service))), found)))
    digits = Call("substringAfter", (Ref("x"), Lit("Status Code: ")))
    number = Call("number", (Call("substring", (digits, Lit(0), Lit(3))),))
    define("py_aws_status", ("x",), IfElse(Call("contains", (Ref("x"), Lit("Status Code: "))), number, Lit(0)))
    define("py_aws_text", ("x",), Call("substringBefore", (cause, service)))


def _define_codes() -> None:
    ending = Regex("(Exception|Fault)$")
    define("py_stem", ("x",), Call("lowercase", (Call("replace", (Ref("x"), ending, Lit(""))),)))
    wanted = Call("py_stem", (Call("substringAfter", (Ref("x"), Lit("."))),))
    matches = Func(("c",), Binary("=", Call("py_stem", (Ref("c"),)), Ref("n")))
    among = Index(Call("filter", (Call("split", (Ref("codes"), Lit(" "))), matches)), Lit(0))
    define("py_code_among", ("x", "codes"), Seq((Bind("n", wanted), among)))


def _extra(name: str, key: str) -> Tree:
    value = Field(Ref("extra"), name)
    return IfElse(Call("exists", (value,)), Object(((Lit(key), value),)), Object(()))


def _define() -> None:
    text = Ref("text")
    start = Call("substring", (text, Lit(0), Lit(len(LAMBDA_REPORT))))
    is_report = IfElse(
        Binary("=", Call("type", (text,)), Lit("string")), Binary("=", start, Lit(LAMBDA_REPORT)), Lit(False)
    )
    other = IfElse(Binary("=", Call("type", (text,)), Lit("string")), text, Lit(""))
    message = Field(Call("parse", (text,)), "errorMessage")
    define("py_message", ("text",), IfElse(is_report, message, other))

    last = Index(Field(Call("parse", (text,)), "stackTrace"), Lit(-1))
    after = Call("substringAfter", (Ref("last"), Lit(EXTRA_PREFIX)))
    extra = Call("parse", (Call("substringBefore", (after, Lit("\n"))),))
    found = Call("merge", (Array((_extra("args", ARGS), _extra("fields", FIELDS))),))
    read = Seq((Bind("extra", extra), found))
    guarded = IfElse(Call("contains", (Ref("last"), Lit(EXTRA_PREFIX))), read, Object(()))
    define(
        "py_args",
        ("text",),
        IfElse(is_report, Seq((Bind("last", Call("string", (last,))), guarded)), Object(())),
    )


_define()
_define_aws()
_define_codes()
_define_child()
