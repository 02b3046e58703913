from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"TOPIC": "arn:aws:sns:us-east-1:123456789012:cases"}
EVENT = {"detail-type": "Support Case Update", "detail": {"case-id": "case-1", "event-name": "CreateCase"}}


def case(severity: str) -> dict:
    found = {"caseId": "case-1", "displayId": "101", "subject": "it is broken", "severityCode": severity}
    return {"cases": [found]}


SCENARIOS = [
    Scenario(
        "urgent",
        EVENT,
        "sent",
        {"support.DescribeCases": [case("urgent")], "sns.Publish": [{"MessageId": "1"}]},
        environ=ENVIRON,
    ),
    Scenario("low", EVENT, "not required", {"support.DescribeCases": [case("low")]}, environ=ENVIRON),
    Scenario("gone", EVENT, "not required", {"support.DescribeCases": [{"cases": []}]}, environ=ENVIRON),
    Scenario(
        "refused",
        EVENT,
        Failure("CaseIdNotFound"),
        {"support.DescribeCases": [AwsError("CaseIdNotFound", "no such case")]},
        environ=ENVIRON,
    ),
    Scenario("no case", {"detail": {}}, Failure("KeyError", "'case-id'"), environ=ENVIRON),
]
