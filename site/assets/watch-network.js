"use strict";
// What a recorded network computes from its weights. The other scripts of the page add their functions to `watch`.

/** Recordings by the name of their experiment. Each file of frames adds one. */
const watch = { recordings: {} };

{
  /** The parameters of every frame of a run. The file has thousandths: the first frame, then the changes. */
  function parametersOf(run) {
    let sum = run.parameters[0].map(() => 0);
    return run.parameters.map(changes => {
      sum = sum.map((value, index) => value + changes[index]);
      return sum.map(value => value / 1000);
    });
  }

  /** The values of every layer for one input: the input, tanh of each hidden layer, and the plain sums of the last. */
  function valuesOf(sizes, parameters, input) {
    const values = [input];
    let weight = 0;
    for (let layer = 1; layer < sizes.length; layer++) {
      const from = values[layer - 1], isHidden = layer < sizes.length - 1;
      const bias = weight + from.length * sizes[layer];
      const to = [];
      for (let unit = 0; unit < sizes[layer]; unit++) {
        let sum = parameters[bias + unit];
        for (let index = 0; index < from.length; index++) sum += parameters[weight++] * from[index];
        to.push(isHidden ? Math.tanh(sum) : sum);
      }
      values.push(to);
      weight = bias + sizes[layer];
    }
    return values;
  }

  /** P(class 1): the softmax of two logits. */
  function probability(sizes, parameters, point) {
    const [zero, one] = valuesOf(sizes, parameters, point).at(-1);
    return 1 / (1 + Math.exp(zero - one));
  }

  /** The points of a run: [x₁, x₂, class], or [x, y] of a regression. */
  function pointsOf(run) {
    const width = run.truth.length ? 2 : 3, points = [];
    for (let at = 0; at < run.points.length; at += width) points.push(run.points.slice(at, at + width));
    return points;
  }

  /** Whether the network says a point's own class. */
  const isRight = (sizes, parameters, [x, y, label]) =>
    (probability(sizes, parameters, [x, y]) > 0.5) === (label === 1);

  Object.assign(watch, { parametersOf, valuesOf, probability, pointsOf, isRight });
}
