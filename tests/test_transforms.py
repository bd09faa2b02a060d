"""Transforms: against PyTorch, Pillow and plain numpy; the same on the host and on devices; repeated by a seed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance

import clgrad
from clgrad import Tensor
from clgrad.data import DataLoader, sample_generator
from clgrad.data.transforms import (
    CenterCrop,
    ColorJitter,
    Compose,
    CutMix,
    Lambda,
    MixUp,
    Normalize,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomResizedCrop,
    RandomVerticalFlip,
    Resize,
    ToTensor,
)
from clgrad.errors import ArgumentError, DtypeError, JitError, ShapeError
from clgrad.runtime import trace


def picture(height: int = 9, width: int = 12, channels: int = 3, seed: int = 0) -> np.ndarray[Any, Any]:
    """uint8 (H, W, C), smooth enough to be resized."""
    rows, columns, colours = np.ogrid[:height, :width, :channels]
    noise = np.random.default_rng(seed).normal(size=(height, width, channels)) * 20
    return np.clip(128 + 90 * np.sin(rows / 3 + columns / 4 + colours) + noise, 0, 255).astype(np.uint8)


def planes(count: int = 4, height: int = 9, width: int = 12, channels: int = 3) -> np.ndarray[Any, Any]:
    """float32 (N, C, H, W) from 0 to 1."""
    return np.stack([ToTensor()(picture(height, width, channels, seed)) for seed in range(count)])


# -- arrays to numbers ----------------------------------------------------------------------------


def test_to_tensor() -> None:
    image = picture()
    found = ToTensor()(image)
    assert (found.dtype, found.shape, found.flags.c_contiguous) == (np.float32, (3, 9, 12), True)
    np.testing.assert_array_equal(found, torch.from_numpy(image).permute(2, 0, 1).float().div(255).numpy())
    np.testing.assert_array_equal(ToTensor()(Image.fromarray(image)), found)
    np.testing.assert_array_equal(ToTensor()(image[..., 0]), found[:1])
    assert ToTensor()(np.array([[True, False]])).tolist() == [[[1.0, 0.0]]]
    assert ToTensor()(np.ones((2, 2), np.int32)).dtype == np.int32
    for wrong in (np.zeros(3), np.zeros((1, 2, 3, 4)), "image", np.zeros((2, 2), complex)):
        with pytest.raises(DtypeError, match="ToTensor"):
            ToTensor()(wrong)


def test_to_tensor_of_a_batch(device: str) -> None:
    batch = np.stack([picture(seed=seed).transpose(2, 0, 1) for seed in range(2)])
    found = ToTensor()(clgrad.tensor(batch, device=device))
    np.testing.assert_allclose(found.numpy(), batch / np.float32(255), rtol=1e-6)


@pytest.mark.parametrize(("mean", "std"), [((0.4, 0.5, 0.6), (0.2, 0.3, 0.4)), (0.5, 0.25), ((0.5,), (0.25,))])
def test_normalize(device: str, mean: Any, std: Any) -> None:
    batch = planes()
    shape = (1, -1, 1, 1)
    wanted = (batch - np.reshape(mean, shape).astype("f")) / np.reshape(std, shape).astype("f")
    np.testing.assert_allclose(Normalize(mean, std)(batch[0]), wanted[0], rtol=1e-6)
    on_device = clgrad.tensor(batch, device=device)
    np.testing.assert_allclose(Normalize(mean, std)(on_device).numpy(), wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(Normalize(mean, std)(on_device[1]).numpy(), wanted[1], rtol=1e-5, atol=1e-6)
    image = batch[0].copy()
    assert Normalize(mean, std, inplace=True)(image) is image
    np.testing.assert_allclose(image, wanted[0], rtol=1e-6)


def test_normalize_refuses(device: str) -> None:
    with pytest.raises(DtypeError, match="put ToTensor"):
        Normalize(0.5, 0.5)(picture())
    with pytest.raises(DtypeError, match="put ToTensor"):
        Normalize(0.5, 0.5)(clgrad.tensor(picture(), device=device))
    with pytest.raises(ArgumentError, match="std is"):
        Normalize(0.5, (1.0, 0.0, 1.0))
    with pytest.raises(ArgumentError, match="2 numbers for images of 3 channels"):
        Normalize((0.5, 0.5), 1)(planes()[0])


# -- sizes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["bilinear", "bicubic", "nearest", "nearest-exact"])
@pytest.mark.parametrize("antialias", [True, False])
@pytest.mark.parametrize("size", [(5, 7), (20, 31), (4, 25), (9, 12)])
def test_resize_as_pytorch(device: str, mode: str, antialias: bool, size: tuple[int, int]) -> None:
    if mode == "bicubic" and not antialias:
        with pytest.raises(ArgumentError, match="bicubic without antialias"):
            Resize(size, mode, antialias=antialias)
        return
    batch = planes()
    options: dict[str, Any] = {} if mode.startswith("nearest") else {"antialias": antialias, "align_corners": False}
    wanted = torch.nn.functional.interpolate(torch.from_numpy(batch), size, mode=mode, **options).numpy()
    resize = Resize(size, mode, antialias=antialias)
    np.testing.assert_allclose(resize(batch[0]), wanted[0], atol=2e-6)
    found = resize(clgrad.tensor(batch, device=device))
    assert str(found.device) == str(clgrad.device(device))
    np.testing.assert_allclose(found.numpy(), wanted, atol=5e-6)


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_resize_as_pillow(mode: str) -> None:
    image = picture(40, 50) // 2 + 64  # what goes beyond 0 and 255 Pillow cuts off between both axes
    for size in ((17, 23), (64, 80)):
        wanted = np.asarray(
            Image.fromarray(image).resize(size[::-1], getattr(Image.Resampling, mode.upper())), np.int16
        )
        found = Resize(size, mode)(image)
        assert (found.dtype, found.shape) == (np.uint8, (*size, 3))
        assert np.abs(found.astype(np.int16) - wanted).max() <= 1  # and rounds there


def test_resize_to_a_shorter_side() -> None:
    for shape, size, options, wanted in (
        ((9, 12), 6, {}, (6, 8)), ((12, 9), 6, {}, (8, 6)), ((9, 12), [6], {}, (6, 8)), ((7, 10), 5, {}, (5, 7)),
        ((10, 40), 8, {"max_size": 16}, (4, 16)), ((10, 40), 8, {"max_size": 40}, (8, 32)), ((9, 12), 9, {}, (9, 12)),
    ):  # fmt: skip
        assert Resize(size, **options)(picture(*shape)).shape[:2] == wanted
        assert Resize(size, **options)(clgrad.tensor(planes(1, *shape), device="cpu")).shape[-2:] == wanted
        assert Resize(size, **options)(picture(*shape)[..., 0]).shape == wanted
    for arguments in ((0,), (2.5,), ((1, 2, 3),), (4, "cubic"), (4, "bilinear", 4), ((4, 5), "bilinear", 9)):
        with pytest.raises(ArgumentError, match="Resize"):
            Resize(*arguments)


def test_center_crop(device: str) -> None:
    image, batch = picture(), planes()
    on_device = clgrad.tensor(batch, device=device)
    np.testing.assert_array_equal(CenterCrop((5, 6))(image), image[2:7, 3:9])
    np.testing.assert_array_equal(CenterCrop(4)(on_device).numpy(), batch[..., 2:6, 4:8])
    wide = np.zeros((4, 3, 5, 15), np.float32)
    wide[..., 1:13] = batch[..., 2:7, :]
    np.testing.assert_array_equal(CenterCrop((5, 15))(batch[0]), wide[0])
    np.testing.assert_array_equal(CenterCrop((5, 15))(on_device).numpy(), wide)


# -- crops ----------------------------------------------------------------------------------------


def crops_of(image: np.ndarray[Any, Any], size: tuple[int, int]) -> list[np.ndarray[Any, Any]]:
    """Every crop of the last two axes."""
    height, width = image.shape[-2:]
    return [
        image[..., top : top + size[0], left : left + size[1]]
        for top in range(height - size[0] + 1)
        for left in range(width - size[1] + 1)
    ]


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
@pytest.mark.parametrize("padding", [None, 2, (1, 3), (1, 2, 3, 0)])
def test_random_crops_are_crops(device: str, mode: str, padding: Any) -> None:
    batch = planes(6, 5, 6, 1)
    size = (4, 5)
    sides = {None: (0, 0, 0, 0), 2: (2, 2, 2, 2), (1, 3): (1, 3, 1, 3)}.get(padding, padding)
    left, top, right, bottom = sides
    options = {"constant_values": 0.5} if mode == "constant" else {}
    crop = RandomCrop(size, padding, fill=0.5, padding_mode=mode)
    found = crop(clgrad.tensor(batch, device=device)).numpy()
    chosen = set()
    for n, image in enumerate(batch):
        padded = np.pad(image, [(0, 0), (top, bottom), (left, right)], mode, **options)  # type: ignore[call-overload]
        possible = [possible.tobytes() for possible in crops_of(padded, size)]
        assert np.ascontiguousarray(crop(image)).tobytes() in possible
        chosen.add(possible.index(found[n].tobytes()))
    assert len(chosen) > 1, "each image has a place of its own"


def test_every_place_of_a_crop_is_taken(device: str) -> None:
    batch = np.broadcast_to(np.arange(12, dtype=np.float32).reshape(3, 4), (400, 1, 3, 4))
    found = RandomCrop(2)(clgrad.tensor(batch, device=device)).numpy()
    corners, counts = np.unique(found[:, 0, 0, 0], return_counts=True)
    assert corners.tolist() == [0, 1, 2, 4, 5, 6] and counts.min() > 30
    image = batch[0]
    assert {float(RandomCrop(2)(image)[0, 0, 0]) for _ in range(100)} == {0, 1, 2, 4, 5, 6}


def test_random_crop_of_small_images(device: str) -> None:
    small = planes(2, 3, 8)
    with pytest.raises(ShapeError, match=r"an image of \(3, 8\).*smaller than \(5, 5\)"):
        RandomCrop(5)(small[0])
    with pytest.raises(ShapeError):
        RandomCrop(5)(clgrad.tensor(small, device=device))
    assert RandomCrop(5, pad_if_needed=True)(small[0]).shape == (3, 5, 5)
    assert RandomCrop(5, pad_if_needed=True)(clgrad.tensor(small, device=device)).shape == (2, 3, 5, 5)
    assert RandomCrop(3, 1)(picture()[..., 0]).shape == (3, 3)
    for arguments in ((3, (1, 2, 3)), (3, -1), (3, 1, False, 0, "wrap"), (0,)):
        with pytest.raises(ArgumentError, match="RandomCrop"):
            RandomCrop(*arguments)


@pytest.mark.parametrize(("flip", "axis"), [(RandomHorizontalFlip, -1), (RandomVerticalFlip, -2)])
def test_flips(device: str, flip: Any, axis: int) -> None:
    image, batch = picture(), planes(200, 4, 5)
    np.testing.assert_array_equal(flip(1.0)(image), np.flip(image, axis - 1))
    np.testing.assert_array_equal(flip(0.0)(image), image)
    np.testing.assert_array_equal(flip(1.0)(batch[0]), np.flip(batch[0], axis))
    on_device = clgrad.tensor(batch, device=device)
    np.testing.assert_array_equal(flip(1.0)(on_device).numpy(), np.flip(batch, axis))
    found = flip(0.3)(on_device).numpy()
    flipped = [bool((one == np.flip(image, axis)).all()) for one, image in zip(found, batch, strict=True)]
    kept = [bool((one == image).all()) for one, image in zip(found, batch, strict=True)]
    assert all(one != other for one, other in zip(flipped, kept, strict=True))
    assert 35 < sum(flipped) < 90
    with pytest.raises(ArgumentError, match="probability"):
        flip(1.5)


@pytest.mark.parametrize("options", [{}, {"antialias": False}, {"interpolation": "bicubic"}])
def test_random_resized_crop_on_a_device_is_a_crop_resized(device: str, options: Any) -> None:
    """Rows and columns that hold their numbers show, resized, which box was taken."""
    rows, columns = np.mgrid[:16, :24].astype(np.float32)
    batch = np.stack([np.stack([rows, columns, image[0]]) for image in planes(40, 16, 24)])
    images = clgrad.tensor(batch, device=device)
    clgrad.manual_seed(2)
    shown = RandomResizedCrop((4, 4), antialias=False)(images).numpy()
    clgrad.manual_seed(2)
    found = RandomResizedCrop((4, 4), **options)(images).numpy()
    boxes = set()
    for n in range(40):
        box = []
        for line in (shown[n, 0, :, 0], shown[n, 1, 0]):
            step = line[2] - line[1]
            side, first = step * 4, line[1] - 1.5 * step + 0.5
            assert abs(side - round(side)) < 1e-2 and abs(first - round(first)) < 1e-2
            box.append(slice(round(first), round(first) + round(side)))
        cut = batch[n][:, box[0], box[1]]
        boxes.add((box[0].start, box[0].stop, box[1].start, box[1].stop))
        assert 0.06 < cut[0].size / (16 * 24) <= 1
        np.testing.assert_allclose(found[n], Resize((4, 4), **options)(cut), atol=1e-4)
    assert len(boxes) > 35


def test_random_resized_crop_on_the_host() -> None:
    image = picture(30, 40)
    sizes = set()
    for _ in range(50):
        top, left, rows, columns = RandomResizedCrop(8)._box(30, 40)
        assert 0 <= top <= 30 - rows and 0 <= left <= 40 - columns
        assert 0.07 < rows * columns / 1200 <= 1 and 0.7 < columns / rows < 1.4
        sizes.add((rows, columns))
    assert len(sizes) > 20
    assert RandomResizedCrop(8)._box(10, 1000) == (0, 493, 10, 13), "what never fits is cut from the middle"
    found = RandomResizedCrop((6, 7), interpolation="bicubic")(image)
    assert (found.shape, found.dtype) == ((6, 7, 3), np.uint8)
    with pytest.raises(ArgumentError, match="lowest, highest"):
        RandomResizedCrop(8, scale=(1.0, 0.1))
    with pytest.raises(ArgumentError, match="knows bilinear and bicubic"):
        RandomResizedCrop(8, interpolation="nearest")(clgrad.tensor(planes(), device="cpu"))


# -- boxes and colours ----------------------------------------------------------------------------


def box_of(mask: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Height and width of the box that a mask is; the mask must be one."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    assert mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].all() and mask.sum() == len(rows) * len(columns)
    return len(rows), len(columns)


@pytest.mark.parametrize("value", [0, 0.25, (2.0, 3.0, 4.0), "random"])
def test_random_erasing(device: str, value: Any) -> None:
    batch = planes(80, 16, 16) * 0.5 + 0.3
    erase = RandomErasing(0.6, value=value)
    on_device = erase(clgrad.tensor(batch, device=device)).numpy()
    on_host = np.stack([erase(image) for image in batch])
    for found in (on_device, on_host):
        changed = found != batch
        erased = changed.any((1, 2, 3))
        assert 30 < erased.sum() < 66
        sides = [box_of(mask[0]) for mask in changed[erased]]
        areas = [rows * columns / 256 for rows, columns in sides]
        assert min(areas) > 0.005 and max(areas) < 0.36 and len(set(sides)) > 10
        if value != "random":
            wanted = np.broadcast_to(np.reshape(value, (-1, 1, 1)), (3, 16, 16))
            for mask, one in zip(changed, found, strict=True):
                np.testing.assert_array_equal(one[mask], wanted[mask].astype(np.float32))
        else:
            assert abs(found[changed].mean()) < 0.3 and 0.8 < found[changed].std() < 1.2
    image = batch[0].copy()
    assert RandomErasing(1.0, inplace=True)(image) is image and (image != batch[0]).any()
    with pytest.raises(ArgumentError, match="2 values for images of 3 channels"):
        RandomErasing(1.0, value=(1.0, 2.0))(batch[0])
    with pytest.raises(ArgumentError, match="random"):
        RandomErasing(value="noise")


@pytest.mark.parametrize(("name", "enhance"), [
    ("brightness", ImageEnhance.Brightness), ("contrast", ImageEnhance.Contrast), ("saturation", ImageEnhance.Color),
])  # fmt: skip
@pytest.mark.parametrize("factor", [0.3, 1.0, 1.7])
def test_colours_as_pillow(device: str, name: str, enhance: Any, factor: float) -> None:
    image = picture(20, 30)
    wanted = np.asarray(enhance(Image.fromarray(image)).enhance(factor), np.int16)
    jitter = ColorJitter(**{name: (factor, factor)})
    assert np.abs(jitter(image).astype(np.int16) - wanted).max() <= 2  # Pillow rounds the grey image
    found = jitter(clgrad.tensor(ToTensor()(image), device=device)).numpy().transpose(1, 2, 0) * 255
    assert np.abs(found - wanted).max() <= 2


@pytest.mark.parametrize("turn", [-0.5, -0.2, 0.1, 0.37])
def test_hue_as_the_standard_library(device: str, turn: float) -> None:
    import colorsys

    image = planes(1, 6, 7)[0]
    image[:, 0, 0] = 0.5  # grey
    image[:, 0, 1] = [1, 0, 0]
    image[:, 0, 2] = [0.2, 0.7, 0.7]
    wanted = np.empty_like(image)
    for row, column in np.ndindex(6, 7):
        hue, saturation, value = colorsys.rgb_to_hsv(*map(float, image[:, row, column]))
        wanted[:, row, column] = colorsys.hsv_to_rgb((hue + turn) % 1, saturation, value)
    jitter = ColorJitter(hue=(turn, turn))
    np.testing.assert_allclose(jitter(image), wanted, atol=1e-5)
    np.testing.assert_allclose(jitter(clgrad.tensor(image, device=device)).numpy(), wanted, atol=1e-5)


def test_color_jitter_draws_for_each_image(device: str) -> None:
    batch = np.full((50, 1, 4, 4), 0.5, np.float32)
    found = ColorJitter(brightness=0.4)(clgrad.tensor(batch, device=device)).numpy()
    factors = found[:, 0, 0, 0] / 0.5
    assert len(set(factors.tolist())) > 40 and 0.6 <= factors.min() < 0.75 and 1.25 < factors.max() <= 1.4
    jitter = ColorJitter(0.4, 0.4, 0.4, 0.1)
    assert jitter(picture()).dtype == np.uint8
    assert jitter(picture(channels=1)).shape == (9, 12, 1)
    coloured = jitter(clgrad.tensor(planes(), device=device)).numpy()
    assert coloured.dtype == np.float32 and coloured.min() >= 0 and coloured.max() <= 1
    assert ColorJitter()(picture()).tolist() == picture().tolist()
    for arguments in ({"brightness": -1}, {"hue": 0.6}, {"contrast": (2, 1)}, {"saturation": (1, 2, 3)}):
        with pytest.raises(ArgumentError, match=next(iter(arguments))):
            ColorJitter(**arguments)  # type: ignore[arg-type]  # that is the test
    with pytest.raises(ShapeError, match="2 channels"):
        jitter(picture(channels=2))
    with pytest.raises(DtypeError, match="put ToTensor"):
        jitter(clgrad.ones(1, 3, 2, 2, device=device).long())


# -- mixed batches --------------------------------------------------------------------------------


def test_mixup(device: str) -> None:
    batch, labels = planes(5), np.array([0, 2, 1, 2, 0])
    shares = []
    for _ in range(20):
        images, weights = MixUp(alpha=0.5, num_classes=3)(
            clgrad.tensor(batch, device=device), clgrad.tensor(labels, device=device)
        )
        share = weights.numpy()[1, 2]
        shares.append(share)
        hot = np.eye(3, dtype=np.float32)[labels]
        np.testing.assert_allclose(weights.numpy(), hot * share + np.roll(hot, 1, 0) * (1 - share), atol=1e-6)
        np.testing.assert_allclose(images.numpy(), batch * share + np.roll(batch, 1, 0) * (1 - share), atol=1e-6)
    assert len(set(shares)) == 20 and 0 <= min(shares) < 0.3 and 0.7 < max(shares) <= 1


def test_cutmix(device: str) -> None:
    batch = np.arange(1, 5, dtype=np.float32).reshape(4, 1, 1, 1) * np.ones((1, 2, 10, 12), np.float32)
    labels = clgrad.tensor(np.eye(4, dtype=np.float32), device=device)
    boxes = set()
    for _ in range(20):
        images, weights = CutMix()((clgrad.tensor(batch, device=device), labels))
        found = images.numpy()
        mixed = found != batch
        assert (mixed == mixed[:1, :1]).all()
        np.testing.assert_array_equal(found[mixed], np.roll(batch, 1, 0)[mixed])
        share = 1 - mixed[0, 0].mean()
        hot = np.eye(4)
        np.testing.assert_allclose(weights.numpy(), hot * share + np.roll(hot, 1, 0) * (1 - share), atol=1e-6)
        boxes.add(box_of(mixed[0, 0]) if mixed.any() else (0, 0))
    assert len(boxes) > 8


def test_mixing_refuses(device: str) -> None:
    images, labels = clgrad.rand(4, 3, 5, 5, device=device), clgrad.tensor([0, 1, 2, 1], device=device)
    with pytest.raises(ArgumentError, match="pass num_classes="):
        MixUp()(images, labels)
    with pytest.raises(ArgumentError, match="alpha"):
        CutMix(alpha=0)
    with pytest.raises(ShapeError, match="pass a batch"):
        MixUp(num_classes=3)(images[0], labels)
    with pytest.raises(JitError, match="before you pass it on"):
        step = clgrad.jit(lambda images: MixUp(num_classes=3)(images, labels)[0])
        for _ in range(3):
            step(images)


# -- all of them ----------------------------------------------------------------------------------

RANDOM = [
    RandomCrop(4, padding=1), RandomHorizontalFlip(), RandomVerticalFlip(), RandomResizedCrop(5), RandomErasing(0.9),
    ColorJitter(0.4, 0.4, 0.4, 0.2),
]  # fmt: skip


@pytest.mark.parametrize("transform", RANDOM, ids=lambda one: type(one).__name__)
def test_a_seed_repeats_what_is_random(device: str, transform: Any) -> None:
    batch = planes(8)

    def run() -> tuple[Any, Any]:
        return [transform(image).tolist() for image in batch], transform(clgrad.tensor(batch, device=device)).tolist()

    clgrad.manual_seed(3)
    first = run()
    assert run() != first
    clgrad.manual_seed(3)
    assert run() == first


@pytest.mark.parametrize("transform", RANDOM, ids=lambda one: type(one).__name__)
def test_other_numbers_need_no_other_kernels(device: str, transform: Any) -> None:
    batch = clgrad.tensor(planes(8), device=device).realize()
    transform(batch).realize()
    with trace() as found:
        transform(batch).realize()
    assert found.kernels and found.plans_made == 0


def test_a_chain_on_a_device_is_one_kernel(device: str) -> None:
    chain = Compose([RandomCrop(8, padding=2), RandomHorizontalFlip(), ToTensor(), Normalize(0.5, 0.25)])
    batch = np.stack([picture(seed=seed).transpose(2, 0, 1) for seed in range(4)])
    images = clgrad.tensor(batch, device=device).realize()
    assert chain(images).realize().shape == (4, 3, 8, 8)
    with trace() as found:
        chain(images).realize()
    whole = [kernel for kernel in found.kernels if math.prod(kernel.shape) >= 4 * 3 * 8 * 8]
    assert len(whole) == 1, "all others are as small as the numbers that were drawn"


def test_jitted_transforms_draw_anew(device: str) -> None:
    flip = clgrad.jit(lambda images: RandomHorizontalFlip()(images))
    images = clgrad.tensor(planes(32), device=device)
    assert len({flip(images).numpy().tobytes() for _ in range(6)}) > 3


class Pictures:
    transform = Compose([RandomCrop(6), ColorJitter(0.3, 0.3, 0.3, 0.1), ToTensor(), RandomErasing(), Normalize(0, 1)])

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int, /) -> Any:
        return self.transform(picture(seed=index)), index


def test_loaders_repeat_whatever_the_number_of_workers() -> None:
    def epoch(workers: int) -> list[Any]:
        clgrad.manual_seed(1)
        loader = DataLoader(Pictures(), batch_size=3, shuffle=True, num_workers=workers, device="cpu")
        return [(images.tolist(), labels.tolist()) for images, labels in loader]

    wanted = epoch(0)
    assert epoch(1) == epoch(2) == wanted


def test_lambda_and_compose() -> None:
    chain = Compose([Lambda(lambda image: image + 1), Lambda(np.sum)])
    assert chain(np.ones((2, 2))) == 8
    assert repr(Compose([Resize(4), ToTensor()])).startswith("Compose(\n    Resize(size=4, interpolation='bilinear'")
    with pytest.raises(DtypeError, match="must be a function"):
        Lambda(3)  # type: ignore[arg-type]  # that is the test


def test_what_is_no_image_is_refused(device: str) -> None:
    flip = RandomHorizontalFlip()
    for wrong in (np.zeros(3), np.zeros((1, 2, 3, 4), np.uint8), "text"):
        with pytest.raises(DtypeError, match="RandomHorizontalFlip"):
            flip(wrong)
    with pytest.raises(ShapeError, match=r"\(N, C, H, W\)"):
        flip(clgrad.ones(3, device=device))


def test_host_transforms_leave_their_image_alone() -> None:
    image, floats = picture(), planes(1)[0]
    copies = image.copy(), floats.copy()
    for transform in (*RANDOM, Resize(5), CenterCrop(4)):
        for _ in range(3):
            transform(image)
            transform(floats)
            Normalize(0.5, 0.5)(floats)
    assert (image == copies[0]).all() and (floats == copies[1]).all()
    assert isinstance(RANDOM[0](clgrad.tensor(floats, device="cpu")), Tensor)
    assert math.isfinite(sample_generator().random())
