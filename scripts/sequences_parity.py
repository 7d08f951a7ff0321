"""Writes crates/nn-{core,train}/tests/oracle/sequences.json: what PyTorch computes of sequences, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/sequences_parity.py            # rewrites the files
    python scripts/sequences_parity.py --check    # fails if they would change by more than rounding
"""

import numpy as np
import oracle
import parity
import recurrent


parity.OWN |= recurrent.KINDS


def layers():
    rng = np.random.default_rng(1997)
    for specification, shape, lengths in [
        ("RNN 3 4", (5, 6, 3), None),
        ("RNN 2 3 nonlinearity=relu", (17, 4, 2), None),
        ("RNN 2 3 num_layers=2 bidirectional=true bias=false", (2, 3, 2), None),
        ("LSTM 3 4", (5, 6, 3), None),
        ("LSTM 1 1", (33, 1, 1), None),
        ("LSTM 2 3 num_layers=2 bidirectional=true", (3, 5, 2), None),
        ("LSTM 2 5 num_layers=3 last=true", (4, 3, 2), None),
        ("LSTM 3 2 bidirectional=true last=true", (4, 3, 3), None),
        ("LSTM 9 17", (18, 3, 9), None),
        ("LSTM 2 3 bias=false", (2, 3, 2), None),
        ("GRU 3 4", (5, 6, 3), None),
        ("GRU 1 1", (34, 2, 1), None),
        ("GRU 2 3 num_layers=2 bidirectional=true", (3, 5, 2), None),
        ("GRU 2 9 num_layers=2 last=true bias=false", (3, 4, 2), None),
        ("RNN 2 3 num_layers=2 padding_value=5", (4, 5, 2), (5, 1, 3, 2)),
        ("LSTM 2 3 padding_value=5", (3, 4, 2), (2, 4, 1)),
        ("LSTM 2 3 num_layers=2 bidirectional=true padding_value=0", (4, 5, 2), (3, 5, 1, 4)),
        ("LSTM 2 3 bidirectional=true last=true padding_value=-9", (3, 4, 2), (4, 2, 1)),
        ("GRU 2 3 num_layers=2 bidirectional=true padding_value=5", (3, 4, 2), (2, 1, 4)),
        ("GRU 2 3 last=true padding_value=0.5", (2, 4, 2), (1, 3)),
    ]:
        x = parity.random(*shape, rng=rng)
        if lengths is not None:
            for sample, length in enumerate(lengths):
                x[sample, length:] = float(specification.split("padding_value=")[1])
        yield from parity.evaluated([([specification], x)], rng)


def trainings():
    """Five steps of a small network of each kind."""
    rng = np.random.default_rng(1998)
    for specification in [
        ["RNN 3 4 num_layers=2 last=true", "Linear 4 3"],
        ["LSTM 3 4 bidirectional=true last=true", "Linear 8 3"],
        ["GRU 3 4 num_layers=2 last=true", "Linear 4 3"],
    ]:
        yield parity.five_steps(specification, (18, 5, 3), 3, rng)


if __name__ == "__main__":
    files = {
        "core": parity.file("scripts/sequences_parity.py", cases=layers()),
        "train": parity.file("scripts/sequences_parity.py", cases=trainings()),
    }
    texts = {f"crates/nn-{crate}/tests/oracle/sequences.json": text for crate, text in files.items()}
    oracle.main("Writes what PyTorch computes of sequences.", texts, parity.same)
