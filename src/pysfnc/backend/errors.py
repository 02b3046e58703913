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


def caught_exception(error_output: Tree) -> Tree:
    """The exception that an effect failed with."""
    return Call("py_caught", (error_output,))


def _define() -> None:
    cause = Field(Ref("x"), "Cause")
    opening = Binary("&", Lit(OPEN[0]), Lit(OPEN[1]))
    closing = Binary("&", Lit(CLOSE[0]), Lit(CLOSE[1]))
    inside = Call("substringBefore", (Call("substringAfter", (cause, opening)), closing))
    plain = Object(((Lit(NAME), Field(Ref("x"), "Error")), (Lit(MESSAGE), cause)))
    define("py_marked", ("x",), IfElse(Call("contains", (cause, opening)), Call("parse", (inside,)), plain))

    error = Field(Ref("x"), "Error")
    name = IfElse(Binary("in", error, Array(tuple(map(Lit, TIMEOUTS)))), Lit("TimeoutError"), error)
    is_report = Binary("=", Call("substring", (Ref("text"), Lit(0), Lit(len(LAMBDA_REPORT)))), Lit(LAMBDA_REPORT))
    last = Index(Field(Ref("report"), "stackTrace"), Lit(-1))
    after = Call("substringAfter", (Ref("last"), Lit(EXTRA_PREFIX)))
    has_extra = Call("contains", (Ref("last"), Lit(EXTRA_PREFIX)))
    extra = Call("parse", (Call("substringBefore", (after, Lit("\n"))),))
    message = (Lit(MESSAGE), Field(Ref("report"), "errorMessage"))
    from_report = Seq(
        (
            Bind("report", Call("parse", (Ref("text"),))),
            Bind("last", IfElse(Call("exists", (last,)), last, Lit(""))),
            Bind("extra", IfElse(has_extra, extra, Object(()))),
            Bind("made", Object(((Lit(NAME), name), message))),
            IfElse(
                Call("exists", (Field(Ref("extra"), "args"),)),
                Call("merge", (Array((Ref("made"), Object(((Lit(ARGS), Field(Ref("extra"), "args")),)))),)),
                Ref("made"),
            ),
        )
    )
    text = IfElse(Binary("=", Call("type", (cause,)), Lit("string")), cause, Lit(""))
    define(
        "py_caught",
        ("x",),
        Seq(
            (
                Bind("text", text),
                IfElse(is_report, from_report, Object(((Lit(NAME), name), (Lit(MESSAGE), Ref("text"))))),
            )
        ),
    )


_define()
