from tests.workflows.scenario import AwsError, Failure, Scenario


def finding(severity=5, kind="NETWORK_CONNECTION", **action):
    found = {"type": "UnauthorizedAccess:EC2/SSHBruteForce", "severity": severity}
    return {
        "detail-type": "GuardDuty Finding",
        "detail": {**found, "service": {"action": {"actionType": kind, **action}}},
    }


REMOTE = {"remoteIpDetails": {"ipAddressV4": "198.51.100.7"}}
CONNECTED = {"networkConnectionAction": REMOTE}
LOCKED = AwsError("WAFOptimisticLockException", "the lock was taken")


def held(*addresses, token="t1"):
    return {"IPSet": {"Name": "blocked", "Id": "a1b2c3", "Addresses": list(addresses)}, "LockToken": token}


SENT = {"sns.Publish": [{"MessageId": "m"}]}

SCENARIOS = [
    Scenario(
        "the lock is taken once",
        finding(**CONNECTED),
        {"blocked": True, "severity": 5, "addresses": ["10.0.0.1/32", "198.51.100.7/32"]},
        {
            "wafv2.GetIPSet": [held(), held("10.0.0.1/32", token="t2")],
            "wafv2.UpdateIPSet": [LOCKED, {"NextLockToken": "t3"}],
        }
        | SENT,
    ),
    Scenario(
        "the oldest address goes",
        finding(8.5, "PORT_PROBE", portProbeAction={"portProbeDetails": [REMOTE]}),
        {"blocked": True, "severity": 8.5, "addresses": ["198.51.100.7/32", "2.0.0.0/32", "3.0.0.0/32", "4.0.0.0/32"]},
        {
            "wafv2.GetIPSet": [held("1.0.0.0/32", "2.0.0.0/32", "3.0.0.0/32", "4.0.0.0/32")],
            "wafv2.UpdateIPSet": [{"NextLockToken": "t2"}],
        }
        | SENT,
    ),
    Scenario(
        "it is there already",
        finding(**CONNECTED),
        {"blocked": True, "severity": 5, "addresses": ["198.51.100.7/32"]},
        {"wafv2.GetIPSet": [held("198.51.100.7/32")]} | SENT,
    ),
    Scenario("harmless", finding(2.5, **CONNECTED), {"blocked": False, "severity": 2.5}),
    Scenario("no address", finding(8, "AWS_API_CALL"), {"blocked": False, "severity": 8}),
    Scenario(
        "no probes",
        finding(8, "PORT_PROBE", portProbeAction={"portProbeDetails": []}),
        {"blocked": False, "severity": 8},
    ),
    Scenario(
        "no set",
        finding(**CONNECTED),
        {"blocked": False, "severity": 5, "missing": "blocked"},
        {"wafv2.GetIPSet": [AwsError("WAFNonexistentItemException", "no set")]} | SENT,
    ),
    Scenario(
        "the lock is always taken",
        finding(**CONNECTED),
        Failure("WAFOptimisticLockException"),
        {"wafv2.GetIPSet": [held()], "wafv2.UpdateIPSet": [LOCKED]},
    ),
    Scenario("no finding", {"detail": {"severity": 5}}, Failure("KeyError", "'service'")),
]
