"""Exception objects from what a Catch gives.

A Catch has `{"Error", "Cause"}` (ASL spec, "Error output"). The exception object of the machine is that of `library.objects.raised`. What a Lambda
function raised arrives as JSON in the Cause (`errorMessage`, `stackTrace`); what an expression of the same state raised is in the marker
that `expressions` put into the text. What a service call fails with is read as its `ErrorReading` says: `FORMS` holds a row for each form.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from pysfnc.backend.codes import code_of
from pysfnc.backend.expressions import STATUS
from pysfnc.ir.hir import ErrorReading
from pysfnc.jsonata.tree import (
    Array,
    Binary,
    Bind,
    Call,
    Field,
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
from pysfnc.lean import dataclass
from pysfnc.library.objects.raised import ARGS, FIELDS, MESSAGE, NAME
from pysfnc.library.rows.make import join
from pysfnc.library.rows.prelude import define

LAMBDA_REPORT: Final = '{"errorMessage":'
HTTP_STATUS: Final = "States.Http.StatusCode."
HTTP_SOCKET: Final = "States.Http.Socket"
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


@dataclass(frozen=True, slots=True)
class Arriving:
    """What is known of the error outputs that a Catch gets.

    `names`: the only names they have; None where that is not known. `late`: one may be a timeout.
    """

    names: tuple[str, ...] | None = None
    late: bool = True


ANY: Final = Arriving()


_OF_AWS: Final = frozenset({"aws", "aws_status", "job"})
"""Forms whose cause is a text that may hold the status."""


def read_error(reading: ErrorReading, error_output: Tree, *, status: bool, arriving: Arriving = ANY) -> Tree:
    """The exception that a service call failed with. `status`: somebody reads the HTTP status of errors of AWS."""
    made = FORMS[reading.form](reading, error_output, arriving)
    if not status or reading.form not in _OF_AWS:
        return made
    found = Object(((Lit(STATUS), Call("py_aws_status", (Field(error_output, "Cause"),))),))
    return Call("merge", (Array((made, found)),))


def _plain(_reading: ErrorReading, error_output: Tree, _arriving: Arriving) -> Tree:
    """Name and text as they are."""
    return caught_exception(error_output, timeouts=True, args=False)


def _aws(reading: ErrorReading, error_output: Tree, arriving: Arriving) -> Tree:
    """An error of an AWS operation, with the text of botocore's `ClientError`. `detail` is the operation's name."""
    name: Tree = Field(error_output, "Error")
    if arriving.names is not None and len(arriving.names) == 1:
        name = Lit(arriving.names[0])
    parts: tuple[Tree, ...] = (
        Lit("An error occurred ("),
        _code(reading, error_output, arriving),
        Lit(f") when calling the {reading.detail} operation: "),
        Call("py_aws_text", (error_output,)),
    )
    made = Object(((Lit(NAME), name), (Lit(MESSAGE), join(*parts))))
    return _or_late(name, made, arriving)


def _or_late(name: Tree, made: Tree, arriving: Arriving) -> Tree:
    """The exception, or that of a call that took too long."""
    if not arriving.late:
        return made
    late = Object(((Lit(NAME), Lit("TimeoutError")), (Lit(MESSAGE), Lit(""))))
    return IfElse(Binary("in", name, Array(tuple(map(Lit, TIMEOUTS)))), late, made)


_STATUSES: Final = {
    "304": "Not Modified",
    "400": "Bad Request",
    "403": "Forbidden",
    "404": "Not Found",
    "405": "Method Not Allowed",
    "412": "Precondition Failed",
    "500": "Internal Server Error",
    "503": "Service Unavailable",
}
"""The statuses that S3 answers to HEAD with, and their texts in `http.client.responses`, which botocore takes for the message."""


def _aws_status(reading: ErrorReading, error_output: Tree, arriving: Arriving) -> Tree:
    """An error of an AWS operation that boto3 knows no more of than its status. `detail` is the operation's name, and that of the error."""
    operation, _, name = reading.detail.partition(" ")
    code = Call("string", (Call("py_aws_status", (Field(error_output, "Cause"),)),))
    texts = Object(tuple((Lit(status), Lit(text)) for status, text in _STATUSES.items()))
    parts = (
        Lit("An error occurred ("),
        Ref("code"),
        Lit(f") when calling the {operation} operation: "),
        Call("lookup", (texts, Ref("code"))),
    )
    failed = Object(((Lit(NAME), Lit(name)), (Lit(MESSAGE), join(*parts))))
    made = Seq((Bind("code", code), failed))
    return _or_late(Field(error_output, "Error"), made, arriving)


def _code(reading: ErrorReading, error_output: Tree, arriving: Arriving) -> Tree:
    """The code of an error: the one that the cause holds, else that of its name, which is what stands behind the dot if nothing else is known."""
    special = dict(reading.codes)
    known = [name for _, names in reading.names for name in names if "." in name and not name.startswith("States.")]
    table = {name.partition(".")[2]: special.get(name, name.partition(".")[2]) for name in (*known, *special)}
    all_known = False
    if arriving.names is not None:
        wanted = {name.partition(".")[2] for name in arriving.names}
        all_known = wanted <= table.keys()
        table = {name: code for name, code in table.items() if name in wanted}
    if all_known and len(set(table.values())) == 1:
        return Lit(next(iter(table.values())))
    code = code_of(tuple(table.items()), Call("substringAfter", (Field(error_output, "Error"), Lit("."))))
    if all_known:
        return code
    if reading.coded:
        return Call("py_aws_code", (error_output, code))
    return _told_code(reading, error_output, code)


