"""`"..." % values` and `"...".format(values)` with a constant template: both become the joined texts of their fields.

Owns the reading of the two kinds of templates. What a field looks like is `formats` and `texts`.
"""

import itertools
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pysfnc.ir.exprs import Expr, Prim
from pysfnc.jsonata.tree import IfElse, Tree
from pysfnc.lean import dataclass
from pysfnc.library.operators.subscripts import build_subscript
from pysfnc.library.rows.make import ZERO, Built, call, const, let_all, prim
from pysfnc.library.rows.registry import register_prim
from pysfnc.library.rows.row import Arg, Check, PrimRow, Refusal, Site
from pysfnc.library.rows.shapes import lt
from pysfnc.library.rows.typenames import INTEGRAL, NUMERIC, as_number, has_kind, named, of_kinds
from pysfnc.library.text.formats import build_format
from pysfnc.library.text.texts import build_join, build_repr, build_str
from pysfnc.values.relations import kinds
from pysfnc.values.types import FLOAT, INT, Kind, TupleT, Type

_DIRECTIVE: Final = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?(?P<flags>[#0\- +]*)(?P<width>\d*)(?:\.(?P<precision>\d*))?[hlL]?(?P<type>.)", re.DOTALL
)
_WRITE_INSTEAD: Final = "write instead: an f-string"


@dataclass(frozen=True, slots=True)
class Directive:
    """One `%...` of a template: the key in parentheses, and how the value is shown."""

    key: str | None
    flags: str
    width: str
    precision: str | None
    type: str


def _parts(template: str) -> list[str | Directive] | None:
    """The texts and directives of a template, None if there is something that is no directive."""
    found: list[str | Directive] = []
    at = 0
    while at < len(template):
        begin = template.find("%", at)
        if begin < 0:
            found.append(template[at:])
            break
        match = _DIRECTIVE.match(template, begin)
        if match is None or match["type"] == "*":
            return None
        if at < begin:
            found.append(template[at:begin])
        precision = match["precision"] if match["precision"] != "" else "0"
        if match["type"] == "%":
            found.append("%")
        else:
            found.append(Directive(match["key"], match["flags"], match["width"], precision, match["type"]))
        at = match.end()
    return found


def shown_as(template: str) -> str:
    """How a template shows the values of a tuple, one letter each: `sd` of `"%s: %5d"`. Nothing for one with keys, or that is none."""
    directives = [part for part in _parts(template) or [] if isinstance(part, Directive)]
    return "" if any(part.key is not None for part in directives) else "".join(part.type for part in directives)


# Numbers of `%d` and `%x`


def _truncated(args: Sequence[Arg], _type: Type) -> Tree:
    value = args[0]
    numbers = Arg(value.tree, of_kinds(value.type, NUMERIC))
    number = as_number(numbers)
    if Kind.FLOAT not in kinds(numbers.type):
        return number
    return IfElse(lt(number, ZERO), call("ceil", number), call("floor", number))


def _wanted(message: str, fitting: frozenset[Kind]) -> PrimRow:
    def checks(args: Sequence[Arg], _type: Type) -> Sequence[Check]:
        ok = has_kind(args[0], fitting)
        return () if kinds(args[0].type) <= fitting else (Check(ok, "TypeError", named(message, args[0])),)

    def lower(args: Sequence[Arg], type_: Type) -> Tree:
        return (
            _truncated(args, type_) if type_ == INT else as_number(Arg(args[0].tree, of_kinds(args[0].type, fitting)))
        )

    return PrimRow(op=message, lower=lower, checks=checks)


_REAL_WANTED: Final = "%{} format: a real number is required, not {}"
_WHOLE_WANTED: Final = "%{} format: an integer is required, not {}"
_FLOAT_WANTED: Final = "must be real number, not {}"
_FLOATS: Final = "fFeEgG"
_MESSAGES: Final = {
    **{type_: (_REAL_WANTED.replace("{}", type_, 1), NUMERIC) for type_ in "diu"},
    **{type_: (_WHOLE_WANTED.replace("{}", type_, 1), INTEGRAL) for type_ in "xXo"},
    **dict.fromkeys(_FLOATS, (_FLOAT_WANTED, NUMERIC)),
}
for _message, _kinds in dict.fromkeys(_MESSAGES.values()):
    register_prim(_wanted(_message, _kinds))


def _number(value: Expr, directive: Directive, site: Site) -> Built:
    message, fitting = _MESSAGES[directive.type]
    found = kinds(value.type)
    if found and not found & fitting:
        return Refusal(
            "type-mismatch", f"`%{directive.type}` of a value of type `{value.type}` always raises TypeError"
        )
    if found <= {Kind.INT} or (directive.type in _FLOATS and found <= NUMERIC):
        return value
    return prim(message, FLOAT if directive.type in _FLOATS else INT, site, value)


def _field(value: Expr, directive: Directive, site: Site) -> Built:
    if directive.type in "sr":
        shown = build_repr(value, site) if directive.type == "r" else build_str(value, site)
        if isinstance(shown, Refusal) or (not directive.width and directive.precision is None):
            return shown
        align = "<" if "-" in directive.flags else ">"
        precision = "" if directive.precision is None else f".{directive.precision}"
        return build_format(shown, const(f"{align}{directive.width or ''}{precision}"), site)
    if directive.type == "c" and value.type == INT and directive.precision is None:
        return build_format(value, const(f"{'<' if '-' in directive.flags else '>'}{directive.width or ''}c"), site)
    if directive.type not in _MESSAGES:
        return Refusal("unsupported-expression", f"`%{directive.type}` has no compiled form", _WRITE_INSTEAD)
    if directive.precision is not None and directive.type not in _FLOATS:
        return Refusal(
            "unsupported-expression", f"`%{directive.type}` with a precision has no compiled form", _WRITE_INSTEAD
        )
    number = _number(value, directive, site)
    return number if isinstance(number, Refusal) else build_format(number, const(_spec(directive)), site)


def _spec(directive: Directive) -> str:
    flags = directive.flags
    sign = "+" if "+" in flags else " " if " " in flags else ""
    alternate = "#" if "#" in flags and directive.type in "xXo" else ""
    zero = "0" if "0" in flags and "-" not in flags else ""
    align = "<" if "-" in flags else "" if zero else ">"
    precision = "" if directive.precision is None else f".{directive.precision}"
    shown = "d" if directive.type in "iu" else directive.type
    width = directive.width
    return f"{align if width else ''}{sign}{alternate}{zero if width else ''}{width}{precision}{shown}"


def build_percent(template: str, right: Expr, site: Site) -> Built:
    """`template % right`."""
    found = _parts(template)
    if found is None:
        return Refusal(
            "unsupported-expression", "this template of printf-style formatting has no compiled form", _WRITE_INSTEAD
        )
    directives = [part for part in found if isinstance(part, Directive)]
    if any(directive.key is not None for directive in directives):
        return _keyed(found, right, site)
    if isinstance(right.type, TupleT):
        if len(right.type.items) != len(directives):
            few = len(right.type.items) < len(directives)
            return Refusal(
                "type-mismatch", "not enough values for the template" if few else "more values than the template takes"
            )
        if isinstance(right, Prim) and right.op == "list.make":
            return let_all(list(right.args), site, lambda atoms: _joined(found, atoms, site))
        return let_all([right], site, lambda atoms: _taken_apart(found, atoms[0], len(directives), site))
    if Kind.TUPLE in kinds(right.type):
        return Refusal("type-needed", "how many values the tuple holds for the template is not known", _WRITE_INSTEAD)
    if len(directives) != 1:
        if Kind.DICT in kinds(right.type) and not directives:
            return Refusal("unsupported-expression", "a template without fields ignores a dict", _WRITE_INSTEAD)
        return Refusal("type-mismatch", f"the template takes {len(directives)} values, and one is given")
    return let_all([right], site, lambda atoms: _joined(found, atoms, site))


def _taken_apart(parts: Sequence[str | Directive], whole: Expr, count: int, site: Site) -> Built:
    items: list[Expr] = []
    for index in range(count):
        item = build_subscript(whole, const(index), site)
        if isinstance(item, Refusal):
            return item
        items.append(item)
    return _joined(parts, items, site)


def _keyed(parts: Sequence[str | Directive], mapping: Expr, site: Site) -> Built:
    if kinds(mapping.type) != {Kind.DICT} or any(isinstance(part, Directive) and part.key is None for part in parts):
        return Refusal("type-needed", "`%(name)s` takes a value that is known to be a dict", _WRITE_INSTEAD)

    def build(atoms: list[Expr]) -> Built:
        values: list[Expr] = []
        for part in parts:
            if isinstance(part, Directive):
                value = build_subscript(atoms[0], const(part.key), site)
                if isinstance(value, Refusal):
                    return value
                values.append(value)
        return _joined(parts, values, site)

    return let_all([mapping], site, build)


def _joined(parts: Sequence[str | Directive], values: Sequence[Expr], site: Site) -> Built:
    made: list[Expr] = []
    rest = iter(values)
    for part in parts:
        shown = const(part) if isinstance(part, str) else _field(next(rest), part, site)
        if isinstance(shown, Refusal):
            return shown
        made.append(shown)
    return build_join(made, site)


# str.format


_FIELD: Final = re.compile(r"([^.\[\]]*)((?:\[[^\]]+\])*)")


def build_str_format(template: str, positional: Sequence[Expr], named: Mapping[str, Expr], site: Site) -> Built:
    """`template.format(*positional, **named)`; the arguments are atoms."""
    shown: list[Expr] = []
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        return Refusal("type-mismatch", f"the template always raises ValueError: {error}")
    if _mixes([name for _, name, _, _ in parsed if name is not None]):
        return Refusal(
            "type-mismatch", "the template always raises ValueError: it mixes fields with and without numbers"
        )
    numbers = itertools.count()
    for literal, name, spec, conversion in parsed:
        shown.append(const(literal))
        if name is None:
            continue
        if conversion not in (None, "s", "r"):
            return Refusal("unsupported-expression", f"the field `{{{name}}}` has no compiled form", _WRITE_INSTEAD)
        value = _field_value(name, numbers, positional, named, site)
        made = (
            value
            if isinstance(value, Refusal)
            else _shown(value, conversion, _spec_given(spec or "", numbers, positional, named, site), site)
        )
        if isinstance(made, Refusal):
            return made
        shown.append(made)
    return build_join(shown, site)


def _field_value(
    name: str, numbers: Iterator[int], positional: Sequence[Expr], named: Mapping[str, Expr], site: Site
) -> Built:
    """What a replacement field names; `numbers` are those of fields without one."""
    match = _FIELD.fullmatch(name)
    if match is None:
        return Refusal("unsupported-expression", f"the field `{{{name}}}` has no compiled form", _WRITE_INSTEAD)
    value = _argument(match[1] if match[1] else next(numbers), positional, named)
    return value if isinstance(value, Refusal) else _item_of(value, match[2], site)


def _spec_given(
    spec: str, numbers: Iterator[int], positional: Sequence[Expr], named: Mapping[str, Expr], site: Site
) -> Built:
    """The spec of a field, with the fields inside of it: `{:>{width}}`."""
    if "{" not in spec:
        return const(spec)
    parts: list[Expr] = []
    for literal, name, inner, conversion in string.Formatter().parse(spec):
        parts.append(const(literal))
        if name is None:
            continue
        value = _field_value(name, numbers, positional, named, site)
        shown = value if isinstance(value, Refusal) else build_str(value, site)
        if isinstance(shown, Refusal) or inner or conversion:
            return Refusal("unsupported-expression", f"the field `{{{name}}}` has no compiled form", _WRITE_INSTEAD)
        parts.append(shown)
    return build_join(parts, site)


def _mixes(names: Sequence[str]) -> bool:
    return any(name[:1] in ("", "[") for name in names) and any(name[:1].isdigit() for name in names)


def _argument(key: int | str, positional: Sequence[Expr], named: Mapping[str, Expr]) -> Built:
    if isinstance(key, str) and not key.isdigit():
        if key in named:
            return named[key]
        return Refusal("type-mismatch", f"the template always raises KeyError: it has no argument `{key}`")
    if int(key) < len(positional):
        return positional[int(key)]
    return Refusal("type-mismatch", f"the template always raises IndexError: it has no argument number {key}")


def _item_of(value: Expr, keys: str, site: Site) -> Built:
    """What the keys in brackets lead to."""
    for key in re.findall(r"\[([^\]]+)\]", keys):
        made = build_subscript(value, const(int(key) if key.isdigit() else key), site)
        if isinstance(made, Refusal):
            return made
        value = made
    return value


def _shown(value: Expr, conversion: str | None, spec: Built, site: Site) -> Built:
    if isinstance(spec, Refusal):
        return spec
    if conversion is not None:
        made = build_repr(value, site) if conversion == "r" else build_str(value, site)
        if isinstance(made, Refusal):
            return made
        value = made
    return build_format(value, spec, site)


EXAMPLES: Final = (
    "'%s and %s' % (1, 'a')",
    "'%d%%' % 5",
    "'%5d|%-5d|%05d|%+d|% d' % (3, 3, 3, 3, 3)",
    "'%05d' % -3",
    "'%.2f %f' % (2.345, 1)",
    "'%8.3f|%-8.1f|%08.2f' % (1.5, 2.25, -3.125)",
    "'%x %X %o %#x' % (255, 255, 8, 255)",
    "'%s' % [1, 'a']",
    "'%r %s' % ('a', 'a')",
    "'%10s|%-10s|%.2s' % ('abc', 'abc', 'abc')",
    "'%d' % 3.9",
    "'%d' % -3.9",
    "'%i %u' % (True, 2)",
    "'%(a)s is %(b)d' % {'a': 'x', 'b': 2}",
    "'%(c)s' % {'a': 'x'}",
    "'%s' % None",
    "'%d' % [1, 'a'][0]",
    "'%d' % [1, 'a'][1]",
    "'%x' % [1, 'a'][1]",
    "'%f' % [1, 'a'][1]",
    "'%s' % ((1, 2),)",
    "'plain' % ()",
)
"""Expressions that tests evaluate in CPython and as JSONata."""
