"""Linear algebra: what is refused and when, where it runs, and that a recorded function replays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

import clgrad
from clgrad import Tensor, linalg, runtime
from clgrad.errors import ArgumentError, ClgradError, DtypeError, GradientError, LinearAlgebraError, ShapeError
from clgrad.ops import OPS


def f(*shape: int) -> Tensor:
    return clgrad.zeros(shape, device="cpu")


NARROW = (
    linalg.inv, linalg.det, linalg.slogdet, linalg.cholesky, linalg.qr, linalg.eigh, linalg.eigvalsh, linalg.svd,
    linalg.svdvals, linalg.pinv, linalg.matrix_exp, linalg.matrix_rank, linalg.cond,
)  # fmt: skip

REFUSED: dict[str, tuple[type[ClgradError], list[str], Callable[[], Any]]] = {
    "inv": (ShapeError, ["[linalg.inv]", "(2, 3)", "square"], lambda: linalg.inv(f(2, 3))),
    "a vector": (ShapeError, ["[linalg.det]", "(3,)"], lambda: linalg.det(f(3))),
    "solve": (ShapeError, ["[linalg.solve]", "(3, 3)", "(2, 1)"], lambda: linalg.solve(f(3, 3), f(2, 1))),
    "solve, batches": (ShapeError, ["linalg.solve", "(2,)", "(3,)"], lambda: linalg.solve(f(2, 2, 2), f(3, 2, 1))),
    "solve, a vector on the right": (ShapeError, ["left=False"], lambda: linalg.solve(f(3, 3), f(3), left=False)),
    "solve, dtypes": (DtypeError, ["float32", "float64"], lambda: linalg.solve(f(2, 2), f(2, 2).double())),
    "solve_triangular": (
        ShapeError,
        ["(3, 3)", "(2, 1)"],
        lambda: linalg.solve_triangular(f(3, 3), f(2, 1), upper=True),
    ),
    "lstsq": (ShapeError, ["[linalg.lstsq]", "(3, 2)", "(4, 1)"], lambda: linalg.lstsq(f(3, 2), f(4, 1))),
    "lstsq, driver": (ArgumentError, ["'qr'"], lambda: linalg.lstsq(f(3, 2), f(3, 1), driver="qr")),
    "qr, mode": (ArgumentError, ["'full'"], lambda: linalg.qr(f(3, 2), "full")),
    "eigh, UPLO": (ArgumentError, ["'X'"], lambda: linalg.eigh(f(3, 3), "X")),
    "matrix_power": (ArgumentError, ["2.0"], lambda: linalg.matrix_power(f(3, 3), 2.0)),  # type: ignore[arg-type]
    "multi_dot": (ArgumentError, ["1"], lambda: linalg.multi_dot([f(3, 3)])),
    "tensorsolve": (ShapeError, ["(2, 3, 4)", "(2, 3)"], lambda: linalg.tensorsolve(f(2, 3, 4), f(2, 3))),
    "tensorinv": (ShapeError, ["(2, 3, 4)"], lambda: linalg.tensorinv(f(2, 3, 4))),
    "tensorinv, ind": (ArgumentError, ["0"], lambda: linalg.tensorinv(f(2, 2), 0)),
    "diagonal": (ShapeError, ["-1", "1"], lambda: linalg.diagonal(f(2, 2), dim1=1)),
    "vector_norm, ord": (ArgumentError, ["'fro'"], lambda: linalg.vector_norm(f(2), "fro")),  # type: ignore[arg-type]
    "vector_norm, integers": (DtypeError, ["int64"], lambda: linalg.vector_norm(f(2).long())),
    "vector_norm of nothing": (ShapeError, ["(2, 0)"], lambda: linalg.vector_norm(f(2, 0), float("inf"), 1)),
    "matrix_norm, ord": (ArgumentError, ["3"], lambda: linalg.matrix_norm(f(2, 2), 3)),
    "matrix_norm, dims": (ShapeError, ["(0, 0)"], lambda: linalg.matrix_norm(f(2, 2), "fro", (0, 0))),
    "norm": (ShapeError, ["(2, 2, 2)"], lambda: linalg.norm(f(2, 2, 2), 1)),
    "norm, ord": (ArgumentError, ["'nuc'"], lambda: linalg.norm(f(2, 2, 2), "nuc", 1)),
    "vecdot": (DtypeError, ["int64"], lambda: linalg.vecdot(f(2).long(), f(2).long())),
    **{
        f"{function.__name__} of {dtype}": (
            DtypeError,
            ["[linalg.", dtype.name, "float32"],
            lambda function=function, dtype=dtype: function(clgrad.zeros(4, 4, dtype=dtype, device="cpu")),  # type: ignore[misc]
        )
        for function in NARROW
        for dtype in (clgrad.float16, clgrad.int64)
    },
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    error, parts, call = REFUSED[name]
    with pytest.raises(error) as caught:
        call()
    for part in parts:
        assert part in str(caught.value), (part, str(caught.value))


NO_FACTOR: dict[str, tuple[Callable[[Tensor], Any], Any, str]] = {
    "inv": (linalg.inv, [[1.0, 1.0], [1.0, 1.0]], "singular"),
    "solve": (lambda x: linalg.solve(x, x), [[1.0, 1.0], [1.0, 1.0]], "singular"),
    "cholesky": (linalg.cholesky, [[1.0, 2.0], [2.0, 1.0]], "positive definite"),
    "svd": (lambda x: linalg.svd(x).U, [[1.0, np.nan], [0.0, 1.0]], "finite"),
    "svdvals": (linalg.svdvals, [[1.0, np.inf], [0.0, 1.0]], "finite"),
    "eigh": (lambda x: linalg.eigh(x).eigenvectors, [[np.nan, 0.0], [0.0, 1.0]], "finite"),
    "eigvalsh": (linalg.eigvalsh, [[np.nan, 0.0], [0.0, 1.0]], "finite"),
    "pinv": (linalg.pinv, [[np.nan, 0.0], [0.0, 1.0]], "finite"),
}


@pytest.mark.parametrize("name", NO_FACTOR)
def test_matrices_without_such_a_factor(name: str, device: str) -> None:
    """The error comes when it runs, each time, names the matrix, and spoils nothing else."""
    call, bad, why = NO_FACTOR[name]
    y = call(clgrad.tensor([[[1.0, 0.0], [0.0, 1.0]], bad], device=device))
    for _ in range(2):
        with pytest.raises(LinearAlgebraError, match=rf"\[linalg.{name}\].*place \(1,\).*{why}"):
            y.numpy()
    with pytest.raises(LinearAlgebraError) as caught:
        call(clgrad.tensor(bad, device=device)).numpy()
    assert "place" not in str(caught.value)
    assert isinstance(caught.value, (np.linalg.LinAlgError, RuntimeError)) and linalg.LinAlgError is LinearAlgebraError
    good = call(clgrad.tensor([[2.0, 0.0], [0.0, 2.0]], device=device))
    assert np.isfinite(good.numpy()).all()


def test_gradients_that_do_not_exist(device: str) -> None:
    x = clgrad.ones(3, 2, device=device, requires_grad=True)
    with pytest.raises(GradientError, match="complete"):
        linalg.qr(x, "complete").Q.sum().backward()
    singular = clgrad.ones(2, 2, device=device, requires_grad=True)
    loss = linalg.slogdet(singular).logabsdet
    assert loss.item() == -np.inf
    loss.backward()
    assert singular.grad is not None
    with pytest.raises(LinearAlgebraError):
        singular.grad.numpy()


def test_nothing_flows_into_the_triangle_that_is_not_read(device: str) -> None:
    a = clgrad.tensor([[2.0, 5.0], [1.0, 3.0]], device=device, requires_grad=True)
    linalg.solve_triangular(a, clgrad.ones(2, 1, device=device), upper=False).sum().backward()
    assert a.grad is not None and a.grad.numpy()[0, 1] == 0


def test_it_runs_where_it_says(device: str) -> None:
    """LAPACK's rows run on the host between two copies; the rest, gradients too, on the tensor's device."""
    x = clgrad.tensor(np.eye(4, dtype="float32") * 2, device=device, requires_grad=True)
    y = linalg.inv(x @ x)
    (gradient,) = clgrad.autograd.grad((y * y).sum(), [x])
    order, kept = runtime.pending([gradient.node])
    plan = runtime.schedule(order, kept)
    for step in plan.steps:
        if step.kernel is None:
            continue
        anchor = step.kernel.anchor
        by_host = anchor is not None and anchor.op.host
        assert step.device.name == ("cpu" if by_host else clgrad.device(device).name), str(step.kernel)
    copies = [step for step in plan.steps if step.kernel is None]
    assert bool(copies) == (device != "cpu")
    assert gradient.device is clgrad.device(device)
    np.testing.assert_allclose(gradient.numpy(), np.eye(4) * -4 * 2**-5, atol=1e-6)


def test_a_factor_is_kept_for_the_gradient(device: str) -> None:
    x = clgrad.tensor([[1.0, 0.0], [0.0, 2.0]], device=device, requires_grad=True)
    with runtime.trace() as seen:
        loss = (linalg.inv(x) ** 2).sum()
        loss.item()
        loss.backward()
        assert x.grad is not None
        x.grad.numpy()
    assert [kernel.kind for kernel in seen.kernels].count("inverse") == 1


def test_there_and_back_is_no_copy(device: str) -> None:
    x = clgrad.ones(3, device=device).realize()
    with runtime.trace() as seen:
        back = x.to("cpu").to(device).realize()
    assert seen.kernels == []
    assert back.node.buffer is x.node.buffer


def test_rows_of_the_host_are_lapacks() -> None:
    assert {name for name, op in OPS.items() if op.host} >= {"inverse", "solve", "cholesky", "qr", "eigh", "svd"}
    assert all(op.family == "anchor" and op.attributes[-1] == "home" for op in OPS.values() if op.host)


def _losses(library: Any) -> dict[str, Callable[[Any, Any], Any]]:
    of = library.linalg
    return {
        "inv": lambda x, b: (of.inv(x) ** 2).sum(),
        "solve": lambda x, b: (of.solve(x, b) ** 2).sum(),
        "det": lambda x, b: of.det(x).log() * 2,
        "cholesky": lambda x, b: of.cholesky(x @ x.mT).sum(),
        "svd": lambda x, b: (of.svd(x)[0] ** 4).sum() + of.svd(x)[1].prod(),
        "eigh": lambda x, b: (of.eigh(x + x.mT)[1] ** 4).sum(),
        "matrix_exp": lambda x, b: of.matrix_exp(x / 4).sum(),
        "lstsq": lambda x, b: (of.lstsq(x, b).solution ** 2).sum(),
    }


def _regular(seed: int) -> Any:
    noise = np.random.default_rng(seed).standard_normal((4, 4))
    return noise * 0.3 + np.diag([2.0, 3.0, 4.5, 6.0])


@pytest.mark.parametrize("name", _losses(clgrad))
def test_jit_replays_it_with_gradients(name: str, device: str) -> None:
    if not clgrad.device(device).supports(clgrad.float64):
        pytest.skip("no float64")

    @clgrad.jit
    def step(x: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        x = x.detach().requires_grad_()
        loss = _losses(clgrad)[name](x, b)
        (gradient,) = clgrad.autograd.grad(loss, [x])
        return loss, gradient

    b = np.random.default_rng(9).standard_normal((4, 2))
    for seed in range(4):
        loss, gradient = step(clgrad.tensor(_regular(seed), device=device), clgrad.tensor(b, device=device))
        x = torch.tensor(_regular(seed), requires_grad=True)
        wanted = _losses(torch)[name](x, torch.tensor(b))
        wanted.backward()
        assert x.grad is not None
        np.testing.assert_allclose(loss.numpy(), wanted.detach().numpy(), rtol=1e-9)
        np.testing.assert_allclose(gradient.numpy(), x.grad.numpy(), rtol=1e-8, atol=1e-10)


def test_an_error_in_a_replay_is_the_same_error(device: str) -> None:
    step = clgrad.jit(lambda x: linalg.inv(x) * 2)
    good, bad = np.eye(2, dtype="float32"), np.ones((2, 2), dtype="float32")
    for host in (good, good, good, bad, good):
        x = clgrad.tensor(host, device=device)
        if host is bad:
            with pytest.raises(LinearAlgebraError, match="singular"):
                step(x).numpy()
        else:
            np.testing.assert_array_equal(step(x).numpy(), good * 2)


def test_lstsq_reads_nothing_unless_the_driver_asks(device: str) -> None:
    a = clgrad.ones(3, 2, device=device)
    with runtime.trace() as seen:
        linalg.lstsq(a, a)
    assert not seen.kernels
    with runtime.trace() as seen:
        found = linalg.lstsq(a, a, driver="gelsd")
    assert seen.kernels and found.residuals.shape == (0,) and found.rank.item() == 1


def test_float32_is_computed_in_float64(device: str) -> None:
    """A Hilbert matrix of size 6: in float32 the inverse would be wrong in the second digit."""
    host = np.array([[1 / (row + column + 1) for column in range(6)] for row in range(6)], np.float32)
    found = linalg.inv(clgrad.tensor(host, device=device)).numpy()
    np.testing.assert_allclose(found, np.linalg.inv(host.astype(np.float64)), rtol=1e-6)


def test_tolerances_may_be_tensors(device: str) -> None:
    x = clgrad.tensor([[[3.0, 0.0], [0.0, 1.0]]] * 2, device=device)
    assert linalg.matrix_rank(x, atol=clgrad.tensor([0.5, 2.0], device=device)).tolist() == [2, 1]
