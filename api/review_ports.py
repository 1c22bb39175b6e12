"""What the routes of the weekly review need of the rest of the product, as a protocol."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from domain.access import Principal

Said = Mapping[str, Any]


class ReviewAdministration(Protocol):
    """The weekly review. A caller acts in its own tenant. week: ISO year x 100 + ISO week.

    All calls may block and raise Unavailable; those about a week raise NotFound before it is drawn.
    """

    def weeks(self, tenant: str, weeks_max: int) -> Sequence[Said]:
        """Weeks that were drawn, the newest first, each with how far it is."""
        ...

    def week(self, by: Principal, week: int) -> Said:
        """How it was drawn, by agent and action, how far it is, and how much the caller can do."""
        ...

    def draw(self, by: Principal, week: int) -> Said:
        """The week, drawn now unless it was before. Raises PermissionDenied, InvalidInput."""
        ...

    def check(self, tenant: str, week: int) -> Said:
        """Whether the week, drawn again, gives the sample that is stored."""
        ...

    def queue(self, by: Principal, week: int) -> Sequence[Said]:
        """Cases that the caller may look at now, in order."""
        ...

    def take(self, by: Principal, week: int, case_id: str = "") -> Said:
        """`case_id` of the next case, or of the one that is asked for, which is the caller's for a
        while; empty where nothing is left. Raises Conflict, PermissionDenied."""
        ...

    def give_back(self, by: Principal, week: int, case_id: str) -> None:
        """Let somebody else look at it."""
        ...

    def case(self, by: Principal, week: int, case_id: str) -> Said:
        """Everything that a reviewer has to see; what others said only once the week is signed
        off, or to who governs. Raises NotFound, PermissionDenied."""
        ...

    def judge(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """said: verdict, reason, note, cost. Raises Conflict, InvalidInput, PermissionDenied."""
        ...

    def settle(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """What counts where two reviewers differ."""
        ...

    def add(self, by: Principal, week: int, decision_id: str, why: str) -> Said:
        """`case_id` of a decision that was not drawn; it is in no estimate."""
        ...

    def know(self, by: Principal, week: int, case_id: str, said: Said) -> None:
        """Of a case the right verdict is known, or no more; said: verdict and why."""
        ...

    def report(self, by: Principal, week: int) -> Said:
        """figures, their sha256, and how it was signed off; as it was then, once it was."""
        ...

    def markdown(self, by: Principal, week: int) -> str:
        """The report as Markdown."""
        ...

    def sign(self, by: Principal, week: int, said: Said) -> None:
        """said: sha256 of the figures that were read, name, statement. Raises Conflict,
        InvalidInput, PermissionDenied."""
        ...
