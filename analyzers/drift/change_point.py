"""Since when? Every window as the first changed one, weighed against the others.

Bayes factors of a step in a linear model with the means of the strata, unknown, and an unknown sd
(right-Haar priors; Perez-Ortiz et al. 2024). They date a change; they never raise an alarm, for
with heavy tails they would do so far too often.
"""

from dataclasses import dataclass

import numpy as np

from analyzers.drift.arrays import Floats, Places
from domain.drift import Change
from domain.errors import InvalidInput

STEP_SDS = (1.0, 4.0)
MASS = 0.9


@dataclass(frozen=True, slots=True)
class Steps:
    """The least squares fit of a step that begins with window k, for each k from 1 on.

    weight: (k,) how much of the step the strata leave over, |P s|^2. shift, rss: (k, channels).
    freedom: degrees of freedom that are left for the sd.
    """

    weight: Floats
    shift: Floats
    rss: Floats
    freedom: int

    @property
    def t_squared(self) -> Floats:
        """(k, channels): the square of Student's t of each step."""
        variance = np.maximum(self.rss / self.freedom, np.finfo(np.float64).tiny)
        return self.shift**2 * self.weight[:, None] / variance


def steps(x: Floats, strata: Places, besides: Floats | None = None, rho: float = 0.0) -> Steps:
    """x: (windows, channels), none missing. strata: one a window.

    besides: (windows, columns) what else moves the mean: volume, month end, acknowledged changes.
    rho: correlation of neighbouring windows, which the fit is freed of (Cochrane and Orcutt 1949;
    the first window as by Prais and Winsten 1954); rss is then of what is new in each window.
    """
    windows = len(x)
    known = (strata[:, None] == np.unique(strata)).astype(np.float64)
    if besides is not None:
        known = np.column_stack([known, besides])
    left, sizes, _ = np.linalg.svd(_freed(known, rho), full_matrices=False)
    basis = left[:, sizes > 1e-9 * sizes[0]]
    freedom = windows - basis.shape[1] - 1
    if freedom < 1:
        raise InvalidInput(
            f"{windows} windows of {basis.shape[1]} strata and regressors say nothing of a change:"
            " wait for more windows"
        )
    step = (np.arange(windows)[:, None] >= np.arange(1, windows)).astype(np.float64)
    step, x = _freed(step, rho), _freed(x, rho)
    step -= basis @ (basis.T @ step)
    rest = x - basis @ (basis.T @ x)
    weight = np.einsum("wk,wk->k", step, step)
    told = weight > 1e-9
    shift = np.where(told[:, None], step.T @ rest / np.where(told, weight, 1.0)[:, None], 0.0)
    rss = np.einsum("wc,wc->c", rest, rest) - shift**2 * weight[:, None]
    return Steps(np.where(told, weight, 0.0), shift, np.maximum(rss, 0.0), freedom)


def _freed(columns: Floats, rho: float) -> Floats:
    """Of each window what the window before does not say already."""
    found = columns - rho * np.vstack([columns[:1], columns[:-1]])
    found[0] = columns[0] * np.sqrt(1.0 - rho * rho)
    return found


def log_factors(fits: Steps, step_sds: tuple[float, ...] = STEP_SDS) -> Floats:
    """(k, channels): the log of the Bayes factor of a step at k against none.

    The mean over steps of N(0, (sd x sd between windows)^2).
    """
    t_squared, nu = fits.t_squared, fits.freedom
    logs = []
    for sd in step_sds:
        spread = 1.0 + fits.weight[:, None] * sd * sd
        ratio = np.log1p(t_squared / nu) - np.log1p(t_squared / (nu * spread))
        logs.append(0.5 * (nu + 1) * ratio - 0.5 * np.log(spread))
    mean: Floats = np.logaddexp.reduce(logs) - np.log(len(step_sds))
    return mean


def posterior(factors: Floats, oldest: int = 1) -> Floats:
    """(k,): how likely each window from 1 on is the first changed one, by all channels together.

    oldest: earlier ones are left out.
    """
    together = np.logaddexp.reduce(factors, axis=1)
    together[: oldest - 1] = -np.inf
    weight = np.exp(together - together.max())
    found: Floats = weight / weight.sum()
    return found


def change(chances: Floats, first_window: int = 0, mass: float = MASS) -> Change:
    """The likeliest window, and the smallest set of windows that holds `mass`.

    chances: of `posterior`. first_window: the number of the window at place 0.
    """
    order = np.argsort(-chances, kind="stable")
    held = np.cumsum(chances[order])
    size = int(np.searchsorted(held, mass - 1e-12)) + 1
    windows = order[:size] + 1 + first_window
    return Change(int(windows[0]), tuple(sorted(windows.tolist())), float(held[size - 1]))


def since_when(
    x: Floats,
    strata: Places,
    first_window: int = 0,
    memory_windows: int = 90,
    rho: float = 0.0,
) -> Change:
    """Of channels (windows, channels) with evidence: when did they change?

    rho: correlation of neighbouring windows, as the channels are whitened by.

    >>> x = np.array([[0.1], [-0.2], [0.0], [0.2], [-0.1], [3.1], [2.9], [3.0]])
    >>> since_when(x, np.zeros(8, int), first_window=100).windows
    (105,)
    """
    factors = log_factors(steps(x, strata, rho=rho))
    return change(posterior(factors, max(1, len(x) - memory_windows)), first_window)
