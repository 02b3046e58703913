"""What a run would cost on AWS, in US dollars.

Prices are those of us-east-1 on the public pricing pages of Step Functions and Lambda, without the free tier:
$0.025 per 1,000 state transitions of a Standard workflow; $1.00 per million Express requests and $0.00001667 per
GB-second in steps of 100 ms and 64 MB; $0.20 per million Lambda requests and $0.0000133334 per GB-second on arm64.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pysfnc.engine import RunResult

__all__ = ["Usage", "price_of_all", "price_usd", "total", "usage_of"]

_TRANSITION: Final = 0.025 / 1_000
_EXPRESS_REQUEST: Final = 1.00 / 1_000_000
_EXPRESS_GB_SECOND: Final = 0.00001667
_LAMBDA_REQUEST: Final = 0.20 / 1_000_000
_LAMBDA_GB_SECOND: Final = 0.0000133334
_EXPRESS_BASE_MB: Final = 64  # the smallest step; what a small machine was billed in a recorded answer


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run used. `lambda_gb_s` is the billed time of Lambda functions times their memory in GB, `duration_s` the
    time of the whole execution in seconds."""

    transitions: int
    lambda_invocations: int = 0
    lambda_gb_s: float = 0.0
    is_express: bool = False
    duration_s: float = 0.0


def usage_of(result: "RunResult", lambda_gb_s: float, is_express: bool) -> list[Usage]:
    """What a run used, its own execution first, then those that it started."""
    own = Usage(result.transitions, result.lambda_invocations, lambda_gb_s, is_express, result.duration_s)
    children = [
        Usage(child.transitions, child.lambda_invocations, 0.0, child.type == "EXPRESS", child.duration_s)
        for child in result.children
    ]
    return [own, *children]


def total(usages: Iterable[Usage]) -> Usage:
    """Transitions and Lambda invocations of several executions; those of Express executions are no billed transitions."""
    found = list(usages)
    own = found[0]
    return Usage(
        own.transitions + sum(usage.transitions for usage in found[1:] if not usage.is_express),
        sum(usage.lambda_invocations for usage in found),
        sum(usage.lambda_gb_s for usage in found),
        own.is_express,
        own.duration_s,
    )


def price_of_all(usages: Iterable[Usage]) -> float:
    """Return the price of several executions in US dollars."""
    return round(sum(map(price_usd, usages)), 9)


def price_usd(usage: Usage) -> float:
    """Return the price of one run in US dollars."""
    if usage.is_express:
        billed_s = math.ceil(usage.duration_s * 10) / 10
        machine = _EXPRESS_REQUEST + billed_s * _EXPRESS_BASE_MB / 1024 * _EXPRESS_GB_SECOND
    else:
        machine = usage.transitions * _TRANSITION
    functions = usage.lambda_invocations * _LAMBDA_REQUEST + usage.lambda_gb_s * _LAMBDA_GB_SECOND
    return round(machine + functions, 9)
