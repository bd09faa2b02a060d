"""Special functions under the names of ``torch.special``.

>>> import clgrad
>>> clgrad.special.expit(clgrad.tensor([0.0])).tolist()
[0.5]
"""

from __future__ import annotations

from clgrad.array import A
from clgrad.compose.elementwise import digamma, erfc, erfinv, exp2, expit, i0, lgamma, logit, polygamma, sinc, xlogy
from clgrad.functions import erf, expm1, log1p, log_softmax, logsumexp, round, softmax
from clgrad.ops import special

__all__ = [
    "digamma",
    "erf",
    "erfc",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "log1p",
    "log_softmax",
    "logit",
    "logsumexp",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlogy",
]

gammaln, psi = lgamma, digamma


def i0e(input: A) -> A:
    """The modified Bessel function of order 0 times exp(-|x|), which does not overflow.

    >>> import clgrad
    >>> clgrad.special.i0e(clgrad.tensor([0.0])).tolist()
    [1.0]
    """
    return _bessel(input, 0, 1)


def i1(input: A) -> A:
    """The modified Bessel function of the first kind, of order 1: the derivative of ``i0``.

    >>> import clgrad
    >>> clgrad.special.i1(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return _bessel(input, 1, 0)


def i1e(input: A) -> A:
    """``i1`` times exp(-|x|), which does not overflow.

    >>> import clgrad
    >>> clgrad.special.i1e(clgrad.tensor([0.0])).tolist()
    [0.0]
    """
    return _bessel(input, 1, 1)


def _bessel(input: A, order: int, scaled: int) -> A:
    return input._apply(special.bessel, input._operands(special.bessel, (input,)), order, scaled)
