"""Writes crates/nn-train/tests/oracle/optim.json: what PyTorch's optimisers, schedulers and clipping do, in double precision.

Lion, which PyTorch does not have, is its published rule in NumPy.

    pip install -r scripts/requirements.txt
    python scripts/optim_parity.py            # rewrites the file
    python scripts/optim_parity.py --check    # fails if it would change by more than rounding
"""

import json
import warnings

import numpy as np
import oracle
import torch
from torch import nn
from torch.optim import lr_scheduler

torch.set_default_dtype(torch.float64)
RNG = np.random.default_rng(1951)
STEPS = 20
# For L-BFGS with several iterations per step. A line search amplifies rounding: from weights that differ in the last bit,
# PyTorch's own parameters differ by 1e-9 after ten steps.
STEPS_OF_LBFGS = 6


def random(*shape, scale=1.0):
    """Draws uniform numbers of three decimals, to keep the file short."""
    return torch.tensor(np.round(RNG.uniform(-scale, scale, shape), 3))


def flat(tensors):
    return torch.cat([tensor.detach().flatten() for tensor in tensors]).tolist()


# --- Optimisers ---

X = random(24, 2, scale=2)
TARGET = (X[:, :1] * X[:, 1:] + random(24, 1, scale=0.5)).round(decimals=3)
INITIAL = [random(3, 2), random(3), random(1, 3), random(1)]



