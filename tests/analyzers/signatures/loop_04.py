"""Calls of a tool that fail: some are retried by many runs at once, most are not."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from wakeline import loop_tokens

Row = dict[str, Any]
NOW = datetime.now(UTC).replace(microsecond=0)
# The middle of an hour and the beginning of a minute.
HOUR = NOW.replace(minute=0, second=0) - timedelta(hours=3)


class Case:
    """Calls of one tool; times in s from half past an hour."""

    def __init__(self, name: str, tenant: str = "acme") -> None:
        self.tool = name
        self.tenant = tenant
        self.rows: list[Row] = []

    def attempt(self, at: float, run: int, call: int = 0, **said: Any) -> None:
        """One attempt of a run's call; it fails."""
        number = len(self.rows)
        row: Row = {
            "tenant": self.tenant, "received": NOW, "retention_days": 30,
            "ts": HOUR + timedelta(minutes=30, seconds=at), "trace_id": f"{self.tool}-{run}",
            "span_id": f"{self.tool}-{number}", "service": "crm", "operation": "execute_tool",
            "tool": self.tool, "agent": f"agent-{run % 3}", "arguments_state": "json",
            "arguments_hash": number, "shape_hash": call, "result_state": "none",
            "status": "Error", "error_type": "timeout", "case_id": "", "revision": 1,
        } | said  # fmt: skip
        error = (self.tenant, row["service"], row["tool"], row["error_type"])
        lane = loop_tokens.number(error) if row["status"] == "Error" else 0
        self.rows.append(row | {"error_lane": lane})

    @property
    def lane(self) -> str:
        """In which a finding would be."""
        return f"tool:crm|{self.tool}|timeout|{HOUR:%Y-%m-%d %H:%M:%S}"


Maker = Callable[[Case, random.Random], None]


def storm(case: Case, rng: random.Random) -> None:
    """Many runs retry the same call at once, at the same pace."""
    for run in range(rng.randrange(8, 20)):
        for number in range(rng.randrange(4, 9)):
            case.attempt(run / 10 + 2 * number, run)


def several_calls(case: Case, rng: random.Random) -> None:
    """Each of several runs retries calls of its own."""
    for run in range(rng.randrange(3, 6)):
        for call in range(1, 4):
            for number in range(rng.randrange(4, 8)):
                case.attempt(call + 5 * number, run, call)


def without_arguments(case: Case, rng: random.Random) -> None:
    """Arguments were not recorded."""
    for run in range(rng.randrange(6, 12)):
        for number in range(6):
            case.attempt(run / 10 + number, run, run * 10 + number, arguments_state="none")


def among_others(case: Case, rng: random.Random) -> None:
    """A storm in the hour in which others back off and one call succeeds."""
    storm(case, rng)
    backing_off(case, rng)
    case.attempt(50, 99, status="Ok", error_type="")


def of_nobody(case: Case, rng: random.Random) -> None:
    """Agents have no names; hurried pauses that do not grow on the whole."""
    for run in range(rng.randrange(5, 9)):
        for number, pause in enumerate([0, 5, 2, 6, 1, 4]):
            case.attempt(10 * number + pause, run, agent="")


def load_test(case: Case, rng: random.Random) -> None:
    """Very many calls, each of which fails once."""
    for number in range(rng.randrange(60, 200)):
        case.attempt(number / 4, number % 5, number)


def tried_twice(case: Case, rng: random.Random) -> None:
    """Very many calls, each retried once."""
    for number in range(rng.randrange(30, 60)):
        case.attempt(number / 2, number % 5, number)
        case.attempt(number / 2 + 1, number % 5, number)


def backing_off(case: Case, rng: random.Random) -> None:
    """Each pause is twice as long as the one before."""
    for run in range(100, rng.randrange(110, 140)):
        for number in range(rng.randrange(4, 7)):
            case.attempt(run / 100 + 2**number / 2, run)


def backing_off_unevenly(case: Case, rng: random.Random) -> None:
    """Pauses grow, with some chance in them."""
    for run in range(rng.randrange(10, 40)):
        at = 0.0
        for number in range(6):
            case.attempt(at, run)
            at += 0.5 * 2**number * rng.uniform(0.8, 1.2)


def backing_off_to_a_limit(case: Case, rng: random.Random) -> None:
    """Pauses grow until they are long enough."""
    for run in range(rng.randrange(20, 40)):
        at = 0.0
        for number in range(12):
            case.attempt(at, run)
            at += min(2**number, 8)


def slow(case: Case, rng: random.Random) -> None:
    """Few attempts a minute."""
    for run in range(3):
        for number in range(rng.randrange(4, 9)):
            case.attempt(30 * number + run, run)


def one_run(case: Case, rng: random.Random) -> None:
    """One run alone: that is found in its own lane."""
    for number in range(rng.randrange(25, 40)):
        case.attempt(number, 1)


def it_works(case: Case, rng: random.Random) -> None:
    """Polls that succeed."""
    for run in range(rng.randrange(5, 10)):
        for number in range(8):
            case.attempt(number, run, status="Ok", error_type="")


def other_errors(case: Case, rng: random.Random) -> None:
    """Each run has an error of its own."""
    for run in range(rng.randrange(5, 10)):
        for number in range(8):
            case.attempt(number, run, error_type=f"error-{run}")


def other_services(case: Case, rng: random.Random) -> None:
    """The same tool of other services."""
    for run in range(rng.randrange(5, 10)):
        for number in range(8):
            case.attempt(number, run, service=f"service-{run}")


def sent_again(case: Case, rng: random.Random) -> None:
    """Few attempts that were sent often."""
    for run in range(3):
        for number in range(4):
            for revision in range(rng.randrange(5, 9)):
                again = f"{case.tool}-{run}-{number}"
                case.attempt(10 * number, run, span_id=again, revision=revision)


STORMS: tuple[Maker, ...] = (storm, several_calls, without_arguments, among_others, of_nobody)
HEALTHY: tuple[Maker, ...] = (
    load_test, tried_twice, backing_off, backing_off_unevenly, backing_off_to_a_limit, slow,
    one_run, it_works, other_errors, other_services, sent_again,
)  # fmt: skip


def cases(seed: int) -> Iterator[tuple[bool, Case]]:
    """5 of each kind, with whether it is a storm."""
    rng = random.Random(seed)
    for make in (*STORMS, *HEALTHY):
        for number in range(5):
            case = Case(f"{make.__name__}-{number}")
            make(case, rng)
            yield make in STORMS, case
