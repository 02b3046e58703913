from datetime import UTC, datetime

from tests.workflows.scenario import AwsError, Failure, Scenario

ENVIRON = {"SENDER": "security@example.com"}
INPUT = {"security": "team@example.com", "exempt": ["robot"]}


def key(name, year, month, day, status="Active"):
    return {"AccessKeyId": name, "Status": status, "CreateDate": datetime(year, month, day, tzinfo=UTC)}


KEYS = {
    "ann": [key("AKIAEXAMPLEANN01", 2029, 9, 1), key("AKIAEXAMPLEANN02", 2029, 12, 24)],
    "bob": [key("AKIAEXAMPLEBOB01", 2029, 10, 10), key("AKIAEXAMPLEBOB02", 2020, 1, 1, "Inactive")],
    "eve": [],
}
USERS = [
    {"Users": [{"UserName": "ann"}, {"UserName": "robot"}], "IsTruncated": True, "Marker": "m"},
    {"Users": [{"UserName": "bob"}, {"UserName": "eve"}], "IsTruncated": False},
]
USED = {"AKIAEXAMPLEANN01": {"LastUsedDate": datetime(2029, 12, 30, 9, tzinfo=UTC)}, "AKIAEXAMPLEBOB01": {}}

ANSWERS = {
    "iam.ListUsers": USERS,
    "iam.ListAccessKeys": [lambda params: {"AccessKeyMetadata": KEYS[params["UserName"]]}],
    "iam.GetAccessKeyLastUsed": [lambda params: {"AccessKeyLastUsed": USED[params["AccessKeyId"]]}],
    "iam.UpdateAccessKey": [{}],
    "ses.SendEmail": [{"MessageId": "m"}],
}

SCENARIOS = [
    Scenario(
        "one warned, one disabled",
        INPUT,
        {
            "users": 3,
            "findings": [
                {"user": "ann", "key": "AKIAEXAMPLEANN01", "age": 122, "last_used": "2029-12-30", "action": "disabled"},
                {"user": "bob", "key": "AKIAEXAMPLEBOB01", "age": 83, "last_used": None, "action": "warned"},
            ],
        },
        ANSWERS,
        environ=ENVIRON,
    ),
    Scenario(
        "all is well",
        {"security": "x@example.com", "at": "2029-09-30T12:00:00+02:00"},
        {"users": 1, "findings": []},
        {"iam.ListUsers": [{"Users": [{"UserName": "ann"}]}], "iam.ListAccessKeys": ANSWERS["iam.ListAccessKeys"]},
        environ=ENVIRON,
    ),
    Scenario(
        "a user goes away meanwhile",
        INPUT,
        Failure("NoSuchEntityException"),
        {"iam.ListUsers": USERS, "iam.ListAccessKeys": [AwsError("NoSuchEntity", "no user", 404)]},
        environ=ENVIRON,
        racing=frozenset({"iam.ListAccessKeys"}),
    ),
]
