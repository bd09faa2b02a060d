"""Datasets of images: numpy arrays of uint8, with a label each."""

from clgrad.data.vision.cifar import CIFAR10, CIFAR100
from clgrad.data.vision.folder import ImageFolder
from clgrad.data.vision.mnist import MNIST, FashionMNIST

__all__ = ["CIFAR10", "CIFAR100", "MNIST", "FashionMNIST", "ImageFolder"]