def _literally(text: str) -> str:
    """A pattern for a text. `re.escape` would mark blanks too, which patterns of JavaScript do not know."""
    return re.sub(r"[][\\/.*+?^$|(){}]", r"\\\g<0>", text)


def _told_code(reading: ErrorReading, error_output: Tree, code: Tree) -> Tree:
    """The code of an error that may be one without a name of its own, which its text tells then."""
    if not reading.texts and reading.other_code is None:
        return code
    cause = Field(error_output, "Cause")
    told = code
    if reading.other_code is not None:
        is_refused = Binary("=", Call("py_aws_status", (cause,)), Lit(400))
        told = IfElse(is_refused, Lit(reading.other_code), told)
    for each, forms in reversed(reading.texts):
        pattern = "|".join(
            f"{_literally(start)}.*{_literally(part)}" if part else _literally(start) for start, part in forms
        )
        told = IfElse(Call("contains", (cause, Regex(f"^({pattern})"))), Lit(each), told)
    return IfElse(Binary("=", Field(error_output, "Error"), Lit(reading.other)), told, code)


def _child(_reading: ErrorReading, error_output: Tree, _arriving: Arriving) -> Tree:
    """The error of a child execution stands in the description that is the Cause (recorded answer); without one, the call failed."""
    return Call("py_child", (error_output,))


def _http(_reading: ErrorReading, error_output: Tree, _arriving: Arriving) -> Tree:
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
    other = IfElse(Binary("=", name, Lit(HTTP_SOCKET)), silent, _plain(_reading, error_output, _arriving))
    return IfElse(Call("contains", (name, Lit(HTTP_STATUS))), refused, other)


def _callback_aws(reading: ErrorReading, error_output: Tree, _arriving: Arriving) -> Tree:
    """An error of the AWS operation that sends the token, or what was answered with the token."""
    return _callback(error_output, Call("contains", (Ref("cause"), Lit(_SERVICE))), _aws(reading, error_output, ANY))


def _callback_lambda(_reading: ErrorReading, error_output: Tree, _arriving: Arriving) -> Tree:
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


def _job(reading: ErrorReading, error_output: Tree, _arriving: Arriving) -> Tree:
    """An error of the operation that starts a job, or the job's own failure: its description as text.

    `detail` is the operation's name and the path of the status in the description; behind these, where there is a refusal, its error name and
    the member of the answer that says why.
    """
    operation, path, *refusal = reading.detail.split(" ")
    cause = Field(error_output, "Cause")
    status: Tree = Call("parse", (cause,))
    for part in path.split("."):
        status = Field(status, part)
    failed = _job_failed(Ref("status"), Binary("&", Lit(_ENDED), Ref("status")))
    is_described = Call("contains", (cause, Regex(r"^\{")))
    own = Seq((Bind("status", Call("string", (status,))), failed))
    is_failed = Binary("=", Field(error_output, "Error"), Lit("States.TaskFailed"))
    other = _aws(replace(reading, detail=operation), error_output, ANY)
    if refusal:
        name, member = refusal
        reasons = Call("join", (Field(Field(Call("parse", (cause,)), member), "Reason"), Lit(", ")))
        said = Seq(
            (
                Bind("reasons", reasons),
                _job_failed(Lit(name), IfElse(Call("boolean", (Ref("reasons"),)), Ref("reasons"), Lit(_ENDED + name))),
            )
        )
        other = IfElse(Binary("=", Field(error_output, "Error"), Lit(name)), said, other)
    return IfElse(IfElse(is_failed, is_described, Lit(False)), own, other)


def _job_failed(status: Tree, text: Tree) -> Tree:
    made = Object(
        ((Lit(NAME), Lit("JobFailed")), (Lit(MESSAGE), Ref("said")), (Lit(ARGS), Array((status, Ref("said")))))
    )
    return Seq((Bind("said", text), made))


_ENDED: Final = "the job ended with status "

_SERVICE: Final = " (Service: "

FORMS: Final[dict[str, Callable[[ErrorReading, Tree, Arriving], Tree]]] = {
    "plain": _plain,
    "aws": _aws,
    "aws_status": _aws_status,
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
    cause = Field(Ref("x"), "Cause")
    service, mark = Lit(" (Service: "), Lit("; Error Code: ")
    inside = Call("substringBefore", (Call("substringAfter", (Ref("text"), mark)), Lit(";")))
    found = IfElse(Call("contains", (Ref("text"), mark)), inside, Ref("c"))
    define("py_aws_code", ("x", "c"), Seq((Bind("text", Call("substringAfter", (cause, service))), found)))
    digits = Call("substringAfter", (Ref("x"), Lit("Status Code: ")))
    number = Call("number", (Call("substring", (digits, Lit(0), Lit(3))),))
    define("py_aws_status", ("x",), IfElse(Call("contains", (Ref("x"), Lit("Status Code: "))), number, Lit(0)))
    define("py_aws_text", ("x",), Call("substringBefore", (cause, service)))


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
_define_child()
