"""Who knew what: did a run see what another one had done before it acted?"""

from collections import defaultdict
from datetime import datetime
from enum import StrEnum

from domain.cases import Dealings
from domain.chain_records import Access, Datum, Effect


class Sight(StrEnum):
    """Of two effects, what the agent of the later one knew of the earlier one."""

    BLIND = "blind"
    INFORMED = "informed"
    TOGETHER = "together"


class Knowledge:
    """What the runs of some cases knew of each other."""

    def __init__(self, dealings: Dealings) -> None:
        self._reads: dict[str, dict[Datum, list[Access]]] = defaultdict(lambda: defaultdict(list))
        self._writes: dict[str, list[Access]] = defaultdict(list)
        self._written_at: dict[tuple[Datum, str], datetime] = {}
        for access in sorted(dealings.accesses, key=lambda one: (one.at, one.ref)):
            if access.is_write:
                self._writes[access.ref.trace_id].append(access)
                self._written_at[access.datum, access.version] = access.at
            else:
                self._reads[access.ref.trace_id][access.datum].append(access)
        self._led_to: dict[str, set[str]] = defaultdict(set)
        for link in dealings.links:
            self._led_to[link.cause.trace_id].add(link.effect.trace_id)
        self._all_led_to: dict[str, frozenset[str]] = {}
        self._handed: dict[tuple[str, str, str], datetime] = {}
        for handoff in sorted(dealings.handoffs, key=lambda one: one.at, reverse=True):
            for key in {handoff.case_id, handoff.ref.trace_id} - {""}:
                self._handed[handoff.giver, handoff.taker, key] = handoff.at

    def of(self, first: Effect, second: Effect) -> Sight:
        """TOGETHER: one run, or one that led to the other, or each read what the other wrote."""
        one, other = first.ref.trace_id, second.ref.trace_id
        if one == other or other in self._from(one) or one in self._from(other):
            return Sight.TOGETHER
        if self._was_handed(first, second):
            return Sight.TOGETHER
        if not self._saw(other, one, second.at):
            return Sight.BLIND
        return Sight.TOGETHER if self._saw(one, other, None) else Sight.INFORMED

    def missed(self, first: Effect, second: Effect) -> Access | None:
        """What the first run had written that the second one should have read."""
        written = self._writes.get(first.ref.trace_id, ())
        return next((access for access in written if access.at <= second.at), None)

    def read_by(self, effect: Effect) -> list[Access]:
        """What its run had read until then."""
        by_datum = self._reads.get(effect.ref.trace_id, {})
        reads = [access for accesses in by_datum.values() for access in accesses]
        return [access for access in reads if access.at <= effect.at]

    def takes_back(self, effect: Effect) -> bool:
        """Whether its span wrote something that says that it takes another write back."""
        writes = self._writes.get(effect.ref.trace_id, ())
        return any(access.compensates and access.ref == effect.ref for access in writes)

    def _was_handed(self, first: Effect, second: Effect) -> bool:
        handed = (
            self._handed.get((first.agent, second.agent, key))
            for key in (first.case_id, first.ref.trace_id)
        )
        return any(at is not None and at <= second.at for at in handed)

    def _saw(self, reader: str, writer: str, until: datetime | None) -> bool:
        reads = self._reads.get(reader, {})
        return any(
            self._shows(read, write)
            for write in self._writes.get(writer, ())
            for read in reads.get(write.datum, ())
            if until is None or read.at <= until
        )

    def _shows(self, read: Access, write: Access) -> bool:
        """Whether the read came after the write, and gave that version or a later one."""
        if write.at > read.at:
            return False
        if not read.version or not write.version or read.version == write.version:
            return True
        written_at = self._written_at.get((read.datum, read.version))
        if written_at is not None:
            return written_at >= write.at
        if read.version.isdecimal() and write.version.isdecimal():
            return int(read.version) > int(write.version)
        return True

    def _from(self, cause: str) -> frozenset[str]:
        """All runs that a run led to, over links and messages."""
        if cause not in self._all_led_to:
            seen, ahead = {cause}, [cause]
            while ahead:
                new = self._led_to.get(ahead.pop(), set()) - seen
                seen |= new
                ahead += new
            self._all_led_to[cause] = frozenset(seen - {cause})
        return self._all_led_to[cause]
