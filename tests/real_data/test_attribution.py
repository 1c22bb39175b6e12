"""Is the agent and the step that people hold responsible named first, more often than by rankings
that hardly look?"""

from dataclasses import replace
from pathlib import Path

import pytest

from analyzers.attribution import ranking
from bench import attribution
from bench.attribution import Accuracy, Run
from storage.store import Store
from tests.real_data.test_every_span import FILES

FOLDERS = {path.parent.name: path.parent for path in FILES}

pytestmark = [
    pytest.mark.skipif("whowhen" not in FOLDERS, reason="WAKELINE_REAL_DATA names no such traces"),
    pytest.mark.timeout(600),
]


def ranks(run: Run, names: dict[str, str]) -> list[tuple[str, int]]:
    """With agents called otherwise, who is suspected, under the old names."""
    steps = [replace(step, agent=names[step.agent]) for step in run.steps]
    old = {new: name for name, new in names.items()}
    return [(old[one.agent], one.step) for one in ranking.ranked(steps, (), len(steps))[1]]


def test_it_is_above_every_trivial_ranking_in_both_halves(tmp_path: Path) -> None:
    attribution.stored(FOLDERS["whowhen"], tmp_path)
    with Store(f"chdb://{tmp_path / 'store'}") as store:
        runs = attribution.labelled(FOLDERS["whowhen"], store)
        found = list(attribution.accuracies(runs, attribution.by_product(store)))
    for half in {one.half for one in found}:
        ours, unseen, *_ = of = [one for one in found if one.half == half]
        for one in of:
            print(one)  # noqa: T201
        assert_above(ours, of)
        assert_above(unseen, of, step_top_3=False)
    for run in runs:
        agents = list(dict.fromkeys(step.agent for step in run.steps))
        same = dict(zip(agents, agents, strict=True))
        renamed = {name: f"{number:04d}" for number, name in enumerate(agents[::-1])}
        assert ranks(run, renamed) == ranks(run, same)


def assert_above(ours: Accuracy, of: list[Accuracy], *, step_top_3: bool = True) -> None:
    figures = ("agent_top_1", "step_top_1", *["step_top_3"] * step_top_3)
    for figure in figures:
        trivial = [getattr(one, figure) or 0 for one in of[4:]]
        assert getattr(ours, figure) > max(trivial), figure
