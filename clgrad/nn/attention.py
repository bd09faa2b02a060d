"""MultiheadAttention, with PyTorch's weights and masks."""

from __future__ import annotations

import math
from typing import Any

from clgrad.compose.joining import cat
from clgrad.creation import zeros
from clgrad.dtypes import bool_
from clgrad.errors import ArgumentError, DtypeError, ShapeError
from clgrad.nn import functional as F
from clgrad.nn import init
from clgrad.nn.layers import Linear
from clgrad.nn.module import Module, Parameter
from clgrad.tensor import Tensor


class MultiheadAttention(Module):
    """Attend with several heads, each in its own part of the projected width (Vaswani et al., 2017).

    ``query`` is (L, N, embed_dim), ``key`` (S, N, kdim) and ``value`` (S, N, vdim), with ``batch_first`` (N, L, ...),
    or without a batch (L, ...). The result is of the query's shape, and the weights (N, L, S), averaged over the
    heads, or (N, heads, L, S) without ``average_attn_weights``; None without ``need_weights``, which is faster.
    In masks True hides, and a float is added to the scores: ``key_padding_mask`` is (N, S), ``attn_mask`` (L, S) or
    (N * heads, L, S). ``is_causal`` says that ``attn_mask`` hides exactly the future. ``add_bias_kv`` adds a learned
    key and value, ``add_zero_attn`` ones of zeros, at the end. As in PyTorch, a query that sees no key gets NaN with
    ``need_weights``, and zeros without.

    The projections are one ``in_proj_weight`` (3 * embed_dim, embed_dim), or, where kdim or vdim is another width,
    ``q_proj_weight``, ``k_proj_weight`` and ``v_proj_weight``. Raises ArgumentError, ShapeError, DtypeError.

        >>> import clgrad
        >>> x = clgrad.ones(5, 2, 8)
        >>> output, weights = MultiheadAttention(8, 4)(x, x, x)
        >>> output.shape, weights.shape
        ((5, 2, 8), (2, 5, 5))
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if embed_dim < 1 or num_heads < 1 or embed_dim % num_heads:
            raise ArgumentError(
                f"[MultiheadAttention] embed_dim={embed_dim}, num_heads={num_heads}: both must be at least 1, and the "
                "heads divide embed_dim"
            )
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        self.add_zero_attn = add_zero_attn

        def parameter(*shape: int) -> Parameter:
            return Parameter(zeros(shape, device=device, dtype=dtype))

        packed = self.kdim == self.vdim == embed_dim
        self.in_proj_weight = parameter(3 * embed_dim, embed_dim) if packed else None
        self.q_proj_weight = None if packed else parameter(embed_dim, embed_dim)
        self.k_proj_weight = None if packed else parameter(embed_dim, self.kdim)
        self.v_proj_weight = None if packed else parameter(embed_dim, self.vdim)
        self.in_proj_bias = parameter(3 * embed_dim) if bias else None
        self.bias_k = parameter(1, 1, embed_dim) if add_bias_kv else None
        self.bias_v = parameter(1, 1, embed_dim) if add_bias_kv else None
        self.out_proj = Linear(embed_dim, embed_dim, bias, device, dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the projections of query, key and value anew, and set all biases of projections to 0."""
        for weight in (self.in_proj_weight, self.q_proj_weight, self.k_proj_weight, self.v_proj_weight):
            if weight is not None:
                init.xavier_uniform_(weight)
        for bias in (self.in_proj_bias, self.out_proj.bias):
            if bias is not None:
                init.zeros_(bias)
        for extra in (self.bias_k, self.bias_v):
            if extra is not None:
                init.xavier_normal_(extra)

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Tensor, Tensor | None]:
        self._check(query, key, value, key_padding_mask, attn_mask, is_causal)
        batched = query.ndim == 3
        q, k, v = self._project(query, key, value)
        if not batched:
            q, k, v = (one.unsqueeze(0) for one in (q, k, v))
        elif not self.batch_first:
            q, k, v = (one.transpose(0, 1) for one in (q, k, v))
        count = k.shape[0]
        if self.bias_k is not None and self.bias_v is not None:
            k = cat((k, self.bias_k.expand(count, 1, -1)), 1)
            v = cat((v, self.bias_v.expand(count, 1, -1)), 1)
        if self.add_zero_attn:
            k, v = k.pad((0, 0, 0, 1)), v.pad((0, 0, 0, 1))
        added = k.shape[1] - key.shape[1 if batched and self.batch_first else 0]
        q, k, v = (one.unflatten(-1, (self.num_heads, self.head_dim)).transpose(1, 2) for one in (q, k, v))
        dropout_p = self.dropout if self.training else 0.0
        weights = None
        if is_causal and key_padding_mask is None and not need_weights and not added:
            output = F.scaled_dot_product_attention(q, k, v, None, dropout_p, True)
        else:
            mask = self._mask(key_padding_mask, attn_mask, count, added)
            if need_weights:
                scores = q / math.sqrt(self.head_dim) @ k.mT
                if mask is not None:
                    scores = mask.choose(scores, -math.inf) if mask.dtype is bool_ else scores + mask
                weights = F.dropout(scores.softmax(-1), dropout_p)
                output = weights @ v
            else:
                output = F.scaled_dot_product_attention(q, k, v, mask, dropout_p)
        output = self.out_proj(output.transpose(1, 2).flatten(2))
        if weights is not None and average_attn_weights:
            weights = weights.mean(1)
        if not batched:
            return output.squeeze(0), None if weights is None else weights.squeeze(0)
        return output if self.batch_first else output.transpose(0, 1), weights

    def _project(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Query, key and value in the width of all heads; what is one tensor is multiplied once."""
        weight, bias, width = self.in_proj_weight, self.in_proj_bias, self.embed_dim
        if weight is not None and key is value:
            if query is key:
                q, k, v = F.linear(query, weight, bias).chunk(3, -1)
                return q, k, v
            first, rest = (None, None) if bias is None else (bias[:width], bias[width:])
            k, v = F.linear(key, weight[width:], rest).chunk(2, -1)
            return F.linear(query, weight[:width], first), k, v
        if weight is not None:
            weights = weight.chunk(3)
        else:
            assert self.q_proj_weight is not None and self.k_proj_weight is not None and self.v_proj_weight is not None
            weights = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)
        biases = (None, None, None) if bias is None else bias.chunk(3)
        q, k, v = (F.linear(*one) for one in zip((query, key, value), weights, biases))
        return q, k, v

    def _mask(self, key_padding_mask: Tensor | None, attn_mask: Tensor | None, count: int, added: int) -> Tensor | None:
        """Both masks as one for attention, where True shows; added keys are shown."""
        masks = []
        if attn_mask is not None:
            heads = (count, self.num_heads) if attn_mask.ndim == 3 else (1, 1)
            masks.append(attn_mask.reshape(*heads, *attn_mask.shape[-2:]))
        if key_padding_mask is not None:
            masks.append(key_padding_mask.reshape(count, 1, 1, key_padding_mask.shape[-1]))
        if not masks:
            return None
        masks = [mask.pad((0, added)) for mask in masks]
        if all(mask.dtype is bool_ for mask in masks):
            return masks[0].logical_not() if len(masks) == 1 else (masks[0] | masks[1]).logical_not()
        floats = [mask.choose(-math.inf, 0.0) if mask.dtype is bool_ else mask for mask in masks]
        return floats[0] if len(floats) == 1 else floats[0] + floats[1]

    def _check(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None,
        attn_mask: Tensor | None,
        is_causal: bool,
    ) -> None:
        """Raise for arguments that do not fit."""
        shapes = f"[MultiheadAttention] query {query.shape}, key {key.shape}, value {value.shape}"
        if query.ndim not in (2, 3) or not query.ndim == key.ndim == value.ndim:
            raise ShapeError(f"{shapes}: all must have 3 dims, or 2 without a batch")
        widths = (query.shape[-1], key.shape[-1], value.shape[-1])
        if widths != (self.embed_dim, self.kdim, self.vdim):
            raise ShapeError(f"{shapes}: their last dims must be {(self.embed_dim, self.kdim, self.vdim)}")
        batch = 0 if self.batch_first else 1
        if key.shape[:-1] != value.shape[:-1] or (query.ndim == 3 and query.shape[batch] != key.shape[batch]):
            raise ShapeError(f"{shapes}: keys must be as many as values, and batches equal")
        count = query.shape[batch] if query.ndim == 3 else 1
        length, keys = (one.shape[1 if one.ndim == 3 and self.batch_first else 0] for one in (query, key))
        for name, mask in (("key_padding_mask", key_padding_mask), ("attn_mask", attn_mask)):
            if mask is not None and not (mask.dtype is bool_ or mask.dtype.is_float):
                raise DtypeError(f"[MultiheadAttention] {name} is {mask.dtype.name}; it must be bool or floating")
        if key_padding_mask is not None:
            wanted = (count, keys) if query.ndim == 3 else (keys,)
            if key_padding_mask.shape != wanted:
                raise ShapeError(
                    f"[MultiheadAttention] key_padding_mask {key_padding_mask.shape} must be {wanted}, as the keys are"
                )
        if attn_mask is not None and attn_mask.shape not in (
            (length, keys),
            (count * self.num_heads, length, keys),
        ):
            raise ShapeError(
                f"[MultiheadAttention] attn_mask {attn_mask.shape} must be {(length, keys)} or "
                f"{(count * self.num_heads, length, keys)}"
            )
        if is_causal and attn_mask is None:
            raise ArgumentError(
                "[MultiheadAttention] is_causal says what attn_mask is, and there is none; give the mask, as "
                "Transformer.generate_square_subsequent_mask makes it"
            )
