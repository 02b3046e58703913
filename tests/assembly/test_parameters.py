"""Values of deployment parameters for a run."""

import pytest

from pysfnc.assembly.parameters import MissingParameter, parameters_of_run


def test_a_given_value_wins_over_the_environment_and_that_over_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[str, str | None] = {"PYSFNC_TEST_TABLE": "orders"}
    assert parameters_of_run(known, {}) == {"PYSFNC_TEST_TABLE": "orders"}
    monkeypatch.setenv("PYSFNC_TEST_TABLE", "from the environment")
    assert parameters_of_run(known, {}) == {"PYSFNC_TEST_TABLE": "from the environment"}
    assert parameters_of_run(known, {"PYSFNC_TEST_TABLE": ""}) == {"PYSFNC_TEST_TABLE": ""}


def test_a_parameter_without_any_value_is_named() -> None:
    with pytest.raises(MissingParameter, match="`PYSFNC_TEST_NONE` has no value") as caught:
        parameters_of_run({"PYSFNC_TEST_NONE": None}, {"OTHER": "x"})
    assert caught.value.name == "PYSFNC_TEST_NONE"
