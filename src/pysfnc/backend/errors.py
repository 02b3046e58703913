"""Exception objects from what a Catch gives.

A Catch has `{"Error", "Cause"}` (ASL spec, "Error output"). The exception object of the machine is `{"e": name, "c": text, "a": args}`. What a Lambda
function raised arrives as JSON in the Cause (`errorMessage`, `stackTrace`); what an expression of the same state raised is in the marker
that `expressions` put into the text.
"""

from typing import Final

from pysfnc.backend.expressions import ARGS, CLOSE, MESSAGE, NAME, OPEN
from pysfnc.jsonata.tree import Array, Binary, Bind, Call, Field, IfElse, Index, Lit, Object, Ref, Seq, Tree
from pysfnc.lang.exceptions import EXTRA_PREFIX
from pysfnc.library.prelude import define

LAMBDA_REPORT: Final = '{"errorMessage":'
TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")


def marked_exception(error_output: Tree) -> Tree:
    """The exception of an expression, or the query error itself where there is no marker."""
    return Call("py_marked", (error_output,))


def caught_exception(error_output: Tree, *, timeouts: bool, args: bool) -> Tree:
    """The exception that an effect failed with. `timeouts`: it may be a timeout; `args`: somebody reads its `args`."""
    name: Tree = Field(error_output, "Error")
    if timeouts:
        name = IfElse(Binary("in", name, Array(tuple(map(Lit, TIMEOUTS)))), Lit("TimeoutError"), name)
    made: Tree = Object(((Lit(NAME), name), (Lit(MESSAGE), Call("py_message", (Field(error_output, "Cause"),)))))
    if args:
        return Call("merge", (Array((made, Call("py_args", (Field(error_output, "Cause"),)))),))
    return made


def _define() -> None:
    cause = Field(Ref("x"), "Cause")
    opening = Binary("&", Lit(OPEN[0]), Lit(OPEN[1]))
    closing = Binary("&", Lit(CLOSE[0]), Lit(CLOSE[1]))
    inside = Call("substringBefore", (Call("substringAfter", (cause, opening)), closing))
    plain = Object(((Lit(NAME), Field(Ref("x"), "Error")), (Lit(MESSAGE), cause)))
    define("py_marked", ("x",), IfElse(Call("contains", (cause, opening)), Call("parse", (inside,)), plain))

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
    found = IfElse(
        Call("exists", (Field(Ref("extra"), "args"),)), Object(((Lit(ARGS), Field(Ref("extra"), "args")),)), Object(())
    )
    read = Seq((Bind("extra", extra), found))
    guarded = IfElse(Call("contains", (Ref("last"), Lit(EXTRA_PREFIX))), read, Object(()))
    define(
        "py_args",
        ("text",),
        IfElse(is_report, Seq((Bind("last", Call("string", (last,))), guarded)), Object(())),
    )


_define()
