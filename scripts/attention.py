"""Attention of PyTorch as nn has it: a tensor in, a tensor out, with the masks that the settings say."""

import torch
from torch import nn


def causal_mask(x):
    return torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)


def filled(y, padding, value):
    """Gives tokens that are padding the value of padding."""
    return y if padding is None else torch.where(padding.unsqueeze(2), value, y)


class MultiheadAttention(nn.MultiheadAttention):
    def __init__(self, *sizes, causal=False, padding_value=None, queries=None, batch_first=True, **settings):
        super().__init__(*sizes, batch_first=batch_first, **settings)
        self.causal, self.padding_value, self.queries = causal, padding_value, queries

    def forward(self, x):
        padding = None if self.padding_value is None else (x == self.padding_value).all(2)
        asking, asked = (slice(None), slice(None)) if self.queries is None else (
            slice(None, self.queries), slice(self.queries, None))
        y, _ = super().forward(
            x[:, asking], x[:, asked], x[:, asked],
            key_padding_mask=None if padding is None else padding[:, asked],
            attn_mask=causal_mask(x) if self.causal else None,
            need_weights=False,
        )
        return filled(y, None if padding is None else padding[:, asking], self.padding_value)


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    def __init__(self, *sizes, dropout=0.0, causal=False, padding_value=None, batch_first=True, **settings):
        super().__init__(*sizes, dropout=dropout, batch_first=batch_first, **settings)
        self.causal, self.padding_value = causal, padding_value

    def forward(self, x):
        padding = None if self.padding_value is None else (x == self.padding_value).all(2)
        y = super().forward(x, causal_mask(x) if self.causal else None, padding)
        return filled(y, padding, self.padding_value)


KINDS = {kind.__name__: kind for kind in (MultiheadAttention, TransformerEncoderLayer)}
