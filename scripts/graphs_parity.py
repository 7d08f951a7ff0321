"""Writes crates/nn-{core,train}/tests/oracle/graphs.json: what PyTorch computes of branches and graphs, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/graphs_parity.py            # rewrites the files
    python scripts/graphs_parity.py --check    # fails if they would change by more than rounding

The networks are made from the texts of their architectures, which nn reads as well.
"""

import graphs
import numpy as np
import oracle
import parity
import torch
from torch import nn

KINDS = graphs.KINDS | {"Residual": parity.Residual}


def build(architecture):
    settings = dict(architecture)
    kind, children = settings.pop("kind"), settings.pop("children", [])
    for name, value in settings.items():
        settings[name] = tuple(value) if isinstance(value, list) else value
    return (KINDS.get(kind) or getattr(nn, kind))(*map(build, children), **settings)


def linear(inputs, outputs):
    return {"kind": "Linear", "bias": True, "in_features": inputs, "out_features": outputs}


def chain(*children):
    return {"kind": "Sequential", "children": list(children)}


def branches(join, *children, **settings):
    return {"kind": "Branches", "join": join, **settings, "children": list(children)}


def graph(inputs, nodes, outputs, *children):
    return {"kind": "Graph", "inputs": inputs, "nodes": nodes, "outputs": outputs, "children": list(children)}


TANH, SIGMOID, IDENTITY = {"kind": "Tanh"}, {"kind": "Sigmoid"}, {"kind": "Identity"}
SIGMOID_OF_LINEAR = chain(linear(3, 2), SIGMOID)
NORM = {"kind": "BatchNorm1d", "affine": True, "eps": 1e-5, "momentum": 0.1, "num_features": 4}

DIAMOND = graph(
    [["x", 3]],
    [
        ["a", "module", "x"],
        ["left", "module", "a"],
        ["right", "module", "a"],
        ["product", "product", "left", "a", "right"],
        ["sum", "sum", "product", "a", "a"],
        ["all", "concat", 1, "sum", "x", "left"],
        ["y", "module", "all"],
    ],
    ["y"],
    linear(3, 4),
    TANH,
    SIGMOID,
    linear(11, 2),
)

# Two towers with the same weights, one more input, and two outputs.
TOWERS = graph(
    [["left", 2, 3], ["right", 2, 3], ["numbers", 2]],
    [
        ["tower", "module", "left"],
        ["of right", "shared", "tower", "right"],
        ["alike", "product", "tower", "of right"],
        ["all", "concat", 1, "tower", "of right", "numbers"],
        ["class", "module", "all"],
    ],
    ["class", "alike"],
    chain({"kind": "Flatten"}, linear(6, 4), NORM, TANH),
    linear(10, 3),
)

# A step of a recurrence, four times.
UNROLLED = graph(
    [["x", 4], ["h", 4]],
    [
        ["of x", "module", "x"],
        ["of h", "module", "h"],
        ["1", "sum", "of x", "of h"],
        ["h1", "module", "1"],
        ["of h1", "shared", "of h", "h1"],
        ["2", "sum", "of x", "of h1"],
        ["h2", "shared", "h1", "2"],
        ["of h2", "shared", "of h", "h2"],
        ["y", "sum", "of h2", "of h1"],
    ],
    ["y"],
    linear(4, 3),
    linear(4, 3),
    chain(TANH, linear(3, 4)),
)


def cases():
    rng = np.random.default_rng(2015)
    for architecture, shape in [
        (branches("sum", linear(3, 4), chain(linear(3, 4), TANH), linear(3, 4)), (17, 3)),
        (branches("sum", IDENTITY, linear(3, 3), TANH), (5, 2, 3)),
        (branches("product", linear(3, 2), SIGMOID_OF_LINEAR, linear(3, 2)), (5, 3)),
        (branches("concat", linear(3, 4), IDENTITY, dim=2), (3, 2, 3)),
        (branches("concat", linear(3, 4), linear(3, 4), dim=1), (3, 2, 3)),
        (chain(linear(2, 4), branches("concat", NORM, {"kind": "Residual", "children": [TANH]}, dim=1), linear(8, 2)), (9, 2)),
        (DIAMOND, (17, 3)),
        (TOWERS, (18, 14)),
        (UNROLLED, (5, 8)),
    ]:
        torch.manual_seed(7)
        module = build(architecture)
        for value in module.parameters():
            value.data = parity.random(*value.shape, rng=rng)
        outputs = build(architecture)(torch.zeros(shape)).shape
        before = parity.state(module)
        x, dy = parity.random(*shape, rng=rng), parity.random(*outputs, rng=rng)
        step = parity.step(module, x, dy) | {"after": parity.state(module)}
        yield {"architecture": architecture, "before": before, **step}


def trainings():
    """Five steps of two of them, the towers with one output."""
    rng = np.random.default_rng(2016)
    classes = TOWERS | {"outputs": ["class"], "nodes": [node for node in TOWERS["nodes"] if node[0] != "alike"]}
    for architecture, shape in [(DIAMOND, (18, 3)), (classes, (18, 14))]:
        yield parity.five_steps(architecture, shape, 2, rng, build=build)


if __name__ == "__main__":
    files = {
        "core": parity.file("scripts/graphs_parity.py", cases=cases()),
        "train": parity.file("scripts/graphs_parity.py", cases=trainings()),
    }
    texts = {f"crates/nn-{crate}/tests/oracle/graphs.json": text for crate, text in files.items()}
    oracle.main("Writes what PyTorch computes of branches and graphs.", texts, parity.same)
