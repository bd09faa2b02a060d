"""Reading order is import order: a module imports only modules that stand before it in ``ORDER``."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import clgrad

ROOT = Path(clgrad.__file__).parent
PACKAGE = "clgrad"

LAYERS = (
    "errors config dtypes view",
    "ops ops.sources ops.moves ops.elementary ops.maps ops.special ops.complex_numbers ops.reduces ops.scans",
    "ops.anchors ops.attention ops.convolutions ops.winograd ops.factorisations ops.orders",
    "kernel device",
    "sorting arithmetic array",
    "compose compose.activations compose.elementwise compose.indexing compose.joining compose.products",
    "compose.complex_numbers compose.shaping compose.statistics compose.scans compose.order compose.selection",
    "compose.windows compose.convolutions compose.distances compose.losses compose.ctc compose.margins",
    "compose.pooling compose.adaptive compose.shuffling compose.resampling compose.grids",
    "linalg compose.norms",
    "graph holders differentiate",
    "lower assemble stages expand schedule memory runtime expect replay",
    "protocols dlpack draws tensor creation extend autograd transform functions special fft random jit control viz",
    "nn nn.module nn.init nn.lookup nn.noise nn.norms compose.attention nn.functional nn.activation nn.distance",
    "nn.layers nn.embedding nn.dropout nn.convolution nn.normalisation nn.containers nn.loss nn.pooling nn.vision",
    "nn.padding nn.reparametrize nn.utils nn.utils.fusion nn.utils.rnn nn.cells nn.recurrent nn.attention",
    "nn.transformer nn.positions nn.gated nn.cache",
    "models.blocks models.alexnet models.efficientnet models.lenet models.mobilenet models.resnet models.unet",
    "models.vgg",
    "optim optim.groups optim.optimizer optim.fused optim.sgd optim.adam optim.adamax optim.nadam optim.radam",
    "optim.rmsprop optim.adagrad optim.adadelta optim.rprop optim.lion optim.muon optim.lbfgs",
    "optim.lr_scheduler optim.lr_scheduler.base optim.lr_scheduler.decays optim.lr_scheduler.cosine",
    "optim.lr_scheduler.cycles optim.lr_scheduler.plateau optim.lr_scheduler.chains optim.swa_utils",
    "data data.seeds data.dataset data.collate data.batches data.workers data.loader data.text",
    "io io.tree io.torch_files io.files io.checkpoint",
    "models.language models.gpt models.llama models.generation models",
    "data.transforms.base data.transforms.resampling data.transforms.basic data.transforms.geometry",
    "data.transforms.colour data.transforms.mixing data.transforms",
    "data.vision.images data.vision.download data.vision.mnist data.vision.cifar data.vision.folder data.vision",
    "array_api.information array_api.creation array_api.elementwise array_api.manipulation array_api.reductions",
    "array_api.linalg array_api.fft array_api",
    "coverage doctor __main__",
)
"""Every module that is not a backend, top to bottom. A package's own name is its ``__init__``."""

ORDER = [name for layer in LAYERS for name in layer.split()]

BACKENDS = ("cpu", "cl", "cuda")
"""Found by name at run time, by device.py alone: nothing depends on them."""

EXAMINER = "doctor"
"""Looks at what a backend tells of itself, when asked."""

SEEN_BY_BACKENDS = ("kernel", "device", "ops", "view", "dtypes", "errors", "config")

RENDERING = ("cl.caps", "cl.writer", "cl.render", "cl.joint", "cl.templated", "cl.cache")
"""What the CUDA backend takes from the OpenCL backend: it runs the same templates. None of it needs PyOpenCL."""

ROWS = (
    "anchors", "attention", "complex_numbers", "convolutions", "factorisations", "maps", "moves", "orders", "reduces",
    "scans", "sources", "special",
)  # fmt: skip
REGISTRY = {("ops", f"ops.{name}") for name in ROWS}
"""The table is complete once ``ops`` is imported: its last line imports the rows that register in it."""

