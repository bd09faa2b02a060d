"""Views against numpy: a chain of moves on an arange, read through the view, equals the same chain in numpy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clgrad.cpu import read
from clgrad.view import Shape, View, contiguous_strides

Elements = np.ndarray[Any, Any]

MOST_ELEMENTS = 400


@dataclass
class State:
    """A view and what numpy makes of the same moves; the buffer counts from 1, as 0 is the padding."""

    buffer: Elements
    view: View
    expected: Elements
    masked: bool

    def check(self) -> None:
        assert self.view.shape == self.expected.shape
        np.testing.assert_array_equal(read(self.buffer, self.view), self.expected)


def start(shape: Shape) -> State:
    buffer = np.arange(1, math.prod(shape) + 1)
    return State(buffer, View.contiguous(shape), buffer.reshape(shape), False)


def draw_permute(data: st.DataObject, state: State) -> None:
    axes = tuple(data.draw(st.permutations(range(len(state.view.shape)))))
    state.view, state.expected = state.view.permute(axes), state.expected.transpose(axes)


def draw_expand(data: st.DataObject, state: State) -> None:
    sizes = [data.draw(st.integers(1, 4)) if size == 1 else size for size in state.view.shape]
    if math.prod(sizes) <= MOST_ELEMENTS:
        state.view, state.expected = state.view.expand(tuple(sizes)), np.broadcast_to(state.expected, sizes)


def draw_pad(data: st.DataObject, state: State) -> None:
    widths = tuple((data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in state.view.shape)
    if math.prod(size + sum(width) for size, width in zip(state.view.shape, widths)) <= MOST_ELEMENTS:
        state.view = state.view.pad(widths)
        state.expected = np.pad(state.expected, widths) if widths else state.expected
        state.masked |= any(width != (0, 0) for width in widths)


def draw_slice(data: st.DataObject, state: State) -> None:
    starts, stops, steps = [], [], []
    for size in state.view.shape:
        first = data.draw(st.integers(0, size))
        starts.append(first)
        stops.append(data.draw(st.integers(first, size)))
        steps.append(data.draw(st.integers(1, 3)))
    state.view = state.view.slice(tuple(starts), tuple(stops), tuple(steps))
    state.expected = state.expected[tuple(slice(*one) for one in zip(starts, stops, steps))]


def draw_flip(data: st.DataObject, state: State) -> None:
    axes = tuple(axis for axis in range(len(state.view.shape)) if data.draw(st.booleans()))
    state.view, state.expected = state.view.flip(axes), np.flip(state.expected, axes)


def draw_reshape(data: st.DataObject, state: State) -> None:
    shape: list[int] = []
    rest = math.prod(state.view.shape)
    if rest == 0:
        shape = [0, *(data.draw(st.integers(0, 3)) for _ in range(data.draw(st.integers(0, 2))))]
    else:
        while rest > 1 and len(shape) < 4:
            shape.append(data.draw(st.sampled_from([n for n in range(1, rest + 1) if rest % n == 0])))
            rest //= shape[-1]
        if rest > 1:
            shape.append(rest)
        shape += [1] * data.draw(st.integers(0, 1))
    moved = state.view.reshape(tuple(shape))
    if moved is None:
        assert needs_a_copy(state, tuple(shape))
        return
    state.view, state.expected = moved, state.expected.reshape(shape)


def draw_window(data: st.DataObject, state: State) -> None:
    axes, sizes, steps, dilations = [], [], [], []
    for axis in data.draw(st.permutations(range(len(state.view.shape))))[:2]:
        size, dilation = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
        if dilation * (size - 1) < state.view.shape[axis]:
            axes.append(axis)
            sizes.append(size)
            steps.append(data.draw(st.integers(1, 3)))
            dilations.append(dilation)
    expected = state.expected
    for axis, size, step, dilation in zip(axes, sizes, steps, dilations):
        whole = np.lib.stride_tricks.sliding_window_view(expected, dilation * (size - 1) + 1, axis)
        expected = np.moveaxis(np.moveaxis(whole, axis, 0)[::step], 0, axis)[..., ::dilation]
    if expected.size > MOST_ELEMENTS:
        return
    moved = state.view.window(tuple(axes), tuple(sizes), tuple(steps), tuple(dilations))
    if moved is None:
        mask = state.view.mask
        assert mask is not None and any(mask[axis] != (0, state.view.shape[axis]) for axis in axes)
        return
    state.view, state.expected = moved, expected


MOVES = (draw_permute, draw_expand, draw_pad, draw_slice, draw_flip, draw_reshape, draw_window)


def needs_a_copy(state: State, shape: Shape) -> bool:
    """Whether no single view can say the reshape: numpy copies too, or padding is in the way."""
    if state.masked:
        return True
    viewed = read(state.buffer, state.view)
    if viewed.size == 0:
        return False
    return not np.shares_memory(viewed.reshape(shape), viewed)


SHAPES = st.lists(st.integers(1, 5), min_size=0, max_size=4).map(tuple)


@given(shape=SHAPES, length=st.integers(1, 7), data=st.data())
@settings(max_examples=700, deadline=None)
def test_chains_of_moves(shape: Shape, length: int, data: st.DataObject) -> None:
    state = start(shape)
    for _ in range(length):
        data.draw(st.sampled_from(MOVES))(data, state)
        state.check()


@given(shape=SHAPES, length=st.integers(0, 5), data=st.data())
@settings(max_examples=300, deadline=None)
def test_simplify_keeps_the_map(shape: Shape, length: int, data: st.DataObject) -> None:
    state = start(shape)
    for _ in range(length):
        data.draw(st.sampled_from(MOVES))(data, state)
    simple = state.view.simplify()
    assert simple.size == state.view.size
    assert simple.simplify() == simple
    assert len(simple.shape) <= len(state.view.shape)
    flat = read(state.buffer, simple).reshape(-1)
    np.testing.assert_array_equal(flat, state.expected.reshape(-1))
    if state.view.is_flat() and state.view.size:
        np.testing.assert_array_equal(flat, state.buffer[: flat.size])


@given(shape=SHAPES, length=st.integers(0, 4), data=st.data())
@settings(max_examples=300, deadline=None)
def test_reshape_back_is_the_same_map(shape: Shape, length: int, data: st.DataObject) -> None:
    state = start(shape)
    for _ in range(length):
        data.draw(st.sampled_from(MOVES))(data, state)
    flat = state.view.reshape((state.view.size,))
    if flat is None:
        assert needs_a_copy(state, (state.view.size,))
        return
    np.testing.assert_array_equal(read(state.buffer, flat), state.expected.reshape(-1))
    if not state.masked and state.view.size:
        # What was one run of memory can be cut into the same axes again.
        back = flat.reshape(state.view.shape)
        assert back is not None
        np.testing.assert_array_equal(read(state.buffer, back), state.expected)


def test_a_flat_view_reads_front_to_back() -> None:
    assert View.contiguous((2, 3)).is_flat()
    assert View.contiguous(()).is_flat()
    assert View.contiguous((2, 1, 3)).permute((1, 0, 2)).is_flat()
    assert not View.contiguous((2, 3)).permute((1, 0)).is_flat()
    assert not View.contiguous((1, 3)).expand((2, 3)).is_flat()
    assert not View.contiguous((3,)).pad(((1, 0),)).is_flat()
    assert not View.contiguous((3,)).slice((1,), (3,), (1,)).is_flat()
    assert not View.contiguous((3,)).flip((0,)).is_flat()
    assert View.contiguous((3,)).flip((0,)).flip((0,)).is_flat()


def test_padding_cut_off_again_leaves_no_mask() -> None:
    view = View.contiguous((3, 2)).pad(((1, 2), (0, 1)))
    assert view.mask == ((1, 4), (0, 2))
    assert view.slice((1, 0), (4, 2), (1, 1)) == View.contiguous((3, 2))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ((2, 3), (6,)),
        ((6,), (2, 3)),
        ((4, 6), (2, 2, 3, 2)),
        ((2, 3, 4), (6, 4)),
        ((1, 5), (5, 1)),
        ((), (1, 1)),
        ((1,), ()),
    ],
)
def test_reshape_of_contiguous_data_is_contiguous(old: Shape, new: Shape) -> None:
    moved = View.contiguous(old).reshape(new)
    assert moved is not None and moved.is_flat() and moved.shape == new


def test_reshape_gives_none_where_one_view_can_not_say_it() -> None:
    assert View.contiguous((2, 3)).permute((1, 0)).reshape((6,)) is None
    assert View.contiguous((3, 1)).expand((3, 2)).reshape((6,)) is None
    assert View.contiguous((4,)).pad(((1, 1),)).reshape((2, 3)) is None
    # Axes that are not touched keep their strides and masks.
    assert View.contiguous((2, 3, 4)).permute((2, 0, 1)).reshape((4, 6)) == View((4, 6), (1, 4))
    padded = View.contiguous((2, 6)).pad(((1, 0), (0, 0))).reshape((3, 2, 3))
    assert padded == View((3, 2, 3), (6, 3, 1), -6, ((1, 3), (0, 2), (0, 3)))


def test_windows_of_contiguous_data_and_of_padding() -> None:
    view = View.contiguous((2, 9))
    assert view.window((1,), (3,), (2,), (1,)) == View((2, 4, 3), (9, 2, 1))
    assert view.window((0, 1), (2, 3), (1, 1), (1, 3)) == View((1, 3, 2, 3), (9, 1, 9, 3))
    padded = view.pad(((0, 0), (1, 1)))
    assert padded.window((1,), (3,), (2,), (1,)) is None
    # Padding along other axes is kept.
    assert padded.window((0,), (2,), (1,), (1,)) == View((1, 11, 2), (9, 1, 9), -1, ((0, 1), (1, 10), (0, 2)))


@pytest.mark.parametrize("shape", [(), (1,), (1, 1), (2,), (2, 1, 2)])
def test_an_element_of_the_padding_stays_zero(shape: Shape) -> None:
    """Only padding is left after the slice; every further move has to remember that."""
    buffer = np.array([5])
    size = math.prod(shape)
    view = View.contiguous((1,)).pad(((size, 0),)).slice((0,), (size,), (1,))
    moved = view.reshape(shape)
    if moved is not None:
        np.testing.assert_array_equal(read(buffer, moved), np.zeros(shape))
        np.testing.assert_array_equal(read(buffer, moved.simplify()).reshape(-1), np.zeros(size))


def test_contiguous_strides() -> None:
    assert contiguous_strides((2, 3, 4)) == (12, 4, 1)
    assert contiguous_strides(()) == ()
