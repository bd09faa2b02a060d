"""A program that ``oclgrind.run`` runs: every kind of kernel at awkward sizes, compared with the ``cpu`` device.

``python tests/simulated.py FORM`` prints the templates it rendered, as JSON. The loops' sizes are made small, so that
small arrays have several work-items, strips, panels and passes.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from oclgrind import FORMS, simulated

import clgrad
import clgrad.cl
from clgrad import Tensor, sorting
from clgrad.cl import joint
from clgrad.errors import IndexRangeError
from clgrad.nn import functional as F
from clgrad.ops import anchors

SIZES = (1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 63, 65, 127, 129, 257)
SHARE = 3
"""Of its part of the results a form computes one of so many: the simulator takes a minute for these."""
SMALL = {
    "GRAIN": 48,
    "STRIP": 64,
    "LONGEST_LANE_AXIS": 64,
    "STREAM": 64,
    "KEPT": 512,
    "WIDE": 4,
    "ITEM_FLOPS": 256,
    "PANEL_BYTES": 1024,
    "PANEL_PLACES": 8,
    "PANEL_DEPTH": 16,
    "OUTPUTS_PANEL_BYTES": 4096,
    "FAR": 256,
    "SUMMED_ROWS": 24,
    "INSERTED": 8,
    "LONG_RUN": 64,
    "LOOKUPS": 40,
    "PART": 16,
}
"""Sizes of loops, for a simulator."""
DTYPES = ("bool", "int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float64")
CLOSE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 3e-5, "complex64": 3e-5, "float64": 1e-11, "complex128": 1e-11}


class Maker:
    """Makes tensors on a device: the same ones for each device, in the order in which they are asked for."""

    def __init__(self, device: Any, dtypes: Sequence[str] = DTYPES) -> None:
        self.device = device
        self.dtypes = dtypes
        self.generator = np.random.default_rng(0)

    def __call__(self, *shape: int, dtype: str = "float32") -> Tensor:
        if dtype.startswith("complex"):
            values = self.generator.standard_normal((*shape, 2)) @ [1, 1j]
        elif "float" in dtype:
            values = self.generator.standard_normal(shape)
        else:
            values = self.generator.integers(0 if dtype[0] in "ub" else -9, 2 if dtype == "bool" else 9, shape)
        return clgrad.tensor(values, dtype=dtype, device=self.device)

    def index(self, *shape: int, below: int) -> Tensor:
        """Indices into an axis."""
        return clgrad.tensor(self.generator.integers(0, below, shape), device=self.device)


# -- cases: what each template is asked to compute, for an axis of n elements --------------------------------


def maps(t: Maker, n: int) -> Iterator[Tensor]:
    x, y, row = t(3, n), t(3, n), t(n)
    yield (x * 2 + row).exp().tanh() - y.sin()
    yield x.T * 2 + t(n, 1)
    yield from (x.flip(1), x.flip(0, 1).T, x[:, ::2] * 2, x[:, ::-2] * 2, x[1:, n // 2 :] + 1)
    yield from (x.pad((1, 2)) + 1, x.pad((0, 3, 2, 0)), x.roll(1, 1), t(2, n, 3).permute(2, 0, 1) + 1)
    yield from ((x > y) & (x < 1), x.isnan(), x.where(y > 0, 3), x.to(clgrad.int32), x.pow(3.5), x.erf())
    yield from clgrad.split(clgrad.cat([x, y * 2, row[None], x]).relu(), 2)
    yield clgrad.cat([x, x[:, :1], y], 1) * 3
    yield clgrad.cat([t(n, dtype="complex64"), t(3, dtype="complex64")])
    yield clgrad.stack([x * 2, x + y[0], x], 1).relu()
    for axis, step in ((0, 2), (1, min(n, 3)), (1, min(n, 2))):
        phases = [x[first::step] if axis == 0 else x[:, first::step] for first in range(step)]
        yield x._apply(anchors.weave, tuple(phases), (axis,), (step,))
    z, w = t(3, n, dtype="complex64"), t(n, dtype="complex64")
    yield from (z * w + x, z.T.conj() / 3, z.flip(1) * 2, z.abs(), z[:, ::2] + 1, z.pad((2, 1)), z.real)
    for dtype in t.dtypes:
        one = t(3, n, dtype=dtype)
        yield from (one.flip(1), one.pad((2, 1)), one[:, ::2] | one[:, ::2] if dtype == "bool" else one[:, ::2] * 2)
        yield from (one.to(clgrad.float32) + row, x.to(getattr(clgrad, dtype)), clgrad.cat([one, one[:1]]))


def gathers(t: Maker, n: int) -> Iterator[Tensor]:
    x, some = t(n, 5), t.index(2, 7, below=n)
    yield from (
        x[some] * 2,
        x[:, t.index(6, below=5)],
        x[some[0], t.index(7, below=5)] + 1,
        x.T[:, t.index(n, below=n)],
    )
    yield from (x.half()[some], t(n, dtype="complex64")[some], t(n, dtype="bool")[some])
    yield F.embedding(t.index(n, below=9), t(9, 17))


def updates(t: Maker, n: int) -> Iterator[Tensor]:
    """In place, where the plan may do so."""
    steps: list[tuple[Tensor, Callable[[Tensor], Tensor]]] = [
        (t(3, n), lambda x: x * 2 + 1),
        (t(3, n), lambda x: x + 2 * (x - x.sum(1, keepdim=True))),
        (t(3, n), lambda x: x + x.mean(0)),
        (t(3, n), lambda x: x + t(3, 6) @ t(6, n)),
        (t(3, n), lambda x: x + t(3, n).cumsum(1)),
        (t(3), lambda x: x + t(n, 3).sum(0)),
        (t(n).half(), lambda x: x + 1),
    ]
    clgrad.realize(*(value for value, _ in steps))
    for value, step in steps:
        yield value.copy_(step(value))


def rows(t: Maker, n: int) -> Iterator[Tensor]:
    x, cube = t(5, n), t(3, 4, n)
    yield from (x.sum(1), x.amax(1), (x * 2).mean(), x.argmax(1), x.var(1), x.prod(1), (x > 0).any(1), x.logsumexp(1))
    yield from (x.softmax(1), x.log_softmax(1), F.layer_norm(x, (n,), t(n), t(n)), x / x.norm(dim=1, keepdim=True))
    yield from (cube.sum((1, 2)), cube.sum((0, 2)), cube.amax((0, 2)), cube.std((0, 2)))
    yield from (t(5, n, dtype="complex64").sum(1), x.half().sum(1), x.bfloat16().softmax(1), x[:, ::-1].sum(1))
    yield from (t(5, n, dtype="int32").sum(1), t(5, n, dtype="uint8").amin(1), x.pad((1, 1)).amin(1), x.sum())


def columns(t: Maker, n: int) -> Iterator[Tensor]:
    x, cube = t(n, 5), t(3, 4, n)
    yield from (x.sum(0), x.amax(0), x.argmin(0), x.var(0), x.softmax(0), x.half().sum(0), (x > 0).all(0))
    yield from (cube.sum(0), cube.sum((0, 1)), cube.sum(1), cube.softmax(0), cube.softmax(1), cube.var((0, 1)))
    yield from (t(6, n, dtype="complex64").sum(0), t(70, n).sum(0), t(6, n, dtype="int64").prod(0))


def scan(t: Maker, n: int) -> Iterator[Tensor]:
    x, cube = t(4, n), t(3, 4, n)
    yield from ((x * 2).cumsum(1) + 1, x.cumsum(0), x.cumprod(1), x.logcumsumexp(1), x.logcumsumexp(0))
    yield from (
        x.cummax(1).values,
        x.cummin(0).indices,
        x.scan(1, "max", True),
        cube.cumsum(1),
        cube.scan(0, "add", True),
    )
    yield from (t(4, n, dtype="int32").cumsum(1), x.half().cumsum(1), x.recurrence(x.sigmoid(), 1), t(n).cumsum(0))
    yield from (x.recurrence(x.sigmoid(), 1, True), t(n, 4).cumsum(0), t(n, 4).T.cumsum(1))


def matmul(t: Maker, n: int) -> Iterator[Tensor]:
    m = min(n, 33)
    a, b, w = t(m, 17), t(17, n), t(n, 17)
    yield from ((a @ b + t(n)).relu(), a @ w.T, b.T @ t(17, 3), t(3, n) @ t(n, 5), t(7, n) @ t(9, n).T)
    yield from ((a @ b).tanh(), (t(5, n) @ t(n, 40)).sigmoid() + t(40))
    yield from (t(n) @ t(n), t(5, n) @ t(n), t(n) @ t(n, 4), (b * 2).T @ (b + 1)[:, :5], t(2, 3, n) @ t(2, n, 4))
    yield from (t(3, 2, 5, n) @ t(2, n, 9), (t(20, 40) @ t(40, n)).softmax(1), a[:, ::2] @ b[::2], a.half() @ b.half())
    yield from (
        a.to(clgrad.complex64) @ t(17, n, dtype="complex64"),
        a.bfloat16() @ w.bfloat16().T,
        t(15, n).pad((1, 0)) @ t(n + 1, 6),
    )
    yield F.linear(t(2, m, 17), w, t(n))
    if "float64" in t.dtypes:
        yield from (
            t(m, 7, dtype="float64") @ t(7, n, dtype="float64"),
            t(4, n, dtype="float64") @ t(3, n, dtype="float64").T,
        )


def convolution(t: Maker, n: int) -> Iterator[Tensor]:
    x, w, many = t(2, 4, 9, 9 + n % 40), t(6, 4, 3, 3), min(n, 40)
    yield (F.conv2d(x, w, t(6), padding=1) + 1).relu()
    yield from (F.conv2d(x, w, padding=1).tanh(), F.conv2d(t(3, 16, 9, 8), t(32, 16, 3, 3)).tanh())
    yield F.conv2d(t(2, 16, 11, 8 + many), t(32, 16, 3, 3), padding=1).tanh()
    yield from (F.conv2d(x, w, stride=2, dilation=2), F.conv2d(x, t(6, 2, 2, 3), stride=3, groups=2))
    yield from (F.conv2d(x, t(4, 1, 3, 3), padding=1, groups=4), F.conv1d(t(3, 5, n), t(7, 5, 1)))
    yield F.conv2d(t(5, many, 3, 3), t(many, many, 3, 3), padding=1)
    yield F.conv2d(t(3, 16, 9, 8), t(many + 9, 16, 3, 3), stride=1 + n % 2)
    yield F.conv2d(t(2, 16, 11, 8 + many), t(17 + many, 16, 3, 3), padding=1) + 1
    yield F.conv2d(t(3, 17, 10, 9 + many), t(16, 17, 3, 2), padding=(0, 3), dilation=(1, 2), stride=(1, 1 + n % 2))
    v = t(32, 16, 3, 2).requires_grad_()
    y = F.conv2d(t(2, 16, 5, 6), v, stride=1 + n % 2, padding=2, dilation=(1, 2))
    yield from (y.detach(), *clgrad.autograd.grad(y, (v,), t(*y.shape)))
    yield F.conv3d(t(1, 2, 4, 5, 9), t(3, 2, 2, 3, 2))
    yield F.conv_transpose2d(t(2, 6, 5, 7), w, stride=2, padding=1, output_padding=1)
    for step in (1, 2):
        v = w.detach().requires_grad_()
        y = F.conv2d(x, v, stride=step, padding=1)
        yield clgrad.autograd.grad(y, (v,), t(*y.shape))[0]
    v = t(5, 3, 1).requires_grad_()
    y = F.conv1d(t(2, 3, n), v)
    yield clgrad.autograd.grad(y, (v,), t(*y.shape))[0]
    yield F.conv2d(x.half(), w.half())


def attended(t: Maker, n: int) -> Iterator[Tensor]:
    clgrad.manual_seed(n)  # equal weights are dropped on each device
    m, keys = min(n, 33), min(n, 150)
    q, k, v = (t(1, heads, size, 5).requires_grad_() for heads, size in ((2, m), (1, keys), (1, keys)))
    y = F.scaled_dot_product_attention(q, k, v, None, 0.5 * (n % 4 == 1), is_causal=n % 2 > 0, enable_gqa=True)
    yield from (y.detach(), *clgrad.autograd.grad(y, (q, k, v), t(*y.shape)))
    yield F.scaled_dot_product_attention(q.detach().half(), k.detach().half(), v.detach().half(), t(m, keys).half())
    yield F.scaled_dot_product_attention(*(x.detach() for x in (q[:, :, :1], k, v)), t(keys) > 0, enable_gqa=True)


def scatter(t: Maker, n: int) -> Iterator[Tensor]:
    x, few = t(9, n), t.index(7, below=9)
    for mode in ("add", "mul", "max", "min", "set"):
        yield x.scatter_rows(few, t(7, n), mode) * 2
    yield t(n).scatter_rows(t.index(2 * n, below=n), t(2 * n), "add")
    yield t(n, 3).scatter_rows(t.index(4, n, below=n), t(4, n, 3), "max")
    yield t(n, 2, 3).scatter_rows(t.index(n, below=n), t(n, 2, 3), "set")
    yield t(n, 3, dtype="int32").scatter_rows(t.index(n, below=n), t(n, 3, dtype="int32"), "add")
    yield t(n, 3).half().scatter_rows(t.index(n, below=n), t(n, 3).half(), "set")
    yield t(n, dtype="complex64").scatter_rows(t.index(5, below=n), t(5, dtype="complex64"), "add")


def sort_runs(t: Maker, n: int) -> Iterator[Tensor]:
    x = t(3, n, dtype="int16")
    yield from (x.sort(1).values, x.argsort(1, descending=True), t(n).sort(0).indices, t(n, 2).argsort(0))
    yield from (t(2, n, dtype="int64").argsort(1), (x * 4001).sort(1).indices, x.half().sort(1).values)


def merge_runs(t: Maker, n: int) -> Iterator[Tensor]:
    yield t(3 * n).argsort()
    yield t(1030 + n).argsort()  # more than a group sorts


def top_runs(t: Maker, n: int) -> Iterator[Tensor]:
    yield from (t(3, 12 * n).topk(n).values, t(9 * n).topk(1).indices, t(2, 60, dtype="int64").topk(min(n, 7)).indices)


def place(t: Maker, n: int) -> Iterator[Tensor]:
    """Each reads how many there are, at once: one of them for each size."""
    x = t(3, n)
    wanted: list[Callable[[], Tensor]] = [
        lambda: (x > 0).nonzero(),
        lambda: x.half().masked_select(x > 0),
        lambda: t(n, dtype="int8").unique(),
    ]
    yield wanted[n % 3]()


def search(t: Maker, n: int) -> Iterator[Tensor]:
    known = t(3, n).sort(1).values
    yield from (clgrad.searchsorted(known, t(3, 17)), clgrad.searchsorted(known, t(3, n), right=True))
    yield clgrad.bucketize(t(7, n), t(9).sort().values)


def tally(t: Maker, n: int) -> Iterator[Tensor]:
    yield from (t.index(3 * n, below=n).bincount(minlength=n), t.index(n, below=4).bincount(t(n)), t(n).histc(5, -1, 1))


turned = clgrad.opencl_kernel(
    "turned",
    "const int i = get_global_id(0); if (i < ${x[0]}) result[i] = x[${x[0]} - 1 - i];",
    numpy=lambda x: x[::-1],
    operands=["x"],
    shape=lambda x: x,
    global_size=lambda x: x,
    local_size=(4,),
)


def given(t: Maker, n: int) -> Iterator[Tensor]:
    yield turned(t(n) * 2) + 1


Case = Callable[[Maker, int], Iterator[Tensor]]
BOTH: dict[str, list[Case]] = {
    "map": [maps, gathers, updates],
    "attention": [attended],
    "attention_gradient": [attended],
    "scatter": [scatter],
    "place": [place],
    "search": [search],
    "given": [given],
}
CPUS: dict[str, list[Case]] = {
    "attention_few": [attended],
    "rows": [rows],
    "columns": [columns],
    "scan": [scan],
    "matmul": [matmul, convolution],
    "convolution": [convolution],
    "convolution_outputs": [convolution],
    "convolution_combined": [convolution],
    "convolution_taps": [convolution],
    "sort_runs": [sort_runs],
    "merge_runs": [merge_runs],
    "top_runs": [top_runs],
    "tally": [tally],
}
GPUS: dict[str, list[Case]] = {
    "fold": [rows, columns],
    "scan_groups": [scan],
    "matmul_group": [matmul, convolution],
    "matmul_thin": [matmul, convolution],
    "scatter_sorted": [scatter],
    "sort_tile": [sort_runs, top_runs],
    "merge_tile": [merge_runs],
    "tally_tile": [tally],
}
"""For each template that both, only CPUs, or only GPUs are given: what renders it."""


def joined(t: Maker, n: int) -> Iterator[Tensor]:
    """Kernels of several kinds that share a launch."""
    for case in (maps, rows, columns, scan, matmul, scatter, given):
        yield from case(t, n)


def chained(t: Maker, n: int) -> Iterator[Tensor]:
    """Kernels in a row whose rows never meet: cores share them, each makes the same rows of all."""
    x, w, b = t(8, 16), t(16, 16), t(16)
    for _ in range(n % 4 + 2):
        x = (F.linear(x, w, b).contiguous().softmax(1).contiguous() + x).sin().contiguous()
        yield x
    yield from (x.T.contiguous() * 2, clgrad.cat([x[:, 8:], x[:, :8] * 2], 1).contiguous() @ w)


# -- running them ------------------------------------------------------------------------------------------------


def set_sizes(**sizes: float) -> None:
    """Set constants of ``clgrad.cl``, in each module that has them."""
    modules = [importlib.import_module(f"clgrad.cl.{one.name}") for one in pkgutil.iter_modules(clgrad.cl.__path__)]
    for name, size in sizes.items():
        having = [module for module in modules if hasattr(module, name)]
        assert having, f"clgrad.cl has no {name}"
        for module in having:
            setattr(module, name, size)


def rendered_templates() -> set[str]:
    """The names of templates that are rendered from now on."""
    from clgrad.cl import render

    seen: set[str] = set()
    lookup = render._templates()
    found = lookup.get_template

    def noted(name: str) -> Any:
        seen.add(name.removesuffix(".mako"))
        return found(name)

    lookup.get_template = noted
    return seen


def check(case: Case, device: Any, sizes: tuple[int, ...], every: int, first: int) -> None:
    """Compare every so many results of a case with the cpu device's."""
    dtypes = [dtype for dtype in DTYPES if device.supports(getattr(clgrad, dtype))]
    makers = Maker(device, dtypes), Maker(clgrad.device("cpu"), dtypes)
    chosen: list[list[Tensor]] = []
    for maker in makers:
        results = [list(case(maker, n)) for n in sizes]
        chosen.append([one[k] for j, one in enumerate(results) for k in range((first - j) % every, len(one), every)])
    clgrad.realize(*chosen[0])
    for number, (ours, theirs) in enumerate(zip(*chosen)):
        text = f"{case.__name__}, result {number} of shape {ours.shape}"
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape, text
        close = CLOSE.get(ours.dtype.name, 0)
        left, right = (value.float() if value.dtype.is_half else value for value in (ours, theirs))
        np.testing.assert_allclose(left.numpy(), right.numpy(), rtol=close, atol=close * 4, err_msg=text)


