"""What of a value is not in the machine, so that it cannot be used as a whole: answers of AWS with their metadata, bytes, streams.

Such values can be held and passed on, and their members read. Whoever needs all of a value (its JSON, its text, a comparison) asks here first.
"""

import ast
from collections.abc import Iterable
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.aws.aws_types import ARE_BYTES, DOCUMENT
from pysfnc.frontend.core.lower_context import Context
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim
from pysfnc.library.services.told_numbers import NUMBER
from pysfnc.source.span import Span
from pysfnc.values.keys import is_told
from pysfnc.values.relations import kinds, members
from pysfnc.values.types import (
    DequeT,
    DictT,
    EnumT,
    InfinityT,
    Kind,
    LazyDictT,
    ListT,
    MapT,
    OpaqueT,
    RecordT,
    SetT,
    TiedDictT,
    TuplesT,
    TupleT,
    Type,
    UnionT,
)

_NEEDS_ALL: Final = frozenset(
    {
        "==",
        "!=",
        "in",
        "not in",
        "str",
        "repr",
        "format",
        "json.dumps",
        "copy.deep",
        "object.bare",
        "min",
        "max",
        "list.position",
    }
)
"""Operations that look at everything inside their arguments."""
_NEEDS_KEYS: Final = frozenset(
    {
        "dict.len",
        "dict.keys",
        "dict.values",
        "dict.items",
        "dict.copy",
        "dict.merge",
        "dict.last",
        "dict.spread",
        "iter.list",
        "|",
        "|=",
    }
    | {"dict.with_default", "dict.without", "dict.without_last", "copy.flat", "len"}
)
"""Operations that look at all keys of their first argument."""
_CHANGES: Final = frozenset({"item.set", "item.delete"})
"""Operations that look at one key, if that is known."""
_STORES: Final = frozenset(
    {
        "list.make",
        "dict.make",
        "item.set",
        "list.append",
        "list.concat",
        "list.insert",
        "dict.with_default",
        "is",
        "is not",
        "truth",
        "not",
    }
    | {
        "has_kind",
        "condition.part",
        "function.part",
        "function.name",
        "dict.get",
        "item",
        "loop.item",
        "service.answer",
        "http.status",
        "http.headers",
        "http.body",
        "http.json",
    }
)
"""Operations that bytes and streams may be arguments of."""


_CODE: Final = ("`the function ", "`the class ", "`the method ", "`the partial ")
"""How what stands in the way begins where it is a function or class that is held as data."""


_BYTES: Final = "`bytes`"
"""What `obstacle` gives of bytes themselves."""
TRACEBACK: Final = OpaqueT("text of a traceback")
"""What `traceback.format_exc()` gives: it can be kept and logged, and nobody can look at it."""
_MEMBER: Final = "`the member of the Enum "
"""How it begins where it is a member of an Enum that is told by its name."""
_LEAVES: Final = frozenset({"json.dumps", "object.bare"})
"""Those of them that make JSON."""


def obstacle(type_: Type, *, leaves: bool = True) -> str | None:
    """What stands in the way of using values of a type as a whole, None for nothing. `leaves`: whether they become JSON."""
    return _BYTES if type_ in ARE_BYTES else _obstacle(type_, frozenset(), leaves)


def _obstacle(type_: Type, seen: frozenset[str], leaves: bool) -> str | None:
    match type_:
        case EnumT(cls):
            return f"{_MEMBER}{cls.name}`" if leaves and cls.reprs else None
        case OpaqueT(_, on_wire=True):
            return None
        case OpaqueT(name):
            return f"`{name}`, which is no JSON"
        case RecordT(_, attributes):
            found = _obstacle(attributes, seen, leaves)
            return found if found is not None and found.startswith((*_CODE, _MEMBER)) else None
        case LazyDictT():
            if type_.name in seen:
                return None
            if type_.partial:
                return f"`{type_.partial}`, which the machine does not get"
            # A member that may hold bytes is one of several, as in values of DynamoDB; Python's JSON has no place for them either.
            inside: tuple[Type, ...] = tuple(field.type for field in type_.loaded.fields if not _is_bytes(field.type))
            seen |= {type_.name}
        case DictT(value, fields):
            inside = (value, *(field.type for field in fields))
        case ListT(item) | TuplesT(item):
            inside = (item,)
        case TupleT(items):
            inside = items
        case UnionT(found):
            inside = tuple(sorted(found, key=str))
        case _:
            return None
    return next(filter(None, (_obstacle(part, seen, leaves) for part in inside)), None)


