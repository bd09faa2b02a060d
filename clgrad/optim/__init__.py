"""Optimizers: they update parameters from their gradients."""

from clgrad.optim import lr_scheduler, swa_utils
from clgrad.optim.adadelta import Adadelta
from clgrad.optim.adagrad import Adagrad
from clgrad.optim.adam import Adam, AdamW
from clgrad.optim.adamax import Adamax
from clgrad.optim.groups import ParameterGroup
from clgrad.optim.lbfgs import LBFGS
from clgrad.optim.lion import Lion
from clgrad.optim.muon import Muon
from clgrad.optim.nadam import NAdam
from clgrad.optim.optimizer import Optimizer
from clgrad.optim.radam import RAdam
from clgrad.optim.rmsprop import RMSprop
from clgrad.optim.rprop import Rprop
from clgrad.optim.sgd import SGD

__all__ = [
    "LBFGS",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Muon",
    "NAdam",
    "Optimizer",
    "ParameterGroup",
    "RAdam",
    "RMSprop",
    "Rprop",
    "lr_scheduler",
    "swa_utils",
]
