"""Writes crates/nn-core/tests/oracle/{images,convolution}.json and crates/nn-train/tests/oracle/images.json: what PyTorch
computes of images and sequences, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/images_parity.py            # rewrites the files
    python scripts/images_parity.py --check    # fails if they would change by more than rounding
"""

import numpy as np
import oracle
import parity
import torch


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
    yield from evaluated(
        2022,
        [
            (["Permute 2 1"], (2, 3, 2), 1),
            (["Permute 3 1 2"], (2, 2, 3, 2), 1),
            (["Select 1 -1"], (3, 3, 2), 1),
            (["Select 2 1"], (17, 2, 2), 1),
            (["Slice 1 -2"], (2, 3, 2), 1),
            (["Slice 2 1 -1"], (2, 2, 4), 1),
            (["Slice 1 0 2"], (2, 3), 1),
            (["Linear 3 4", "Tanh", "Permute 2 1", "Slice 2 1", "Select 1 -2", "Linear 2 2"], (3, 3, 3), 2),
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


def convolutions():
    yield from evaluated(
        2018,
        [
            ([layer], shape, 1)
            for layer, shape in [
                ("Conv1d 2 3 kernel_size=3", (3, 2, 6)),
                ("Conv1d 3 2 kernel_size=2 stride=2 padding=1 dilation=2", (2, 3, 7)),
                ('Conv1d 2 4 kernel_size=4 padding="same" groups=2', (2, 2, 5)),
                ("Conv2d 2 3 kernel_size=3", (2, 2, 4, 5)),
                ("Conv2d 1 2 kernel_size=[3,2] stride=[2,1] padding=[1,0]", (17, 1, 3, 3)),
                ("Conv2d 2 2 kernel_size=3 stride=2 padding=1", (2, 2, 5, 4)),
                ('Conv2d 1 2 kernel_size=3 padding="same"', (2, 1, 3, 4)),
                ('Conv2d 2 1 kernel_size=[2,4] padding="same" dilation=[2,1]', (2, 2, 3, 4)),
                ('Conv2d 2 2 kernel_size=2 padding="valid"', (2, 2, 3, 3)),
                ("Conv2d 2 3 kernel_size=2 padding=1 dilation=[1,2]", (2, 2, 3, 3)),
                ("Conv2d 1 2 kernel_size=3 stride=2 padding=3 dilation=3", (2, 1, 5, 6)),
                ("Conv2d 1 1 kernel_size=[3,4] stride=[4,6] padding=2 dilation=[2,4]", (2, 1, 7, 13)),
                ("Conv2d 4 6 kernel_size=2 groups=2", (2, 4, 2, 3)),
                ("Conv2d 3 6 kernel_size=3 padding=1 groups=3", (2, 3, 2, 3)),
                ("Conv2d 2 3 kernel_size=3 stride=3 bias=false", (2, 2, 6, 5)),
                ("Conv2d 2 4 kernel_size=[3,4]", (3, 2, 3, 4)),
                ("Conv2d 1 2 kernel_size=2 stride=3", (2, 1, 6, 7)),
                ("Conv2d 3 5 kernel_size=1", (3, 3, 2, 2)),
                ("Conv2d 2 2 kernel_size=1 stride=2 padding=1", (2, 2, 3, 4)),
                ("ConvTranspose1d 2 3 kernel_size=3", (3, 2, 4)),
                ("ConvTranspose1d 3 2 kernel_size=3 stride=3 padding=1 output_padding=2", (2, 3, 3)),
                ("ConvTranspose1d 2 2 kernel_size=2 output_padding=2 dilation=3", (2, 2, 3)),
                ("ConvTranspose2d 2 3 kernel_size=[2,3]", (2, 2, 2, 3)),
                ("ConvTranspose2d 2 3 kernel_size=3 stride=2 padding=1 output_padding=1", (2, 2, 2, 2)),
                ("ConvTranspose2d 4 2 kernel_size=2 stride=3 dilation=2 groups=2 bias=false", (2, 4, 2, 2)),
                ("ConvTranspose2d 2 4 kernel_size=[3,2] stride=[2,1] padding=[2,0] groups=2", (17, 2, 2, 1)),
                ("ConvTranspose2d 1 2 kernel_size=1 stride=2", (2, 1, 3, 2)),
            ]
        ],
    )


def poolings():
    yield from evaluated(
        2019,
        [
            ([layer], shape, 1)
            for layer, shape in [
                ("MaxPool1d kernel_size=2", (3, 2, 5)),
                ("MaxPool1d kernel_size=3 stride=2 padding=1 dilation=2 ceil_mode=true", (2, 2, 8)),
                ("MaxPool2d kernel_size=2", (17, 1, 2, 5)),
                ("MaxPool2d kernel_size=[2,3] stride=[1,2] padding=[1,0]", (2, 2, 3, 5)),
                ("MaxPool2d kernel_size=2 stride=1 padding=1 dilation=2", (2, 2, 3, 4)),
                ("MaxPool2d kernel_size=3 stride=2 padding=1 ceil_mode=true", (2, 1, 4, 6)),
                ("MaxPool2d kernel_size=2 stride=3", (2, 1, 5, 6)),
                ("AvgPool1d kernel_size=3", (3, 2, 7)),
                ("AvgPool1d kernel_size=3 stride=2 padding=1 ceil_mode=true", (2, 2, 6)),
                ("AvgPool1d kernel_size=3 stride=2 padding=1 ceil_mode=true count_include_pad=false", (2, 2, 6)),
                ("AvgPool2d kernel_size=2", (2, 2, 4, 4)),
                ("AvgPool2d kernel_size=[2,3] stride=[3,2] padding=1 ceil_mode=true", (2, 1, 4, 5)),
                ("AvgPool2d kernel_size=[2,3] stride=[3,2] padding=1 ceil_mode=true count_include_pad=false", (2, 1, 4, 5)),
                ("AvgPool2d kernel_size=3 stride=1 padding=[0,1]", (2, 1, 4, 3)),
                ("AvgPool2d kernel_size=2 stride=1 padding=1 divisor_override=3", (2, 1, 3, 4)),
                ("AdaptiveAvgPool1d output_size=3", (2, 2, 5)),
                ("AdaptiveAvgPool1d output_size=7", (2, 1, 3)),
                ("AdaptiveAvgPool2d output_size=1", (2, 3, 3, 4)),
                ("AdaptiveAvgPool2d output_size=[1,2]", (17, 1, 2, 3)),
                ("AdaptiveAvgPool2d output_size=[4,2]", (2, 1, 3, 2)),
            ]
        ],
    )
    # Whole numbers, many of which are equal: only one of them is the maximum.
    rng = np.random.default_rng(2020)
    ties = [
        ("MaxPool1d kernel_size=3 stride=1", (2, 2, 7)),
        ("MaxPool2d kernel_size=2", (3, 1, 4, 4)),
        ("MaxPool2d kernel_size=3 stride=2 padding=1", (2, 1, 5, 4)),
    ]
    yield from parity.evaluated((([layer], parity.random(*shape, rng=rng).round() + 0.0) for layer, shape in ties), rng)


def evaluated(seed, cases):
    rng = np.random.default_rng(seed)
    yield from parity.evaluated(((layers, parity.random(*shape, scale=scale, rng=rng)) for layers, shape, scale in cases), rng)


def training():
    """Five steps of gradient descent of a small network, with everything that it keeps after each of them."""
    rng = np.random.default_rng(2021)
    specification = [
        "Conv2d 1 2 kernel_size=3 padding=1",
        "BatchNorm2d 2",
        "ReLU",
        "MaxPool2d kernel_size=2",
        "Conv2d 2 4 kernel_size=2",
        "AdaptiveAvgPool2d output_size=1",
        "Flatten",
        "Linear 4 3",
    ]
    yield parity.five_steps(specification, (18, 1, 6, 6), 3, rng)


if __name__ == "__main__":
    contents = {
        "core/tests/oracle/images": {"cases": layers(), "modes": layers_in_both_modes()},
        "core/tests/oracle/convolution": {"convolutions": convolutions(), "poolings": poolings()},
        "train/tests/oracle/images": {"cases": training()},
    }
    files = {f"crates/nn-{name}.json": parity.file("scripts/images_parity.py", **cases) for name, cases in contents.items()}
    oracle.main("Writes what PyTorch computes of images and sequences.", files, parity.same)
