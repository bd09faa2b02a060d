"""The Python array API standard, 2024.12: ``x.__array_namespace__()`` is this module.

Names, argument names and meanings are the standard's (https://data-apis.org/array-api/2024.12/); arrays are
``clgrad.Tensor``. Code written for the standard runs on every device without a word of clgrad in it:

    >>> import clgrad
    >>> def normalised(x):
    ...     xp = x.__array_namespace__()
    ...     return x / xp.sum(x, axis=-1, keepdims=True)
    >>> normalised(clgrad.tensor([1.0, 3.0])).tolist()
    [0.25, 0.75]
"""

from __future__ import annotations

from clgrad.array_api import creation, elementwise, fft, information, linalg, manipulation, reductions
from clgrad.array_api.creation import *
from clgrad.array_api.elementwise import *
from clgrad.array_api.information import *
from clgrad.array_api.manipulation import *
from clgrad.array_api.reductions import *

__array_api_version__ = "2024.12"

__all__ = ["__array_api_version__", "fft", "linalg"]
__all__ += creation.__all__
__all__ += elementwise.__all__
__all__ += information.__all__
__all__ += manipulation.__all__
__all__ += reductions.__all__
