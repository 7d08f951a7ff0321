"""JAX as its users write it: grad, optax, vmap over trials, scan over steps and epochs, one jit, compiled before the clock
starts.

Two layouts: batch first, as users write it (rows), and the samples of one feature side by side (columns), which gives
narrow layers long vectors instead of short ones.
"""

import sys

from common import Clock, limit_threads, long_window, main, warm_up, window

limit_threads()

import itertools
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax

columns = sys.argv[1] == "columns"
BETWEEN = {"tanh": jnp.tanh, "relu": jax.nn.relu, "nothing": lambda x: x}
SCANNED = 50  # steps per call where throughput is measured
UNROLLED = 1  # steps of a sequence in one turn of the loop over them


def convolve(c, x, weight, bias):
    """Images with the channels last, as JAX's users have them, and weights (h, w, inputs / groups, outputs)."""
    padding = [(c.padding, c.padding)] * 2
    layout = ("NHWC", "HWIO", "NHWC")
    return jax.lax.conv_general_dilated(
        x, weight, (1, 1), padding, dimension_numbers=layout, feature_group_count=c.groups
    ) + bias


def pool(x, size):
    window = (1, size, size, 1)
    return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, window, "VALID") if size > 1 else x


def lstm(state, inputs, own):
    """The next state, given what the inputs and the output of the step before add to the gates."""
    i, f, g, o = jnp.split(inputs + own, 4, axis=-1)
    c = jax.nn.sigmoid(f) * state[1] + jax.nn.sigmoid(i) * jnp.tanh(g)
    return jax.nn.sigmoid(o) * jnp.tanh(c), c


def gru(state, inputs, own):
    (ri, zi, ni), (ro, zo, no) = jnp.split(inputs, 3, axis=-1), jnp.split(own, 3, axis=-1)
    z = jax.nn.sigmoid(zi + zo)
    return (1 - z) * jnp.tanh(ni + jax.nn.sigmoid(ri + ro) * no) + z * state[0],


STATE = {"lstm": (lstm, 2), "gru": (gru, 1)}  # the next state, and the number of its parts


def recur(job, layers, x, state=None):
    """Goes over all steps of x, (samples, steps, features), from a state of zeros or another. Returns the last state, whose
    first part is the output. What the inputs add is computed for all steps at once."""
    (weight, bias), (own_weight, own_bias) = layers
    function, parts = STATE[job.cell]
    state = state or (jnp.zeros((len(x), job.sizes[0])),) * parts
    inputs = jnp.einsum("nsi,oi->sno", x, weight) + bias

    def step(state, inputs):
        return function(state, inputs, state[0] @ own_weight.T + own_bias), None

    return jax.lax.scan(step, state, inputs, unroll=UNROLLED)[0]


def normalise(x, weight, bias):
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt(jnp.mean(centred**2, -1, keepdims=True) + 1e-5) * weight + bias


