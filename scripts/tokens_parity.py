"""Writes crates/nn-{core,train}/tests/oracle/tokens.json: what PyTorch computes of tokens, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/tokens_parity.py            # rewrites the files
    python scripts/tokens_parity.py --check    # fails if they would change by more than rounding
"""

import numpy as np
import oracle
import parity
import tokens
import torch

parity.OWN |= tokens.KINDS


def layers():
    rng = np.random.default_rng(2017)
    for specification, rows, shape in [
        ("Embedding 5 3", 5, (4,)),
        ("Embedding 7 4", 7, (17, 6)),
        ("Embedding 4 9 padding_idx=1", 4, (5, 3)),
        ("Embedding 3 1", 3, (2, 2, 3)),
        ("Embedding 1 2", 1, (1, 1)),
        ("PositionalEncoding", None, (2, 7, 5)),
        ("PositionalEncoding", None, (1, 12, 16)),
        ("PositionalEncoding", None, (3, 1, 1)),
        ("PositionalEncoding padding_value=0", None, (4, 5, 2)),
        ("PositionEmbedding 6 3", None, (5, 4, 3)),
        ("PositionEmbedding 1 2", None, (17, 1, 2)),
        ("PositionEmbedding 5 3 padding_value=-2", None, (4, 5, 3)),
        ("RMSNorm 4", None, (17, 4)),
        ("RMSNorm 3", None, (5, 2, 3)),
        ("RMSNorm 1", None, (3, 1)),
        ("RMSNorm 2 3 eps=0.1", None, (3, 2, 2, 3)),
        ("RMSNorm 4 elementwise_affine=false", None, (5, 4)),
    ]:
        x = parity.random(*shape, rng=rng) if rows is None else torch.tensor(rng.integers(0, rows, shape) * 1.0)
        if "padding_value" in specification:
            # Padding anywhere in a sequence, and a token that shares all features but one with it.
            value = float(specification.split("padding_value=")[1])
            x[0, 1], x[1, 2:], x[2, :], x[3, 0, 1:] = value, value, value, value
        yield from parity.evaluated([([specification], x)], rng)


def normalisations():
    """Weights that are not 1, and several steps."""
    rng = np.random.default_rng(2019)
    yield from parity.in_both_modes(
        [(["RMSNorm 4"], (17, 4), 3, 2), (["RMSNorm 2 3 eps=0.1"], (3, 2, 2, 3), 1, 1), (["RMSNorm 3"], (5, 2, 3), 1, 1)], rng
    )


def trainings():
    """Five steps of small networks, of each layer at least one."""
    rng = np.random.default_rng(2018)
    learned = ["Embedding 7 4 padding_idx=2", "PositionEmbedding 5 4", "RMSNorm 4", "Flatten", "Linear 20 3"]
    fixed = ["Embedding 7 4", "PositionalEncoding", "RMSNorm 4 eps=0.01", "Flatten", "Linear 20 3"]
    for specification in [learned, fixed]:
        yield parity.five_steps(specification, (18, 5), 3, rng, rows=7)


if __name__ == "__main__":
    files = {
        "core": parity.file("scripts/tokens_parity.py", cases=layers(), modes=normalisations()),
        "train": parity.file("scripts/tokens_parity.py", cases=trainings()),
    }
    texts = {f"crates/nn-{crate}/tests/oracle/tokens.json": text for crate, text in files.items()}
    oracle.main("Writes what PyTorch computes of tokens.", texts, parity.same)
