"""How much harm is there in all decisions of a week, judged by the few that were reviewed?

The sample is weighted by 1 / pi (Horvitz, Thompson 1952). Its interval is the gamma interval of
Fay and Feuer (1997), with the root mean square of the weights where they take the greatest: at
harm of 1 to 15 % and a hundred cases a 90 % interval holds the true rate 93 to 98 % of the time,
where the usual normal interval holds it 78 to 89 %. Rates are per decision of the frame.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.errors import InvalidInput
from domain.reviewing import Interval, Reviewed, Verdict

LEVEL = 0.9
# A difference estimator is used for the figure, and its normal interval shown, from here on only.
HARMS_SEEN_MIN = 30
HARMS_IN_SAMPLE_MIN = 20
RESIDUAL_SHARE_MAX = 0.8


@dataclass(frozen=True, slots=True)
class HarmRate:
    """Harm among the decisions of a frame.

    gated:    with skipped cases counted as harm; what gates and limits go by.
    answered: with skipped cases counted as fine: the truth lies between both.
    """

    gated: Interval
    answered: Interval
    drawn: int
    harms: int
    skipped: int


def harm_rate(reviews: Iterable[Reviewed], frame_size: int, level: float = LEVEL) -> HarmRate:
    """Of all reviews of drawn cases; those that were added by hand (pi None) are left out.

    >>> week = [Reviewed(f"d{n}", Verdict.FINE, 0.02) for n in range(99)]
    >>> found = harm_rate([*week, Reviewed("d99", Verdict.HARM, 0.02)], 5000)
    >>> round(found.gated.estimate, 3), round(found.gated.low, 4), round(found.gated.high, 4)
    (0.01, 0.0005, 0.0474)
    """
    drawn = [(review.verdict, review.pi) for review in reviews if review.pi is not None]
    weights = [1 / _chance(pi) for _, pi in drawn]
    harms = [float(verdict is Verdict.HARM) for verdict, _ in drawn]
    gated = [float(verdict is not Verdict.FINE) for verdict, _ in drawn]
    return HarmRate(
        gated=weighted_rate(gated, weights, frame_size, level),
        answered=weighted_rate(harms, weights, frame_size, level),
        drawn=len(drawn),
        harms=int(sum(harms)),
        skipped=int(sum(gated) - sum(harms)),
    )


def weighted_rate(
    values: Sequence[float], weights: Sequence[float], frame_size: int, level: float = LEVEL
) -> Interval:
    """Horvitz-Thompson rate with its gamma interval; without any case it may be anything.

    values: 0 or 1 each; weights: 1 / pi; frame_size: decisions that were drawn from.
    """
    if frame_size < 1 or not 0 < level < 1:
        raise InvalidInput("frame_size must be 1 or more, and level between 0 and 1")
    if not weights:
        return Interval(0.0, 0.0, 1.0)
    from scipy.stats import chi2

    tail = (1 - level) / 2
    rate = math.fsum(w * y for w, y in zip(weights, values, strict=True)) / frame_size
    jump = math.sqrt(math.fsum(w * w for w in weights) / len(weights)) / frame_size
    if rate == 0:
        return Interval(0.0, 0.0, min(1.0, -math.log(tail) * jump))
    spread = math.fsum(w * w * y for w, y in zip(weights, values, strict=True)) / frame_size**2
    low = spread / (2 * rate) * chi2.ppf(tail, 2 * rate**2 / spread)
    more, wider = rate + jump, spread + jump**2
    high = wider / (2 * more) * chi2.ppf(1 - tail, 2 * more**2 / wider)
    return Interval(min(1.0, rate), min(1.0, float(low)), min(1.0, float(high)))


def pooled(weeks: Sequence[tuple[Sequence[Reviewed], int]], level: float = LEVEL) -> HarmRate:
    """Several weeks as one, each (reviews, frame size); only where no drift was found between
    them.
    """
    reviews = [review for of_week, _ in weeks for review in of_week]
    return harm_rate(reviews, sum(size for _, size in weeks), level)


@dataclass(frozen=True, slots=True)
class Difference:
    """The classifier's sum over the frame, corrected by what reviewers said.

    interval: normal, None with fewer than 20 harms in the sample: it would be far too short.
    """

    estimate: float
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Reliance:
    """How far the classifier is relied on, learned from past weeks only, which keeps it unbiased.

    weight:         lam: 0 ignores it, 1 takes it at its word.
    harms_seen:     in the past 12 weeks.
    residual_share: variance that it leaves, of the variance of harm, out of sample.
    """

    weight: float
    harms_seen: int
    residual_share: float

    @property
    def helps(self) -> bool:
        """Whether the corrected sum may be used at all."""
        return self.harms_seen >= HARMS_SEEN_MIN and self.residual_share < RESIDUAL_SHARE_MAX


def reliance(fit: Sequence[Reviewed], check: Sequence[Reviewed]) -> Reliance:
    """lam = cov(y, m) / var(m) in the weeks `fit`; what it leaves, in the later weeks `check`."""
    weight = _slope(_pairs(fit))
    pairs = _pairs(check)
    left = _variance([(w, y - weight * m) for w, y, m in pairs])
    whole = _variance([(w, y) for w, y, _ in pairs])
    harms = sum(review.verdict is Verdict.HARM for review in (*fit, *check))
    return Reliance(weight, harms, left / whole if whole > 0 else 1.0)


def difference(
    reviews: Iterable[Reviewed],
    frame_size: int,
    frame_sum: float,
    relied: Reliance,
    level: float = LEVEL,
) -> Difference | None:
    """(lam x frame_sum + sum of (y - lam m) / pi) / N; None where the classifier does not help.

    frame_sum: harm_probability summed over the whole frame. Angelopoulos et al. (2023):
    Prediction-powered inference; the difference estimator of survey sampling.
    """
    if not relied.helps:
        return None
    pairs = _pairs([review for review in reviews if review.pi is not None])
    residuals = [(w, y - relied.weight * m) for w, y, m in pairs]
    corrected = math.fsum(w * residual for w, residual in residuals)
    estimate = (relied.weight * frame_sum + corrected) / frame_size
    if sum(y for _, y, _ in pairs) < HARMS_IN_SAMPLE_MIN:
        return Difference(estimate, None)
    from scipy.special import ndtri

    # Of Poisson sampling: sum of (1 - pi) / pi^2 x residual^2.
    spread = math.sqrt(math.fsum(w * (w - 1) * r * r for w, r in residuals)) / frame_size
    half = float(ndtri((1 + level) / 2)) * spread
    return Difference(estimate, Interval(estimate, max(0.0, estimate - half), estimate + half))


def sensitivity_low(found: int, planted: int, level: float = LEVEL) -> float:
    """Lower bound of the share of harmful gold cases that reviewers recognise.

    One-sided Clopper and Pearson (1934). A limit alpha on true harm is kept by holding what
    reviewers say to alpha x this bound.

    >>> round(sensitivity_low(28, 30), 3)
    0.832
    """
    if not 0 <= found <= planted:
        raise InvalidInput(f"found: from 0 to the {planted} that were planted, not {found}")
    if found == 0:
        return 0.0
    from scipy.special import betaincinv

    return float(betaincinv(found, planted - found + 1, 1 - level))


def _chance(pi: float) -> float:
    if not 0 < pi <= 1:
        raise InvalidInput(f"pi: above 0 and at most 1, not {pi}")
    return pi


def _pairs(reviews: Sequence[Reviewed]) -> list[tuple[float, float, float]]:
    """(weight, harm, classifier) of each; a skipped case is harm, one without classifier is 0."""
    return [
        (
            1 / _chance(review.pi if review.pi is not None else 1.0),
            float(review.verdict is not Verdict.FINE),
            review.harm_probability or 0.0,
        )
        for review in reviews
    ]


def _mean(weighted: Sequence[tuple[float, float]]) -> float:
    whole = math.fsum(w for w, _ in weighted)
    return math.fsum(w * x for w, x in weighted) / whole if whole else 0.0


def _variance(weighted: Sequence[tuple[float, float]]) -> float:
    middle = _mean(weighted)
    return _mean([(w, (x - middle) ** 2) for w, x in weighted])


def _slope(pairs: Sequence[tuple[float, float, float]]) -> float:
    y_mean = _mean([(w, y) for w, y, _ in pairs])
    m_mean = _mean([(w, m) for w, _, m in pairs])
    spread = _mean([(w, (m - m_mean) ** 2) for w, _, m in pairs])
    if spread <= 0:
        return 0.0
    return _mean([(w, (y - y_mean) * (m - m_mean)) for w, y, m in pairs]) / spread