def attend(x, heads, inputs, output):
    samples, tokens, width = x.shape
    parts = (x @ inputs[0].T + inputs[1]).reshape(samples, tokens, 3, heads, width // heads)
    q, k, v = (parts[:, :, part] for part in range(3))
    weights = jax.nn.softmax(jnp.einsum("nqhd,nkhd->nhqk", q, k) / (width // heads) ** 0.5)
    o = jnp.einsum("nhqk,nkhd->nqhd", weights, v).reshape(x.shape)
    return o @ output[0].T + output[1]


def encode(job, layers, x):
    """A layer of a transformer, norms first, and the mean of its tokens."""
    inputs, output, (weight1, bias1), (weight2, bias2), norm1, norm2 = layers
    x = x + attend(normalise(x, *norm1), job.heads, inputs, output)
    x = x + jax.nn.relu(normalise(x, *norm2) @ weight1.T + bias1) @ weight2.T + bias2
    return x.mean(1)


def functions(job):
    between = BETWEEN[job.between]

    def predict(layers, x, dropout=None):
        """With a key for `dropout`, some hidden units are left out."""
        for c, (weight, bias) in zip(job.convolutions, layers):
            x = pool(between(convolve(c, x, weight, bias)), c.pool)
        if len(job.sizes) == 1:
            return x
        if job.cell:
            x = recur(job, layers[:2], x)[0]
        if job.heads:
            x = encode(job, layers[:6], x)
        if job.convolutions:
            # The channels come first in what the linear layers see, as in the other programs.
            x = x.transpose(0, 3, 1, 2).reshape(len(x), -1)
        for index, (weight, bias) in enumerate(layers[-len(job.sizes) + 1 :]):
            x = between(x) if index else x
            if index and dropout is not None and job.dropout:
                dropout, key = jax.random.split(dropout)
                kept = jax.random.bernoulli(key, 1 - job.dropout, x.shape)
                x = jnp.where(kept, x / (1 - job.dropout), 0)
            x = weight @ x + bias[:, None] if columns else x @ weight.T + bias
        return x

    def losses(layers, x, y, dropout=None):
        """Returns what is descended, and the loss per sample."""
        out = predict(layers, x, dropout)
        samples = x.shape[1 if columns else 0]
        if job.loss == "mse":
            value = jnp.mean((out - y) ** 2)
        else:
            classes = 0 if columns else 1
            log = jax.nn.log_softmax(out, axis=classes)
            # With so few classes, a mask is faster than gathering the labels' logits.
            true = jnp.expand_dims(y, classes) == jnp.expand_dims(jnp.arange(job.outputs), 1 - classes)
            value = -jnp.sum(jnp.where(true, log, 0)) / samples
        return value * (samples if job.reduction == "sum" else 1), value

    def step(layers, x, y):
        gradients, value = jax.grad(losses, has_aux=True)(layers, x, y)
        return jax.tree.map(lambda p, g: p - job.rate * g, layers, gradients), value

    def train(steps):
        return lambda layers, x, y: jax.lax.scan(lambda layers, _: step(layers, x, y), layers, None, length=steps)

    return predict, losses, step, train


def trainings(job):
    """Returns the checked loss, an epoch, and a whole training of shuffled mini-batches; all for one trial."""
    _, losses, _, _ = functions(job)
    rule = optax.sgd(job.rate) if job.rule == "sgd" else optax.adam(job.rate)
    n, batch = job.trained, job.batch

    def some(x, y, rows):
        if columns:
            x = x[:, rows]
            return x, y[rows] if job.loss == "cross-entropy" else y[:, rows]
        return x[rows], y[rows]

    def step(layers, state, x, y, dropout=None):
        gradients, value = jax.grad(losses, has_aux=True)(layers, x, y, dropout)
        updates, state = rule.update(gradients, state, layers)
        return optax.apply_updates(layers, updates), state, value

    def checked(layers, x, y):
        def over(carry, rows):
            layers, state, value = step(*carry, *some(x, y, rows))
            return (layers, state), value

        batches = jnp.stack([jnp.arange(n)[job.rows(index)] for index in range(job.checked + 1)])
        return jax.lax.scan(over, (layers, rule.init(layers)), batches)[1][-1]

    def epoch(layers, state, key, x, y):
        """Trains an epoch; samples that fill no batch are left out. Returns the validation loss, if there is one."""
        shuffle, dropout = jax.random.split(key)
        order = jax.random.permutation(shuffle, n)[: n // batch * batch].reshape(-1, batch)
        keys = jax.random.split(dropout, len(order)) if job.dropout else None

        def over(carry, part):
            rows, key = part
            layers, state, _ = step(*carry, *some(x, y, rows), key)
            return (layers, state), None

        (layers, state), _ = jax.lax.scan(over, (layers, state), (order, keys))
        held_out = losses(layers, *some(x, y, slice(n, None)))[1] if job.held_out else 0.0
        return layers, state, held_out

    def until_stopped(layers, key, x, y):
        """Trains to the end, which early stopping may bring forward, and restores the best weights."""

        def going_on(carry):
            epoch, waited = carry[0], carry[1]
            return (epoch < job.epochs) & (waited < job.patience)

        def next_epoch(carry):
            number, waited, least, best, layers, state = carry
            layers, state, value = epoch(layers, state, jax.random.fold_in(key, number), x, y)
            better = value < least
            best = jax.tree.map(lambda old, new: jnp.where(better, new, old), best, layers)
            return number + 1, jnp.where(better, 0, waited + 1), jnp.minimum(value, least), best, layers, state

        start = (0, 0, jnp.float32(jnp.inf), layers, layers, rule.init(layers))
        number, _, _, best, _, _ = jax.lax.while_loop(going_on, next_epoch, start)
        return best, number

    def to_the_end(layers, key, x, y):
        def over(carry, key):
            layers, state, _ = epoch(*carry, key, x, y)
            return (layers, state), None

        (layers, _), _ = jax.lax.scan(over, (layers, rule.init(layers)), jax.random.split(key, job.epochs))
        return layers, job.epochs

    return rule, checked, epoch, until_stopped if job.patience else to_the_end


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


def whole_trainings(job, x, y, layers):
    rule, checked, epoch, train = trainings(job)
    loss = float(jnp.mean(jax.jit(jax.vmap(checked))(layers, x, y)))
    keys = jax.random.split(jax.random.key(0), job.trials)
    if job.measure == "ensemble":
        program, setup = compiled(jax.vmap(train), layers, keys, x, y)
        clock = Clock()
        _, epochs = jax.block_until_ready(program(layers, keys, x, y))
        wall, cpu = clock.stop()
        ran = dict(epochs=float(jnp.mean(epochs))) if job.patience else {}
        return dict(loss=loss, wall=wall, cpu=cpu, count=job.trials, setup=setup, **ran)

    x, y, layers, key = x[0], y[0], [(weight[0], bias[0]) for weight, bias in layers], keys[0]
    state = rule.init(layers)
    program, setup = compiled(epoch, layers, state, key, x, y)

    def run():
        nonlocal layers, state, key
        key, part = jax.random.split(key)
        layers, state, _ = jax.block_until_ready(program(layers, state, part, x, y))

    wall, cpu, count = long_window(job.seconds, run)
    return dict(loss=loss, wall=wall, cpu=cpu, count=count, setup=setup)


def gradients_alone(job, x, dy, layers):
    """The gradients of inputs and parameters, given those of the outputs."""
    predict = functions(job)[0]

    def gradients(layers, x, dy):
        y, backward = jax.vjp(predict, layers, x)
        return y, backward(dy)

    def moved(value, gradient):
        return value - job.rate * gradient / jnp.sqrt(jnp.mean(gradient**2))

    program, setup = jitted(gradients, layers, x, dy)
    values = layers, x
    for _ in range(job.checked):
        values = jax.tree.map(moved, values, program(*values, dy)[1])
    loss = jnp.mean(program(*values, dy)[0] * dy)

    def run(n):
        for _ in range(n):
            jax.block_until_ready(program(layers, x, dy))

    wall, cpu, count = window(job.seconds, run)
    return dict(loss=loss, wall=wall, cpu=cpu, count=count, setup=setup)


def carried_on(job, x, y, layers):
    """Calls for one step at a time, each with the state of the call before: first through the sequence, the last output of
    which has the loss that is compared, then through it again and again."""

    def call(layers, x, state):
        *recurrent, (weight, bias) = layers
        state = recur(job, recurrent, x, state)
        return state[0] @ weight.T + bias, state

    steps = [x[:, step : step + 1] for step in range(job.shape[0])]
    state = (jnp.zeros((1, job.sizes[0])),) * STATE[job.cell][1]
    program, setup = jitted(call, layers, steps[0], state)
    for step in steps:
        out, state = program(layers, step, state)
    loss = -jax.nn.log_softmax(out)[0, y[0]]
    steps = itertools.cycle(steps)

    def run(n):
        nonlocal state
        for _ in range(n):
            _, state = jax.block_until_ready(program(layers, next(steps), state))

    wall, cpu, count = window(job.seconds, run)
    return dict(loss=loss, wall=wall, cpu=cpu, count=count, setup=setup)


def channels_last(job, x, y):
    """Images and weights of convolutions in the layout of `convolve`; so are targets without a linear layer."""
    x = x.transpose(0, 1, 3, 4, 2).copy()
    if len(job.sizes) == 1:
        y = y.reshape(len(y), job.samples, job.convolutions[-1].channels, *x.shape[2:4]).transpose(0, 1, 3, 4, 2).copy()
    for place in range(len(job.convolutions)):
        weight, bias = job.layers[place]
        job.layers[place] = weight.transpose(0, 3, 4, 2, 1).copy(), bias
    return x, y


def answer(job):
    predict, losses, step, train = functions(job)
    x, y = job.x, job.y.astype(np.int32) if job.loss == "cross-entropy" else job.y
    if columns:
        x, y = x.mT.copy(), y if job.loss == "cross-entropy" else y.mT.copy()
    if job.convolutions:
        x, y = channels_last(job, x, y)
    x, y, layers = jax.device_put((x, y, job.layers))
    if job.measure in ("epochs", "ensemble"):
        job.x = None
        return whole_trainings(job, x, y, layers)
    if job.measure == "trials":
        program, setup = compiled(jax.vmap(train(job.epochs)), layers, x, y)
        warm_up(job.seconds, lambda: jax.block_until_ready(program(layers, x, y)))
        clock = Clock()
        _, curves = jax.block_until_ready(program(layers, x, y))
        wall, cpu = clock.stop()
        return dict(loss=np.asarray(curves)[:, job.checked].mean(), wall=wall, cpu=cpu, count=job.trials, setup=setup)

    x, y, layers = x[0], y[0], [(weight[0], bias[0]) for weight, bias in layers]
    if job.measure == "gradients":
        return gradients_alone(job, x, y, layers)
    if job.measure == "control":
        return carried_on(job, x, y, layers)
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
