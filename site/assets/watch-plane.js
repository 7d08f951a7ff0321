"use strict";
// What the network believes: a field of probabilities with its border or, for a regression, a line through points.
{
  const { colours, rgb, linear, axes, line, dot } = watch;
  const NODES = 64;

  /** The values of `of` on a square lattice of n × n places, from the upper left corner to the lower right one. */
  function lattice(n, reach, of) {
    const place = index => reach * (2 * index / (n - 1) - 1), values = [];
    for (let row = 0; row < n; row++) {
      for (let column = 0; column < n; column++) values.push(of([place(column), -place(row)]));
    }
    return values;
  }

  /** Draws values from −1 (blue) to 1 (orange) into a square. */
  function paint(g, values, n, left, top, side) {
    const { paper, zero, one } = colours(), small = document.createElement("canvas");
    small.width = small.height = n;
    const image = new ImageData(n, n);
    values.forEach((value, index) => {
      const to = value < 0 ? zero : one, part = 0.6 * Math.min(1, Math.abs(value));
      paper.forEach((from, channel) => { image.data[4 * index + channel] = from + part * (to[channel] - from); });
      image.data[4 * index + 3] = 255;
    });
    small.getContext("2d").putImageData(image, 0, 0);
    // The outer values belong to the edges, so half a pixel on each side is left out.
    g.drawImage(small, 0.5, 0.5, n - 1, n - 1, left, top, side, side);
  }

  /** Draws where the values cross 0: in each cell of the lattice a segment between two of its edges. */
  function border(g, values, n, left, top, side) {
    const cell = side / (n - 1);
    g.beginPath();
    for (let row = 0; row + 1 < n; row++) for (let column = 0; column + 1 < n; column++) {
      const around = [[0, 0], [1, 0], [1, 1], [0, 1]].map(([right, down]) => {
        return { x: column + right, y: row + down, value: values[(row + down) * n + column + right] };
      });
      const ends = around.flatMap((a, index) => {
        const b = around[(index + 1) % 4], part = a.value / (a.value - b.value);
        if ((a.value < 0) === (b.value < 0)) return [];
        return [[left + cell * (a.x + part * (b.x - a.x)), top + cell * (a.y + part * (b.y - a.y))]];
      });
      for (let end = 0; end < ends.length; end += 2) {
        g.moveTo(...ends[end]);
        g.lineTo(...ends[end + 1]);
      }
    }
    g.stroke();
  }

  /** Draws P(class 1) over the plane, the border at one half and the points, with a ring around each mistake. */
  function drawField({ g, width, height }, { sizes, parameters, points, reach }) {
    const { paper, ink, zero, one } = colours();
    const side = Math.min(width - 52, height - 44), box = { left: 42, top: 8, width: side, height: side };
    const values = lattice(NODES, reach, point => 2 * watch.probability(sizes, parameters, point) - 1);
    const at = axes(g, box, linear(-reach, reach), linear(-reach, reach), ["x₁", "x₂"]);
    paint(g, values, NODES, box.left, box.top, side);
    g.strokeStyle = rgb(ink);
    g.lineWidth = 2;
    border(g, values, NODES, box.left, box.top, side);
    for (const [x, y, label] of points) {
      dot(g, at(x, y), label, side > 320 ? 3.2 : 2.6);
      g.strokeStyle = rgb(paper);
      g.lineWidth = 1.5;
      g.stroke();
      g.fillStyle = rgb(label === 1 ? one : zero);
      g.fill();
    }
    g.strokeStyle = rgb(ink);
    for (const [x, y] of points.filter(point => !watch.isRight(sizes, parameters, point))) {
      dot(g, at(x, y), 0, 7);
      g.stroke();
    }
  }

  /** Draws points, the line that made them (dashed) and the line of the network. */
  function drawLine({ g, width, height }, { parameters, points, truth, range }) {
    const { ink, zero, one } = colours(), [left, right, low, high] = range;
    const box = { left: 42, top: 8, width: width - 52, height: height - 44 };
    const at = axes(g, box, linear(left, right), linear(low, high), ["x", "y"]);
    g.fillStyle = rgb(zero, 0.55);
    for (const [x, y] of points) {
      dot(g, at(x, y), 0, 3);
      g.fill();
    }
    // A line of random weights can lie outside.
    g.save();
    g.beginPath();
    g.rect(box.left, box.top, box.width, box.height);
    g.clip();
    const end = (x, [slope, intercept]) => at(x, slope * x + intercept);
    const across = parameters => line(g, end(left, parameters), end(right, parameters));
    g.strokeStyle = rgb(one);
    g.lineWidth = 3;
    across(parameters);
    g.strokeStyle = rgb(ink);
    g.lineWidth = 1.2;
    g.setLineDash([6, 4]);
    across(truth);
    g.restore();
  }

  Object.assign(watch, { lattice, paint, drawField, drawLine });
}
