"""Keeps chains after they were answered; until one is in the store, it is given from memory."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock

from domain.errors import WakelineError
from storage.built_chains import Built, BuiltChains, Subject

# More than these are not kept in memory: whoever has built one keeps it before answering.
WAITING_MAX = 16

log = logging.getLogger("wakeline")


class Keeping:
    """Of one store. What is lost when a process ends is built again when somebody asks."""

    def __init__(self, built: BuiltChains) -> None:
        self._built = built
        self._lock = Lock()
        self._waiting: dict[tuple[str, str], tuple[Built, Future[None]]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="chain-keeping")

    def known(self, subject: Subject) -> Built | None:
        """The chain as it was built last, in the store or on its way there."""
        with self._lock:
            waiting = self._waiting.get(_key(subject))
        return waiting[0] if waiting else self._built.known(subject)

    def keep(self, subject: Subject, built: Built, *, later: bool) -> None:
        """later: return at once, as long as few wait. Raises Unavailable where it is not later."""
        with self._lock:
            if later and len(self._waiting) < WAITING_MAX:
                kept = self._thread.submit(self._keep_waiting, subject, built)
                self._waiting[_key(subject)] = built, kept
                return
        self._keep(subject, built)

    def settle(self) -> None:
        """Wait until all that was answered is kept."""
        with self._lock:
            under_way = [kept for _, kept in self._waiting.values()]
        wait(under_way)

    def _keep(self, subject: Subject, built: Built) -> None:
        self._built.keep(subject, built.chain, built.asked, built.state)

    def _keep_waiting(self, subject: Subject, built: Built) -> None:
        try:
            self._keep(subject, built)
        except WakelineError as error:
            log.warning("the chain of %s is not kept: %s", subject.node_id, error)
        finally:
            with self._lock:
                # Meanwhile a newer form of it may wait.
                if self._waiting[_key(subject)][0] is built:
                    del self._waiting[_key(subject)]


def _key(subject: Subject) -> tuple[str, str]:
    return subject.tenant, subject.node_id
