"""`examples/order_saga.py`: what is done, what is undone, and in which order."""

import json
from typing import Any

import pytest

from examples import order_saga
from pysfnc.testing.plugin import RunWorkflow

TEA = {"sku": "tea", "quantity": 2}
CUP = {"sku": "cup", "quantity": 1}
POT = {"sku": "pot", "quantity": 1}


def order(*items: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"order_id": "o-1", "items": list(items), "card": "4242", **changed}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (order(TEA), {"status": "placed", "total": 1190, "parcel": "NL-o-1"}),
        (order(TEA, CUP, country="BE"), {"status": "placed", "total": 2440, "parcel": "BE-o-1"}),
        (order(), {"status": "placed", "total": 0, "parcel": "NL-o-1"}),
        (order(TEA, POT), {"status": "rejected", "error": "SoldOut", "reason": "pot is sold out"}),
        (
            order({"sku": "jam", "quantity": 1}),
            {"status": "rejected", "error": "SoldOut", "reason": "jam is not in the catalogue"},
        ),
        (
            order(TEA, CUP, card="5555"),
            {"status": "rejected", "error": "CardDeclined", "reason": "card ending in 5555 was declined"},
        ),
        (
            order(TEA, country="MARS"),
            {"status": "rejected", "error": "NoCarrier", "reason": "no carrier delivers to MARS"},
        ),
    ],
)
def test_orders(run_workflow: RunWorkflow, given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert run_workflow(order_saga.place_order, given).result() == expected


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        (order({"quantity": 1}), "KeyError", "'sku'"),
        (order({"sku": "tea", "quantity": "many"}), "ValueError", "invalid literal for int() with base 10: 'many'"),
        (
            order({"sku": "tea", "quantity": "2"}),
            "TypeError",
            "reserve() argument 'quantity' must be int, not str",
        ),
    ],
)
def test_failures_that_nobody_planned(
    run_workflow: RunWorkflow, given: dict[str, Any], error: str, message: str
) -> None:
    outcome = run_workflow(order_saga.place_order, given)
    assert (outcome.status, outcome.error, outcome.message) == ("FAILED", error, message)


@pytest.mark.parametrize(
    ("given", "undone"),
    [
        (order(TEA), []),
        (order(TEA, CUP, POT), ["release o-1/cup", "release o-1/tea"]),
        (order(TEA, CUP, card="5555"), ["release o-1/cup", "release o-1/tea"]),
        (order(TEA, CUP, country="MARS"), ["refund payment-o-1-2440", "release o-1/cup", "release o-1/tea"]),
        (order(TEA, {"sku": "cup", "quantity": "1"}), ["release o-1/tea"]),
    ],
)
def test_what_was_done_is_undone_last_step_first(
    run_workflow: RunWorkflow, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], undone: list[str]
) -> None:
    called: list[str] = []
    for name in ("release", "refund"):
        monkeypatch.setattr(order_saga, name, lambda done, name=name: called.append(f"{name} {done}"))
    outcome = run_workflow(order_saga.place_order, given)
    payloads = [
        json.loads(event["taskScheduledEventDetails"]["parameters"])["Payload"]
        for event in outcome.history
        if event["type"] == "TaskScheduled"
    ]
    called += [f"{payload['f']} {payload['a'][0]}" for payload in payloads if payload["f"] in ("release", "refund")]
    assert called == undone
