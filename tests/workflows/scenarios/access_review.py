from datetime import UTC, datetime

from tests.workflows.scenario import AwsError, Scenario


def day(month: int) -> datetime:
    return datetime(2029, month, 1, tzinfo=UTC)


def user(name: str, **more) -> dict:
    return {"UserName": name, "UserId": "u", "Path": "/", "Arn": f"arn:{name}", "CreateDate": day(1), **more}


def key(key_id: str, month: int, status: str = "Active") -> dict:
    return {"UserName": "ann", "AccessKeyId": key_id, "Status": status, "CreateDate": day(month)}


ADMIN = {"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
KEYS = [key("AKIAAAAAAAAAAAAAAAA1", 1), key("AKIAAAAAAAAAAAAAAAA2", 1, "Inactive"), key("AKIAAAAAAAAAAAAAAAA3", 12)]
ANSWERS = {
    "iam.ListUsers": [
        {"Users": [user("ann", PasswordLastUsed=day(12)), user("bob"), user("eve", PasswordLastUsed=day(2))]}
    ],
    "iam.GetLoginProfile": [
        {"LoginProfile": {"UserName": "ann", "CreateDate": day(1)}},
        AwsError("NoSuchEntity", "no", 404),
    ],
    "iam.ListMFADevices": [{"MFADevices": []}],
    "iam.ListAttachedUserPolicies": [{"AttachedPolicies": [ADMIN]}, {"AttachedPolicies": []}],
    "iam.ListAccessKeys": [{"AccessKeyMetadata": KEYS}, {"AccessKeyMetadata": []}],
    "iam.UpdateAccessKey": [{}],
}
TODAY = {"today": "2030-01-01T00:00:00+00:00"}
STALE = {"stale-key": ["ann:AKIAAAAAAAAAAAAAAAA1"]}
FOUND = {"admin": ["ann"], "no-mfa": ["ann"], **STALE}

SCENARIOS = [
    Scenario("what is found", TODAY, {"users": 3, "findings": FOUND | {"unused": ["bob", "eve"]}}, ANSWERS),
    Scenario(
        "an old key is switched off",
        TODAY | {"deactivate": True, "exempt": ["eve"]},
        {"users": 3, "findings": FOUND | {"unused": ["bob"]}},
        ANSWERS,
    ),
    Scenario(
        "with a second factor",
        TODAY | {"days": 10_000},
        {"users": 3, "findings": {"admin": ["ann"], "unused": ["bob"]}},
        ANSWERS
        | {"iam.ListMFADevices": [{"MFADevices": [{"UserName": "ann", "SerialNumber": "s", "EnableDate": day(1)}]}]},
    ),
    Scenario("nobody", {}, {"users": 0, "findings": {}}, ANSWERS | {"iam.ListUsers": [{"Users": []}]}),
]
