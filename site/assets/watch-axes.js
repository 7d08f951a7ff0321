"use strict";
// Canvases, colours and axes, which all pictures share.
{
  /** Sets as many pixels as the screen has, and returns the context and the size in the units of CSS. */
  function prepare(canvas) {
    const { width, height } = canvas.getBoundingClientRect(), ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const g = canvas.getContext("2d");
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.font = "12px system-ui, sans-serif";
    return { g, width, height };
  }

  /** The colours of the style sheet in the current scheme, each as [red, green, blue]. */
  function colours() {
    const style = getComputedStyle(document.getElementById("live"));
    const names = ["paper", "ink", "faint", "zero", "one"];
    const channels = name => style.getPropertyValue(`--watch-${name}`).trim().split(" ").map(Number);
    return Object.fromEntries(names.map(name => [name, channels(name)]));
  }
  const rgb = (colour, alpha = 1) => `rgb(${colour.join(" ")} / ${alpha})`;

  const powers = [...Array(13)].map((_, index) => 10 ** (index - 9));

  /** Places values from 0 to 1, with ticks at round numbers. */
  function linear(low, high) {
    const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map(factor => factor * power).find(step => step >= rough), ticks = [];
    for (let tick = Math.ceil(low / step); tick * step <= high; tick++) ticks.push(tick * step);
    return { place: value => (value - low) / (high - low), value: place => low + place * (high - low), ticks };
  }

  /** The same on a logarithmic scale: ticks at powers of ten or, in a narrow range, at 2 and 5 as well. */
  function logarithmic(low, high) {
    const ratio = Math.log(high / low), within = tick => tick >= low && tick <= high;
    let ticks = powers.filter(within);
    if (ticks.length < 3) ticks = powers.flatMap(power => [power, 2 * power, 5 * power]).filter(within);
    return { place: value => Math.log(value / low) / ratio, value: place => low * Math.exp(place * ratio), ticks };
  }

  const short = tick => String(+tick.toPrecision(3)).replace("-", "−");

  /** Draws grid, ticks and names of two axes around a box, and returns the places of values in it. */
  function axes(g, box, x, y, [nameX, nameY]) {
    const { ink, faint } = colours();
    const at = (u, v) => [box.left + x.place(u) * box.width, box.top + (1 - y.place(v)) * box.height];
    const [right, bottom] = [box.left + box.width, box.top + box.height];
    g.lineWidth = 1;
    g.strokeStyle = rgb(faint);
    g.fillStyle = rgb(ink);
    for (const tick of x.ticks) {
      const [left] = at(tick, y.ticks[0]);
      line(g, [left, box.top], [left, bottom]);
      g.textAlign = "center";
      g.fillText(short(tick), left, bottom + 15);
    }
    for (const tick of y.ticks) {
      const [, top] = at(x.ticks[0], tick);
      line(g, [box.left, top], [right, top]);
      g.textAlign = "right";
      g.fillText(short(tick), box.left - 5, top + 4);
    }
    g.textAlign = "center";
    g.fillText(nameX, box.left + box.width / 2, bottom + 30);
    g.save();
    g.translate(11, box.top + box.height / 2);
    g.rotate(-Math.PI / 2);
    g.fillText(nameY, 0, 0);
    g.restore();
    return at;
  }

  function line(g, from, to) {
    g.beginPath();
    g.moveTo(...from);
    g.lineTo(...to);
    g.stroke();
  }

  /** Outlines a dot for class 0 or a triangle for class 1. */
  function dot(g, [x, y], label, r) {
    g.beginPath();
    if (label === 1) {
      g.moveTo(x, y - 1.3 * r);
      g.lineTo(x + 1.2 * r, y + r);
      g.lineTo(x - 1.2 * r, y + r);
      g.closePath();
    } else {
      g.arc(x, y, r, 0, 2 * Math.PI);
    }
  }

  Object.assign(watch, { prepare, colours, rgb, linear, logarithmic, axes, line, dot });
}
