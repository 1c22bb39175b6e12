"""May an agent take one more step by itself, and what takes a step back?

Shadow, canary (10 %), half, full: up by a certificate for the labels of the stage it is at, after
14 days there, without an open page, and by a person; down by a page at once; to shadow by hard
harm.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.autonomy import Autonomy, HardHarm, PageChannel, StageEvidence
from domain.errors import Conflict
from domain.thresholds import Oversight, Stage

DWELL = timedelta(days=14)
# How far autonomy may go at all while a person stands there.
STAGE_MAX = {
    Oversight.IN_CONTROL: Stage.SHADOW,
    Oversight.IN_THE_LOOP: Stage.SHADOW,
    Oversight.ON_THE_LOOP: Stage.FULL,
}


def obstacles(
    state: Autonomy, evidence: StageEvidence, at: datetime, dwell: timedelta = DWELL
) -> tuple[str, ...]:
    """What holds the next stage back, each as a sentence; nothing when it may be taken."""
    found = []
    if state.stage is Stage.FULL:
        found.append("it is at the last stage")
    elif state.stage + 1 > STAGE_MAX[state.oversight]:
        said = state.oversight.replace("_", " ")
        found.append(f"oversight is {said}: a person takes part in every case")
    if evidence.stage is not state.stage or not evidence.certified:
        found.append(f"no certificate for labels of the stage {state.stage.name.lower()}")
    if at - state.since < dwell:
        ready = (state.since + dwell).astimezone(UTC)
        found.append(f"it has to stay at this stage until {ready:%Y-%m-%d %H:%M} UTC")
    pages = (channel.replace("_", " ") for channel in sorted(state.pages))
    found.extend(f"a page about {page} is open" for page in pages)
    return tuple(found)


def promoted(
    state: Autonomy, evidence: StageEvidence, at: datetime, dwell: timedelta = DWELL
) -> Autonomy:
    """One stage up; who approves is `proposals.py`. Raises Conflict with all that holds it back."""
    found = obstacles(state, evidence, at, dwell)
    if found:
        raise Conflict(f"{state.agent}, {state.action}: {'; '.join(found)}")
    return replace(state, stage=Stage(state.stage + 1), since=at)


def paged(state: Autonomy, channel: PageChannel, at: datetime) -> Autonomy:
    """One stage down for each channel that was not open before, and none further than shadow."""
    if channel in state.pages:
        return state
    lower = Stage(max(Stage.SHADOW, state.stage - 1))
    return replace(state, stage=lower, since=at, pages=state.pages | {channel})


def closed(state: Autonomy, channel: PageChannel) -> Autonomy:
    """The page was judged; the stage stays where it fell to, and its dwell runs on."""
    return replace(state, pages=state.pages - {channel})


def harmed(state: Autonomy, harm: HardHarm, at: datetime) -> tuple[Autonomy, str]:
    """Back to shadow, with the reason that the audit record has."""
    return replace(state, stage=Stage.SHADOW, since=at), f"back to shadow: {harm}"


def overseen(state: Autonomy, oversight: Oversight, at: datetime) -> Autonomy:
    """Under another oversight; a stricter one lowers the stage with it."""
    stage = min(state.stage, STAGE_MAX[oversight])
    since = at if stage is not state.stage else state.since
    return replace(state, oversight=oversight, stage=Stage(stage), since=since)
