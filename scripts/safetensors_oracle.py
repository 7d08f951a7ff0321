"""Writes crates/nn-core/tests/oracle/safetensors/torch_*: models that PyTorch saved, and what they compute.

Also loads nn_* beside them, models that nn saved (`cargo test -p nn-core safetensors_oracle -- --ignored`), into
PyTorch, and fails unless they compute the outputs that nn computed. Some of them PyTorch makes from the architecture that
is in the file.

    pip install -r scripts/requirements.txt
    python scripts/safetensors_oracle.py            # rewrites the files
    python scripts/safetensors_oracle.py --check    # fails if they would change by more than rounding
"""

import json
import sys

import numpy as np
import oracle
import recurrent
import torch
from safetensors import safe_open
from safetensors.torch import load, save
from torch import nn

FOLDER = "crates/nn-core/tests/oracle/safetensors"
RNG = np.random.default_rng(1996)
TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-14}


def random(*shape, dtype):
    """Draws uniform numbers of three decimals, the same on every machine."""
    return torch.tensor(np.round(RNG.uniform(-1, 1, shape), 3), dtype=dtype)


def mlp():
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))


def normalised():
    return nn.Sequential(nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Linear(5, 2))


def convolutional():
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, padding=1),
        nn.BatchNorm2d(2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(2, 4, 2, groups=2, bias=False),
        nn.Flatten(),
        nn.Linear(16, 2),
    )


def both_directions():
    return nn.Sequential(recurrent.KINDS["LSTM"](3, 4, 2, bidirectional=True), nn.Linear(8, 2))


def transformer():
    layer = nn.TransformerEncoderLayer(8, 2, 6, dropout=0.0, activation="gelu", norm_first=True, batch_first=True)
    encoder = nn.TransformerEncoder(layer, 2, nn.LayerNorm(8), enable_nested_tensor=False)
    return nn.Sequential(encoder, nn.Linear(8, 2))


# For each model, the shape of a sample as well.
MODELS = {
    f"{name}_{bits}": (build, sample, dtype)
    for name, build, sample in [("mlp", mlp, (3,)), ("batch_norm", normalised, (3,)), ("cnn", convolutional, (1, 6, 6)), ("lstm", both_directions, (5, 3)), ("transformer", transformer, (5, 8))]
    for bits, dtype in [("f32", torch.float32), ("f64", torch.float64)]
}


def written():
    """Models with parameters of three decimals; running statistics of three batches; inputs and outputs."""
    files = {}
    for name, (build, sample, dtype) in MODELS.items():
        model = build().to(dtype).train()
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.copy_(random(*parameter.shape, dtype=dtype))
            for layer in model:
                if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
                    layer.running_mean.copy_(random(layer.num_features, dtype=dtype))
                    layer.running_var.copy_(random(layer.num_features, dtype=dtype).abs() + 0.5)
                    layer.num_batches_tracked.fill_(3)
            x = random(20, *sample, dtype=dtype)
            y = model.eval()(x)
        files[f"torch_{name}"] = save(model.state_dict(), {"format": "pt"})
        files[f"torch_{name}_io"] = save({"x": x, "y": y})
    return files | {"torch_types": types()}


def types():
    """Numbers of other types, and the same numbers in F64."""
    exact = torch.tensor([0.0, -0.0, 1.0, -1.5, 65504.0, 2.0**-24, 2.0**-14, 0.333251953125, torch.inf, -torch.inf])
    brain = torch.tensor([0.0, -1.5, 3.3895313892515355e38, 2.0**-133, torch.inf])
    counts = torch.tensor([0, 7, -3, 2**53])
    tensors = {"F16": exact.to(torch.float16), "BF16": brain.to(torch.bfloat16), "F32": exact, "I64": counts}
    return save(tensors | {f"{name} as F64": tensor.to(torch.float64) for name, tensor in tensors.items()})


class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def forward(self, x):
        return x + self.fn(x)


class Reshape(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(len(x), *self.shape)


# The kinds that are no classes of PyTorch.
KINDS = {"Residual": Residual, "Reshape": Reshape, "GeluTanh": nn.GELU} | recurrent.KINDS


def build(architecture):
    """Makes the network of an architecture, as the documentation of `Architecture` shows it."""
    settings = dict(architecture)
    kind, children = settings.pop("kind"), settings.pop("children", [])
    for name, value in settings.items():
        settings[name] = tuple(value) if isinstance(value, list) else value
    return (KINDS.get(kind) or getattr(nn, kind))(*map(build, children), **settings)


def check_described():
    """Checks the models that PyTorch makes from the files alone."""
    for name in ["images", "sequences", "activations", "recurrent"]:
        with safe_open(oracle.ROOT / FOLDER / f"nn_{name}.safetensors", "pt") as file:
            model = build(json.loads(file.metadata()["nn.architecture"])).to(torch.float64)
        model.load_state_dict(load(ours(name)), strict=True)
        io = load(ours(f"{name}_io"))
        with torch.no_grad():
            y = model.eval()(io["x"])
        if y.shape != io["y"].shape or not close(y, io["y"]):
            sys.exit(f"nn_{name}: PyTorch computes something else than nn")


def check_ours():
    """Checks that every name and shape is PyTorch's (`strict`), and that the outputs agree."""
    for name, (build, _, dtype) in MODELS.items():
        model = build().to(dtype)
        model.load_state_dict(load(ours(name)), strict=True)
        io = load(ours(f"{name}_io"))
        with torch.no_grad():
            y = model.eval()(io["x"])
        if y.dtype != dtype or y.shape != io["y"].shape or not close(y, io["y"]):
            sys.exit(f"nn_{name}: PyTorch computes something else than nn")


def ours(name):
    return (oracle.ROOT / FOLDER / f"nn_{name}.safetensors").read_bytes()


def close(a, b):
    return torch.allclose(a, b, rtol=0, atol=TOLERANCE.get(a.dtype, 0))


def same(old, new):
    """Compares bytes, or (for outputs on another kind of CPU) values up to rounding."""
    if old == new:
        return True
    old, new = load(old), load(new)
    return "y" in new and old.keys() == new.keys() and all(close(old[name], new[name]) for name in new)


if __name__ == "__main__":
    files = {f"{FOLDER}/{name}.safetensors": bytes for name, bytes in written().items()}
    oracle.main("Writes what PyTorch saves.", files, same)
    check_ours()
    check_described()
