"""Methods of str that have no compiled form, and what to write instead."""

from typing import Final

from pysfnc.library.rows.registry import register_surface
from pysfnc.library.rows.row import Parameter, Refusal, SurfaceRow

_F_STRING: Final = 'write instead: an f-string, `f"{name}: {value}"`'
REFUSED: Final = {
    "format": ("`str.format()` looks into its template at run time", _F_STRING),
    "format_map": ("`str.format_map()` looks into its template at run time", _F_STRING),
    "encode": ("bytes are no JSON value", "write instead: a `@task` for the part of the program that works with bytes"),
}


def _refuse(name: str, refusal: Refusal) -> None:
    params = (Parameter("self"), Parameter("arguments", variadic=True))
    register_surface(SurfaceRow(name=f"str.{name}", params=params, build=lambda args, site: refusal))


for _name, (_message, _help) in REFUSED.items():
    _refuse(_name, Refusal("unsupported-call", _message, _help))
