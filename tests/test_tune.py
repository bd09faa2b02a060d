"""Tuning: what was measured is kept for the device, asked before the rules, and never changes a result."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import clgrad
from clgrad import Tensor, config
from clgrad.__main__ import main
from clgrad.device import Call
from clgrad.errors import DeviceError, JitError
from clgrad.kernel import Kernel
from clgrad.nn import functional as F
from clgrad.runtime import trace

pytest.importorskip("mako")
from clgrad.cl import tune, tuner
from clgrad.cl.caps import Capabilities, play
from clgrad.cl.folds import FoldShape
from clgrad.cl.group_products import GroupMatmulShape, ThinMatmulShape
from clgrad.cl.products import MatmulShape
from clgrad.cl.reductions import ColumnsShape, RowsShape
from clgrad.cl.render import choose, render
from clgrad.cl.samples import Sample
from clgrad.cl.space import Sizes, Tunable
from clgrad.cl.trial import KernelTrial
from clgrad.cl.tune import NOISE, Refused, Tuned, candidates, form_of, search, shape_class, shipped
from clgrad.cl.tuner import Worker

CPU16 = Capabilities(
    is_cpu=True, compute_units=2, vector_width=16, group=1, has_double=True, has_signed_bytes=True, keeps_signs=True,
    inlines=True, loads_halves=False, vector_pointers=True,
    largest_allocation=2**30, memory=2**32, most_arguments=64,
    local_memory=32 * 2**10, most_group=1024,
)  # fmt: skip


def opened(number: int) -> Any:
    """An OpenCL device that nobody else has opened, so that it reads the file anew."""
    found = [one for one in clgrad.devices() if one.name != "cpu"]
    if not found:
        pytest.skip("no OpenCL device here")
    from clgrad.cl.device import OpenCLDevice

    return OpenCLDevice(found[0].handle, number)


def operands(m: int, k: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.standard_normal((m, k), dtype=np.float32), random.standard_normal((n, k), dtype=np.float32)


def kernel_of(m: int, k: int, n: int) -> Kernel:
    a, b = (clgrad.tensor(one, device="cpu").realize() for one in operands(m, k, n))
    with trace() as seen:
        (a @ b.T).realize()
    (kernel,) = seen.kernels
    return kernel


REDUCTIONS: dict[str, tuple[tuple[int, ...], Callable[[Tensor], Tensor]]] = {
    "row sums": ((67, 130), lambda x: x.sum(1)),
    "column sums": ((65, 300), lambda x: x.sum(0)),
    "softmax": ((9, 1001), lambda x: x.softmax(1)),
    "softmax of columns": ((1001, 9), lambda x: x.softmax(0)),
    "layer norm": ((33, 257), lambda x: F.layer_norm(x, (257,))),
    "a row of a prime number": ((1, 4099), lambda x: x.sum(1)),
    "rows of a few": ((1025, 3), lambda x: x.sum(1)),
    "axes around another": ((5, 7, 33), lambda x: x.sum((0, 2))),
    "the place of the largest": ((33, 129), lambda x: x.argmax(1)),
}
"""Reductions of awkward sizes."""


def reduction(name: str, dtype: str = "float32") -> Kernel:
    shape, build = REDUCTIONS[name]
    x = clgrad.zeros(*shape, device="cpu", dtype=getattr(clgrad, dtype)).realize()
    with trace() as seen:
        build(x).realize()
    return next(kernel for kernel in seen.kernels if kernel.inner)


def name_of(kernel: Kernel) -> str:
    name = shape_class(kernel)
    assert name is not None
    return name


# -- what was measured, and who is asked first ----------------------------------------------------


FOLDS: dict[str, list[type[Tunable]]] = {
    "cpu": [RowsShape, ColumnsShape],
    "gpu": [FoldShape],
}
PRODUCTS: dict[str, list[type[Tunable]]] = {"cpu": [MatmulShape], "gpu": [GroupMatmulShape, ThinMatmulShape]}
TAKERS = {
    form: {"matmul": PRODUCTS[form[:3]], "reduce": FOLDS[form[:3]], "rows": FOLDS[form[:3]]}
    for form in ("cpu8", "cpu16", "gpu")
}
"""The shape classes that take an entry, by its form and its kind."""


def write(folder: Path, name: str, sizes: dict[str, Any], **kind: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.json").write_text(
        json.dumps({"form": "cpu16", "platform": "*", "device": "*", **kind, "sizes": sizes})
    )


def test_the_nearest_entry_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This device's, then its family's, its vendor's, its form's; none of another form's or vendor's."""
    kernel, folder = kernel_of(40, 70, 50), tmp_path / "shipped"
    name = name_of(kernel)
    monkeypatch.setattr(tune, "shipped", lambda *names: shipped(*names, folder=folder))

    def sizes() -> Sizes | None:
        return Tuned(CPU16, "Maker of Drivers", "Quick 7700", ["facts"]).sizes(kernel)

    write(folder, "other", {name: {"rows": 2, "vectors": 1}}, form="gpu")
    write(folder, "stranger", {name: {"rows": 2, "vectors": 1}}, platform="Another*", device="Quick*")
    with config.override(CACHE_DIR=str(tmp_path / "cache")):
        assert sizes() is None
        write(folder, "z_form", {name: {"rows": 4, "vectors": 1}})
        assert sizes() == {"rows": 4, "vectors": 1}
        write(folder, "y_vendor", {name: {"rows": 4, "vectors": 2}}, platform="Maker*")
        assert sizes() == {"rows": 4, "vectors": 2}
        write(folder, "x_family", {name: {"rows": 4, "vectors": 3}}, device="Quick *")
        assert sizes() == {"rows": 4, "vectors": 3}
        Tuned(CPU16, "Maker of Drivers", "Quick 7700", ["facts"]).keep(name, {"rows": 4, "vectors": 4})
        assert sizes() == {"rows": 4, "vectors": 4}
        Tuned(CPU16, "Maker of Drivers", "Quick 7700", ["facts"]).keep(name, None)
        assert MatmulShape(kernel, CPU16, sizes()).sizes == MatmulShape(kernel, CPU16).sizes, "here the rules are best"
        with config.override(TUNE=0):
            assert sizes() is None


