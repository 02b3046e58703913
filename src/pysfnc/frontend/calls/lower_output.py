"""Output that the machine has no place for: `print`, logging, and the tracebacks that are written there.

The calls are left out. Their arguments are evaluated all the same, for the calls in them and the exceptions they raise, but no text is made of
them where making it cannot fail: what it would show, as the metadata of an answer of AWS or the digits of a float, does not matter then.
"""

import ast
import string
from collections.abc import Callable, Sequence
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.stored_sets import holds_items
from pysfnc.frontend.aws.told_numbers import dumped
from pysfnc.frontend.calls.lower_arguments import Arguments, lower_arguments
from pysfnc.frontend.core.effects import can_raise
from pysfnc.frontend.core.lower_context import Context
from pysfnc.frontend.core.lower_control import evaluate
from pysfnc.frontend.core.lower_core import as_data, is_poison, lower_in_order, lower_value
from pysfnc.frontend.core.lower_frame import lookup_frame
from pysfnc.frontend.core.lower_names import fact_of
from pysfnc.frontend.core.lower_values import BuiltinFunction, External, ModuleValue, Static, Value
from pysfnc.frontend.core.synthesis import run_here
from pysfnc.frontend.core.whole import TRACEBACK
from pysfnc.frontend.program.model import ExternalBinding, ModuleBinding
from pysfnc.frontend.program.names import lookup
from pysfnc.ir.exprs import Const, Expr, Prim
from pysfnc.library.rows.typenames import parts_of
from pysfnc.values.recursive import holds
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import NONE, STR, ErrorT, JsonT, Kind, LazyDictT, MapT, NeverT, OpaqueT, RecordT, Type

Step = Callable[[], Value]

_SILENT: Final = frozenset(
    {"debug", "info", "warning", "warn", "error", "exception", "critical", "fatal", "log", "setLevel", "basicConfig"}
    | {"addHandler", "removeHandler", "addFilter", "removeFilter", "setFormatter", "disable", "captureWarnings"}
    | {"addLevelName", "shutdown", "flush"}
)
"""Functions and methods of logging that give None."""
_LOGGERS: Final = frozenset({"getLogger", "getChild"})
_WRITES_TRACEBACK: Final = frozenset(
    {"print_exc", "print_exception", "print_tb", "print_stack", "print_last"}  # of `traceback`
)
_TRACEBACKS: Final = frozenset({"format_exc", "format_exception", "format_exception_only", "format_tb", "format_stack"})
_STREAMS: Final = frozenset({"sys.stdout", "sys.stderr"})
_SCALARS: Final = frozenset({Kind.NONE, Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.STR})
_SHOWN_AS_TEXT: Final = frozenset({"builtins.str", "builtins.repr", "builtins.ascii"})


def ignored_call(cx: Context, callee: Static, node: ast.Call) -> Value | None:
    """A call of `print`, of logging or of what writes a traceback, which is left out; None for any other."""
    if isinstance(callee, BuiltinFunction) and callee.name == "print":
        return _print(cx, node)
    if not isinstance(callee, External):
        return None
    module, _, name = callee.name.partition(".")
    if module == "logging":
        return _logging(cx, callee.name, node)
    if module == "traceback" and name in _WRITES_TRACEBACK and _is_to_console(cx, node):
        return _left_out(cx, callee.name, node)
    return None


def _left_out(cx: Context, name: str, node: ast.Call) -> Expr:
    cx.journal.notes.append((cx.span(node), f"the call of `{name}` is left out: output has no place in the machine"))
    return Const(value=None, type=NONE, span=cx.span(node))


def _print(cx: Context, node: ast.Call) -> Value:
    if not _is_to_console(cx, node):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "`print()` to anything but the console has no compiled form",
            help="write instead: `stream.write(text)`, or `print` without `file`",
        )
    _evaluate_arguments(cx, node, lazy=False)
    return _left_out(cx, "print", node)


def _logging(cx: Context, name: str, node: ast.Call) -> Value:
    last = name.rpartition(".")[2]
    if last in _SILENT:
        _evaluate_arguments(cx, node, lazy=True)
        return _left_out(cx, name, node)
    if last in _LOGGERS or last[:1].isupper():
        _evaluate_arguments(cx, node, lazy=True)
        return External("logging.Logger" if last in _LOGGERS else name)
    return cx.error(
        codes.UNSUPPORTED_CALL,
        node,
        f"what `{name}()` gives depends on how logging is set up where the program runs",
        help="write instead: the call of the logger without asking; it is left out in the machine",
    )


def _is_to_console(cx: Context, node: ast.Call) -> bool:
    """Whether `file=` is one of the streams of the process, or not given."""
    given = next((keyword.value for keyword in node.keywords if keyword.arg == "file"), None)
    if given is None or (isinstance(given, ast.Constant) and given.value is None):
        return True
    return _full_name(cx, given) in _STREAMS


