"""Which alarms come at one time in so many agents that they have one cause outside of them?"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from analyzers.drift.arrays import Floats, Places
from domain.drift import Alarm

AGENTS_MIN = 5
AGENTS_SHARE_MIN = 0.1


def shared(alarms: Sequence[Alarm], agents: int) -> list[tuple[int, tuple[Alarm, ...]]]:
    """Groups (window, alarms) whose change may lie in one window, the largest first.

    At least max(5, 10 %) of the tenant's `agents` each. An alarm is in one group only.
    """
    least = max(AGENTS_MIN, AGENTS_SHARE_MIN * agents)
    groups: list[tuple[int, tuple[Alarm, ...]]] = []
    left = list(alarms)
    while True:
        by_window: defaultdict[int, list[Alarm]] = defaultdict(list)
        for alarm in left:
            for window in alarm.change.windows:
                by_window[window].append(alarm)
        window, most = max(
            by_window.items(), key=lambda one: (_agents(one[1]), -one[0]), default=(0, [])
        )
        if _agents(most) < least:
            return groups
        groups.append((window, tuple(most)))
        left = [alarm for alarm in left if alarm not in most]


def apart(scores: Floats, families: Places) -> Floats:
    """What the score of each channel is beyond the median of its family in this window.

    scores: `last_score` of the memory, one metric of many agents being one family. Watched as
    channels of their own (ranked anew), they show who drifts when all are moved by one cause.
    """
    found = scores.copy()
    for family in np.unique(families).tolist():
        of_it = families == family
        found[of_it] -= np.median(scores[of_it])
    return found


def _agents(alarms: Sequence[Alarm]) -> int:
    return len({(alarm.stream.tenant, alarm.stream.agent) for alarm in alarms})
