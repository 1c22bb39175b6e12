"""Two groups of runs without an order: do they behave alike?

If they do, any other split of the same runs into groups of these sizes was as likely. So the groups
are held against some thousand splits, drawn from the ids of the runs (anybody can draw them again),
and nothing has to be known of how runs are distributed or hang together within themselves. A
statistic divided by its mean over all splits is an e-value (soft ranks: Wang and Ramdas 2022; Ren
and Barber 2024), and so is a mean of them, however channels depend on each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from analyzers.drift import group_effects
from analyzers.drift.arrays import Flags, Floats
from analyzers.drift.budget import e_bh
from analyzers.drift.evidence import EXPONENT_MAX
from analyzers.drift.run_channels import RunChannel, channels
from analyzers.drift.seeds import keys, rows_of_uniforms
from domain.comparison import Comparison, Difference, Run, Verdict

MISS = 0.05
Q = 0.1
RUNS_MIN = 10  # of either group
SPLITS = 4999
BLOCK_SPLITS = 500
BLOCK_DRAWS = 500_000  # that are in memory at once
SHIFT_SDS = (0.5, 1.0)
SHRINKAGE = 0.2  # of correlations between channels, toward none
NAMED_MAX = 3


def compare(baseline: Sequence[Run], candidate: Sequence[Run], miss: float = MISS) -> Comparison:
    """What can be said of two groups; a run in both is a candidate only.

    >>> old = [Run(f"a{n}", {"steps": 10.0 + n % 5}) for n in range(30)]
    >>> new = [Run(f"b{n}", {"steps": 20.0 + n % 5}) for n in range(30)]
    >>> compare(old, new).verdict.value, compare(old[::2], old[1::2]).verdict.value
    ('drift', 'no_drift')
    """
    new = {run.trace_id: run for run in candidate}
    old = {run.trace_id: run for run in baseline if run.trace_id not in new}
    shared = len({run.trace_id for run in baseline}) - len(old)
    runs = [*sorted(old.values(), key=_id), *sorted(new.values(), key=_id)]
    found = channels(runs)
    if min(len(old), len(new)) < RUNS_MIN or not found:
        return _too_few(len(old), len(new), shared, miss, bool(found))
    newer = np.arange(len(runs)) >= len(old)
    evidence = _evidence(found, _splits([run.trace_id for run in runs], newer), newer)
    differences = _differences(found, newer, evidence.channels, miss)
    verdict = Verdict.DRIFT if evidence.whole >= 1.0 / miss else Verdict.NO_DRIFT
    return Comparison(
        verdict, _reason(verdict, differences), miss, evidence.whole, evidence.p_value,
        len(old), len(new), shared, "", evidence.families, differences,
    )  # fmt: skip


def _id(run: Run) -> str:
    return run.trace_id


def _too_few(old: int, new: int, shared: int, miss: float, channels_found: bool) -> Comparison:
    said = "nothing that is recorded varies between them" if not channels_found else ""
    if min(old, new) < RUNS_MIN:
        said = f"{old} and {new} runs: at least {RUNS_MIN} of either group are needed"
    return Comparison(Verdict.TOO_FEW, said, miss, 1.0, 1.0, old, new, shared, "", {}, ())


def _splits(trace_ids: Sequence[str], newer: Flags) -> Flags:
    """(1 + SPLITS, runs): which are in the newer group; the first is the split as it is."""
    known, size = keys((one,) for one in trace_ids), int(newer.sum())
    found = np.zeros((SPLITS + 1, len(newer)), np.bool_)
    found[0] = newer
    block = max(1, BLOCK_DRAWS // len(newer))
    for start in range(1, SPLITS + 1, block):
        numbers = range(start, min(start + block, SPLITS + 1))
        drawn = np.argpartition(rows_of_uniforms(known, numbers), size - 1, axis=1)[:, :size]
        np.put_along_axis(found[start : numbers.stop], drawn, values=True, axis=1)
    return found


@dataclass(frozen=True, slots=True)
class _Evidence:
    """E-values: of the whole, of families, of channels; and how many splits say as much."""

    whole: float
    p_value: float
    families: dict[str, float]
    channels: Floats


def _evidence(found: Sequence[RunChannel], splits: Flags, newer: Flags) -> _Evidence:
    """Each row of an array here is one split."""
    scores = np.column_stack([normal_scores(one.values) for one in found])
    old, new = int((~newer).sum()), int(newer.sum())
    share = old * new / (old + new)
    shift = np.concatenate([
        splits[start : start + BLOCK_SPLITS].astype(np.float64) @ scores
        for start in range(0, len(splits), BLOCK_SPLITS)
    ]) / np.sqrt(share)  # fmt: skip
    each = _ratios(shift**2, share, 1)
    families, whole = {}, np.zeros(len(splits))
    for name in dict.fromkeys(one.family for one in found):
        places = np.array([place for place, one in enumerate(found) if one.family == name])
        together = _ratios(_length(shift[:, places], scores[:, places]), share, len(places))
        of_family = (each[:, places].mean(axis=1) + together) / 2.0
        families[name] = float(_fair(of_family)[0])
        whole += of_family
    said = _fair(whole)
    p_value = float(np.mean(said >= said[0] * (1.0 - 1e-9)))
    return _Evidence(float(said[0]), p_value, families, _fair(each)[0])


def normal_scores(values: Floats) -> Floats:
    """Ranks as standard normal scores with mean 0 and sd 1; 0 for what is not recorded.

    Equal values share the mean of their ranks (van der Waerden 1952).
    """
    known = np.isfinite(values)
    scores = np.zeros(len(values))
    _, place, times = np.unique(values[known], return_inverse=True, return_counts=True)
    ranks = (np.cumsum(times) - (times - 1) / 2.0)[place]
    scores[known] = ndtri(ranks / (len(ranks) + 1.0))
    scores[known] -= scores[known].mean()
    found: Floats = scores / np.sqrt(np.sum(scores**2) / (len(scores) - 1.0))
    return found


def _length(shift: Floats, scores: Floats) -> Floats:
    """Of each row of standardised shifts, squared, where channels that move together count less
    (Mahalanobis 1936; correlations drawn toward 0 as by Ledoit and Wolf 2004)."""
    together = scores.T @ scores / (len(scores) - 1.0)
    shrunk = (1.0 - SHRINKAGE) * together + SHRINKAGE * np.eye(len(together))
    found: Floats = np.einsum("sc,sc->s", shift @ np.linalg.inv(shrunk), shift)
    return found


def _ratios(square: Floats, share: float, of: int) -> Floats:
    """Likelihood ratios of a shift against none, from squared standardised shifts of `of` channels.

    The mean over sds of the shift between runs, spread over the channels.
    """
    found = np.zeros_like(square, np.float64)
    for sd in SHIFT_SDS:
        spread = 1.0 + share * sd * sd / of
        exponent = np.minimum(square * (0.5 * (1.0 - 1.0 / spread)), EXPONENT_MAX)
        found += np.exp(exponent - 0.5 * of * np.log(spread)) / len(SHIFT_SDS)
    return found


def _fair(ratios: Floats) -> Floats:
    """Divided by their mean over all splits."""
    found: Floats = ratios / ratios.mean(axis=0)
    return found


def _differences(
    found: Sequence[RunChannel], newer: Flags, e_values: Floats, miss: float
) -> list[Difference]:
    named = set(e_bh(e_values, Q).tolist())
    told = []
    for place, channel in enumerate(found):
        said, equivalent = group_effects.between(
            channel.kind, channel.values[~newer], channel.values[newer], miss / len(found)
        )
        told.append(
            Difference(
                channel.name, channel.family, said, float(e_values[place]), place in named,
                equivalent,
            )
        )  # fmt: skip
    return sorted(told, key=lambda one: (-one.e_value, one.family, one.channel))


def _reason(verdict: Verdict, differences: Sequence[Difference]) -> str:
    if verdict is Verdict.DRIFT:
        most = ", ".join(f"{one.family} {one.channel}" for one in differences[:NAMED_MAX])
        return f"they differ most in {most}"
    alike = sum(one.equivalent for one in differences)
    return f"no difference is sure; {alike} of {len(differences)} channels are certainly alike"
