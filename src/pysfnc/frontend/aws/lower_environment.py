"""`os.environ` and `os.getenv`: reads of deployment parameters.

Owns what can be read of the environment in a machine. Which variables there are, and whether a deployment must give them, is `environment`.
"""

import ast
import re
from typing import Final

from pysfnc.diagnostics import codes
from pysfnc.frontend.core.lower_context import Context, poison
from pysfnc.frontend.core.lower_values import External, Value
from pysfnc.frontend.program.environment import COMPUTED, ENVIRON, How, Use
from pysfnc.ir.exprs import Cond, Const, Expr, Let, Prim, Var
from pysfnc.ir.hir import Environment
from pysfnc.jsonata.placeholders import ENCODED
from pysfnc.library.services.environment import HAS, ITEM, TEXT
from pysfnc.values.relations import join
from pysfnc.values.types import BOOL, NONE, STR, ErrorT

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def is_environ(value: Value) -> bool:
    """Whether a value is `os.environ`."""
    return isinstance(value, External) and value.name == ENVIRON


def environment_item(cx: Context, key: Expr, node: ast.AST) -> Expr:
    """`os.environ[key]`."""
    variable = _variable(cx, key, node, "item")
    if variable is None:
        return poison(cx.span(node))
    return _value(cx, variable, ITEM if variable.optional else TEXT, node)


def environment_has(cx: Context, key: Expr, node: ast.AST, *, negated: bool) -> Expr:
    """`key in os.environ`."""
    variable = _variable(cx, key, node, "has")
    if variable is None:
        return poison(cx.span(node))
    test = _prim(cx, variable, HAS, node)
    return Prim(op="not", args=(test,), type=BOOL, span=cx.span(node)) if negated else test


def environment_get(cx: Context, key: Expr, default: Expr | None, node: ast.AST) -> Expr:
    """`os.environ.get(key, default)` and `os.getenv(key, default)`."""
    span = cx.span(node)
    other = default if default is not None else Const(value=None, type=NONE, span=span)
    text = _literal(cx, other)
    default_text = text if isinstance(text, str | None) and other.type in (STR, NONE) else COMPUTED
    variable = _variable(cx, key, node, "get", default_text)
    if variable is None or isinstance(other.type, ErrorT):
        return poison(span)
    found = _value(cx, variable, TEXT, node)
    if not variable.optional:
        # The default is a text written out, or there would be none to take.
        return found
    type_ = join(STR, other.type)
    name = None if isinstance(other, Const | Var) else cx.names.fresh("default")
    held = other if name is None else Var(name=name, type=other.type, span=span)
    chosen = Cond(test=_prim(cx, variable, HAS, node), then=found, orelse=held, type=type_, span=span)
    return chosen if name is None else Let(name=name, value=other, body=chosen, type=type_, span=span)


def _literal(cx: Context, value: Expr) -> object:
    """The value of a constant, also of one that was passed to a function that is written in place; `COMPUTED` for any other."""
    if isinstance(value, Var):
        fact = cx.state.facts.get(value.name)
        return COMPUTED if fact is None or fact.literal is None else fact.literal.value
    return value.value if isinstance(value, Const) else COMPUTED


def _variable(cx: Context, key: Expr, node: ast.AST, how: How, default: object = None) -> Environment | None:
    """The variable that is read, None after a message."""
    if isinstance(key.type, ErrorT):
        return None
    name = _literal(cx, key)
    table = cx.project.environment
    if not isinstance(name, str):
        cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            "which environment variable is read is not known when compiling",
            label="the name is no text that is written out",
            help='write instead: `os.environ["NAME"]`',
        )
        return None
    if not _NAME.match(name) or name.endswith(ENCODED):
        cx.error(
            codes.UNSUPPORTED_EXPRESSION,
            node,
            f"an environment variable `{name}` cannot be a parameter of a deployment",
            notes=[f"names are letters, digits and `_`, and do not end in `{ENCODED}`"],
            help="write instead: a variable with another name",
        )
        return None
    change = table.change_of(name)
    if change is not None:
        cx.error(
            codes.GLOBAL_MUTATION,
            node,
            f"the environment variable `{name}` is read, and the program changes the environment",
            labels=[(change.module.span(change.node), "changed here")],
            help="write instead: a name of the module for what is computed",
        )
        return None
    return table.known(Use(name, how, cx.frame.module, node, None, default))


def _value(cx: Context, variable: Environment, op: str, node: ast.AST) -> Prim:
    return Prim(op=op, args=(_name(cx, variable, node),), type=STR, span=cx.span(node))


def _prim(cx: Context, variable: Environment, op: str, node: ast.AST) -> Prim:
    return Prim(op=op, args=(_name(cx, variable, node),), type=BOOL, span=cx.span(node))


def _name(cx: Context, variable: Environment, node: ast.AST) -> Const:
    return Const(value=variable.name, type=STR, span=cx.span(node))
