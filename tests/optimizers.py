"""Optimizers and their options, and the same parameters here and in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

import clgrad
from clgrad import optim

SHAPES = [(4, 3), (3,), ()]

CASES: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.05}),
    ("SGD", {"lr": 0.1, "momentum": 0.8, "weight_decay": 0.05, "nesterov": True, "maximize": True}),
    ("Adam", {}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    ("Adam", {"lr": 0.05, "betas": (0.0, 0.9)}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.05, "maximize": True, "weight_decay": 0.1}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.05, "amsgrad": True, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("Adamax", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3, "momentum_decay": 0.1}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "maximize": True}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {"lr": 0.05, "betas": (0.8, 0.5)}),
    ("RAdam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.05, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"lr": 0.05, "centered": True}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.9, "centered": True}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.9}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.05, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.1, "initial_accumulator_value": 0.3, "eps": 1e-3, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.1, "etas": (0.4, 1.3), "step_sizes": (0.01, 0.5), "maximize": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
]
"""Optimizers of PyTorch, with options that a step depends on."""

DEFAULTS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("Adam", {"lr": 0.1}),
    ("AdamW", {"lr": 0.1}),
    ("Adamax", {"lr": 0.1}),
    ("NAdam", {"lr": 0.1}),
    ("RAdam", {"lr": 0.1}),
    ("RMSprop", {"lr": 0.1, "momentum": 0.9, "centered": True}),
    ("Adagrad", {"lr": 0.1}),
    ("Adadelta", {"lr": 0.1}),
    ("Rprop", {"lr": 0.1}),
]
"""One of each."""


def names(case: Any) -> str:
    return case if isinstance(case, str) else ",".join(f"{key}={value}" for key, value in case.items()) or "defaults"


class Pair:
    """The same parameters and gradients, here and in PyTorch."""

    def __init__(self, device: str, dtype: str = "float32", shapes: list[tuple[int, ...]] = SHAPES) -> None:
        self.random = np.random.default_rng(0)
        self.dtype = dtype
        values = [self.draw(shape) for shape in shapes]
        self.ours = [clgrad.tensor(value, dtype, device, requires_grad=True) for value in values]
        self.theirs = [torch.tensor(value, dtype=getattr(torch, dtype), requires_grad=True) for value in values]
        self.device = device

    def draw(self, shape: tuple[int, ...]) -> Any:
        values = self.random.standard_normal(shape)
        return values + 1j * self.random.standard_normal(shape) if self.dtype.startswith("complex") else values

    def set_gradients(self, skip: tuple[int, ...] = ()) -> None:
        for index, (p, q) in enumerate(zip(self.ours, self.theirs, strict=True)):
            gradient = self.draw(p.shape)
            p.grad = None if index in skip else clgrad.tensor(gradient, self.dtype, self.device)
            q.grad = None if index in skip else torch.tensor(gradient, dtype=q.dtype)

    def compare(self, tolerance: float = 1e-5) -> None:
        for p, q in zip(self.ours, self.theirs, strict=True):
            np.testing.assert_allclose(p.tolist(), q.tolist(), rtol=tolerance, atol=tolerance)


def build(name: str, params: Any, options: dict[str, Any]) -> optim.Optimizer:
    made: optim.Optimizer = getattr(optim, name)(params, **options)
    return made