def _is_bytes(type_: Type) -> bool:
    return type_ in ARE_BYTES or (isinstance(type_, ListT) and type_.item in ARE_BYTES)


def check_whole(cx: Context, value: Expr, node: ast.AST | Span) -> bool:
    """Whether a value can be used as a whole; a message otherwise."""
    found = obstacle(value.type)
    if found is not None:
        refuse_whole(cx, found, node)
    return found is None


def check_no_text(cx: Context, value: Expr, node: ast.AST | Span) -> bool:
    """Whether a value can leave for somebody who does not know texts of the wire, such as AWS; a message otherwise."""
    text = text_held(value.type)
    if text is not None:
        refuse_text(cx, text, node)
    return text is None


A_SET: Final = "set"
"""What `text_held` gives of one."""
_A_DEQUE: Final = "deque"
_DICTS: Final = frozenset({"Counter", "defaultdict", "OrderedDict", "dict"})


def text_held(type_: Type, *, keyed: bool = True) -> str | None:
    """The name of a type that travels as text (`Decimal`), or `set`, if a value may be of it or hold such values; None otherwise.

    `keyed` False: dicts whose keys are not all str do not count, for whoever knows the texts of their keys.

    The machine knows the text and not what Python does with the value: `Decimal("1.0")` is `Decimal("1.00")`, and true.
    """
    match type_:
        case OpaqueT(name, on_wire=True):
            return name
        case InfinityT():
            return "infinity"
        case SetT():
            return A_SET
        case MapT("dict", held) if not keyed:
            inside: Iterable[Type] = (held.value,)
        case MapT(name):
            return name
        case DequeT():
            return _A_DEQUE
        case TiedDictT():
            inside = (type_.value,)
        case LazyDictT():
            return None  # of AWS
        case DictT(value, fields, rest):
            inside = (value, *(field.type for field in fields), rest or value)
        case ListT(item) | TuplesT(item):
            inside = (item,)
        case TupleT(items):
            inside = items
        case RecordT(_, attributes):
            inside = (attributes,)
        case UnionT(found):
            inside = sorted(found, key=str)
        case _:
            return None
    return next(filter(None, (text_held(part, keyed=keyed) for part in inside)), None)


def refuse_text(cx: Context, name: str, node: ast.AST | Span) -> Expr:
    """Say that a value that travels as text, or the order of a set, is looked at."""
    if name in _DICTS:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"this has no compiled form for a `{'dict` whose keys are not all str' if name == 'dict' else f'{name}`'}",
            help="write instead: a dict whose keys are str"
            if name == "dict"
            else "write instead: `dict(...)` around it",
        )
    if name == _A_DEQUE:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "this has no compiled form for a `deque`",
            help="write instead: `list(...)` around it",
        )
    if name == A_SET:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the order of a set is looked at, which differs from run to run",
            help="write instead: `sorted(...)` of the set; `in`, `len`, `sum`, `min`, `max`, `any`, `all` and the operators of sets show no order",
        )
    if name == "infinity":
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "this looks at what may be or hold an infinity, which has no compiled form here",
            help="write instead: `None` for a number that is not there yet; infinities are compared, added, and taken by `min` and `max`",
        )
    if name in ("datetime", "date"):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"this looks at a value that may be a `{name}` or something else, or holds a `{name}`",
            help="write instead: `x is not None` before where it may be None, or `x.isoformat()` for its text, "
            "as in a set or for a key of a dict; or a `@task` that does this",
        )
    if name == "Decimal":
        cx.project.met_decimals = True
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "this looks at a value that may be a `Decimal` or something else, or holds a `Decimal`",
            help="write instead: arithmetic, comparisons, `str()` and formats of the Decimal itself; `x is not None` before where it may be None",
        )
    of_item = name == NUMBER.name
    if name.startswith("Decimal"):
        cx.project.met_decimals = True
        name = "Decimal"
    return cx.error(
        codes.UNSUPPORTED_EXPRESSION,
        node,
        f"a machine holds a `{name}` and passes it on, and cannot look at it",
        help=(
            "write instead: `str(...)` around what is a text in the item, `int(...)` or `float(...)` around a number"
            if of_item
            else "write instead: its `str()`, `int()` or `float()`, and go on with that"
            if name == "Decimal"
            else "write instead: a `@task` that does this and returns what comes out; `is None` can be asked here"
        ),
    )


