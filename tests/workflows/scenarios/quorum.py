from tests.workflows.scenario import Failure, Scenario

SCENARIOS = [
    Scenario("all", {"release": "1.2", "regions": ["a", "b"]}, {"agreed": ["a", "b"], "failed": []}),
    Scenario("enough", {"release": "1.2-b", "regions": ["a", "b", "c"]}, {"agreed": ["a", "c"], "failed": []}),
    Scenario(
        "too few",
        {"release": "1.2-b", "regions": ["a", "b"]},
        Failure("NoQuorum", "1 of 2 agree on 1.2-b, 0 failed"),
    ),
    Scenario("nobody", {"release": "1", "regions": []}, Failure("NoQuorum", "0 of 0 agree on 1, 0 failed")),
]
