"""What pysfnc itself checks of its own arguments when a program runs."""


def check_limit(owner: str, name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise ValueError(f"{owner} is invalid: {name} must be an integer from 1 to {most}, not {value}")


def check_limits(owner: str, timeout: int, heartbeat: int, most: int) -> None:
    faults: list[str] = []
    if not 1 <= timeout <= most:
        faults.append(f"timeout must be an integer from 1 to {most}, not {timeout}")
    if not 1 <= heartbeat <= 99_999_999:
        faults.append(f"heartbeat must be an integer from 1 to 99999999, not {heartbeat}")
    if not faults and heartbeat >= timeout:
        faults.append(f"heartbeat ({heartbeat}) must be smaller than timeout ({timeout})")
    if len(faults) == 1:
        raise ValueError(f"{owner} is invalid: {faults[0]}")
    if faults:
        raise ValueError(f"{owner} is invalid for 2 reasons: {faults[0]}; {faults[1]}")
