"""Branches and graphs of PyTorch, as the documentation of nn's `Branches` and `Graph` shows them."""

import functools
import math

import torch
from torch import nn


class Branches(nn.ModuleList):
    def __init__(self, *branches, join, dim=None):
        super().__init__(branches)
        self.join, self.dim = join, dim

    def forward(self, x):
        outputs = [branch(x) for branch in self]
        if self.join == "concat":
            return torch.cat(outputs, self.dim)
        join = torch.add if self.join == "sum" else torch.mul
        return functools.reduce(join, outputs)


class Graph(nn.Module):
    def __init__(self, *children, inputs, nodes, outputs):
        super().__init__()
        self._inputs, self._nodes, self._outputs = inputs, nodes, outputs
        children = iter(children)
        for name, kind, *_ in nodes:
            if kind == "module":
                self.add_module(name, next(children))

    def forward(self, x):
        sizes = [math.prod(shape) for _, *shape in self._inputs]
        pieces = x.flatten(1).split(sizes, dim=1)
        values = {
            name: piece.reshape(len(x), *shape)
            for (name, *shape), piece in zip(self._inputs, pieces)
        }
        nodes = {name: rest for name, *rest in self._nodes}

        def value(name):
            if name not in values:
                values[name] = compute(name, *nodes[name])
            return values[name]

        def compute(name, kind, *of):
            if kind == "module":
                return getattr(self, name)(value(of[0]))
            if kind == "shared":
                return getattr(self, of[0])(value(of[1]))
            if kind == "concat":
                return torch.cat([value(v) for v in of[1:]], dim=of[0])
            join = torch.add if kind == "sum" else torch.mul
            return functools.reduce(join, [value(v) for v in of])

        outputs = [value(name) for name in self._outputs]
        if len(outputs) == 1:
            return outputs[0]
        return torch.cat([output.flatten(1) for output in outputs], dim=1)


KINDS = {"Branches": Branches, "Graph": Graph}
