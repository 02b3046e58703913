"""The price of a run, against the worked figures of the pricing pages."""

import pytest

from pysfnc.assembly.price import Usage, price_usd


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(1000), 0.025),
        (Usage(7), 0.000175),
        (Usage(0), 0.0),
        (Usage(0, lambda_invocations=1_000_000), 0.20),
        (Usage(0, lambda_gb_s=8.0), 8 * 0.0000133334),
        (Usage(50, is_express=True, duration_s=0.11), 0.000001 + 0.2 / 16 * 0.00001667),
    ],
)
def test_price(usage: Usage, dollars: float) -> None:
    assert price_usd(usage) == pytest.approx(dollars, abs=1e-9)
