"""The review of a running instance, over its API; who does something is whose key is sent."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from app.local import Api
from domain.access import Principal

Said = Mapping[str, Any]


class RemoteReviewing:
    """/v1/reviews; the tenant and the person are those of the key."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def weeks(self, tenant: str, weeks_max: int) -> list[Said]:
        """As `Reviewing.weeks`."""
        found: list[Said] = self._api.call("GET", f"/v1/reviews?limit={weeks_max}")
        return found

    def week(self, by: Principal, week: int) -> Said:
        """As `Reviewing.week`."""
        return self._call("GET", week)

    def draw(self, by: Principal, week: int) -> Said:
        """As `Reviewing.draw`."""
        return self._call("POST", week, "/draw")

    def check(self, tenant: str, week: int) -> Said:
        """As `Reviewing.check`."""
        return self._call("GET", week, "/check")

    def queue(self, by: Principal, week: int) -> list[Said]:
        """As `Reviewing.queue`."""
        found: list[Said] = self._api.call("GET", f"/v1/reviews/{week}/queue")
        return found

    def take(self, by: Principal, week: int, case_id: str = "") -> Said:
        """As `Reviewing.take`."""
        return self._call("POST", week, "/claims", {"case_id": case_id})

    def give_back(self, by: Principal, week: int, case_id: str) -> None:
        """As `Reviewing.give_back`."""
        self._call("POST", week, f"/cases/{_part(case_id)}/release")

    def case(self, by: Principal, week: int, case_id: str) -> Said:
        """As `Reviewing.case`."""
        return self._call("GET", week, f"/cases/{_part(case_id)}")

    def judge(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """As `Reviewing.judge`."""
        self._call("POST", week, f"/cases/{_part(case_id)}/verdict", dict(said))

    def settle(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """As `Reviewing.settle`."""
        self._call("POST", week, f"/cases/{_part(case_id)}/settle", dict(said))

    def add(self, by: Principal, week: int, decision_id: str, why: str) -> Said:
        """As `Reviewing.add`."""
        return self._call("POST", week, "/cases", {"decision_id": decision_id, "why": why})

    def know(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """As `Reviewing.know`."""
        self._call("POST", week, f"/cases/{_part(case_id)}/gold", dict(said))

    def report(self, by: Principal, week: int) -> Said:
        """As `Reviewing.report`."""
        return self._call("GET", week, "/report")

    def markdown(self, by: Principal, week: int) -> str:
        """As `Reviewing.markdown`: what was signed off, else the figures written down here."""
        from api import review_report

        found = self.report(by, week)
        return str(found.get("markdown") or review_report.markdown(found["figures"]))

    def sign(self, by: Principal, week: int, said: Said) -> None:
        """As `Reviewing.sign`."""
        self._call("POST", week, "/sign", dict(said))

    def _call(self, method: str, week: int, path: str = "", body: Any = None) -> Said:
        found: Said = self._api.call(method, f"/v1/reviews/{week}{path}", body)
        return found


def _part(text: str) -> str:
    return quote(text, safe="")
