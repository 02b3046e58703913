"""The names of the functions that JSONata has."""

from typing import Final

# fmt: off
FUNCTIONS: Final = frozenset({
    "abs", "append", "assert", "average", "base64decode", "base64encode", "boolean", "ceil", "clone", "contains",
    "count", "decodeUrl", "decodeUrlComponent", "distinct", "each", "encodeUrl", "encodeUrlComponent", "error",
    "eval", "exists", "filter", "floor", "formatBase", "formatInteger", "formatNumber", "fromMillis", "join",
    "keys", "length", "lookup", "lowercase", "map", "match", "max", "merge", "millis", "min", "not", "now",
    "number", "pad", "parseInteger", "power", "random", "reduce", "replace", "reverse", "round", "shuffle",
    "sift", "single", "sort", "split", "spread", "sqrt", "string", "substring", "substringAfter",
    "substringBefore", "sum", "toMillis", "trim", "type", "uppercase", "zip",
})
# fmt: on
"""Those of JSONata 2.0.6."""

FUNCTIONS_OF_AWS: Final = frozenset({"hash", "parse", "partition", "range", "uuid"})
"""Those that Step Functions adds (guide, "Transforming data with JSONata"); `random` takes a seed there."""