def test_what_is_exported_can_ship(tmp_path: Path) -> None:
    first, second = name_of(kernel_of(40, 70, 50)), name_of(kernel_of(400, 70, 50))
    with config.override(CACHE_DIR=str(tmp_path / "cache")):
        tuned = Tuned(CPU16, "Maker of Drivers", "Quick 7700", ["facts"])
        tuned.keep(first, {"rows": 4, "vectors": 2})
        tuned.keep(second, None)
        (tmp_path / "new.json").write_text(json.dumps(tuned.export()))
    assert shipped("cpu16", "Maker of Drivers", "Quick 7700", tmp_path) == {first: {"rows": 4, "vectors": 2}}
    assert shipped("cpu16", "Maker of Drivers", "Quick 9900", tmp_path) == {}
    assert shipped("gpu", "Maker of Drivers", "Quick 7700", tmp_path) == {}


def test_what_ships_can_be_taken() -> None:
    """Each entry has a form that there is, and sizes that some kernel of its class takes."""
    from importlib import resources

    for file in (resources.files("clgrad.cl") / "tuned").iterdir():
        data = json.loads(file.read_text(encoding="utf-8"))
        assert set(data) == {"form", "platform", "device", "sizes"} and data["form"] in ("cpu8", "cpu16", "gpu")
        for name, sizes in data["sizes"].items():
            (space,) = [one.space for one in TAKERS[data["form"]][name.split()[0]] if one.space.keys() == sizes.keys()]
            assert all(size in space[one] for one, size in sizes.items())


