"""What ``ops.py`` compares: every op, how both libraries say it, and on which numbers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from ops import Work

SMALL = 1024
"""Elements at the small size; the large one is a million unless an op says less."""

Maker = Callable[[Any, tuple[int, ...]], Any]


def normal(random: Any, shape: tuple[int, ...]) -> Any:
    return random.standard_normal(shape, dtype=np.float32)


def unit(random: Any, shape: tuple[int, ...]) -> Any:
    """Numbers between 0 and 1, not too near to either."""
    return random.random(shape, dtype=np.float32) * np.float32(0.98) + np.float32(0.01)


def above_one(random: Any, shape: tuple[int, ...]) -> Any:
    return unit(random, shape) + 1


def integers(random: Any, shape: tuple[int, ...]) -> Any:
    return random.integers(1, 100, shape, dtype=np.int32)


def truths(random: Any, shape: tuple[int, ...]) -> Any:
    return random.random(shape) < 0.3


def square(size: int) -> tuple[int, ...]:
    side = math.isqrt(size)
    return side, size // side


def of(*makers: Maker) -> Callable[..., list[Any]]:
    """Matrices of this many elements."""
    return lambda random, size: [maker(random, square(size)) for maker in makers]


def with_index(random: Any, size: int) -> list[Any]:
    """A matrix, and an index of its first dim for each element."""
    shape = square(size)
    return [normal(random, shape), random.integers(0, shape[0], shape)]


def with_rows(random: Any, size: int) -> list[Any]:
    """A matrix, indices of rows, and rows."""
    shape = square(size)
    return [normal(random, shape), random.integers(0, shape[0], shape[0]), normal(random, shape)]


def method(name: str, *arguments: Any, **keywords: Any) -> Callable[..., Any]:
    return lambda library, *xs: getattr(library, name)(*xs, *arguments, **keywords)


def functional(name: str, *arguments: Any, **keywords: Any) -> Callable[..., Any]:
    return lambda library, *xs: getattr(library.nn.functional, name)(*xs, *arguments, **keywords)


UNARY: dict[Maker, str] = {
    normal: "abs neg sign sgn square exp exp2 expm1 sin cos atan sinh cosh tanh asinh sigmoid erf erfc i0 sinc floor"
    " ceil round trunc frac isnan isinf isfinite relu nan_to_num rad2deg deg2rad signbit",
    unit: "reciprocal sqrt rsqrt log log2 log10 log1p asin acos atanh logit erfinv lgamma digamma tan",
    above_one: "acosh",
    truths: "logical_not",
    integers: "bitwise_not",
}
BINARY: dict[Maker, str] = {
    normal: "add sub mul div atan2 hypot copysign nextafter maximum minimum fmax fmin eq ne lt le gt ge logaddexp"
    " logaddexp2 floor_divide remainder fmod heaviside",
    unit: "pow xlogy float_power",
    truths: "logical_and logical_or logical_xor",
    integers: "bitwise_and bitwise_or bitwise_xor gcd",
}
ACTIVATIONS = (
    "relu relu6 leaky_relu elu selu celu gelu silu mish softplus softsign hardtanh hardsigmoid hardswish hardshrink"
    " softshrink tanhshrink logsigmoid"
)
LOSSES = "mse_loss l1_loss smooth_l1_loss huber_loss soft_margin_loss poisson_nll_loss hinge_embedding_loss"


def works() -> Iterator[Work]:
    """All of them."""
    for maker, names in UNARY.items():
        for name in names.split():
            yield Work(name, method(name), of(maker))
    for maker, names in BINARY.items():
        for name in names.split():
            yield Work(name, method(name), of(maker, maker))
    yield Work("polygamma", lambda library, x: library.polygamma(1, x), of(unit))
    yield Work("clamp", method("clamp", -1.0, 1.0), of(normal))
    yield Work("lerp", method("lerp", 0.3), of(normal, normal))
    yield Work("addcmul", method("addcmul"), of(normal, normal, normal))
    yield Work("addcdiv", method("addcdiv"), of(normal, normal, unit))
    yield Work("where", method("where"), of(truths, normal, normal))
    yield Work("masked_fill", lambda library, m, x: library.masked_fill(x, m, 0.0), of(truths, normal))
    yield Work("isclose", method("isclose"), of(normal, normal))
    yield from reductions()
    yield from order()
    yield from shapes()
    yield from indices()
    yield from products()
    yield from functions()
    yield from transforms()
    yield from rest()


def reductions() -> Iterator[Work]:
    for name in (
        "sum",
        "mean",
        "amax",
        "amin",
        "prod",
        "var",
        "std",
        "argmax",
        "argmin",
        "nansum",
        "nanmean",
        "logsumexp",
    ):
        for dim in (0, 1):
            yield Work(f"{name} dim {dim}", method(name, dim), of(normal))
    for name in ("sum", "mean", "var", "max", "argmax", "norm", "count_nonzero"):
        yield Work(f"{name} of all", method(name), of(normal))
    yield Work("max dim 1", method("max", 1), of(normal))
    yield Work("any", method("any", 1), of(truths))
    yield Work("all", method("all", 1), of(truths))
    for name in ("cumsum", "cumprod", "cummax", "logcumsumexp"):
        for dim in (0, 1):
            yield Work(f"{name} dim {dim}", method(name, dim), of(unit))
    yield Work("cumsum of all", lambda library, x: library.cumsum(x.flatten(), 0), of(unit))
    yield Work("diff", method("diff"), of(normal))


def order() -> Iterator[Work]:
    yield Work("sort dim 1", lambda library, x: library.sort(x, 1).values, of(normal))
    yield Work("sort dim 0", lambda library, x: library.sort(x, 0).values, of(normal))
    yield Work("sort of all", lambda library, x: library.sort(x.flatten(), 0).values, of(normal))
    yield Work("argsort", method("argsort", dim=1, stable=True), of(normal))
    yield Work("topk 10 dim 1", lambda library, x: library.topk(x, 10, 1).values, of(normal))
    yield Work("topk 10 of all", lambda library, x: library.topk(x.flatten(), 10, 0).values, of(normal))
    yield Work("kthvalue", lambda library, x: library.kthvalue(x, 7, 1).values, of(normal))
    yield Work("median dim 1", lambda library, x: library.median(x, 1).values, of(normal))
    yield Work("median of all", method("median"), of(normal))
    yield Work("quantile", method("quantile", 0.3, 1), of(normal))
    yield Work("mode", lambda library, x: library.mode(x, 1).values, of(integers))
    yield Work("unique", method("unique"), of(integers))
    yield Work(
        "searchsorted", lambda library, x, y: library.searchsorted(library.sort(x, 1).values, y), of(normal, normal)
    )
    yield Work("bucketize", lambda library, x: library.bucketize(x, x[0, :30].sort().values), of(normal))
    yield Work("bincount", lambda library, x: library.bincount(x.flatten()), of(integers))
    yield Work("histc", method("histc", 50, -3.0, 3.0), of(normal))
    yield Work("nonzero", method("nonzero"), of(truths))
    yield Work("masked_select", lambda library, m, x: library.masked_select(x, m), of(truths, normal))
    yield Work("isin", lambda library, x: library.isin(x, x[0, :20]), of(integers))


def shapes() -> Iterator[Work]:
    yield Work("transpose, copied", lambda library, x: x.T + 0, of(normal))
    yield Work("flip", method("flip", (0, 1)), of(normal))
    yield Work("roll", method("roll", (3, 5), (0, 1)), of(normal))
    yield Work("rot90", method("rot90"), of(normal))
    yield Work("tile", method("tile", (2, 3)), of(normal), 200_000)
    yield Work("repeat_interleave", method("repeat_interleave", 3, 1), of(normal), 200_000)
    yield Work("unfold", lambda library, x: x.unfold(1, 4, 2) + 0, of(normal))
    yield Work("cat dim 0", lambda library, x, y: library.cat([x, y], 0), of(normal, normal))
    yield Work("cat dim 1", lambda library, x, y: library.cat([x, y], 1), of(normal, normal))
    yield Work("stack", lambda library, x, y: library.stack([x, y], 2), of(normal, normal))
    yield Work("cat of 64", lambda library, x: library.cat(list(x.chunk(64, 1)), 0), of(normal), 64 * 4096)
    yield Work("tril", method("tril"), of(normal))
    yield Work("diag", method("diag"), of(normal))
    yield Work("diag_embed", lambda library, x: library.diag_embed(x[0]), of(normal))
    yield Work("pad", functional("pad", (1, 2, 3, 4)), of(normal))
    yield Work(
        "pad reflect", lambda library, x: library.nn.functional.pad(x[None], (1, 2, 3, 4), mode="reflect"), of(normal)
    )


def indices() -> Iterator[Work]:
    yield Work("gather dim 0", lambda library, x, i: library.gather(x, 0, i), with_index)
    yield Work("gather dim 1", lambda library, x, i: library.gather(x, 1, i), with_index)
    yield Work("scatter_add dim 0", lambda library, x, i: library.scatter_add(x, 0, i, x), with_index)
    yield Work("scatter_add dim 1", lambda library, x, i: library.scatter_add(x, 1, i, x), with_index)
    yield Work("scatter_reduce amax", lambda library, x, i: library.scatter_reduce(x, 0, i, x, "amax"), with_index)
    yield Work("index_select", lambda library, x, i, y: library.index_select(x, 0, i), with_rows)
    yield Work("index_add", lambda library, x, i, y: library.index_add(x, 0, i, y), with_rows)
    yield Work("x[i, j]", lambda library, x, i, y: x[i, i], with_rows)
    yield Work("take", lambda library, x, i: library.take(x, i), with_index)
    yield Work("take_along_dim", lambda library, x, i: library.take_along_dim(x, i, 0), with_index)
    yield Work("embedding", lambda library, x, i, y: library.nn.functional.embedding(i, x), with_rows)
    yield Work(
        "one_hot", lambda library, x, i, y: library.nn.functional.one_hot(i, 100 if len(i) < 100 else 1000), with_rows
    )


def products() -> Iterator[Work]:
    yield Work("matmul", method("matmul"), of(normal, normal))
    yield Work("mv", lambda library, x, y: library.mv(x, y[0]), of(normal, normal))
    yield Work("dot", lambda library, x, y: library.dot(x.flatten(), y.flatten()), of(normal, normal))
    yield Work("outer", lambda library, x, y: library.outer(x[0], y[0]), of(normal, normal))
    yield Work("kron", lambda library, x, y: library.kron(x[:32, :32], y[:32, :32]), of(normal, normal))
    for text in ("ij,jk->ik", "ij,kj->ik", "ij,ij->i", "ij,ij->", "ij->ji"):
        count = text.count(",") + 1
        yield Work(
            f"einsum {text}", lambda library, *xs, text=text: library.einsum(text, *xs), of(*[normal] * count), 250_000
        )
    for name in ("det", "inv", "cholesky", "qr", "svdvals", "eigvalsh", "matrix_exp"):
        yield Work(f"linalg.{name}", linear(name), of(normal), 40_000)
    yield Work(
        "linalg.solve", lambda library, x, y: library.linalg.solve(regular(library, x), y), of(normal, normal), 40_000
    )


def regular(library: Any, x: Any) -> Any:
    """A symmetric positive definite matrix."""
    return x @ x.T / x.shape[1] + library.eye(x.shape[0])


def linear(name: str) -> Callable[..., Any]:
    def call(library: Any, x: Any) -> Any:
        matrix = x / 20 if name == "matrix_exp" else regular(library, x)
        if name == "det":
            return library.linalg.slogdet(matrix).logabsdet
        if name == "qr":
            return library.linalg.qr(matrix).R.abs()
        return getattr(library.linalg, name)(matrix)

    return call


def functions() -> Iterator[Work]:
    for name in ACTIVATIONS.split():
        yield Work(f"nn.functional.{name}", functional(name), of(normal))
    yield Work("nn.functional.prelu", lambda library, x: library.nn.functional.prelu(x, x[0]), of(normal))
    yield Work("nn.functional.glu", functional("glu"), of(normal))
    for name in ("softmax", "log_softmax", "softmin", "normalize"):
        for dim in (0, 1):
            yield Work(f"nn.functional.{name} dim {dim}", functional(name, dim=dim), of(normal))
    for name in LOSSES.split():
        yield Work(f"nn.functional.{name}", functional(name), of(normal, normal))
    for name in ("binary_cross_entropy", "kl_div"):
        yield Work(f"nn.functional.{name}", functional(name), of(unit, unit))
    yield Work(
        "nn.functional.binary_cross_entropy_with_logits",
        functional("binary_cross_entropy_with_logits"),
        of(normal, unit),
    )
    yield Work(
        "nn.functional.cross_entropy",
        lambda library, x, i, y: library.nn.functional.cross_entropy(x, i % x.shape[1]),
        with_rows,
    )
    yield Work(
        "nn.functional.multi_margin_loss",
        lambda library, x, i, y: library.nn.functional.multi_margin_loss(x, i % x.shape[1]),
        with_rows,
    )
    yield Work("nn.functional.cosine_similarity", functional("cosine_similarity"), of(normal, normal))
    yield Work("nn.functional.pairwise_distance", functional("pairwise_distance"), of(normal, normal))
    yield Work(
        "nn.functional.layer_norm", lambda library, x: library.nn.functional.layer_norm(x, x.shape[1:]), of(normal)
    )
    yield Work("cdist", method("cdist"), of(normal, normal), 160_000)
    yield Work("cdist p 1", method("cdist", 1.0), of(normal, normal), 40_000)


def transforms() -> Iterator[Work]:
    def fft(name: str, *arguments: Any) -> Callable[..., Any]:
        def call(library: Any, x: Any) -> Any:
            found = getattr(library.fft, name)(x, *arguments)
            return library.view_as_real(found)

        return call

    yield Work("fft.fft of rows", fft("fft"), of(normal))
    yield Work("fft.rfft of rows", fft("rfft"), of(normal), 2**20)
    yield Work(
        "fft.fft of all",
        lambda library, x: library.view_as_real(library.fft.fft(x.flatten())) / 1000,
        of(normal),
        2**20,
    )
    yield Work("fft.fft2", lambda library, x: library.view_as_real(library.fft.fft2(x)) / 1000, of(normal), 2**20)


def rest() -> Iterator[Work]:
    """What is asked for less often."""
    for name in ("threshold", "rrelu"):
        yield Work(f"nn.functional.{name}", functional(name, *((0.1, 2.0) if name == "threshold" else ())), of(normal))
    yield Work("nn.functional.pdist", lambda lib, x: lib.nn.functional.pdist(x), of(normal), 40_000)
    yield Work("nn.functional.rms_norm", lambda lib, x: lib.nn.functional.rms_norm(x, x.shape[1:]), of(normal))
    yield Work("nn.functional.gaussian_nll_loss", functional("gaussian_nll_loss"), of(normal, normal, unit))
    yield Work("nn.functional.cosine_embedding_loss", _cosine_embedding, of(normal, normal))
    yield Work("nn.functional.triplet_margin_loss", functional("triplet_margin_loss"), of(normal, normal, normal))
    yield Work("nn.functional.margin_ranking_loss", _ranking, of(normal, normal))
    yield Work("nn.functional.multilabel_soft_margin_loss", functional("multilabel_soft_margin_loss"), of(normal, unit))
    for name in ("angle", "conj_physical", "exp", "abs", "sqrt"):
        yield Work(f"{name}, complex", _complex(name), of(normal, normal))
    for name in ("isposinf", "isneginf", "isreal", "fix", "msort", "nanmedian", "cov", "corrcoef", "fliplr", "flipud"):
        yield Work(name, method(name), of(normal))
    yield Work("lcm", method("lcm"), of(integers, integers))
    yield Work("bitwise_left_shift", lambda lib, x, y: lib.bitwise_left_shift(x, y % 8), of(integers, integers))
    yield Work("frexp", lambda lib, x: lib.frexp(x)[0], of(normal))
    yield Work("ldexp", lambda lib, x: lib.ldexp(x, lib.floor(x)), of(normal))
    yield Work("allclose", lambda lib, x: [lib.isclose(x, x + 1).all()], of(normal))
    for name in ("var_mean", "std_mean", "aminmax"):
        yield Work(name, lambda lib, x, name=name: list(getattr(lib, name)(x, dim=1)), of(normal))
    yield Work("cummin", lambda lib, x: lib.cummin(x, 1).values, of(normal))
    yield Work("trapezoid", lambda lib, x: lib.trapezoid(x), of(normal))
    yield Work("cumulative_trapezoid", lambda lib, x: lib.cumulative_trapezoid(x), of(normal))
    yield Work("dist", method("dist"), of(normal, normal))
    yield Work("renorm", lambda lib, x: lib.renorm(x, 2, 0, 1.0), of(normal))
    yield Work("nanquantile", lambda lib, x: lib.nanquantile(x, 0.3, 1), of(normal))
    yield Work("unique_consecutive", lambda lib, x: lib.unique_consecutive(x.flatten()), of(integers))
    yield Work("argwhere", method("argwhere"), of(truths))
    yield Work(
        "index_copy", lambda lib, x, i, y: lib.index_copy(x, 0, lib.argsort(i, dim=0, stable=True), y), with_rows
    )
    yield Work("index_fill", lambda lib, x, i, y: lib.index_fill(x, 0, i, 2.0), with_rows)
    yield Work("index_put", lambda lib, x, i, y: lib.index_put(x, (i,), y, accumulate=True), with_rows)
    yield Work("masked_scatter", lambda lib, m, x, y: lib.masked_scatter(x, m, y), of(truths, normal, normal))
    yield Work("put", lambda lib, x, i: lib.put(x, i, x, accumulate=True), with_index)
    yield Work("select_scatter", lambda lib, x, y: lib.select_scatter(x, y[0], 0, 1), of(normal, normal))
    yield Work("slice_scatter", lambda lib, x, y: lib.slice_scatter(x, y[:9], 0, 3, 12), of(normal, normal))
    yield Work("diagonal_scatter", lambda lib, x, y: lib.diagonal_scatter(x, y[0]), of(normal, normal))
    yield Work("bmm", _batched, of(normal, normal))
    yield Work("tensordot", lambda lib, x, y: lib.tensordot(x, y, 1), of(normal, normal), 250_000)
    yield Work("chain_matmul", lambda lib, x, y: lib.linalg.multi_dot([x, y, x]), of(normal, normal), 250_000)
    yield Work("addmm", method("addmm"), of(normal, normal, normal), 250_000)
    yield Work("cross", lambda lib, x, y: lib.linalg.cross(x[:, :3], y[:, :3]), of(normal, normal))
    yield Work("linalg.vecdot", lambda lib, x, y: lib.linalg.vecdot(x, y), of(normal, normal))
    yield Work("linalg.vector_norm", lambda lib, x: lib.linalg.vector_norm(x, 3, 1), of(normal))
    yield Work("linalg.matrix_norm", lambda lib, x: lib.linalg.matrix_norm(x), of(normal))
    yield Work("linalg.matrix_power", lambda lib, x: lib.linalg.matrix_power(x / 20, 3), of(normal), 40_000)
    for name in ("pinv", "matrix_rank", "svdvals"):
        yield Work(
            f"linalg.{name}, wide", lambda lib, x, name=name: getattr(lib.linalg, name)(x[:50]), of(normal), 40_000
        )
    yield Work("linalg.lstsq", lambda lib, x, y: lib.linalg.lstsq(x[:, :50], y[:, :2])[0], of(normal, normal), 40_000)
    yield Work("linalg.solve_triangular", _triangular, of(normal, normal), 40_000)
    for name in ("ifft", "irfft", "hfft"):
        yield Work(f"fft.{name}", _spectrum(name), of(normal, normal))
    yield Work(
        "fft.fftn", lambda lib, x: lib.view_as_real(lib.fft.fftn(x.reshape(-1, 16, 16))) / 1000, of(normal), 2**18
    )
    yield Work("fft.fftshift", lambda lib, x: lib.fft.fftshift(x), of(normal))
    yield Work("as_strided", lambda lib, x: lib.as_strided(x, (len(x) // 2, len(x) // 2), (2, 1)) + 0, of(normal))
    yield Work("block_diag", lambda lib, x, y: lib.block_diag(x, y), of(normal, normal), 250_000)
    yield Work("cartesian_prod", lambda lib, x: lib.cartesian_prod(x[0], x[1]), of(normal))
    yield Work("combinations", lambda lib, x: lib.combinations(x[0]), of(normal))
    yield Work("trace", method("trace"), of(normal))
    yield Work("triu", method("triu"), of(normal))
    yield Work("unbind", lambda lib, x: [one + 0 for one in lib.unbind(x.reshape(8, -1))], of(normal))
    yield Work("vander", lambda lib, x: lib.vander(x[0], 4), of(unit))
    yield Work("meshgrid", lambda lib, x: [one + 0 for one in lib.meshgrid(x[0], x[1], indexing="ij")], of(normal))


def _cosine_embedding(library: Any, x: Any, y: Any) -> Any:
    return library.nn.functional.cosine_embedding_loss(x, y, library.ones_like(x[:, 0]))


def _ranking(library: Any, x: Any, y: Any) -> Any:
    return library.nn.functional.margin_ranking_loss(x, y, library.ones_like(x))


def _complex(name: str) -> Callable[..., Any]:
    def call(library: Any, x: Any, y: Any) -> Any:
        found = getattr(library, name)(library.complex(x, y))
        return library.view_as_real(found) if library.is_complex(found) else found

    return call


def _batched(library: Any, x: Any, y: Any) -> Any:
    side = x.shape[0] // 4
    return library.bmm(x.reshape(4, side, -1), y.reshape(4, -1, side))


def _triangular(library: Any, x: Any, y: Any) -> Any:
    return library.linalg.solve_triangular(library.tril(regular(library, x)), y, upper=False)


def _spectrum(name: str) -> Callable[..., Any]:
    def call(library: Any, x: Any, y: Any) -> Any:
        found = getattr(library.fft, name)(library.complex(x, y))
        return library.view_as_real(found) if library.is_complex(found) else found

    return call
