"use strict";
// The losses of the three recorded trials over the epochs, and of all trials at the end.
{
  const { colours, rgb, logarithmic, axes, line, dot } = watch;
  const BESIDE = 34;

  const boxOf = (width, height) => ({ left: 56, top: 8, width: width - 64 - BESIDE, height: height - 44 });
  const positive = losses => losses.filter(loss => loss > 0);

  function scales({ runs, finals, epochs }) {
    const losses = positive([...runs.flatMap(run => run.losses), ...finals]);
    const [low, high] = [losses.reduce((a, b) => Math.min(a, b)), losses.reduce((a, b) => Math.max(a, b))];
    return [logarithmic(1, epochs.at(-1)), logarithmic(low / 1.3, high * 1.3)];
  }

  /** Draws the curves; the chosen one is bold up to `epoch`. A trial that is pointed at is marked. */
  function drawCurves({ g, width, height }, recording, run, epoch, pointed) {
    const { ink, faint, one } = colours(), box = boxOf(width, height), [x, y] = scales(recording);
    const at = axes(g, box, x, y, ["epoch, logarithmic", "loss per sample"]);
    const path = (losses, last) => {
      g.beginPath();
      losses.slice(0, last).forEach((loss, index) => loss > 0 && g.lineTo(...at(index + 1, loss)));
      g.stroke();
    };
    for (const other of recording.runs) {
      g.strokeStyle = rgb(ink, other === run || other.trial === pointed ? 0.7 : 0.3);
      g.lineWidth = other.trial === pointed ? 2.5 : 1.2;
      path(other.losses);
    }
    g.strokeStyle = rgb(one);
    g.lineWidth = 3;
    path(run.losses, epoch);
    dot(g, at(epoch, run.losses[epoch - 1]), 0, 5);
    g.fillStyle = rgb(one);
    g.fill();
    // One tick for the end of each trial, beside the box.
    const beside = box.left + box.width + 6;
    recording.finals.forEach((loss, trial) => {
      if (!(loss > 0)) return;
      const [, top] = at(1, loss), isMarked = trial === run.trial || trial === pointed;
      g.strokeStyle = isMarked ? rgb(one) : rgb(ink, 0.35);
      g.lineWidth = isMarked ? 3 : 1;
      line(g, [beside, top], [beside + (isMarked ? BESIDE - 6 : BESIDE - 14), top]);
    });
    g.fillStyle = rgb(ink);
    g.textAlign = "center";
    g.fillText("ends", beside + (BESIDE - 14) / 2, box.top + box.height + 30);
  }

  /** The trial and the loss at a place of the canvas: a curve or, beside the box, an end. Null when all are far. */
  function trialAt(canvas, recording, left, top) {
    const { width, height } = canvas.getBoundingClientRect(), box = boxOf(width, height), [x, y] = scales(recording);
    const distance = loss => loss > 0 ? Math.abs(box.top + (1 - y.place(loss)) * box.height - top) : Infinity;
    const last = recording.epochs.at(-1), isBeside = left > box.left + box.width;
    const epoch = isBeside ? last : Math.round(Math.min(Math.max(x.value((left - box.left) / box.width), 1), last));
    const found = isBeside
      ? recording.finals.map((loss, trial) => ({ trial, loss, epoch }))
      : recording.runs.map(run => ({ trial: run.trial, loss: run.losses[epoch - 1], epoch }));
    const nearest = found.reduce((a, b) => distance(a.loss) <= distance(b.loss) ? a : b);
    return distance(nearest.loss) < 24 ? nearest : null;
  }

  Object.assign(watch, { drawCurves, trialAt });
}
