"""Writes crates/nn-{core,train}/tests/oracle/attention.json: what PyTorch computes of attention, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/attention_parity.py            # rewrites the files
    python scripts/attention_parity.py --check    # fails if they would change by more than rounding
"""

import attention
import numpy as np
import oracle
import parity
import torch

parity.OWN |= attention.KINDS


def drawn(network, rng):
    """Draws all parameters anew, because biases begin with 0 and norms with 1, which would hide them."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(parity.random(*parameter.shape, rng=rng))
    return network


def layers():
    rng = np.random.default_rng(2017)
    for specification, shape, padded in [
        ("MultiheadAttention 4 2", (3, 5, 4), None),
        ("MultiheadAttention 6 1", (17, 1, 6), None),
        ("MultiheadAttention 6 6 bias=false", (2, 9, 6), None),
        ("MultiheadAttention 4 2 causal=true", (18, 6, 4), None),
        ("MultiheadAttention 9 3 causal=true", (1, 9, 9), None),
        ("MultiheadAttention 4 2 queries=2", (5, 7, 4), None),
        ("MultiheadAttention 4 1 queries=5", (2, 6, 4), None),
        ("MultiheadAttention 4 2 padding_value=0", (4, 5, 4), [(0, 4), (1, 2), (1, 0), (3, 1), (3, 2), (3, 3)]),
        ("MultiheadAttention 4 2 causal=true padding_value=7", (4, 5, 4), [(0, 4), (1, 3), (1, 2), (2, 4)]),
        ("MultiheadAttention 4 2 queries=2 padding_value=0", (3, 5, 4), [(0, 4), (1, 0), (2, 1), (2, 2)]),
        ("TransformerEncoderLayer 4 2 7", (3, 5, 4), None),
        ("TransformerEncoderLayer 4 1 3 activation=gelu", (17, 2, 4), None),
        ("TransformerEncoderLayer 6 2 5 norm_first=true", (18, 3, 6), None),
        ("TransformerEncoderLayer 4 2 8 norm_first=true causal=true activation=gelu", (2, 6, 4), None),
        ("TransformerEncoderLayer 4 2 8 causal=true", (1, 5, 4), None),
        ("TransformerEncoderLayer 4 2 7 padding_value=0", (3, 4, 4), [(0, 3), (2, 0), (2, 2)]),
        ("TransformerEncoderLayer 4 2 7 norm_first=true padding_value=0", (3, 4, 4), [(0, 3), (2, 0), (2, 2)]),
    ]:
        x = parity.random(*shape, rng=rng)
        for sample, token in padded or []:
            x[sample, token] = float(specification.split("padding_value=")[1])
        yield from parity.evaluated([([specification], x)], rng, drawn)


def trainings():
    """Five steps of a small network of each kind."""
    rng = np.random.default_rng(2018)
    for specification in [
        ["MultiheadAttention 4 2 causal=true", "Select 1 -1", "Linear 4 3"],
        ["TransformerEncoderLayer 4 2 6", "TransformerEncoderLayer 4 2 6", "Select 1 0", "Linear 4 3"],
        ["TransformerEncoderLayer 4 2 6 norm_first=true activation=gelu", "LayerNorm 4", "Select 1 0", "Linear 4 3"],
    ]:
        yield parity.five_steps(specification, (18, 5, 4), 3, rng)


if __name__ == "__main__":
    files = {
        "core": parity.file("scripts/attention_parity.py", cases=layers()),
        "train": parity.file("scripts/attention_parity.py", cases=trainings()),
    }
    texts = {f"crates/nn-{crate}/tests/oracle/attention.json": text for crate, text in files.items()}
    oracle.main("Writes what PyTorch computes of attention.", texts, parity.same)