@pytest.mark.parametrize("text", ["{broken", "[1, 2]", '{"a": 3}', '{"a": {"rows": "many"}}', '{"a": null}'])
def test_a_damaged_file_is_ignored(text: str, tmp_path: Path) -> None:
    with config.override(CACHE_DIR=str(tmp_path)):
        Tuned(CPU16, "", "", []).keep("a", {"rows": 4})
        (file,) = (tmp_path / "tuned").iterdir()
        file.write_text(text)
        assert Tuned(CPU16, "", "", []).export()["sizes"] == {}


@pytest.mark.parametrize("unfit", [{"rows": 99, "vectors": 2}, {"rows": 12, "vectors": 6}, {"rows": 4}, {"step": 8}])
def test_sizes_that_do_not_fit_are_the_rules(unfit: Sizes, tmp_path: Path) -> None:
    """A file may be another version's, or name more registers than there are."""
    kernel = kernel_of(40, 70, 50)
    with config.override(CACHE_DIR=str(tmp_path), TUNE=0):
        device = opened(92)
        plain = device.source(kernel)
        device._tuned.keep(name_of(kernel), unfit)
        with config.override(TUNE=1):
            assert device.source(kernel) == plain


# -- the search -----------------------------------------------------------------------------------


class Table:
    """Seconds for each number of rows; none where they are refused."""

    def __init__(self, seconds: dict[int, float | None]) -> None:
        self.table, self.asked, self.clock = seconds, [], 0

    def seconds(self, sizes: Sizes) -> float:
        self.asked.append(sizes.get("rows", 0))
        found = self.table[sizes.get("rows", 0)]
        if found is None:
            raise Refused("no")
        self.clock += 1
        return found * (1 + self.clock / 10)  # the machine slows down all the time


def searched(seconds: dict[int, float | None]) -> Sizes | None:
    return search([{}, *({"rows": rows} for rows in seconds if rows)], Table(seconds))


def test_the_fastest_wins_if_it_wins_by_more_than_noise() -> None:
    others: dict[int, float | None] = {rows: 2.0 + rows for rows in range(4, 20)}
    assert searched({0: 1.0, **others, 2: 0.5, 3: 0.6}) == {"rows": 2}
    assert searched({0: 1.0, 2: 1 - NOISE / 2}) is None
    assert searched({0: 1.0}) is None
    assert searched({0: 1.0, 2: None, 3: 0.7, **others}) == {"rows": 3}, "what is refused costs only itself"
    with pytest.raises(Refused):
        searched({0: None, 2: 1.0})


def test_all_take_turns_and_the_slow_drop_out() -> None:
    trial = Table({0: 1.0, **{rows: 1.0 + rows for rows in range(1, 21)}})
    parts: list[float] = []
    search([{}, *({"rows": rows} for rows in range(1, 21))], trial, parts.append)
    assert trial.asked[:22] == [*range(21), 0], "one round of all comes before the next"
    assert trial.asked.count(1) == trial.asked.count(0) == tune.ROUNDS and trial.asked.count(20) == 1
    assert parts[-1] == 1.0 and parts == sorted(parts)


def test_candidates_fit_and_differ() -> None:
    kernel = kernel_of(100, 70, 200)
    found = candidates(kernel, CPU16)
    assert found[0] == {} and len(found) > 8
    texts = {str(sorted(one.items())) for one in found}
    assert len(texts) == len(found)
    assert all(MatmulShape(kernel, CPU16, sizes).sizes == sizes for sizes in found[1:])


# -- on a device ----------------------------------------------------------------------------------


def test_what_was_measured_is_kept_and_asked_first(tmp_path: Path) -> None:
    kernel = kernel_of(40, 70, 50)
    with config.override(CACHE_DIR=str(tmp_path)):
        device = opened(95)
        assert device.tune([kernel, kernel_of(41, 71, 51), kernel]) == 1, "one class: sizes up to the same power of two"
        assert len(list((tmp_path / "tuned").iterdir())) == 1
        assert opened(96)._tuned.sizes(kernel) == device._tuned.sizes(kernel) is not None
        plain = device.source(kernel_of(200, 70, 50))
        device._tuned.keep(name_of(kernel_of(200, 70, 50)), {"rows": 4, "vectors": 1})
        device.compile([[Call(kernel_of(200, 70, 50), (0, 1, 2))]])
        again = device.source(kernel_of(200, 70, 50))
        assert again.count("__kernel") == 1 and (again != plain or not device.capabilities.is_cpu)
        assert device.has([kernel_of(200, 70, 50)]) and device.binary(kernel_of(200, 70, 50))


