"""Modules, layers, losses and initialisation, under PyTorch's names."""

from __future__ import annotations

from clgrad.nn import functional as functional
from clgrad.nn import init as init
from clgrad.nn import utils as utils
from clgrad.nn.activation import GELU as GELU
from clgrad.nn.activation import LeakyReLU as LeakyReLU
from clgrad.nn.activation import LogSoftmax as LogSoftmax
from clgrad.nn.activation import ReLU as ReLU
from clgrad.nn.activation import Sigmoid as Sigmoid
from clgrad.nn.activation import SiLU as SiLU
from clgrad.nn.activation import Softmax as Softmax
from clgrad.nn.activation import Tanh as Tanh
from clgrad.nn.containers import ModuleDict as ModuleDict
from clgrad.nn.containers import ModuleList as ModuleList
from clgrad.nn.containers import Sequential as Sequential
from clgrad.nn.layers import Dropout as Dropout
from clgrad.nn.layers import Flatten as Flatten
from clgrad.nn.layers import Identity as Identity
from clgrad.nn.layers import LayerNorm as LayerNorm
from clgrad.nn.layers import Linear as Linear
from clgrad.nn.loss import BCELoss as BCELoss
from clgrad.nn.loss import BCEWithLogitsLoss as BCEWithLogitsLoss
from clgrad.nn.loss import CrossEntropyLoss as CrossEntropyLoss
from clgrad.nn.loss import L1Loss as L1Loss
from clgrad.nn.loss import MSELoss as MSELoss
from clgrad.nn.loss import NLLLoss as NLLLoss
from clgrad.nn.module import Module as Module
from clgrad.nn.module import Parameter as Parameter
from clgrad.nn.module import RegistrationError as RegistrationError
from clgrad.nn.module import StateDictError as StateDictError
