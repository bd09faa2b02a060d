"""Datasets, and the loader that makes batches of them."""

from clgrad.data.collate import default_collate
from clgrad.data.dataset import Dataset, Subset, TensorDataset, random_split
from clgrad.data.loader import DataLoader

__all__ = ["DataLoader", "Dataset", "Subset", "TensorDataset", "default_collate", "random_split"]