def test_operands_that_are_read_by_index_are_measured_too(tmp_path: Path) -> None:
    table, weights = operands(20, 30, 40)
    index = clgrad.tensor(np.arange(64) % 20, device="cpu").realize()
    rows = clgrad.tensor(table, device="cpu").realize()
    with trace() as seen:
        (rows[index] @ clgrad.tensor(weights, device="cpu").realize().T).realize()
    with config.override(CACHE_DIR=str(tmp_path)):
        device = opened(93)
        assert device.tune(seen.kernels) == 1
        device.synchronize()


def test_nothing_is_lost_where_no_file_can_be_written(tmp_path: Path) -> None:
    place = tmp_path / "a file, not a folder"
    place.write_text("")
    with config.override(CACHE_DIR=str(place)):
        device = opened(98)
        assert device.tune([kernel_of(20, 30, 40)]) == 1
        assert device._tuned.sizes(kernel_of(20, 30, 40)) is not None


@pytest.mark.parametrize("sizes", [(40, 70, 50), (7, 33, 100), (1, 20, 64)])
def test_every_candidate_computes_the_product(sizes: tuple[int, int, int]) -> None:
    device = opened(99)
    kernel = kernel_of(*sizes)
    trial = KernelTrial(device, kernel)
    assert all(trial.seconds(one) > 0 for one in candidates(kernel, device.capabilities, 1))


@pytest.mark.parametrize("dtype", ["float16", "float64", "int32", "complex64"])
def test_results_of_any_dtype_are_checked(dtype: str) -> None:
    device = opened(89)
    if not device.supports(getattr(clgrad, dtype)):
        pytest.skip(f"the device does not compute with {dtype}")
    a, b = (clgrad.tensor(one, device="cpu").to(getattr(clgrad, dtype)).realize() for one in operands(20, 30, 40))
    with trace() as seen:
        (a @ b.T).realize()
    for kernel in seen.kernels:
        assert KernelTrial(device, kernel).seconds({}) > 0


def test_wrong_results_are_refused() -> None:
    """The device is given another kernel than the one that was asked for, as if its driver were broken."""
    device, kernel = opened(91), kernel_of(20, 30, 40)
    a, b = (clgrad.tensor(one, device="cpu").realize() for one in operands(20, 30, 40))
    with trace() as seen:
        (a @ b.T * 1.01).realize()
    launch = device.launch
    device.launch = lambda _, sizes: launch(seen.kernels[0], sizes)
    with pytest.raises(Refused, match=r"^\[tune\] \{'rows': 4, 'vectors': 1\} gave wrong results"):
        KernelTrial(device, kernel).seconds({"rows": 4, "vectors": 1})
    device.launch = lambda _, sizes: launch(None, sizes)
    with pytest.raises(Refused, match="did not run"):
        KernelTrial(device, kernel).seconds({"rows": 4, "vectors": 1})


def test_setting_2_measures_a_class_on_its_first_use(tmp_path: Path) -> None:
    a, b = operands(30, 20, 25)
    with config.override(CACHE_DIR=str(tmp_path), TUNE=1):
        device = opened(90)
        learned: list[Kernel] = []
        learn = device.tune
        device.tune = lambda kernels: learned.extend(kernels) or learn(kernels)

        def product() -> np.ndarray:
            clgrad.runtime.clear_plans()
            return (clgrad.tensor(a, device=device) @ clgrad.tensor(b, device=device).T).numpy()

        np.testing.assert_allclose(product(), a @ b.T, rtol=1e-4, atol=1e-4)
        assert not learned
        with config.override(TUNE=2):
            for _ in range(2):
                np.testing.assert_allclose(product(), a @ b.T, rtol=1e-4, atol=1e-4)
            assert len(learned) == 1
        assert not opened(90)._tuned.unknown(learned), "the next process finds it"


