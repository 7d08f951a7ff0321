"""Recurrent layers of PyTorch as nn has them: a tensor in, the outputs alone out."""

import torch
from torch import nn
from torch.nn.utils import rnn


def recurrent(base):
    class Recurrent(base):
        """Sequences of one tensor: with a value of padding, those that end with steps of it are shorter."""

        def __init__(self, *sizes, padding_value=None, last=False, batch_first=True, **settings):
            super().__init__(*sizes, batch_first=batch_first, **settings)
            self.padding_value, self.last = padding_value, last

        def forward(self, x):
            if self.padding_value is not None:
                steps = (x != self.padding_value).any(2)
                lengths = [int(row.nonzero().max()) + 1 for row in steps]
                packed = rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
                y, state = super().forward(packed)
                y, _ = rnn.pad_packed_sequence(y, batch_first=True, total_length=x.shape[1])
            else:
                y, state = super().forward(x)
            if not self.last:
                return y
            h = state[0] if isinstance(state, tuple) else state
            return torch.cat(list(h[-2:] if self.bidirectional else h[-1:]), 1)

    return Recurrent


KINDS = {kind: recurrent(getattr(nn, kind)) for kind in ("RNN", "LSTM", "GRU")}
