"""Which alarms may have one cause outside of their agents, such as a provider?"""

from collections.abc import Mapping

from analyzers.drift.shared_cause import shared
from domain.drift import Alarm


def causes(alarms: Mapping[str, Alarm], agents: int) -> dict[str, int]:
    """The window that alarms, by their ids, have in common; those without one are left out.

    agents: how many the tenant has.
    """
    named = {id(alarm): name for name, alarm in alarms.items()}
    return {
        named[id(alarm)]: window
        for window, several in shared(list(alarms.values()), agents)
        for alarm in several
    }
