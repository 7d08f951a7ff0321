"""Layers of tokens in PyTorch as nn has them: indices are whole numbers in a tensor of floats."""

import math

import torch
from torch import nn


class Embedding(nn.Embedding):
    """Takes indices as floats, whose gradient is 0."""

    def forward(self, x):
        return super().forward(x.long()) + 0 * x.unsqueeze(-1)


class Positions(nn.Module):
    """Adds p to all tokens but those whose features all are the value of padding, which have no gradient."""

    def __init__(self, padding_value):
        super().__init__()
        self.padding_value = padding_value

    def moved(self, x, p):
        y = x + p[: x.shape[1]]
        if self.padding_value is None:
            return y
        real = (x != self.padding_value).any(-1, keepdim=True)
        return torch.where(real, y, x.detach())


class PositionEmbedding(Positions):
    def __init__(self, max_len, embedding_dim, padding_value=None):
        super().__init__(padding_value)
        self.weight = nn.Embedding(max_len, embedding_dim).weight

    def forward(self, x):
        return self.moved(x, self.weight)


class PositionalEncoding(Positions):
    """That of PyTorch's tutorial, for any number of features."""

    def __init__(self, padding_value=None):
        super().__init__(padding_value)

    def forward(self, x):
        _, max_len, d_model = x.shape
        position = torch.arange(max_len).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2) * (-math.log(10000.0) / d_model))
        pe = torch.zeros(max_len, d_model)
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)[:, : d_model // 2]
        return self.moved(x, pe)


KINDS = {kind.__name__: kind for kind in (Embedding, PositionEmbedding, PositionalEncoding)}