def _evaluate_arguments(cx: Context, node: ast.Call, *, lazy: bool) -> None:
    """`lazy`: whether the texts of the arguments themselves are made only if the level of the logger says so."""
    given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg != "file")]
    inner = [arg.value if isinstance(arg, ast.Starred) else arg for arg in given]
    kept = [arg for arg in inner if not (isinstance(arg, ast.Name) and arg.id in ("__name__", "__file__"))]
    lower_in_order(cx, [step for arg in kept for step in _shown(cx, arg, lazy=lazy)])


# Texts that nobody reads


def _shown(cx: Context, node: ast.expr, *, lazy: bool = False) -> list[Step]:
    """What evaluating an expression takes, and making a text of its value."""
    if _is_traceback(cx, node):
        return []
    found = _text(cx, node)
    return [lambda: _evaluated(cx, lower_value(cx, node), node, lazy=lazy)] if found is None else found


def _evaluated(cx: Context, value: Value, node: ast.expr, *, lazy: bool) -> Value:
    nothing = Const(value=None, type=NONE, span=cx.span(node))
    if isinstance(value, Static) or is_poison(value):
        return nothing
    if not holds(value.type, _has_own_text):
        evaluate(cx, value)
        return nothing
    given: dict[str, Value] = {"value": value, "str": BuiltinFunction("str")}
    if not lazy:
        evaluate(cx, as_data(cx, run_here(cx, "return str(value)", given, node), node))
        return nothing
    evaluate(cx, value)
    with cx.capture() as own:
        made = as_data(cx, run_here(cx, "return str(value)", given, node), node)
    if own or (not is_poison(made) and can_raise(made)):
        return cx.error(
            codes.UNSUPPORTED_CALL,
            node,
            "whether the text of this object is made depends on the level of the logger, and making it may fail or call something",
            help="write instead: `str(...)` of it, which is always made",
        )
    return nothing


def _has_own_text(part: Type) -> bool:
    return isinstance(part, RecordT) and part.cls.shown == "own"


def _text(cx: Context, node: ast.expr) -> list[Step] | None:
    """What evaluating an expression that gives a text takes, where the text is not made; None where it has to be."""
    match node:
        case ast.Constant(value=str()):
            return []
        case ast.JoinedStr(values):
            fields = [part for part in values if isinstance(part, ast.FormattedValue)]
            plain = all(part.format_spec is None for part in fields)
            return _all_shown(cx, [part.value for part in fields]) if plain else None
        case ast.BinOp(left, ast.Add(), right):
            first = _text(cx, left)
            return None if first is None else [*first, *_added(cx, right, node)]
        case ast.BinOp(ast.Constant(value=str() as form), ast.Mod(), right):
            filled = right.elts if isinstance(right, ast.Tuple) else [right] if _text(cx, right) is not None else []
            return _all_shown(cx, filled) if _are_plain_directives(form, filled) else None
        case ast.Call(ast.Attribute(ast.Constant(value=str() as form), "format"), args, []):
            return _all_shown(cx, args) if _are_plain_fields(form, args) else None
        case ast.Call(ast.Attribute(ast.Constant(value=str()), "join"), [ast.Call() as inner], []):
            return [] if _is_traceback(cx, inner) else None
        case ast.Call(function, args, keywords):
            return _text_of_call(cx, _full_name(cx, function), args, keywords, node)
        case _:
            return None


def _text_of_call(
    cx: Context, name: str | None, args: list[ast.expr], keywords: list[ast.keyword], node: ast.Call
) -> list[Step] | None:
    if name in _SHOWN_AS_TEXT and len(args) == 1 and not keywords and not isinstance(args[0], ast.Starred):
        return _shown(cx, args[0])
    if name == "traceback.format_exc" and _is_traceback(cx, node):
        return []
    if name == "json.dumps" and len(args) == 1 and all(map(_is_plain_option, keywords)):
        return [lambda: _dumped(cx, node)]
    return None


def _all_shown(cx: Context, nodes: Sequence[ast.expr]) -> list[Step]:
    return [step for node in nodes for step in _shown(cx, node)]


def _added(cx: Context, node: ast.expr, whole: ast.expr) -> list[Step]:
    """The right side of `text + right`, with the TypeError of what is no text."""
    found = _text(cx, node)
    if found is not None:
        return found

    def step() -> Value:
        value = lower_value(cx, node)
        if isinstance(value, Static) or value.type != TRACEBACK:
            value = run_here(cx, "return '' + value", {"value": value}, whole)
        evaluate(cx, as_data(cx, value, node))
        return Const(value=None, type=NONE, span=cx.span(node))

    return [step]


def _are_plain_directives(form: str, filled: Sequence[ast.expr]) -> bool:
    """Whether a format of `%` has nothing but `%s` and `%r`, one for each value."""
    letters = [part[:1] for part in form.replace("%%", "").split("%")[1:]]
    return (
        len(letters) == len(filled)
        and all(letter in ("s", "r", "a") for letter in letters)
        and not any(isinstance(one, ast.Starred) for one in filled)
    )


def _are_plain_fields(form: str, filled: Sequence[ast.expr]) -> bool:
    """Whether a format of `format()` has nothing but `{}`, and a value for each."""
    try:
        fields = [(name, spec) for _, name, spec, _ in string.Formatter().parse(form) if name is not None]
    except ValueError:
        return False
    return (
        all(field == ("", "") for field in fields)
        and len(fields) <= len(filled)
        and not any(isinstance(one, ast.Starred) for one in filled)
    )


