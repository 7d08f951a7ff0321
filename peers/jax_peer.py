"""JAX as its users write ensembles: grad, vmap over trials, scan over epochs, one jit, compiled before the clock starts.

Two layouts: batch first, as users write it (rows), and the samples of one feature side by side (columns), which gives
narrow layers long vectors instead of short ones.
"""

import sys

from common import Clock, limit_threads, main, warm_up, window

limit_threads()

import time

import jax
import jax.numpy as jnp
import numpy as np

columns = sys.argv[1] == "columns"
BETWEEN = {"tanh": jnp.tanh, "relu": jax.nn.relu, "nothing": lambda x: x}
SCANNED = 50  # steps per call where throughput is measured


def functions(job):
    between = BETWEEN[job.between]

    def predict(layers, x):
        for index, (weight, bias) in enumerate(layers):
            x = between(x) if index else x
            x = weight @ x + bias[:, None] if columns else x @ weight.T + bias
        return x

    def losses(layers, x, y):
        """Returns what is descended, and the loss per sample."""
        out = predict(layers, x)
        if job.loss == "mse":
            value = jnp.mean((out - y) ** 2)
        else:
            classes = 0 if columns else 1
            log = jax.nn.log_softmax(out, axis=classes)
            # With so few classes, a mask is faster than gathering the labels' logits.
            true = jnp.expand_dims(y, classes) == jnp.expand_dims(jnp.arange(job.outputs), 1 - classes)
            value = -jnp.sum(jnp.where(true, log, 0)) / job.samples
        return value * (job.samples if job.reduction == "sum" else 1), value

    def step(layers, x, y):
        gradients, value = jax.grad(losses, has_aux=True)(layers, x, y)
        return jax.tree.map(lambda p, g: p - job.rate * g, layers, gradients), value

    def train(steps):
        return lambda layers, x, y: jax.lax.scan(lambda layers, _: step(layers, x, y), layers, None, length=steps)

    return predict, losses, step, train


def compiled(function, *arguments):
    """Returns the compiled program and the seconds that compiling took."""
    start = time.perf_counter()
    program = jax.jit(function).lower(*arguments).compile()
    return program, time.perf_counter() - start


def jitted(function, *arguments):
    """The same for quick functions: a call through `jit` has less overhead than one of what `compile` returns."""
    start = time.perf_counter()
    program = jax.jit(function)
    jax.block_until_ready(program(*arguments))
    return program, time.perf_counter() - start


def answer(job):
    predict, losses, step, train = functions(job)
    x, y = job.x, job.y.astype(np.int32) if job.loss == "cross-entropy" else job.y
    if columns:
        x, y = x.mT.copy(), y if job.loss == "cross-entropy" else y.mT.copy()
    x, y, layers = jax.device_put((x, y, job.layers))
    if job.measure == "trials":
        program, setup = compiled(jax.vmap(train(job.steps)), layers, x, y)
        warm_up(job.seconds, lambda: jax.block_until_ready(program(layers, x, y)))
        clock = Clock()
        _, curves = jax.block_until_ready(program(layers, x, y))
        wall, cpu = clock.stop()
        return dict(loss=np.asarray(curves)[:, job.checked].mean(), wall=wall, cpu=cpu, count=job.trials, setup=setup)

    x, y, layers = x[0], y[0], [(weight[0], bias[0]) for weight, bias in layers]
    if job.measure == "prediction":
        value = jax.jit(losses)(layers, x, y)[1]
        program, setup = jitted(predict, layers, x)

        def run(n):
            for _ in range(n):
                program(layers, x).block_until_ready()

    elif job.measure == "step":
        program, setup = jitted(step, layers, x, y)
        for _ in range(job.checked + 1):
            layers, value = program(layers, x, y)

        def run(n):
            nonlocal layers
            for _ in range(n):
                layers, _ = jax.block_until_ready(program(layers, x, y))

    else:
        program, setup = compiled(train(SCANNED), layers, x, y)
        value = program(layers, x, y)[1][job.checked]

        def run(n):
            nonlocal layers
            for _ in range(n // SCANNED):
                layers, _ = jax.block_until_ready(program(layers, x, y))

    wall, cpu, count = window(job.seconds, run, SCANNED if job.measure == "throughput" else 1)
    return dict(loss=value, wall=wall, cpu=cpu, count=count, setup=setup)


main(jax.__version__, answer)
