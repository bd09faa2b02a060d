"""Files of tensors: safetensors to and fro, training checkpoints, and PyTorch's files without running them."""

from clgrad.io.checkpoint import load_checkpoint, save_checkpoint
from clgrad.io.files import load, metadata, save

__all__ = ["load", "load_checkpoint", "metadata", "save", "save_checkpoint"]
