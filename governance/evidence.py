"""How strongly do labels speak against "the risk is too high", whenever one looks?

An e-value is evidence: had the risk been too high, it would be 1 or less on average, and would
ever reach 1 / d with a chance of d at most (Ville 1939). So one may look every week and stop when
it is enough. Waudby-Smith, Ramdas (2024): Estimating means of bounded random variables by
betting; Angelopoulos et al. (2021), Learn then test. All figures are natural logarithms, and -inf
is no evidence at all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, Self

from domain.errors import InvalidInput
from domain.tuning import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

NOTHING = 0.0  # log of an e-value of 1: what one starts with
FRACTIONS = (0.95, 0.8, 0.6, 0.4, 0.2, 0.1)  # of the stake that a weighted e-value bets
PRIOR_SAFE = 0.5
PRIOR_SAFE_SCALE = 0.25
PRIOR_HARM = (1.0, 8.0)
# From strict to loose: thresholds of confidence.
GRID = tuple(round(0.98 - 0.02 * step, 2) for step in range(25))


def log_e_safe(harms: "ArrayLike", labels: "ArrayLike", alpha: float) -> "NDArray[np.float64]":
    """Evidence that the risk is below alpha, from `harms` of `labels` cases drawn with equal
    chances.

    A mixture over risks p below alpha, Beta(1/2, 1 / (4 alpha)) cut at alpha, of likelihood ratios
    against alpha. Arrays go element by element.

    >>> import math
    >>> print([round(math.exp(log_e_safe(0, n, 0.02)), 2) for n in (0, 145, 146)])
    [1.0, 9.96, 10.14]
    """
    import numpy as np
    from scipy.special import betainc, betaln

    k, n = np.asarray(harms, float), np.asarray(labels, float)
    a, b = PRIOR_SAFE, PRIOR_SAFE_SCALE / alpha
    with np.errstate(divide="ignore"):
        # It underflows to 0 where nearly all labels are harm: no evidence, and never a false one.
        inside = np.log(betainc(k + a, n - k + b, alpha))
    posterior = betaln(k + a, n - k + b) + inside
    prior = betaln(a, b) + np.log(betainc(a, b, alpha))
    likelihood = k * np.log(alpha) + (n - k) * np.log1p(-alpha)
    found: NDArray[np.float64] = posterior - prior - likelihood
    return found


def log_e_harm(harms: "ArrayLike", labels: "ArrayLike", alpha: float) -> "NDArray[np.float64]":
    """Evidence that the risk is above alpha: the same, mixed over Beta(1, 8) above alpha.

    >>> print(round(float(log_e_harm(5, 20, 0.02)), 2))
    7.47
    """
    import numpy as np
    from scipy.special import betaincc, betaln

    k, n = np.asarray(harms, float), np.asarray(labels, float)
    a, b = PRIOR_HARM
    with np.errstate(divide="ignore"):
        inside = np.log(betaincc(k + a, n - k + b, alpha))
    posterior = betaln(k + a, n - k + b) + inside
    prior = betaln(a, b) + np.log(betaincc(a, b, alpha))
    likelihood = k * np.log(alpha) + (n - k) * np.log1p(-alpha)
    found: NDArray[np.float64] = posterior - prior - likelihood
    return found


class Evidence(Protocol):
    """Evidence for each threshold of a grid, from strict to loose; a week gives new evidence.

    sup: the most there ever was, in logarithms; labels, harms: at or above each threshold.
    """

    @property
    def grid(self) -> tuple[float, ...]: ...
    @property
    def sup(self) -> tuple[float, ...]: ...
    @property
    def labels(self) -> tuple[int, ...]: ...
    @property
    def harms(self) -> tuple[int, ...]: ...
    @property
    def weeks(self) -> int: ...

    def added(self, labels: Iterable[Label], pi_min: float) -> Self:
        """With one more week."""
        ...

    def joined(self, later: Self) -> Self:
        """With evidence of later weeks that was kept apart."""
        ...

    def fresh(self) -> Self:
        """The same question, without evidence."""
        ...


@dataclass(frozen=True, slots=True)
class Counted:
    """From labels that were drawn with equal chances: the uniform part, or a stage without
    autonomy.

    Equal within a week is enough; weeks may differ. Other labels are left out.
    """

    alpha: float
    grid: tuple[float, ...]
    harms: tuple[int, ...]
    labels: tuple[int, ...]
    sup: tuple[float, ...]
    weeks: int = 0

    @classmethod
    def begun(cls, alpha: float, grid: Sequence[float] = GRID) -> Self:
        """No evidence yet."""
        zeros = (0,) * len(grid)
        return cls(alpha, tuple(grid), zeros, zeros, (NOTHING,) * len(grid))

    def added(self, labels: Iterable[Label], pi_min: float) -> Self:
        """With the uniform labels of one more week; `pi_min` is not needed here."""
        even = [label for label in labels if label.uniform and label.pi is not None]
        inside = [[label for label in even if label.confidence >= at] for at in self.grid]
        return self.counted(
            [sum(label.harm for label in of) for of in inside], [len(of) for of in inside]
        )

    def counted(self, harms: Sequence[int], labels: Sequence[int]) -> Self:
        """With one more week that was counted elsewhere: harms and labels at each threshold."""
        return self._with(
            tuple(old + new for old, new in zip(self.harms, harms, strict=True)),
            tuple(old + new for old, new in zip(self.labels, labels, strict=True)),
            self.weeks + 1,
        )

    def joined(self, later: Self) -> Self:
        """Counts add up, for the order of labels says nothing."""
        both = self.counted(later.harms, later.labels)
        return replace(both, weeks=self.weeks + later.weeks)

    def fresh(self) -> Self:
        """The same question, without evidence."""
        return type(self).begun(self.alpha, self.grid)

    def _with(self, harms: tuple[int, ...], labels: tuple[int, ...], weeks: int) -> Self:
        now = log_e_safe(harms, labels, self.alpha).tolist()
        sup = tuple(map(max, self.sup, now))
        return replace(self, harms=harms, labels=labels, sup=sup, weeks=weeks)


@dataclass(frozen=True, slots=True)
class Weighted:
    """From labels that were drawn with chances of their own, each weighted by 1 / pi.

    log_bets: for each threshold, the logarithm of what each fraction of the stake has become.
    """

    alpha: float
    grid: tuple[float, ...]
    harms: tuple[int, ...]
    labels: tuple[int, ...]
    log_bets: tuple[tuple[float, ...], ...]
    sup: tuple[float, ...]
    weeks: int = 0

    @classmethod
    def begun(cls, alpha: float, grid: Sequence[float] = GRID) -> Self:
        """No evidence yet."""
        zeros, size = (0,) * len(grid), len(grid)
        bets = ((NOTHING,) * len(FRACTIONS),) * size
        return cls(alpha, tuple(grid), zeros, zeros, bets, (NOTHING,) * size)

    def added(self, labels: Iterable[Label], pi_min: float) -> Self:
        """With one more week, in which no case had a chance below `pi_min`."""
        drawn = [(label, label.pi) for label in labels if label.pi is not None]
        losses = [(label.confidence, pi, float(label.harm)) for label, pi in drawn]
        gains = [
            log_gains([(pi, loss) for at, pi, loss in losses if at >= edge], self.alpha, 1, pi_min)
            for edge in self.grid
        ]
        harms = [sum(bool(x) for at, _, x in losses if at >= edge) for edge in self.grid]
        counts = [sum(at >= edge for at, _, _ in losses) for edge in self.grid]
        return self._with(gains, harms, counts, self.weeks + 1)

    def joined(self, later: Self) -> Self:
        """What each bet has become multiplies."""
        weeks = self.weeks + later.weeks
        return self._with(later.log_bets, later.harms, later.labels, weeks)

    def fresh(self) -> Self:
        """The same question, without evidence."""
        return type(self).begun(self.alpha, self.grid)

    def _with(
        self,
        gains: Sequence[Sequence[float]],
        harms: Sequence[int],
        labels: Sequence[int],
        weeks: int,
    ) -> Self:
        bets = tuple(
            tuple(old + new for old, new in zip(bets, gained, strict=True))
            for bets, gained in zip(self.log_bets, gains, strict=True)
        )
        return replace(
            self,
            log_bets=bets,
            harms=tuple(map(int.__add__, self.harms, harms)),
            labels=tuple(map(int.__add__, self.labels, labels)),
            sup=tuple(map(max, self.sup, map(log_mean_exp, bets))),
            weeks=weeks,
        )


def log_gains(
    losses: Sequence[tuple[float, float]], tolerated: float, loss_max: float, pi_min: float
) -> tuple[float, ...]:
    """What a week adds to the logarithm of each bet that the mean loss is below `tolerated`.

    losses: (pi, loss) of each drawn case, loss from 0 to loss_max. Each factor is
    1 - f (loss - tolerated) / pi / stake with stake = (loss_max - tolerated) / pi_min, so none
    can go below 1 - f, and cases that were not drawn leave the bet alone.
    """
    import numpy as np

    if any(pi < pi_min for pi, _ in losses) or not 0 < pi_min <= 1:
        raise InvalidInput(f"pi_min: above 0, and no more than any chance of the week: {pi_min}")
    pi, loss = np.asarray(losses, float).reshape(-1, 2).T
    moves = (loss - tolerated) / pi * pi_min / (loss_max - tolerated)
    gains = np.log1p(-np.outer(FRACTIONS, moves)).sum(axis=1)
    return tuple(gains.tolist())


def log_mean_exp(logs: Sequence[float]) -> float:
    """The logarithm of the mean of exponentials, without overflow.

    >>> log_mean_exp([0.0, 0.0])
    0.0
    """
    import numpy as np

    return float(np.logaddexp.reduce(logs) - np.log(len(logs)))