class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., Symbolic discovery of optimization algorithms, 2023, in NumPy. PyTorch does not have it."""

    def __init__(self, parameters, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    def step(self, closure):
        loss = closure()
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            for parameter in group["params"]:
                gradient, value = parameter.grad.numpy(), parameter.detach().numpy()
                mean = self.state[parameter].get("mean", np.zeros_like(gradient))
                direction = np.sign(beta1 * mean + (1 - beta1) * gradient)
                value -= group["lr"] * (direction + group["weight_decay"] * value)
                self.state[parameter]["mean"] = beta2 * mean + (1 - beta2) * gradient
        return loss


# The name in nn, the class in PyTorch, and the settings that both have (`True` for a switch that takes no value in nn).
CASES = [
    ("Sgd", torch.optim.SGD, {"lr": 0.1}),
    ("Sgd", torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.1}),
    ("Sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    ("Sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.05}),
    ("Sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("Sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.05}),
    ("RmsProp", torch.optim.RMSprop, {}),
    ("RmsProp", torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.1}),
    ("RmsProp", torch.optim.RMSprop, {"lr": 0.01, "momentum": 0.7}),
    ("RmsProp", torch.optim.RMSprop, {"lr": 0.01, "centered": True, "eps": 1e-4}),
    ("RmsProp", torch.optim.RMSprop, {"lr": 0.01, "centered": True, "momentum": 0.5, "alpha": 0.8, "weight_decay": 0.01}),
    ("Adam", torch.optim.Adam, {}),
    ("Adam", torch.optim.Adam, {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3}),
    ("Adam", torch.optim.Adam, {"lr": 0.05, "weight_decay": 0.1}),
    ("AdamW", torch.optim.AdamW, {}),
    ("AdamW", torch.optim.AdamW, {"lr": 0.05, "betas": [0.7, 0.9], "eps": 1e-4, "weight_decay": 0.3}),
    ("Adam", torch.optim.Adam, {"lr": 0.05, "betas": [0.6, 0.7], "amsgrad": True}),
    ("AdamW", torch.optim.AdamW, {"lr": 0.03, "betas": [0.8, 0.6], "weight_decay": 0.2, "amsgrad": True}),
    ("NAdam", torch.optim.NAdam, {}),
    ("NAdam", torch.optim.NAdam, {"lr": 0.05, "betas": [0.8, 0.9], "eps": 1e-3, "weight_decay": 0.1}),
    ("NAdam", torch.optim.NAdam, {"lr": 0.05, "momentum_decay": 0.3, "weight_decay": 0.2, "decoupled_weight_decay": True}),
    ("RAdam", torch.optim.RAdam, {}),
    ("RAdam", torch.optim.RAdam, {"lr": 0.05, "betas": [0.8, 0.95], "eps": 1e-3, "weight_decay": 0.1}),
    ("RAdam", torch.optim.RAdam, {"lr": 0.05, "betas": [0.9, 0.6], "weight_decay": 0.2, "decoupled_weight_decay": True}),
    ("Lion", Lion, {}),
    ("Lion", Lion, {"lr": 0.02, "betas": [0.7, 0.8], "weight_decay": 0.3}),
    ("Adagrad", torch.optim.Adagrad, {}),
    ("Adagrad", torch.optim.Adagrad, {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.2}),
    ("Adagrad", torch.optim.Adagrad, {"lr": 0.1, "weight_decay": 0.1, "eps": 1e-3}),
    ("Lbfgs", torch.optim.LBFGS, {"lr": 0.2, "max_iter": 1}),
    ("Lbfgs", torch.optim.LBFGS, {"max_iter": 1, "strong_wolfe": True}),
    ("Lbfgs", torch.optim.LBFGS, {"lr": 0.3, "max_iter": 3, "history_size": 4}),
    ("Lbfgs", torch.optim.LBFGS, {"lr": 0.5, "max_iter": 5, "max_eval": 3}),
    ("Lbfgs", torch.optim.LBFGS, {"max_iter": 3, "strong_wolfe": True}),
    ("Lbfgs", torch.optim.LBFGS, {"lr": 8.0, "max_iter": 4, "max_eval": 9, "history_size": 3, "strong_wolfe": True}),
    ("Lbfgs", torch.optim.LBFGS, {"lr": 0.01, "max_iter": 2, "max_eval": 12, "history_size": 5, "strong_wolfe": True}),
    ("Lbfgs", torch.optim.LBFGS, {"max_iter": 6, "tolerance_grad": 0.3, "strong_wolfe": True}),
    ("Lbfgs", torch.optim.LBFGS, {"max_iter": 6, "tolerance_change": 0.1, "strong_wolfe": True}),
    ("Lbfgs", torch.optim.LBFGS, {"lr": 0.4, "max_iter": 6, "tolerance_change": 0.05}),
]


def optimizers():
    for name, kind, settings in CASES:
        network = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        with torch.no_grad():
            for parameter, value in zip(network.parameters(), INITIAL):
                parameter.copy_(value)
        keywords = dict(settings)
        if keywords.pop("strong_wolfe", False):
            keywords["line_search_fn"] = "strong_wolfe"
        optimizer = kind(network.parameters(), **keywords)
        evaluations = 0

        def closure():
            nonlocal evaluations
            evaluations += 1
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(network(X), TARGET)
            loss.backward()
            return loss

        losses, after, calls = [], [], []
        several = name == "Lbfgs" and settings["max_iter"] > 1
        for _ in range(STEPS_OF_LBFGS if several else STEPS):
            losses.append(optimizer.step(closure).item())
            after.append(flat(network.parameters()))
            calls.append(evaluations)
        yield {"name": name, "settings": settings, "losses": losses, "evaluations": calls, "after": after}


# --- Groups of parameters ---

# The optimiser, and the groups: the ends of their names, and what differs. A parameter belongs to the first group that has it.
GROUPS = [
    ("Sgd", torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.1}, [("bias", {"weight_decay": 0.0})]),
    ("Sgd", torch.optim.SGD, {"lr": 0.1}, [("0.weight", {"frozen": True}), ("bias", {"lr_factor": 0.1})]),
    ("Sgd", torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}, [("0.bias", {"lr_factor": 3.0, "weight_decay": 0.2})]),
    ("AdamW", torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.3}, [("bias", {"weight_decay": 0.0}), ("0.weight", {"lr_factor": 0.2})]),
    ("Adam", torch.optim.Adam, {"lr": 0.05}, [("2.weight", {"frozen": True}), ("weight", {"weight_decay": 0.1}), ("bias", {"lr_factor": 0.0})]),
]


def groups():
    """Twenty steps of each, with a rate that falls by a tenth after each step."""
    for name, kind, settings, chosen in GROUPS:
        network = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
        with torch.no_grad():
            for parameter, value in zip(network.parameters(), INITIAL):
                parameter.copy_(value)
        rest, parts = dict(network.named_parameters()), []
        for end, changes in chosen:
            members = [rest.pop(name) for name in list(rest) if name.endswith(end)]
            if changes.get("frozen"):
                for parameter in members:
                    parameter.requires_grad_(False)
                continue
            part = {"params": members, "lr": settings["lr"] * changes.get("lr_factor", 1.0)}
            if "weight_decay" in changes:
                part["weight_decay"] = changes["weight_decay"]
            parts.append(part)
        optimizer = kind([{"params": list(rest.values())}, *parts], **settings)
        scheduler = lr_scheduler.ExponentialLR(optimizer, 0.9)
        losses, after = [], []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(network(X), TARGET)
            loss.backward()
            optimizer.step()
            scheduler.step()
            losses.append(loss.item())
            after.append(flat(network.parameters()))
        parts = [{"end": end, **changes} for end, changes in chosen]
        yield {"name": name, "settings": settings, "groups": parts, "losses": losses, "after": after}


# --- Schedules ---


def schedules():
    warnings.simplefilter("ignore")
    for name, settings, make in [
        ("Constant", {}, lambda o: lr_scheduler.ConstantLR(o, factor=1.0)),
        ("StepLr", {"step_size": 7}, lambda o: lr_scheduler.StepLR(o, 7)),
        ("StepLr", {"step_size": 3, "gamma": 0.9}, lambda o: lr_scheduler.StepLR(o, 3, 0.9)),
        ("MultiStepLr", {"milestones": [5, 17, 30]}, lambda o: lr_scheduler.MultiStepLR(o, [5, 17, 30])),
        ("MultiStepLr", {"milestones": [0, 9, 9], "gamma": 0.7}, lambda o: lr_scheduler.MultiStepLR(o, [0, 9, 9], 0.7)),
        ("ExponentialLr", {"gamma": 0.93}, lambda o: lr_scheduler.ExponentialLR(o, 0.93)),
        ("LinearLr", {"total_iters": 20}, lambda o: lr_scheduler.LinearLR(o, total_iters=20)),
        (
            "LinearLr",
            {"total_iters": 31, "start_factor": 0.9, "end_factor": 0.05},
            lambda o: lr_scheduler.LinearLR(o, 0.9, 0.05, 31),
        ),
        ("PolynomialLr", {"total_iters": 40}, lambda o: lr_scheduler.PolynomialLR(o, 40)),
        ("PolynomialLr", {"total_iters": 49, "power": 3.0}, lambda o: lr_scheduler.PolynomialLR(o, 49, 3.0)),
        ("PolynomialLr", {"total_iters": 45, "power": 0.9}, lambda o: lr_scheduler.PolynomialLR(o, 45, 0.9)),
        ("CosineAnnealingWarmRestarts", {"t_0": 7}, lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 7)),
        (
            "CosineAnnealingWarmRestarts",
            {"t_0": 3, "t_mult": 2, "eta_min": 0.01},
            lambda o: lr_scheduler.CosineAnnealingWarmRestarts(o, 3, 2, 0.01),
        ),
        ("LambdaLr", {}, lambda o: lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + 0.3 * step))),
        ("CosineAnnealingLr", {"t_max": 49}, lambda o: lr_scheduler.CosineAnnealingLR(o, 49)),
        ("CosineAnnealingLr", {"t_max": 11, "eta_min": 0.03}, lambda o: lr_scheduler.CosineAnnealingLR(o, 11, 0.03)),
        ("OneCycleLr", {"max_lr": 0.5, "total_steps": 50}, lambda o: lr_scheduler.OneCycleLR(o, 0.5, 50, cycle_momentum=False)),
        (
            "OneCycleLr",
            {"max_lr": 0.5, "total_steps": 50, "pct_start": 0.123, "div_factor": 10.0, "final_div_factor": 100.0},
            lambda o: lr_scheduler.OneCycleLR(
                o, 0.5, 50, pct_start=0.123, div_factor=10.0, final_div_factor=100.0, cycle_momentum=False
            ),
        ),
        (
            "OneCycleLr",
            {"max_lr": 0.5, "total_steps": 50, "pct_start": 0.0},
            lambda o: lr_scheduler.OneCycleLR(o, 0.5, 50, pct_start=0.0, cycle_momentum=False),
        ),
        (
            "OneCycleLr",
            {"max_lr": 0.5, "total_steps": 50, "pct_start": 1.0},
            lambda o: lr_scheduler.OneCycleLR(o, 0.5, 50, pct_start=1.0, cycle_momentum=False),
        ),
        ("WarmUp", {"steps": 8}, lambda o: warm_up(o, 8, 1 / 3, lr_scheduler.ConstantLR(o, factor=1.0))),
        (
            "WarmUp",
            {"steps": 5, "start_factor": 0.1, "t_max": 45},
            lambda o: warm_up(o, 5, 0.1, lr_scheduler.CosineAnnealingLR(o, 45)),
        ),
    ]:
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.2)
        scheduler = make(optimizer)
        rates = []
        for step in range(50):
            if step > 0:
                optimizer.step()
                scheduler.step()
            rates.append(optimizer.param_groups[0]["lr"])
        yield {"name": name, "settings": settings, "initial": 0.2, "rates": rates}


def warm_up(optimizer, steps, start_factor, then):
    linear = lr_scheduler.LinearLR(optimizer, start_factor, total_iters=steps)
    return lr_scheduler.SequentialLR(optimizer, [linear, then], [steps])


def plateaus():
    """Rates by the curve of a loss that falls and stays, or of an accuracy that rises and stays."""
    rng = np.random.default_rng(1960)
    losses = np.round(np.exp(-np.arange(60) / 12) + rng.uniform(0, 0.1, 60), 4)
    for curve, settings in [
        (losses, {}),
        (losses, {"factor": 0.5, "patience": 2, "cooldown": 3}),
        (losses, {"factor": 0.3, "patience": 0, "min_lr": 0.002}),
        (losses, {"patience": 1, "threshold": 0.1}),
        (losses, {"factor": 0.9, "patience": 3, "threshold": 0.05, "threshold_mode": "abs"}),
        (losses, {"factor": 0.8, "patience": 1, "eps": 0.01}),
        (np.round(1 - losses, 4), {"mode": "max", "factor": 0.6, "patience": 4}),
        (np.round(1 - losses, 4), {"mode": "max", "patience": 2, "threshold": 0.03, "threshold_mode": "abs", "cooldown": 1}),
        # Below 0, a relative threshold of PyTorch moves the goal the other way.
        (-losses, {"factor": 0.6, "patience": 2, "threshold": 0.2}),
    ]:
        optimizer = torch.optim.SGD([torch.zeros(1)], lr=0.2)
        scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, **settings)
        rates = []
        for value in curve.tolist():
            rates.append(optimizer.param_groups[0]["lr"])
            scheduler.step(value)
        yield {"settings": settings, "initial": 0.2, "curve": curve.tolist(), "rates": rates}


# --- Clipping ---


def clippings():
    for scale, limit in [(1.0, 0.7), (100.0, 3.0), (1.0, 1000.0), (1e-8, 1e-9), (1.0, 0.0)]:
        gradients = [random(*shape) * scale for shape in [(17, 3), (17,), (5, 17), (5,)]]
        for kind in ["norm", "value"]:
            parameters = [nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
            for parameter, gradient in zip(parameters, gradients):
                parameter.grad = gradient.clone()
            norm = None
            if kind == "norm":
                norm = nn.utils.clip_grad_norm_(parameters, limit).item()
            else:
                nn.utils.clip_grad_value_(parameters, limit)
            yield {
                "kind": kind,
                "limit": limit,
                "gradients": [gradient.flatten().tolist() for gradient in gradients],
                "norm": norm,
                "clipped": [parameter.grad.flatten().tolist() for parameter in parameters],
            }


def file():
    return oracle.text(
        {
            "made_by": "scripts/optim_parity.py",
            "torch": torch.__version__.split("+")[0],
            "x": X.tolist(),
            "target": TARGET.tolist(),
            "initial": flat(INITIAL),
            "optimizers": list(optimizers()),
            "groups": list(groups()),
            "schedules": list(schedules()),
            "plateaus": list(plateaus()),
            "clippings": list(clippings()),
        }
    )


def same(old, new):
    return oracle.close(json.loads(old), json.loads(new), 1e-10)


if __name__ == "__main__":
    oracle.main("Writes what PyTorch's optimisers do.", {"crates/nn-train/tests/oracle/optim.json": file()}, same)