def refuse_whole(cx: Context, missing: str, node: ast.AST | Span) -> Expr:
    """Say what stands in the way of using a value as a whole."""
    if "`timedelta`" in missing:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "a `timedelta` has no form in JSON, and this use of it none in the machine",
            help="write instead: `.total_seconds()`, or `str(...)` of it; `x is not None` before where it may be None",
        )
    if missing == _BYTES:
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "bytes have no form in JSON, and this use of them none in the machine",
            help="write instead: `.decode()` of them, and go on with the text; `len(...)` and hashes of them can be asked here",
        )
    if missing.startswith(f"`{TRACEBACK.name}`"):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "the text of a traceback names lines of files, which the machine has not: it can be logged and printed, and used for nothing else",
            help="write instead: `str(error)` or `repr(error)`, with `type(error).__name__`",
        )
    if missing.startswith(_MEMBER):
        name = missing.removeprefix(_MEMBER).rstrip("`")
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"a member of the Enum `{name}` has no form in JSON: it is told by its name in the machine, as its value is no text or number, "
            "or as the Enum has an `__init__`",
            help="write instead: its `.name`, or what its value holds",
        )
    if missing.startswith("`the condition "):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "a condition has a meaning only among the arguments of a table, and no form in JSON",
            help="write instead: what it is made of, and the condition where the table is called",
        )
    if DOCUMENT.name in missing:
        return cx.error(
            codes.AWS_DIFFERENCE,
            node,
            "what is used is, or holds, a document that boto3 reads, and that Step Functions gives as a text",
            help="write instead: other members, or a `@task` that makes the call",
        )
    if missing.startswith(_CODE):
        return cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"{missing.split('`')[1]} is used as data, or is inside of what is: it has no form in JSON, and none to be shown or compared",
            help="write instead: its name, as a str, or a field or item that is no function",
        )
    return cx.error(
        codes.AWS_DIFFERENCE,
        node,
        f"the whole value is used, and Python's has {missing}",
        help='write instead: the members that are wanted, such as `answer["Item"]`',
    )


def operation_obstacle(made: Expr) -> str | None:
    """What stands in the way of an operation, None for nothing."""
    while isinstance(made, Let):
        made = made.body
    if isinstance(made, Cond):
        return operation_obstacle(made.then) or operation_obstacle(made.orelse)
    if not isinstance(made, Prim):
        return None
    if made.op in ("in", "not in") and all(is_told(arg.type) for arg in made.args):
        return None
    looks_at_keys = made.op in ("in", "not in") and kinds(made.args[1].type) <= {Kind.DICT, Kind.STR}
    if made.op in _NEEDS_ALL:
        asked = made.args[:1] if looks_at_keys else made.args
        leaves = made.op in _LEAVES
        return next(filter(None, (obstacle(arg.type, leaves=leaves) for arg in asked)), None)
    if made.op in _NEEDS_KEYS or (made.op in _CHANGES and not isinstance(made.args[1], Const)):
        for member in members(made.args[0].type):
            if isinstance(member, LazyDictT) and member.partial:
                return obstacle(member)
    if made.op not in _STORES:
        for arg in made.args:
            for member in members(arg.type):
                if isinstance(member, OpaqueT):
                    return obstacle(member)
    return None