@pytest.mark.parametrize("name", ["cpu", "cl"])
def test_a_jitted_function_tunes_its_products(name: str, tmp_path: Path) -> None:
    with config.override(CACHE_DIR=str(tmp_path)):
        device = clgrad.device("cpu") if name == "cpu" else opened(94)
        a, b = (clgrad.tensor(one, device=device) for one in operands(30, 20, 25))
        product = clgrad.jit(lambda x: (x @ b.T).relu())
        with pytest.raises(JitError, match="call it twice"):
            product.tune()
        expected = [product(a).numpy() for _ in range(3)][-1]
        assert product.tune() == (0 if name == "cpu" else 1)
        np.testing.assert_allclose([product(a).numpy() for _ in range(3)][-1], expected, rtol=1e-5)


# -- reductions -----------------------------------------------------------------------------------

GPU = replace(CPU16, is_cpu=False, vector_width=1, group=128, compute_units=8)


@pytest.mark.parametrize(
    ("name", "on", "sizes"),
    [
        ("row sums", CPU16, {"accumulators": 2, "grain": 1024}),
        ("softmax", CPU16, {"accumulators": 1, "grain": 1024}),
        ("column sums", CPU16, {"strip": 64}),
        ("row sums", GPU, {"side": 2, "walkers": 16}),
        ("softmax of columns", GPU, {"side": 8, "walkers": 64}),
    ],
)
def test_a_reduction_takes_what_was_measured(
    name: str, on: Capabilities, sizes: Sizes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = reduction(name)
    write(tmp_path, "shipped", {name_of(kernel): dict(sizes)}, form=form_of(on))
    monkeypatch.setattr(tune, "shipped", lambda *names: shipped(*names, folder=tmp_path))
    with config.override(CACHE=0):
        found = Tuned(on, "", "", []).sizes(kernel)
    shape, plain = choose(kernel, on, found), choose(kernel, on)
    assert isinstance(shape, Tunable) and isinstance(plain, Tunable)
    assert shape.sizes == sizes != plain.sizes == plain.rules()
    assert render(kernel, on, found).name != render(kernel, on).name


@pytest.mark.parametrize(
    ("name", "on", "unfit"),
    [
        ("row sums", CPU16, {"accumulators": 3, "grain": 4096}),
        ("row sums", CPU16, {"accumulators": 4, "grain": 65536}),
        ("row sums", CPU16, {"strip": 64}),
        ("column sums", CPU16, {"strip": 100}),
        ("row sums", GPU, {"side": 64, "walkers": 128}),
        ("row sums", GPU, {"side": 1, "walkers": 128}),
        ("rows of a few", GPU, {"side": 1, "walkers": 4}),
        ("row sums", replace(GPU, local_memory=128), {"side": 2, "walkers": 64}),
        ("row sums", GPU, {"accumulators": 4, "grain": 4096}),
    ],
)
def test_a_reduction_refuses_what_does_not_fit(name: str, on: Capabilities, unfit: Sizes) -> None:
    kernel = reduction(name)
    assert render(kernel, on, unfit).name == render(kernel, on).name


def test_sizes_fit_every_kernel_of_the_class() -> None:
    """What was measured for one kernel may be too much for another, that folds more or in wider numbers."""
    long = clgrad.zeros(9, 8000, device="cpu").realize()
    with trace() as seen:
        long.amax(1).realize()
    assert not FoldShape(seen.kernels[0], GPU).allows({"side": 1, "walkers": 1}), "walks of any length"
    wide = ColumnsShape(reduction("column sums", "float64"), CPU16)
    assert wide.allows({"strip": 4096}) and not wide.allows({"strip": 8192})
    narrow = RowsShape(reduction("row sums"), replace(CPU16, vector_width=8))
    assert narrow.allows({"accumulators": 8, "grain": 4096})
    x = clgrad.zeros(67, 130, device="cpu").realize()
    with trace() as seen:
        clgrad.stack([x.sum(1), x.amax(1), x.amin(1)]).realize()
    (three,) = [kernel for kernel in seen.kernels if kernel.inner][:1]
    assert not RowsShape(three, replace(CPU16, vector_width=8)).allows({"accumulators": 8, "grain": 4096})


def test_reductions_of_a_class() -> None:
    """Of one kind, dtype, direction and number of passes, with sizes up to the same power of two."""

    def name(build: Callable[[Tensor], Tensor], *shape: int, dtype: str = "float32") -> str:
        x = clgrad.zeros(*shape, device="cpu", dtype=getattr(clgrad, dtype)).realize()
        with trace() as seen:
            build(x).realize()
        return name_of(seen.kernels[0])

    rows = name(lambda x: x.sum(1), 100, 50)
    assert rows == name(lambda x: x.amax(1), 65, 64) == name(lambda x: x.sum(2), 10, 10, 50)
    others = [
        name(lambda x: x.sum(1), 129, 50),
        name(lambda x: x.sum(1), 100, 65),
        name(lambda x: x.sum(1), 100, 50, dtype="float64"),
        name(lambda x: x.sum(0), 50, 100),
        name(lambda x: x.softmax(1), 100, 50),
        name(lambda x: x.exp().sin().cos().sum(1), 100, 50),
    ]
    assert len({rows, *others}) == 1 + len(others)


def test_samples_are_of_the_classes_of_what_they_stand_for() -> None:
    built: dict[str, Callable[[Tensor], Tensor]] = {
        "row sums": lambda x: x.sum(1),
        "column sums": lambda x: x.sum(0),
        "softmax": lambda x: x.softmax(1),
        "layer norm": lambda x: F.layer_norm(x, x.shape[1:]),
    }
    samples = [sample for sample in tuner.STANDARD if sample.form in built]
    assert {sample.form for sample in samples} == built.keys()
    for sample in samples:
        (kernel, smaller), (rows, columns) = sample.kernels(), sample.sizes[0]
        assert shape_class(kernel) == shape_class(smaller)
        x = clgrad.zeros(rows, columns, device="cpu").realize()
        with trace() as seen:
            built[sample.form](x).realize()
        assert shape_class(seen.kernels[0]) == shape_class(kernel)


def test_samples_of_attention_are_of_the_class_of_what_they_stand_for() -> None:
    for form, number in (("attention", 0), ("its gradient", -1)):
        (kernel,) = Sample(form, ((4, 33, 20),)).kernels()
        q, k, v = (clgrad.zeros(1, 4, 33, 20, device="cpu").realize().requires_grad_() for _ in range(3))
        with trace() as seen:
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            clgrad.realize(y, *clgrad.autograd.grad(y, (q, k, v), clgrad.zeros(*y.shape, device="cpu").realize()))
        found = [one for one in seen.kernels if one.kind.startswith("attention")]
        assert shape_class(found[number]) == shape_class(kernel)


@pytest.mark.parametrize("form", ["own", "gpu"])
@pytest.mark.parametrize("name", ["attention", "its gradient"])
def test_every_candidate_computes_attention(name: str, form: str) -> None:
    device = opened(88)
    if form == "gpu":
        device.capabilities = play("gpu", device.capabilities)
    (kernel,) = Sample(name, ((2, 50, 20),)).kernels()
    trial = KernelTrial(device, kernel)
    found = candidates(kernel, device.capabilities, 1)
    assert found and all(trial.seconds(one) > 0 for one in found)


@pytest.mark.parametrize("form", ["own", "gpu"])
@pytest.mark.parametrize("name", REDUCTIONS)
def test_every_candidate_computes_the_reduction(name: str, form: str) -> None:
    device = opened(88)
    if form == "gpu":
        device.capabilities = play("gpu", device.capabilities)
    kernel = reduction(name)
    trial = KernelTrial(device, kernel)
    found = candidates(kernel, device.capabilities, 1)
    assert found and all(trial.seconds(one) > 0 for one in found)


def test_a_reduction_is_measured_and_kept(tmp_path: Path) -> None:
    kernel = reduction("softmax")
    with config.override(CACHE_DIR=str(tmp_path)):
        device = opened(87)
        assert device.tune([kernel, reduction("row sums")]) == 2
        assert not opened(86)._tuned.unknown([kernel])


def test_results_that_can_not_be_confirmed_leave_the_rules(tmp_path: Path) -> None:
    with config.override(CACHE_DIR=str(tmp_path)):
        tuned = Tuned(CPU16, "", "", [])
        assert tuned.learn([reduction("row sums")], lambda kernel: Table({0: None})) == 1
        assert tuned.sizes(reduction("row sums")) == {} and not tuned.unknown([reduction("row sums")])


# -- in a process of its own ----------------------------------------------------------------------

BROKEN = """
import json, sys, time
print('{"ready": 1}', flush=True)
for line in sys.stdin:
    rows = json.loads(line)["sizes"].get("rows")
    if rows == 1: sys.exit(3)
    if rows == 2: time.sleep(60)
    print("a driver's remark")
    print(json.dumps({"refused": "[tune] wrong"} if rows == 3 else {"seconds": 0.5}), flush=True)
"""


@contextmanager
def worker(timeout: float, *command: str, device: str = "cl") -> Iterator[Callable[[Sizes], float]]:
    made = Worker(device, timeout, command or None)
    sample = Sample("nt", ((20, 30, 40), (17, 25, 33)))
    try:
        yield lambda sizes: made.seconds(sample, sizes)
    finally:
        made.close()


def test_a_driver_that_dies_or_hangs_costs_one_candidate() -> None:
    with worker(1.0, sys.executable, "-c", BROKEN) as seconds:
        for rows, message in ((1, "no answer in 1 s"), (2, "no answer in 1 s"), (3, "wrong")):
            with pytest.raises(Refused, match=message):
                seconds({"rows": rows})
            assert seconds({"rows": 4}) == 0.5


def test_a_device_that_can_not_be_opened_is_told() -> None:
    with (
        worker(5.0, sys.executable, "-c", "", device="nowhere") as seconds,
        pytest.raises(DeviceError, match="nowhere"),
    ):
        seconds({})


def test_a_process_measures_and_checks_products() -> None:
    name = next((one.name for one in clgrad.devices() if one.name != "cpu"), None)
    if name is None:
        pytest.skip("no OpenCL device here")
    with worker(60.0, device=name) as seconds:
        assert 0 < seconds({}) < 1 and 0 < seconds({"rows": 4, "vectors": 1}) < 1


def test_the_command_tunes_a_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = next((one for one in clgrad.devices() if one.name != "cpu"), None)
    if device is None:
        pytest.skip("no OpenCL device here")
    monkeypatch.setattr(tuner, "QUICK", (Sample("nn", ((40, 30, 20),)),))
    file = tmp_path / "found.json"
    with config.override(CACHE_DIR=str(tmp_path)):
        monkeypatch.setitem(vars(device), "_tuned", Tuned(device.capabilities, "Maker", "Quick 7700", ["facts"]))
    options = ["tune", "--device", device.name, "--quick", "--timeout", "60", "--export", str(file)]
    done = CliRunner().invoke(main, options)
    assert done.exit_code == 0 and "faster than by the rules" in done.output, done.output
    assert json.loads(file.read_text()) == device.tuned() and device.tuned()["device"] == "Quick 7700"
    assert len(list((tmp_path / "tuned").iterdir())) == 1
    assert CliRunner().invoke(main, ["tune", "--device", "nowhere"]).exit_code == 1
    refused = CliRunner().invoke(main, ["tune", "--device", "cpu"])
    assert refused.exit_code == 1 and "has no sizes to measure; name an OpenCL device" in refused.output