def check_faults(device: Any) -> None:
    """A bad index is told, and one only where there are several."""
    x = clgrad.tensor(np.ones((5, 7), np.float32), device=device)
    for bad in ([0, 5], [7, 0, 77, 3, 99] * 5):
        try:
            x[clgrad.tensor(bad, device=device)].numpy()
        except IndexRangeError as error:
            assert any(f"index {one} is out of range" in str(error) for one in bad), error
        else:
            raise AssertionError(f"{bad} is no index of {x.shape}")


def main(form: str, *names: str) -> None:
    device = simulated(form)
    is_cpu = device.capabilities.is_cpu
    assert is_cpu == form.startswith("cpu")
    seen = rendered_templates()
    if is_cpu:
        set_sizes(**SMALL)
    sorting.READS = 8  # of a few indices each is looked at, more are sorted
    set_sizes(TRIFLE=0, WORK=0)  # each kernel is launched alone, with several work-items
    templates = {**BOTH, **(CPUS if is_cpu else GPUS)}
    wanted = set(names) & set(templates) or set(templates)
    for case in dict.fromkeys(case for template in templates if template in wanted for case in templates[template]):
        check(case, device, SIZES, SHARE * len(FORMS), SHARE * list(FORMS).index(form))
    assert wanted <= seen, f"{sorted(wanted - seen)} were not rendered; {sorted(seen)} were"
    check_faults(device)
    joint._pays = lambda *chain: True
    device.__dict__["capabilities"] = replace(device.capabilities, compute_units=4)
    for sizes in ({"TRIFLE": 1.0, "WORK": 1.0}, {"TRIFLE": 1.0, "WORK": 0}):
        set_sizes(**sizes)
        check(joined, device, (5, 33), 3, 0)
        check(chained, device, (1,), 1, 0)
    print(json.dumps(sorted(seen)))


if __name__ == "__main__":
    main(*sys.argv[1:])