FORBIDDEN = {"torch", "pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
"""The reference of the tests, and formats that run code when they are read."""

FOREIGN = {
    "numpy", "mako", "pyopencl", "pycuda", "cuda", "graphviz", "click", "safetensors", "PIL", "tqdm", "tokenizers",
}  # fmt: skip


@dataclass(frozen=True)
class Use:
    """One import statement's target: a module of clgrad, or a foreign one by its first name."""

    module: str
    line: int
    lazy: bool
    ours: bool


def modules() -> dict[str, Path]:
    """Every module of the package by its name without ``clgrad.``; the facade is ''."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def uses(name: str) -> list[Use]:
    """Everything a module imports, wherever the statement stands."""
    path = MODULES[name]
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    top = {id(node) for node in tree.body}
    found: list[Use] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the module's whole name"
            assert node.module is not None
            # ``from package import module`` names a module, anything else a name inside one.
            targets = [
                f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in KNOWN else node.module
                for alias in node.names
            ]
        else:
            continue
        for target in targets:
            ours = target == PACKAGE or target.startswith(PACKAGE + ".")
            module = target.removeprefix(PACKAGE).removeprefix(".") if ours else target.split(".")[0]
            found.append(Use(module, node.lineno, id(node) not in top, ours))
    return found


KNOWN = {f"{PACKAGE}.{name}" for name in MODULES if name}


def is_backend(name: str) -> bool:
    return name.split(".")[0] in BACKENDS


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def own_uses(name: str) -> Iterator[Use]:
    return (use for use in uses(name) if use.ours)


def where(name: str, use: Use) -> str:
    return f"{MODULES[name].relative_to(ROOT.parent)}:{use.line} imports clgrad.{use.module}"


def test_order_names_every_module() -> None:
    listed = set(ORDER) | {""} | {name for name in MODULES if is_backend(name)}
    assert set(MODULES) == listed, f"not in ORDER or not a file: {sorted(set(MODULES) ^ listed)}"
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("name", [name for name in ORDER if name in MODULES])
def test_imports_point_upwards(name: str) -> None:
    place = ORDER.index(name)
    is_package = MODULES[name].name == "__init__.py"
    for use in own_uses(name):
        if is_backend(use.module):
            assert name in ("device", EXAMINER) and use.lazy, f"{where(name, use)}: only device.py finds backends"
            continue
        if (name, use.module) in REGISTRY or (is_package and inside(use.module, name)):
            continue  # a package shows its own modules
        assert use.module, f"{where(name, use)}: the facade is for users; import from the module itself"
        assert use.module in ORDER[:place], f"{where(name, use)}, which does not stand above it in ORDER"


@pytest.mark.parametrize("name", [name for name in MODULES if is_backend(name)])
def test_backends_see_the_contract_only(name: str) -> None:
    package = name.split(".")[0]
    for use in own_uses(name):
        seen = (*SEEN_BY_BACKENDS, *RENDERING) if package == "cuda" else SEEN_BY_BACKENDS
        allowed = any(inside(use.module, one) for one in (*seen, package))
        assert allowed, f"{where(name, use)}; a backend sees {', '.join(SEEN_BY_BACKENDS)} and its own package"


def test_backend_packages_have_no_cycles() -> None:
    """Imports that run when a module is loaded; those inside functions may look back."""
    below = {
        name: {use.module for use in own_uses(name) if not use.lazy and inside(use.module, name.split(".")[0])}
        for name in MODULES
        if is_backend(name)
    }
    done: set[str] = set()
    while len(done) < len(below):
        free = {name for name in below if name not in done and below[name] <= done}
        assert free, f"modules that import each other: {sorted(set(below) - done)}"
        done |= free


def test_the_facade_stands_above_all() -> None:
    for use in own_uses(""):
        assert not is_backend(use.module) and not use.lazy, where("", use)


@pytest.mark.parametrize("name", MODULES)
def test_foreign_modules(name: str) -> None:
    for use in uses(name):
        if use.ours:
            continue
        text = f"{MODULES[name].relative_to(ROOT.parent)}:{use.line} imports {use.module}"
        assert use.module not in FORBIDDEN, text
        assert use.module in FOREIGN or use.module in sys.stdlib_module_names, f"{text}: not a dependency"
        if use.module in ("pyopencl", "mako"):
            assert inside(name, "cl"), f"{text}: only the OpenCL backend does"
        if use.module in ("pycuda", "cuda"):
            assert inside(name, "cuda"), f"{text}: only the CUDA backend does"


def test_no_pickle_protocol() -> None:
    """``__reduce__`` of a dtype is for deepcopy; nothing is loaded from bytes by pickle's means."""
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), f"{name}:{node.lineno} runs text"
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                assert isinstance(node.value, ast.Constant) and node.value.value is False, f"{name}:{node.lineno}"


def run(code: str) -> str:
    """Run code in a fresh interpreter; give what it printed."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_import_loads_no_backend() -> None:
    loaded = run("import clgrad, sys; print(*sys.modules)").split()
    unwanted = {"pyopencl", "mako", "pycuda", "cuda", "torch", "clgrad.cpu", "clgrad.cl", "clgrad.cuda"}
    assert not unwanted & set(loaded)


def test_import_is_quick() -> None:
    """0.3 s, or where even numpy needs longer than its usual 0.07 s, in proportion: tests share their cores."""
    code = """
from time import process_time as now
start = now(); import numpy; middle = now(); import clgrad; print(middle - start, now() - middle)
"""
    runs = [tuple(map(float, run(code).split())) for _ in range(4)]
    assert any(own < max(0.3, 4 * numpys) for numpys, own in runs), runs


NOTHING_FOUND = {
    "no platform": """
import pyopencl
def nothing():
    raise pyopencl.LogicError("clGetPlatformIDs", -1001, "PLATFORM_NOT_FOUND_KHR")
pyopencl.get_platforms = nothing
""",
    "an empty platform": """
import pyopencl
class Empty:
    name = "Clover"
    def get_devices(self):
        raise pyopencl.LogicError("clGetDeviceIDs", -1, "DEVICE_NOT_FOUND")
pyopencl.get_platforms = lambda: [Empty()]
""",
    "no PyOpenCL": "import sys; sys.modules['pyopencl'] = None",
}
"""Ways to have no OpenCL. The wheel's loader finds its own PoCL whatever OCL_ICD_VENDORS says, so it is hidden here."""


@pytest.mark.parametrize("way", NOTHING_FOUND)
def test_works_without_opencl(way: str) -> None:
    code = (
        NOTHING_FOUND[way]
        + """
import contextlib, io
import clgrad
assert [one.name for one in clgrad.devices()] == ["cpu"], clgrad.devices()
said = io.StringIO()
with contextlib.redirect_stderr(said):
    x = clgrad.tensor([1.0, 2.0])
assert x.device.name == "cpu" and (x + 1).tolist() == [2.0, 3.0]
assert "auto is cpu" in said.getvalue(), said.getvalue()
for name in ("cl", "cl:0", "cl:nvidia", "cuda"):
    try:
        clgrad.device(name)
    except clgrad.errors.DeviceError as error:
        assert str(error).startswith("[device]") and "pip install 'pyopencl[pocl]'" in str(error), error
        assert name in str(error), error
    else:
        raise AssertionError(name)
print("done")
"""
    )
    assert run(code) == "done"
