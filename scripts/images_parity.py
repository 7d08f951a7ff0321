"""Writes crates/nn-core/tests/oracle/images.json: what PyTorch computes of images and sequences, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/images_parity.py            # rewrites the file
    python scripts/images_parity.py --check    # fails if it would change by more than rounding
"""

import numpy as np
import oracle
import parity


def layers():
    """One step of each layer that is the same in training and in use. A generator for each group of cases, so that a new group
    leaves the numbers of the others as they are."""
    yield from evaluated(
        2016,
        [
            (["Upsample scale_factor=2"], (2, 3, 2, 3), 1),
            (["Upsample scale_factor=3"], (3, 2, 4), 1),
            (["Upsample scale_factor=[3,2]"], (2, 1, 3, 2), 1),
            (["Reshape 2 3 2"], (3, 4, 3), 1),
            (["Unflatten 1 2 3"], (4, 6), 1),
            (["Unflatten 2 2 2"], (2, 3, 4, 2), 1),
            (["Linear 5 8", "Unflatten 1 2 2 2", "Upsample scale_factor=2", "SiLU", "Flatten"], (3, 5), 2),
        ],
    )


def layers_in_both_modes():
    """Some training steps, each of which updates the statistics, and one step in use."""
    yield from parity.in_both_modes(
        [
            (["BatchNorm2d 3"], (5, 3, 2, 4), 3, 4),
            (["BatchNorm2d 2 momentum=0.5 eps=0.01"], (17, 2, 3, 1), 10, 2),
            (["BatchNorm2d 2 affine=false"], (1, 2, 3, 3), 2, 2),
            (["Dropout2d 0"], (3, 2, 2, 2), 1, 1),
            (["Dropout2d 1"], (3, 2, 2, 2), 1, 1),
            (["GroupNorm 2 4"], (3, 4, 2, 3), 3, 1),
            (["GroupNorm 1 3 eps=0.1"], (2, 3, 5), 1, 1),
            (["GroupNorm 3 3"], (2, 3, 7, 5), 2, 1),
            (["GroupNorm 2 6"], (17, 6), 10, 1),
            (["GroupNorm 2 4 affine=false"], (2, 4, 3), 1, 1),
            (["Reshape 2 3 2", "BatchNorm2d 2", "Tanh", "Flatten", "Linear 12 2"], (5, 12), 2, 5),
        ],
        np.random.default_rng(2017),
    )


def evaluated(seed, cases):
    rng = np.random.default_rng(seed)
    yield from parity.evaluated(((layers, parity.random(*shape, scale=scale, rng=rng)) for layers, shape, scale in cases), rng)


if __name__ == "__main__":
    cases = {"cases": layers(), "modes": layers_in_both_modes()}
    text = parity.file("scripts/images_parity.py", **cases)
    files = {"crates/nn-core/tests/oracle/images.json": text}
    oracle.main("Writes what PyTorch computes of images and sequences.", files, parity.same)
