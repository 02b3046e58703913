from tests.workflows.scenario import AwsError, Failure, Scenario

GIVEN = {"root": "r-abcd", "dry_run": False}


def account(number: int, name: str, status: str = "ACTIVE") -> dict:
    return {"Id": str(number) * 12, "Name": name, "Status": status}


def tagged(**tags) -> dict:
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


ANSWERS = {
    "organizations.ListOrganizationalUnitsForParent": [
        {"OrganizationalUnits": [{"Id": "ou-abcd-00000001", "Name": "prod"}], "NextToken": "t"},
        {"OrganizationalUnits": [{"Id": "ou-abcd-00000002", "Name": "dev"}]},
    ],
    "organizations.ListAccounts": [
        {"Accounts": [account(1, "shop"), account(2, "old", "SUSPENDED")], "NextToken": "t"},
        {"Accounts": [account(3, "lab"), account(4, "logs")]},
    ],
    "organizations.ListParents": [{"Parents": [{"Id": "ou-abcd-00000001", "Type": "ORGANIZATIONAL_UNIT"}]}],
    "organizations.ListTagsForResource": [tagged(ou="dev"), tagged(ou="none"), tagged(owner="x")],
    "organizations.MoveAccount": [{}],
}
MOVED = [{"name": "shop", "from": "ou-abcd-00000001", "to": "ou-abcd-00000002"}]
UNKNOWN = "lab: there is no OU 'none'"


def moving(*answers) -> dict:
    return ANSWERS | {"organizations.MoveAccount": answers}


SCENARIOS = [
    Scenario("one is moved", GIVEN, {"moved": MOVED, "problems": [UNKNOWN]}, ANSWERS),
    Scenario("it is only shown", {"root": "r-abcd"}, {"moved": MOVED, "problems": [UNKNOWN]}, ANSWERS),
    Scenario(
        "moved at the third try",
        GIVEN,
        {"moved": MOVED, "problems": [UNKNOWN]},
        moving(*[AwsError("ConcurrentModificationException")] * 2, {}),
    ),
    Scenario(
        "never moved",
        GIVEN,
        {"moved": [], "problems": ["111111111111: gave up", UNKNOWN]},
        moving(AwsError("ConcurrentModificationException")),
    ),
    Scenario(
        "it is there", GIVEN, {"moved": MOVED, "problems": [UNKNOWN]}, moving(AwsError("DuplicateAccountException"))
    ),
    Scenario(
        "another error",
        GIVEN,
        {"moved": MOVED, "problems": ["111111111111: ConstraintViolationException", UNKNOWN]},
        moving(AwsError("ConstraintViolationException")),
    ),
    Scenario(
        "an account without a parent",
        GIVEN,
        {"moved": [], "problems": ["list index out of range"] * 3},
        ANSWERS | {"organizations.ListParents": [{"Parents": []}]},
    ),
    Scenario(
        "no such root",
        {"root": "r-none"},
        Failure("ParentNotFoundException"),
        {"organizations.ListOrganizationalUnitsForParent": [AwsError("ParentNotFoundException", "no")]},
    ),
]
