"""A training step written by hand in numpy: what is left when nothing but the arithmetic is done.

No graph and no allocation: every array is made once and written with ``out=``. Adam works on all parameters as one
flat array, in blocks that stay in the cache. SGD needs no gradient of a whole weight: it is computed and subtracted
block by block, which saves two passes over the memory of a large layer.
"""

from __future__ import annotations

import numpy as np
from measure import Array
from training import Network, Start

BLOCK = 1 << 16
"""Elements of a block: a quarter of a megabyte of float32."""


class NumpyStep:
    """One network with its optimizer; a call trains on the batch once and gives the loss."""

    def __init__(self, network: Network, start: Start) -> None:
        self.network = network
        self.images = start.images
        self.labels = start.labels
        self.rows = np.arange(network.batch)
        shapes = [one.shape for one in (*start.weights, *start.biases)]
        self.parameters, views = flat(shapes)
        for view, value in zip(views, (*start.weights, *start.biases)):
            view[:] = value
        count = len(start.weights)
        self.weights, self.biases = views[:count], views[count:]
        self.outputs = [np.empty((network.batch, size), np.float32) for size in network.sizes[1:]]
        self.deltas = [np.empty((network.batch, size), np.float32) for size in network.sizes[1:]]
        self.masks = [np.empty(one.shape, np.bool_) for one in self.outputs]
        self.scratch = np.empty(BLOCK, np.float32)
        self.step = 0
        if network.optimizer == "Adam":
            self.gradients, views = flat(shapes)
            self.weight_gradients, self.bias_gradients = views[:count], views[count:]
            self.means, self.squares = np.zeros_like(self.gradients), np.zeros_like(self.gradients)

    def __call__(self) -> Array:
        loss = self.forward()
        self.backward()
        if self.network.optimizer == "Adam":
            self.adam()
        return loss

    def forward(self) -> Array:
        """Give the loss; the last delta becomes its gradient."""
        x = self.images
        for weight, bias, output in zip(self.weights, self.biases, self.outputs):
            np.matmul(x, weight.T, out=output)
            output += bias
            if output is not self.outputs[-1]:
                np.maximum(output, 0, out=output)
            x = output
        scores, delta = self.outputs[-1], self.deltas[-1]
        np.subtract(scores, scores.max(1, keepdims=True), out=scores)
        np.exp(scores, out=delta)
        total = delta.sum(1, keepdims=True)
        loss = (np.log(total[:, 0]) - scores[self.rows, self.labels]).mean()
        delta /= total
        delta[self.rows, self.labels] -= 1
        delta *= np.float32(1 / self.network.batch)
        return np.asarray(loss)

    def backward(self) -> None:
        for layer in range(len(self.weights) - 1, -1, -1):
            delta = self.deltas[layer]
            x = self.outputs[layer - 1] if layer else self.images
            if layer:
                below, mask = self.deltas[layer - 1], self.masks[layer - 1]
                np.matmul(delta, self.weights[layer], out=below)
                np.greater(x, 0, out=mask)
                below *= mask
            if self.network.optimizer == "Adam":
                np.matmul(delta.T, x, out=self.weight_gradients[layer])
                np.sum(delta, 0, out=self.bias_gradients[layer])
            else:
                self.descend(layer, delta, x)

    def descend(self, layer: int, delta: Array, x: Array) -> None:
        """Subtract the gradient of one layer, some rows at a time."""
        weight = self.weights[layer]
        delta *= np.float32(self.network.learning_rate)
        self.biases[layer] -= delta.sum(0)
        rows = max(1, BLOCK // weight.shape[1])
        for first in range(0, weight.shape[0], rows):
            part = weight[first : first + rows]
            change = self.scratch[: part.size].reshape(part.shape)
            np.matmul(delta[:, first : first + rows].T, x, out=change)
            part -= change

    def adam(self) -> None:
        """Update all parameters, a block at a time (Kingma and Ba 2015, bias corrections in the step's size)."""
        self.step += 1
        root = (1 - 0.999**self.step) ** 0.5
        size = np.float32(self.network.learning_rate * root / (1 - 0.9**self.step))
        eps = np.float32(1e-8 * root)
        for first in range(0, self.parameters.size, BLOCK):
            part = slice(first, first + BLOCK)
            gradient, mean, square = self.gradients[part], self.means[part], self.squares[part]
            change = self.scratch[: gradient.size]
            np.subtract(gradient, mean, out=change)
            change *= np.float32(0.1)
            mean += change
            np.multiply(gradient, gradient, out=change)
            change -= square
            change *= np.float32(0.001)
            square += change
            np.sqrt(square, out=change)
            change += eps
            np.divide(mean, change, out=change)
            change *= size
            self.parameters[part] -= change


def flat(shapes: list[tuple[int, ...]]) -> tuple[Array, list[Array]]:
    """One array, and views of it in these shapes."""
    sizes = [int(np.prod(shape)) for shape in shapes]
    whole = np.zeros(sum(sizes), np.float32)
    parts = np.split(whole, np.cumsum(sizes)[:-1])
    return whole, [part.reshape(shape) for part, shape in zip(parts, shapes)]
