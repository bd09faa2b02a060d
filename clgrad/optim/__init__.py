"""Optimizers: they update parameters from their gradients."""

from clgrad.optim.adam import Adam, AdamW
from clgrad.optim.optimizer import Optimizer, ParameterGroup
from clgrad.optim.sgd import SGD

__all__ = ["SGD", "Adam", "AdamW", "Optimizer", "ParameterGroup"]