# JSON that nobody reads


def _is_plain_option(keyword: ast.keyword) -> bool:
    """Whether an option of `json.dumps` is one of how the text looks, or a function by its name."""
    match keyword.arg, keyword.value:
        case "indent", ast.Constant(value=int() | None):
            return True
        case "sort_keys" | "ensure_ascii", ast.Constant():
            return True
        case "separators", ast.Tuple([ast.Constant(value=str()), ast.Constant(value=str())]):
            return True
        case "default", ast.Name() | ast.Attribute() | ast.Lambda() | ast.Constant(value=None):
            return True
        case _:
            return False


def _dumped(cx: Context, node: ast.Call) -> Value:
    """`json.dumps(value)` for its exceptions: of a value that always has a form in JSON there are none."""
    nothing = Const(value=None, type=NONE, span=cx.span(node))
    given = lower_arguments(cx, node)
    if given is None:
        return nothing
    value, as_texts = given.positional[0], given.keyword_map().get("default") == BuiltinFunction("str")
    if not isinstance(value, Static):
        shown = dumped(value) if holds_items(value.type) and not as_texts else value
        if _has_json(shown.type, frozenset(), as_texts):
            evaluate(cx, shown)
            return nothing
    evaluate(cx, as_data(cx, _made(cx, given, node), node))
    return nothing


def _made(cx: Context, given: Arguments, node: ast.Call) -> Value:
    names = {f"by_{key}": value for key, value in given.keywords}
    options = "".join(f", {key}=by_{key}" for key, _ in given.keywords)
    values: dict[str, Value] = {"dumps": External("json.dumps"), "value": given.positional[0], **names}
    return run_here(cx, f"return dumps(value{options})", values, node)


def _has_json(type_: Type, seen: frozenset[str], as_texts: bool) -> bool:
    """Whether each value of a type has a form in JSON; `as_texts`: with what `default=str` makes of those that have none."""
    for member in members(type_):
        match member:
            case OpaqueT():
                if not as_texts:
                    return False
            case LazyDictT(name=name) if name in seen:
                continue
            case LazyDictT(name=name):
                if not all(_has_json(part, seen | {name}, as_texts) for part in parts_of(member.loaded)):
                    return False
            case MapT(key=key) if not kinds(key) <= _SCALARS:
                return False
            case JsonT() | NeverT() | ErrorT():
                continue
            case _ if kinds(member) <= _SCALARS:
                continue
            case _ if kinds(member) <= {Kind.LIST, Kind.TUPLE, Kind.DICT, Kind.MAPPING}:
                if not all(_has_json(part, seen, as_texts) for part in parts_of(member)):
                    return False
            case _:
                return False
    return True


# Tracebacks


def call_traceback(cx: Context, node: ast.Call) -> Value:
    """`traceback.format_exc()`, kept for a log: it names lines of files, which the machine has not."""
    text = Const(value="Traceback", type=STR, span=cx.span(node))
    return Prim(op="bytes.make", args=(text,), type=TRACEBACK, span=cx.span(node))


def _is_traceback(cx: Context, node: ast.expr) -> bool:
    """Whether an expression is the traceback of the exception at hand, or a part of `sys.exc_info()`: nothing is evaluated for it that can fail."""
    match node:
        case ast.Subscript(ast.Call() as inner, ast.Constant(value=int() as index)):
            return index in range(-3, 3) and _full_name(cx, inner.func) == "sys.exc_info" and not inner.args
        case ast.Call(function, args, keywords):
            module, _, name = (_full_name(cx, function) or "").partition(".")
            known = (module == "traceback" and name in _TRACEBACKS) or (module == "sys" and name == "exc_info")
            return known and all(_is_of_traceback(cx, part) for part in [*args, *(one.value for one in keywords)])
        case _:
            return False


def _is_of_traceback(cx: Context, node: ast.expr) -> bool:
    """Whether an argument is an exception, its class or its traceback."""
    match node:
        case ast.Starred(inner):
            return _is_traceback(cx, inner)
        case ast.Constant() | ast.Name() | ast.Attribute(ast.Name(), "__traceback__"):
            return True
        case ast.Call(function, [ast.Name()], []):
            return _full_name(cx, function) == "builtins.type"
        case _:
            return _is_traceback(cx, node)


def _full_name(cx: Context, node: ast.expr) -> str | None:
    """The dotted name of a function of a module or of Python's own; None for anything else."""
    match node:
        case ast.Name(name):
            if lookup_frame(cx.frame, name) is not None:
                known = fact_of(cx, node)
                return known[1].static.name if known and isinstance(known[1].static, External | ModuleValue) else None
            binding = lookup(cx.project.model, cx.frame.module, name)
            return binding.name if isinstance(binding, ExternalBinding | ModuleBinding) else None
        case ast.Attribute(inner, name):
            module = _full_name(cx, inner)
            return None if module is None else f"{module}.{name}"
        case _:
            return None
