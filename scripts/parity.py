"""Writes crates/nn-{core,loss,train}/tests/oracle/parity.json: what PyTorch computes, in double precision.

    pip install -r scripts/requirements.txt
    python scripts/parity.py            # rewrites the files
    python scripts/parity.py --check    # fails if they would change by more than rounding
"""

import copy
import json
from functools import partial

import numpy as np
import oracle
import torch
from torch import nn
from torch.nn import functional

torch.set_default_dtype(torch.float64)
RNG = np.random.default_rng(1996)


def random(*shape, scale=1.0, rng=RNG):
    """Draws uniform numbers of three decimals, to keep the files short."""
    return torch.tensor(np.round(rng.uniform(-scale, scale, shape), 3))


class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def forward(self, x):
        return x + self.fn(x)


class Reshape(nn.Module):
    def __init__(self, *sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        return x.reshape(len(x), *self.sizes)


class Permute(nn.Module):
    def __init__(self, *axes):
        super().__init__()
        self.axes = axes

    def forward(self, x):
        return x.permute(0, *self.axes)


class Select(nn.Module):
    def __init__(self, axis, index):
        super().__init__()
        self.axis, self.index = axis, index

    def forward(self, x):
        return x.select(self.axis, self.index)


class Slice(nn.Module):
    def __init__(self, axis, start, end=None):
        super().__init__()
        self.axis, self.steps = axis, slice(start, end)

    def forward(self, x):
        return x[(slice(None),) * self.axis + (self.steps,)]


# The layers that are no classes of PyTorch.
OWN = {own.__name__: own for own in [Reshape, Permute, Select, Slice]}


def network(layers):
    """Builds `["Linear 2 8", "ELU alpha=2", ["Softmax"], {"Residual": ["Tanh"]}]` as nested Sequentials."""
    modules = []
    for layer in layers:
        if isinstance(layer, list):
            modules.append(network(layer))
            continue
        if isinstance(layer, dict):
            modules.append(Residual(network(layer["Residual"])))
            continue
        kind, *words = layer.split()
        sizes = [int(word) for word in words if "=" not in word]
        arguments = {"Softmax": {"dim": -1}, "LogSoftmax": {"dim": -1}}.get(kind, {})
        for name, value in (word.split("=") for word in words if "=" in word):
            value = value if name in ("activation", "approximate", "nonlinearity") else json.loads(value)
            arguments[name] = tuple(value) if isinstance(value, list) else value
        if kind in ("LayerNorm", "RMSNorm"):
            sizes = [sizes]
        if kind == "Unflatten":
            sizes = [sizes[0], tuple(sizes[1:])]
        modules.append((OWN.get(kind) or getattr(nn, kind))(*sizes, **arguments))
    return nn.Sequential(*modules)


def parameters(module):
    return {name: value.detach().flatten().tolist() for name, value in module.named_parameters()}


# --- Layers ---

HOSTILE = torch.tensor([[0.0, 1e-9, -1e-9], [1000.0, -1000.0, 999.0], [100.0, 100.0, -5.0], [-30.0, 30.0, 0.3]])


def layers():
    yield from evaluated([
        (["Identity"], random(3, 2)),
        (["Tanh"], random(5, 3, scale=3)),
        (["Tanh"], HOSTILE),
        (["Sigmoid"], random(5, 3, scale=5)),
        (["Sigmoid"], HOSTILE),
        (["ReLU"], random(5, 3)),
        (["ReLU"], HOSTILE),
        (["Softmax"], random(17, 4, scale=3)),
        (["Softmax"], random(2, 3, 4, scale=3)),
        (["Softmax"], HOSTILE),
        (["Linear 1 1"], random(3, 1)),
        (["Linear 3 5"], random(17, 3)),
        (["Linear 6 2"], random(33, 6)),
        (["Linear 2 8", "Tanh", "Linear 8 2"], random(20, 2, scale=2)),
        (["Linear 2 6", "ReLU", ["Linear 6 4", "Sigmoid"], "Linear 4 3", "Softmax"], random(20, 2, scale=2)),
        ([], random(2, 3)),
    ])


def later_layers():
    """Cases with a generator of their own, because the numbers of every case depend on those drawn before."""
    rng = np.random.default_rng(2016)
    for layer in [
        "LeakyReLU",
        "LeakyReLU negative_slope=0.2",
        "ELU",
        "ELU alpha=1.7",
        "GELU",
        "GELU approximate=tanh",
        "SiLU",
        "Softplus",
        "Softplus beta=3 threshold=2",
        "LogSoftmax",
    ]:
        yield from evaluated([([layer], random(5, 3, scale=4, rng=rng)), ([layer], HOSTILE)], rng)
    yield from evaluated(
        [
            (["LogSoftmax"], random(2, 3, 4, scale=3, rng=rng)),
            (["GELU"], torch.linspace(-9, 9, 73).reshape(-1, 1)),
            (["Softplus"], torch.linspace(-40, 40, 65).reshape(-1, 1)),
        ],
        rng,
    )


def evaluated(cases, rng=RNG, prepare=lambda module, rng: module):
    for specification, x in cases:
        torch.manual_seed(7)
        module = prepare(network(specification), rng)
        yield {
            "layers": specification,
            "parameters": parameters(module),
            **step(module, x, random(*module(x).shape, rng=rng)),
        }


def step(module, x, dy):
    module.zero_grad()
    x = x.clone().requires_grad_()
    y = module(x)
    y.backward(dy)
    gradients = {name: p.grad.flatten().tolist() for name, p in module.named_parameters()}
    return {"x": x.tolist(), "y": y.tolist(), "dy": dy.tolist(), "dx": x.grad.tolist(), "gradients": gradients}


def state(module):
    return {name: value.to(torch.float64).flatten().tolist() for name, value in module.state_dict().items()}


def layers_in_both_modes():
    """Some training steps, each of which updates the statistics, and one step in use."""
    yield from in_both_modes(
        [
            (["BatchNorm1d 3"], (17, 3), 3, 4),
            (["BatchNorm1d 2"], (5, 2, 4), 1, 3),
            (["BatchNorm1d 2 momentum=0.5 eps=0.01"], (2, 2), 10, 3),
            (["BatchNorm1d 3 affine=false"], (33, 3), 2, 2),
            (["Dropout 0"], (3, 2), 1, 1),
            (["Dropout 1"], (3, 2), 1, 1),
            (["Linear 2 5", "BatchNorm1d 5", "Tanh", "Linear 5 2"], (20, 2), 2, 3),
            (["LayerNorm 4"], (17, 4), 3, 1),
            (["LayerNorm 3"], (5, 2, 3), 1, 1),
            (["LayerNorm 2 3 eps=0.1"], (3, 2, 2, 3), 1, 1),
            (["LayerNorm 4 elementwise_affine=false"], (5, 4), 10, 1),
            (["Flatten", "Linear 6 2"], (5, 2, 3), 1, 1),
            (["Linear 2 4", {"Residual": ["BatchNorm1d 4", "GELU", "Linear 4 4"]}, {"Residual": ["Tanh"]}], (9, 2), 2, 3),
        ],
        np.random.default_rng(2015),
    )


def in_both_modes(cases, rng):
    for specification, shape, scale, count in cases:
        torch.manual_seed(7)
        module = network(specification)
        for value in module.parameters():
            value.data = random(*value.shape, rng=rng)
        before, trained = state(module), []
        outputs = copy.deepcopy(module)(torch.zeros(shape)).shape
        for _ in range(count):
            x = random(*shape, scale=scale, rng=rng)
            trained.append(step(module, x, random(*outputs, rng=rng)) | {"after": state(module)})
        module.eval()
        used = step(module, random(*shape, scale=scale, rng=rng), random(*outputs, rng=rng))
        yield {"layers": specification, "before": before, "trained": trained, "used": used}


# --- Losses ---


def cross_entropy_of_probabilities(p, t, reduction):
    if t.dtype == torch.int64:
        return functional.nll_loss(p.log(), t, reduction=reduction)
    total = -(t * p.log()).sum()
    return total / len(p) if reduction == "mean" else total


def losses():
    logits, labels = random(17, 3, scale=4), torch.tensor(RNG.integers(0, 3, 17))
    shares = random(17, 3).abs()  # not normalised: targets need not add up to 1
    extreme = torch.tensor(
        [[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 999.0], [0.0, 0.0, 0.0], [100.0, 100.0, 100.0], [200.0, 201.0, 100.0]]
    )
    tiny = torch.tensor([[1.0, 1e-300, 0.25], [0.5, 0.5, 2.3e-308]])
    mse, logit, probability = functional.mse_loss, functional.cross_entropy, cross_entropy_of_probabilities
    for name, loss, y, target in [
        ("MseLoss", mse, random(1, 1), random(1, 1)),
        ("MseLoss", mse, random(17, 1, scale=10), random(17, 1)),
        ("MseLoss", mse, random(5, 3), random(5, 3)),
        ("MseLoss", mse, random(2, 3, 2), random(2, 3, 2)),
        ("CrossEntropyLoss", logit, logits, labels),
        ("CrossEntropyLoss", logit, logits, functional.one_hot(labels, 3).to(torch.float64)),
        ("CrossEntropyLoss", logit, logits, shares),
        ("CrossEntropyLoss", logit, extreme, torch.tensor([1, 0, 2, 0, 2])),
        ("CrossEntropyLoss", logit, extreme, shares[:5]),
        ("CategoricalCrossEntropy", probability, logits.softmax(-1), labels),
        ("CategoricalCrossEntropy", probability, logits.softmax(-1), shares),
        ("CategoricalCrossEntropy", probability, tiny, torch.tensor([1, 2])),
        ("CategoricalCrossEntropy", probability, tiny, shares[:2]),
    ]:
        for reduction in ["mean", "sum"]:
            leaf = y.clone().requires_grad_()
            value = loss(leaf, target, reduction=reduction)
            value.backward()
            yield {
                "loss": name,
                "reduction": reduction,
                "y": y.tolist(),
                "target": target.tolist(),
                "value": value.item(),
                "gradient": leaf.grad.tolist(),
            }
    yield from later_losses()


def losses_with_settings():
    """Later cases, with a generator of their own, so that what is drawn before and after them stays the same."""
    rng = np.random.default_rng(2015)

    def draw(*shape, scale=1.0):
        return torch.tensor(np.round(rng.uniform(-scale, scale, shape), 3))

    def hinge(y, t, reduction):
        return getattr((1 - t * y).relu(), reduction)()

    values, extreme = draw(5, 3, scale=3), torch.tensor([[1000.0, -1000.0, 0.5], [0.0, 1.5, -2.0], [3.0, 3.5, -1e-9]])
    targets, centre = draw(5, 3), torch.tensor([[0.0, 0.0, 0.5], [1.0, 0.5, 0.0], [3.0, 3.0, 0.0]])
    for settings in [{}, {"delta": 0.5}, {"delta": 2.0}]:
        yield "HuberLoss", functional.huber_loss, values, targets, settings
        yield "HuberLoss", functional.huber_loss, extreme, centre, settings
    for settings in [{}, {"beta": 0.5}, {"beta": 2.0}, {"beta": 0.0}]:
        yield "SmoothL1Loss", functional.smooth_l1_loss, values, targets, settings
        yield "SmoothL1Loss", functional.smooth_l1_loss, extreme, centre, settings
    yield "L1Loss", functional.l1_loss, values, targets, {}
    yield "L1Loss", functional.l1_loss, extreme, centre, {}
    yield "L1Loss", functional.l1_loss, draw(17, 3, 2), draw(17, 3, 2), {}
    yield "MseLoss", functional.mse_loss, values, targets, {}

    signs, edge = targets.sign(), torch.tensor([[1.0, -1.0, 1000.0], [-1000.0, 0.0, 0.999]])
    yield "HingeLoss", hinge, values, signs, {}
    yield "HingeLoss", hinge, edge, torch.tensor([[1.0, -1.0, 1.0], [1.0, -1.0, 1.0]]), {}

    binary, shares = functional.binary_cross_entropy_with_logits, draw(5, 3).abs()
    logits = torch.tensor([[1000.0, -1000.0, 1000.0, -1000.0], [0.0, 40.0, -40.0, 750.0]])
    certain = torch.tensor([[1.0, 0.0, 0.0, 1.0], [0.5, 0.0, 1.0, 0.25]])
    for settings in [{}, {"pos_weight": 3.0}, {"pos_weight": 0.25}]:
        yield "BCEWithLogitsLoss", binary, values, shares, settings
        yield "BCEWithLogitsLoss", binary, logits, certain, settings

    far = torch.tensor([[1000.0, -1000.0, 0.0], [-1000.0, 1000.0, 999.0], [0.0, 0.0, 0.0], [2.0, 1.0, 3.0]])
    labels, far_labels = torch.tensor([2, 0, 1, 1, 2]), torch.tensor([1, 0, 2, 1])
    distribution = functional.one_hot(far_labels, 3) * 0.75 + torch.tensor([0.25, 0.0, 0.0])
    kl = functional.kl_div
    yield "KLDivLoss", kl, values.log_softmax(-1), draw(5, 3, scale=5).softmax(-1), {}
    yield "KLDivLoss", kl, values.log_softmax(-1), shares, {}
    yield "KLDivLoss", kl, far.log_softmax(-1), distribution, {}

    yield "MultiMarginLoss", functional.multi_margin_loss, values, labels, {}
    yield "MultiMarginLoss", functional.multi_margin_loss, far, far_labels, {}
    yield "MultiMarginLoss", functional.multi_margin_loss, values[:, :1], 0 * labels, {}

    many, many_labels, many_shares = draw(17, 3, scale=3), torch.tensor(rng.integers(0, 3, 17)), draw(17, 3).abs()
    both = {"weight": [0.2, 1.0, 3.5], "label_smoothing": 0.2}
    yield "MultiMarginLoss", functional.multi_margin_loss, many, many_labels, {}
    yield "NLLLoss", functional.nll_loss, many.log_softmax(-1), many_labels, {"weight": [0.2, 1.0, 3.5]}
    yield "CrossEntropyLoss", functional.cross_entropy, many, many_labels, both
    yield "CrossEntropyLoss", functional.cross_entropy, many, many_shares, both

    weights = [{}, {"weight": [0.2, 1.0, 3.5]}, {"weight": [1.0, 0.0, 2.0]}]
    for settings in weights:
        yield "NLLLoss", functional.nll_loss, values.log_softmax(-1), labels, settings
        yield "NLLLoss", functional.nll_loss, far.log_softmax(-1), far_labels, settings
    smoothings = [{"label_smoothing": 0.1}, {"label_smoothing": 1.0}]
    for settings in weights[:2] + smoothings + [weights[1] | smoothings[0], weights[2] | smoothings[0]]:
        yield "CrossEntropyLoss", functional.cross_entropy, values, labels, settings
        yield "CrossEntropyLoss", functional.cross_entropy, values, shares, settings
        yield "CrossEntropyLoss", functional.cross_entropy, far, far_labels, settings
        yield "CrossEntropyLoss", functional.cross_entropy, far, distribution, settings


def losses_with_terms():
    """Still later cases, with one more generator: classes of positions, labels that are ignored, the terms of every loss."""
    rng = np.random.default_rng(2016)
    draw = partial(random, rng=rng)

    def labels(*shape, among=(0, 1, 2)):
        return torch.tensor(rng.choice(among, shape))

    def hinge(y, t, reduction):
        terms = (1 - t * y).relu()
        return terms if reduction == "none" else getattr(terms, reduction)()

    def of_probabilities(p, t, reduction):
        if reduction == "none":
            return -(t * p.log()).sum(1)
        return -(t * p.log()).sum() / (p.numel() / p.shape[1] if reduction == "mean" else 1)

    images, shares = draw(5, 2, 2, 3, scale=3), draw(5, 2, 2, 3).abs()
    yield "MseLoss", functional.mse_loss, images, shares, {}
    yield "L1Loss", functional.l1_loss, images, shares, {}
    yield "HuberLoss", functional.huber_loss, images, shares, {"delta": 0.5}
    yield "SmoothL1Loss", functional.smooth_l1_loss, images, shares, {"beta": 0.5}
    yield "HingeLoss", hinge, images, draw(5, 2, 2, 3).sign(), {}
    yield "BCEWithLogitsLoss", functional.binary_cross_entropy_with_logits, images, shares, {"pos_weight": 3.0}
    yield "KLDivLoss", functional.kl_div, images.log_softmax(1), shares, {}

    flat, flat_labels = draw(17, 3, scale=3), labels(17)
    yield "CategoricalCrossEntropy", of_probabilities, flat.softmax(1), draw(17, 3).abs(), {}
    yield "CategoricalCrossEntropy", of_probabilities, images.softmax(1), shares, {}
    yield "CategoricalCrossEntropy", cross_entropy_of_probabilities, flat.softmax(1), flat_labels, {}
    yield "MultiMarginLoss", functional.multi_margin_loss, flat, flat_labels, {}

    weight, smooth = {"weight": [0.2, 1.0, 3.5]}, {"label_smoothing": 0.2}
    maps = [draw(17, 3, 2, scale=3), draw(2, 3, 2, 1, 2, scale=3)]
    far = torch.tensor([[1000.0, -1000.0, 0.0, 2.0], [-1000.0, 1000.0, 0.0, 1.0], [0.0, 999.0, 0.0, 3.0]]).reshape(1, 3, 2, 2)
    for y in [flat[:5], *maps, far]:
        places = (len(y), *y.shape[2:])
        for ignored in [{}, {"ignore_index": 255}, {"ignore_index": 1}]:
            target = labels(*places, among=[0, 1, 2, *ignored.values()])
            target[-1:] = 2  # not everything is ignored
            for settings in [ignored, weight | ignored]:
                yield "NLLLoss", functional.nll_loss, y.log_softmax(1), target, settings
                yield "CrossEntropyLoss", functional.cross_entropy, y, target, settings
            yield "CrossEntropyLoss", functional.cross_entropy, y, target, weight | smooth | ignored
        for settings in [{}, weight, weight | smooth]:
            yield "CrossEntropyLoss", functional.cross_entropy, y, draw(*y.shape).abs(), settings

    binary = functional.binary_cross_entropy_with_logits
    yield "BCEWithLogitsLoss", binary, flat, draw(17, 3).abs(), {"pos_weight": [0.25, 1.0, 9.0]}
    yield "BCEWithLogitsLoss", binary, images, shares, {"pos_weight": [3.0, 0.5]}
    yield "BCEWithLogitsLoss", binary, flat[:, :1], draw(17, 1).abs(), {"pos_weight": [4.0]}


def losses_of_sequences():
    """The latest cases, with one more generator: classes on the last axis, and values of which some do not count."""
    rng = np.random.default_rng(2026)
    draw = partial(random, rng=rng)

    def hinge(y, t, reduction):
        return (1 - t * y).relu()

    weight, smooth = {"weight": [0.2, 1.0, 3.5]}, {"label_smoothing": 0.2}
    for y in [draw(5, 4, 3, scale=3), draw(2, 2, 3, 3, scale=3)]:
        for ignored in [{}, {"ignore_index": 255}, {"ignore_index": 1}]:
            target = torch.tensor(rng.choice([0, 1, 2, *ignored.values()], y.shape[:-1]))
            target[-1:] = 2  # not everything is ignored
            for settings in [ignored, weight | ignored]:
                yield "NLLLoss", functional.nll_loss, y.log_softmax(-1), target, settings | LAST
                yield "CrossEntropyLoss", functional.cross_entropy, y, target, settings | LAST
            yield "CrossEntropyLoss", functional.cross_entropy, y, target, weight | smooth | ignored | LAST
        for settings in [{}, weight | smooth]:
            yield "CrossEntropyLoss", functional.cross_entropy, y, draw(*y.shape).abs(), settings | LAST
    y = draw(5, 4, 3).softmax(-1)
    yield "CategoricalCrossEntropy", cross_entropy_of_probabilities, y, torch.tensor(rng.integers(0, 3, (5, 4))), LAST

    values, shares = draw(5, 4, 3, scale=3), draw(5, 4, 3).abs()
    for shape in [(5, 4), (5, 4, 3)]:
        mask = torch.tensor(rng.integers(0, 2, shape))
        for name, loss, y, target, settings in [
            ("MseLoss", functional.mse_loss, values, shares, {}),
            ("L1Loss", functional.l1_loss, values, shares, {}),
            ("HuberLoss", functional.huber_loss, values, shares, {"delta": 0.5}),
            ("SmoothL1Loss", functional.smooth_l1_loss, values, shares, {"beta": 0.5}),
            ("HingeLoss", hinge, values, draw(5, 4, 3).sign(), {}),
            ("BCEWithLogitsLoss", functional.binary_cross_entropy_with_logits, values, shares, {"pos_weight": 3.0}),
            ("KLDivLoss", functional.kl_div, values.log_softmax(-1), shares, {}),
        ]:
            yield name, loss, y, target, settings | {"mask": mask.tolist()}


LAST = {"classes_last": True}


def on_last_axis(loss):
    """Returns the loss of classes on the last axis, which PyTorch has on axis 1."""

    def moved(y, target, **arguments):
        target = target.movedim(-1, 1) if target.dim() == y.dim() else target
        return loss(y.movedim(-1, 1).contiguous(), target, **arguments)

    return moved


def masked(loss, mask):
    """Returns the loss of the values that count. PyTorch has no masks, so that they are picked from the terms."""

    def of_some(y, target, reduction, **arguments):
        terms = loss(y, target, reduction="none", **arguments)
        counts = torch.tensor(mask, dtype=torch.bool)
        counts = counts.reshape(*counts.shape, *[1] * (y.dim() - counts.dim())).expand(y.shape)
        return terms.where(counts, 0) if reduction == "none" else getattr(terms[counts], reduction)()

    return of_some


def argument(name, value, y):
    """Returns a setting as PyTorch takes it: weights of outputs lie along the second axis."""
    value = torch.tensor(value) if "weight" in name else value
    return value.reshape(-1, *[1] * (y.dim() - 2)) if name == "pos_weight" and value.dim() > 0 else value


def reduced(loss, y, target, reduction):
    """PyTorch has `batchmean` only for the divergence; for the others it is the sum divided by the number of samples."""
    if reduction == "batchmean" and loss.func is not functional.kl_div:
        return loss(y, target, reduction="sum") / len(y)
    return loss(y, target, reduction=reduction)


def later_losses():
    settled = ((*case, False) for case in losses_with_settings())
    with_all = ((*case, True) for case in [*losses_with_terms(), *losses_of_sequences()])
    for name, loss, y, target, settings, with_terms in [*settled, *with_all]:
        loss = on_last_axis(loss) if "classes_last" in settings else loss
        loss = masked(loss, settings["mask"]) if "mask" in settings else loss
        own = {"classes_last", "mask"}
        arguments = {key: argument(key, value, y) for key, value in settings.items() if key not in own}
        for reduction in ["mean", "sum", "batchmean"]:
            leaf = y.clone().requires_grad_()
            value = reduced(partial(loss, **arguments), leaf, target, reduction)
            value.backward()
            with_terms = with_terms and reduction == "mean"
            terms = {"terms": loss(y, target, reduction="none", **arguments).tolist()} if with_terms else {}
            yield terms | {
                "loss": name,
                "settings": settings,
                "reduction": reduction,
                "y": y.tolist(),
                "target": target.tolist(),
                "value": value.item(),
                "gradient": leaf.grad.tolist(),
            }


# --- Trainings ---


def trainings():
    """Ten epochs of the report's three experiments, 200 samples each, learning rate 0.01."""
    line = random(200, 1, scale=2)
    labels = torch.tensor(np.arange(200) % 2)
    blobs = torch.tensor(np.round(np.where(labels[:, None] == 0, -1.5, 1.5) + RNG.normal(size=(200, 2)), 3))
    corners = torch.tensor(RNG.choice([-1.0, 1.0], (200, 2)))
    xor = (corners + torch.tensor(RNG.normal(size=(200, 2)) * 0.3)).round(decimals=3)
    crossed = (corners[:, 0] != corners[:, 1]).to(torch.int64)
    for name, specification, loss, x, target in [
        ("regression", ["Linear 1 1"], nn.MSELoss(), line, (1.7 * line - 0.4 + random(200, 1)).round(decimals=3)),
        ("blobs", ["Linear 2 2"], nn.CrossEntropyLoss(reduction="sum"), blobs, labels),
        ("xor", ["Linear 2 8", "Tanh", "Linear 8 2"], nn.CrossEntropyLoss(reduction="sum"), xor, crossed),
    ]:
        torch.manual_seed(7)
        module = network(specification)
        sgd = torch.optim.SGD(module.parameters(), lr=0.01)
        before, curve, after = parameters(module), [], []
        for _ in range(10):
            sgd.zero_grad()
            value = loss(module(x), target)
            value.backward()
            sgd.step()
            curve.append(value.item())
            after.append(parameters(module))
        yield {
            "name": name,
            "layers": specification,
            "x": x.tolist(),
            "target": target.tolist(),
            "parameters": before,
            "losses": curve,
            "after": after,
        }


def five_steps(specification, shape, classes, rng, rows=None, build=network):
    """Five steps of gradient descent on one batch, of numbers or of indices of so many rows, with everything that the network keeps after
    each of them."""
    module, loss, learning_rate = build(specification), nn.CrossEntropyLoss(), 0.1
    with torch.no_grad():
        for value in module.parameters():
            value.copy_(random(*value.shape, rng=rng))
    x = random(*shape, rng=rng) if rows is None else torch.tensor(rng.integers(0, rows, shape) * 1.0)
    labels = torch.tensor(rng.integers(0, classes, shape[0]))
    sgd = torch.optim.SGD(module.parameters(), lr=learning_rate)
    before, losses, after = state(module), [], []
    for _ in range(5):
        sgd.zero_grad()
        value = loss(module(x), labels)
        value.backward()
        sgd.step()
        losses.append(value.item())
        after.append(state(module))
    return {
        "layers": specification,
        "learning_rate": learning_rate,
        "x": x.tolist(),
        "target": labels.tolist(),
        "before": before,
        "losses": losses,
        "after": after,
    }


def file(made_by, **cases):
    head = {"made_by": made_by, "torch": torch.__version__.split("+")[0]}
    return oracle.text(head | {name: list(cases) for name, cases in cases.items()})


def same(old, new):
    return oracle.close(json.loads(old), json.loads(new), 1e-13)


if __name__ == "__main__":
    files = {
        "core": file("scripts/parity.py", cases=[*layers(), *later_layers()], modes=layers_in_both_modes()),
        "loss": file("scripts/parity.py", cases=losses()),
        "train": file("scripts/parity.py", cases=trainings()),
    }
    texts = {f"crates/nn-{crate}/tests/oracle/parity.json": text for crate, text in files.items()}
    oracle.main("Writes what PyTorch computes.", texts, same)
