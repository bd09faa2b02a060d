"""Datasets, and the loader that makes batches of them."""

from clgrad.data.batches import get_worker_info
from clgrad.data.collate import default_collate
from clgrad.data.dataset import Dataset, Subset, TensorDataset, random_split
from clgrad.data.loader import DataLoader
from clgrad.data.seeds import sample_generator

__all__ = [
    "DataLoader", "Dataset", "Subset", "TensorDataset", "default_collate", "get_worker_info", "random_split",
    "sample_generator",
]  # fmt: skip
