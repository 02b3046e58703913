"""JSONata expressions as a tree; `printer` is the only writer of their text.

The tree is JSONata, with all its own meaning (sequences, undefined); what keeps Python's meaning is chosen by `library` and `backend`.
"""

from pysfnc.lean import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Lit:
    """null, true, false, a number or a string. False is not the zero that Python takes for its equal."""

    value: bool | int | float | str | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lit) and type(self.value) is type(other.value) and self.value == other.value

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`"${name}"`: a string that a deployment fills in, made of characters that need no escapes."""

    name: str


@dataclass(frozen=True, slots=True)
class Ref:
    """`$name`."""

    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """`base.name`, the name quoted with backticks when it has to be."""

    base: "Tree"
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """`base[index]`; with a bool it filters, with a number it picks."""

    base: "Tree"
    index: "Tree"


@dataclass(frozen=True, slots=True)
class Keep:
    """`base[]`: a single result stays an array."""

    base: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    """`$name(args)`: a built-in function, a function of the prelude, or a bound one."""

    name: str
    args: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Apply:
    """`(function)(args)`: a function that is the value of an expression."""

    function: "Tree"
    args: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Binary:
    """An infix operator: `+ - * / % & = != < <= > >= and or in`."""

    op: str
    left: "Tree"
    right: "Tree"


@dataclass(frozen=True, slots=True)
class Neg:
    operand: "Tree"


@dataclass(frozen=True, slots=True)
class IfElse:
    test: "Tree"
    then: "Tree"
    orelse: "Tree | None"


@dataclass(frozen=True, slots=True)
class Bind:
    """`$name := value`, only inside a `Seq`."""

    name: str
    value: "Tree"


@dataclass(frozen=True, slots=True)
class Seq:
    """`( a; b; c )`: the value is the last one's."""

    items: "tuple[Tree | Bind, ...]"


@dataclass(frozen=True, slots=True)
class Func:
    """`function($a, $b){ body }`."""

    params: tuple[str, ...]
    body: "Tree"


@dataclass(frozen=True, slots=True)
class Array:
    """`[a, b]`. An item that is not itself an `Array` and evaluates to an array is spliced by JSONata."""

    items: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Range:
    """`[low..high]`, both ends included, empty when high < low."""

    low: "Tree"
    high: "Tree"


@dataclass(frozen=True, slots=True)
class Object:
    pairs: "tuple[tuple[Tree, Tree], ...]"


@dataclass(frozen=True, slots=True)
class Regex:
    """`/pattern/flags`; the pattern is written by the compiler, never by the user."""

    pattern: str
    flags: str = ""


Tree = (
    Lit
    | Placeholder
    | Ref
    | Field
    | Index
    | Keep
    | Call
    | Apply
    | Binary
    | Neg
    | IfElse
    | Seq
    | Func
    | Array
    | Range
    | Object
    | Regex
)
