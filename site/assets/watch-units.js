"use strict";
// The network itself: each unit with its own field, each weight as a line.
{
  const { colours, rgb, line, lattice, paint } = watch;
  const NODES = 20;

  /** Every weight with the two units that it joins, as [layer, index]. The bias of a plain line is a weight of 1. */
  function weightsOf(sizes, parameters) {
    if (sizes[0] === 1) return parameters.map((weight, index) => ({ from: [0, index], to: [1, 0], weight }));
    const weights = [];
    let at = 0;
    for (let layer = 1; layer < sizes.length; layer++) {
      for (let to = 0; to < sizes[layer]; to++) for (let from = 0; from < sizes[layer - 1]; from++) {
        weights.push({ from: [layer - 1, from], to: [layer, to], weight: parameters[at++] });
      }
      at += sizes[layer];
    }
    return weights;
  }

  /** The field of every unit, from −1 to 1: coordinates, tanh of hidden units, and 2 P − 1 of the classes. */
  function fieldsOf(sizes, parameters, reach) {
    const values = lattice(NODES, reach, point => {
      const layers = watch.valuesOf(sizes, parameters, point), one = watch.probability(sizes, parameters, point);
      layers[0] = point.map(value => value / reach);
      layers[layers.length - 1] = [1 - 2 * one, 2 * one - 1];
      return layers;
    });
    return (layer, unit) => values.map(layers => layers[layer][unit]);
  }

  /** Draws units and weights. A weight as large as `largest` is thick; orange is positive, dashed blue negative. */
  function drawUnits({ g, width, height }, { sizes, parameters, reach, largest }) {
    const { paper, ink, zero, one } = colours(), isLine = sizes[0] === 1;
    const counts = isLine ? [2, 1] : sizes, names = isLine ? [["x", "1"], ["ŷ"]] : [["x₁", "x₂"], ["0", "1"]];
    const side = Math.min(32, (height - 8) / Math.max(...counts) - 3);
    const place = ([layer, unit]) => [
      24 + side / 2 + (width - side - 48) * layer / (counts.length - 1),
      height * (unit + 0.5) / counts[layer],
    ];
    for (const { from, to, weight } of weightsOf(sizes, parameters)) {
      g.strokeStyle = rgb(weight < 0 ? zero : one, 0.85);
      g.lineWidth = 0.3 + 5 * Math.abs(weight) / largest;
      g.setLineDash(weight < 0 ? [5, 3] : []);
      line(g, place(from), place(to));
    }
    g.setLineDash([]);
    g.fillStyle = rgb(ink);
    g.textAlign = "center";
    if (isLine) parameters.forEach((value, index) => {
      const [[left, top], [right, bottom]] = [place([0, index]), place([1, 0])], sign = value < 0 ? "−" : "";
      g.fillText(`${"wb"[index]} = ${sign}${Math.abs(value).toFixed(3)}`, (left + right) / 2, (top + bottom) / 2 - 8);
    });
    const field = isLine ? null : fieldsOf(sizes, parameters, reach);
    g.strokeStyle = rgb(ink);
    g.lineWidth = 1;
    counts.forEach((count, layer) => {
      for (let unit = 0; unit < count; unit++) {
        const [x, y] = place([layer, unit]), [left, top] = [x - side / 2, y - side / 2];
        g.fillStyle = rgb(paper);
        g.fillRect(left, top, side, side);
        if (field) paint(g, field(layer, unit), NODES, left, top, side);
        g.strokeRect(left, top, side, side);
        const name = layer === 0 ? names[0][unit] : layer === counts.length - 1 ? names[1][unit] : null;
        g.fillStyle = rgb(ink);
        if (name) g.fillText(name, x + (layer ? 1 : -1) * (side / 2 + 11), y + 4);
      }
    });
  }

  Object.assign(watch, { drawUnits, weightsOf });
}
