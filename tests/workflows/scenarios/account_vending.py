from tests.workflows.scenario import AwsError, Failure, Scenario

ROOTS = {"Roots": [{"Id": "r-1", "Name": "Root"}]}
ORDER = {"name": "team", "email": "team@example.com", "unit": "Labs"}
NEW_UNIT = {"OrganizationalUnit": {"Id": "ou-1", "Name": "Labs"}}


def status(state: str, **more: str) -> dict:
    return {"CreateAccountStatus": {"Id": "car-1", "State": state, **more}}


DONE = status("SUCCEEDED", AccountId="111122223333")
BASIC = {
    "organizations.ListRoots": [ROOTS],
    "organizations.CreateOrganizationalUnit": [NEW_UNIT],
    "organizations.MoveAccount": [{}],
}

SCENARIOS = [
    Scenario(
        "made",
        ORDER,
        {"account": "111122223333", "unit": "ou-1", "stack": None},
        {
            **BASIC,
            "organizations.CreateAccount": [status("IN_PROGRESS")],
            "organizations.DescribeCreateAccountStatus": [DONE],
        },
    ),
    Scenario(
        "made after a while, with a stack",
        {**ORDER, "template": "{}"},
        {"account": "111122223333", "unit": "ou-1", "stack": "arn:stack"},
        {
            **BASIC,
            "organizations.CreateAccount": [status("IN_PROGRESS")],
            "organizations.DescribeCreateAccountStatus": [status("IN_PROGRESS"), DONE],
            "cloudformation.CreateStack": [{"StackId": "arn:stack"}],
        },
    ),
    Scenario(
        "the unit is there",
        ORDER,
        {"account": "111122223333", "unit": "ou-2", "stack": None},
        {
            **BASIC,
            "organizations.CreateOrganizationalUnit": [AwsError("DuplicateOrganizationalUnitException", "exists")],
            "organizations.ListOrganizationalUnitsForParent": [
                {"OrganizationalUnits": [{"Id": "ou-9", "Name": "Other"}, {"Id": "ou-2", "Name": "Labs"}]}
            ],
            "organizations.CreateAccount": [status("IN_PROGRESS")],
            "organizations.DescribeCreateAccountStatus": [DONE],
        },
    ),
    Scenario(
        "refused",
        ORDER,
        Failure("AccountNotCreated", "team: EMAIL_ALREADY_EXISTS"),
        {
            **BASIC,
            "organizations.CreateAccount": [status("IN_PROGRESS")],
            "organizations.DescribeCreateAccountStatus": [status("FAILED", FailureReason="EMAIL_ALREADY_EXISTS")],
        },
    ),
    Scenario(
        "refused without a reason",
        ORDER,
        Failure("AccountNotCreated", "team: unknown"),
        {
            **BASIC,
            "organizations.CreateAccount": [status("IN_PROGRESS")],
            "organizations.DescribeCreateAccountStatus": [status("FAILED")],
        },
    ),
]
