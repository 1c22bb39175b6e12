"""Which findings are told: each once, and of those with one mute key the first in a while."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from app.notifications.config import NotificationsConfig
from domain.findings import Severity, State

REMEMBERED_MAX = 20_000
TELLING = frozenset({State.OPEN, State.REGRESSED})
Row = Mapping[str, Any]


class Choice:
    """Remembers in a file what was told, so that a restart tells nothing twice."""

    def __init__(self, config: NotificationsConfig, path: Path, started_at: datetime) -> None:
        """path: the file; started_at: what was found before that is not told at the first start."""
        self._config = config
        self._path = path
        self.since = started_at
        self._told: dict[str, str] = {}
        self._cooling: dict[str, datetime] = {}
        self._recall()

    def of(self, findings: Iterable[Row], now: datetime) -> list[Row]:
        """Those to be told now; call `remember` when they are on their way."""
        return list(self._chosen(findings, now))

    def remember(self, until: datetime) -> None:
        """What was found before `until` need not be looked at again."""
        self.since = until
        self._told = dict(list(self._told.items())[-REMEMBERED_MAX:])
        self._cooling = dict(list(self._cooling.items())[-REMEMBERED_MAX:])
        cooling = {key: moment.isoformat() for key, moment in self._cooling.items()}
        said = {"since": until.isoformat(), "told": self._told, "cooling": cooling}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(said))
        fresh.replace(self._path)

    def _chosen(self, findings: Iterable[Row], now: datetime) -> Iterator[Row]:
        cool_down = timedelta(seconds=self._config.cool_down_seconds)
        for finding in findings:
            name = f"{finding['tenant']}/{finding['finding_id']}"
            if not self._is_grave(finding) or self._told.get(name) == finding["state"]:
                continue
            key = f"{finding['tenant']}/{finding['mute_key']}"
            cooled = self._cooling.get(key)
            self._told[name] = finding["state"]
            if cooled is None or now - cooled >= cool_down:
                self._cooling.pop(key, None)  # the newest stands last
                self._cooling[key] = now
                yield finding

    def _is_grave(self, finding: Row) -> bool:
        grave = Severity[finding["severity"].upper()] >= Severity[self._config.severity_min.upper()]
        hidden = finding["shadow"] or finding["retracted"]
        return grave and not hidden and finding["state"] in TELLING

    def _recall(self) -> None:
        """A file that can not be read is as none: better told twice than never."""
        try:
            said = json.loads(self._path.read_text())
            since = datetime.fromisoformat(said["since"])
            cooling = said["cooling"].items()
            self._cooling = {key: datetime.fromisoformat(moment) for key, moment in cooling}
            self._told, self.since = dict(said["told"]), since
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return
