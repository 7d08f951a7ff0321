"use strict";
// The page: what is chosen, the player, and the fragment of the address (#xor/worst/40) that keeps both.
{
  const find = id => document.getElementById(id);
  const [slider, play, now, answer, named] = ["epoch", "play", "now", "answer", "named"].map(find);
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

  /** What is shown: a key of `watch.texts`, best, median or worst, and the number of a frame. */
  const state = { experiment: "xor", which: "best", frame: 0 };
  let pointed = null, timer = 0, writing = 0;

  const recordingNow = () => watch.recordings[watch.texts[state.experiment].name];
  const runNow = () => recordingNow().runs.find(run => run.which === state.which);
  const epochNow = () => recordingNow().epochs[state.frame];
  const framesNow = () => runNow().parameters.length;

  /** All that stays the same while a run is played; kept, because it takes a while to find. */
  const scenes = new Map();
  function sceneNow() {
    const run = runNow(), recording = recordingNow();
    if (!scenes.has(run)) {
      const all = recording.runs.flatMap(watch.pointsOf);
      const [across, up] = [0, 1].map(axis => all.map(point => point[axis]));
      const [left, right, low, high] = [Math.min(...across), Math.max(...across), Math.min(...up), Math.max(...up)];
      const frames = watch.parametersOf(run);
      const weights = frames.flatMap(frame => watch.weightsOf(recording.layers, frame));
      scenes.set(run, {
        frames,
        sizes: recording.layers,
        points: watch.pointsOf(run),
        truth: run.truth,
        reach: 1.1 * Math.max(-left, right, -low, high),
        range: [left, right, low - 0.5, high + 0.5],
        largest: weights.reduce((largest, { weight }) => Math.max(largest, Math.abs(weight)), 0),
      });
    }
    const scene = scenes.get(run);
    return { ...scene, parameters: scene.frames[state.frame] };
  }

  const trialName = run => `trial ${run.trial}, the ${run.which} of ${recordingNow().finals.length}`;
  const short = loss =>
    loss >= 1e-5 && loss < 1000 ? String(+loss.toPrecision(3)) : loss.toExponential(2).replace("-", "−");
  const signed = value => `${value < 0 ? "−" : "+"} ${Math.abs(value).toFixed(2)}`;

  /** The state of the run in words: for everybody, and for screen readers at the slider. */
  function inWords({ sizes, parameters, points, truth }) {
    const epoch = epochNow(), loss = runNow().losses[epoch - 1];
    const right = points.filter(point => watch.isRight(sizes, parameters, point)).length;
    const [slope, intercept] = parameters;
    const result = truth.length
      ? `ŷ = ${signed(slope).replace("+ ", "").replace("− ", "−")} x ${signed(intercept)}`.replaceAll(" ", "\u00a0")
      : `${right} of ${points.length} points right`;
    const begins = epoch === 1 ? " (random weights)" : "";
    return `Epoch ${epoch} of ${recordingNow().epochs.at(-1)}${begins} · loss ${short(loss)} · ${result}`;
  }

  function draw() {
    const scene = sceneNow(), words = inWords(scene), { title } = watch.texts[state.experiment];
    now.value = words;
    slider.value = state.frame;
    slider.setAttribute("aria-valuetext", words);
    find("field").setAttribute("aria-label", `${title}, ${trialName(runNow())}. ${words}`);
    (scene.truth.length ? watch.drawLine : watch.drawField)(watch.prepare(find("field")), scene);
    watch.drawCurves(watch.prepare(find("curve")), recordingNow(), runNow(), epochNow(), pointed);
    watch.drawUnits(watch.prepare(find("units")), scene);
  }

  /** Shows a frame. At the end of a run its answer opens. */
  function show(frame) {
    state.frame = Math.max(0, Math.min(frame, framesNow() - 1));
    if (state.frame === framesNow() - 1) answer.open = true;
    draw();
    // Browsers stop pages that write their address many times in a second.
    clearTimeout(writing);
    writing = setTimeout(() => history.replaceState(null, "", `#${state.experiment}/${state.which}/${epochNow()}`), 300);
  }

  /** Shows another run: its question, its names and then its frame. */
  function choose(experiment, which, frame) {
    stop();
    Object.assign(state, { experiment, which });
    pointed = null;
    const texts = watch.texts[experiment], recording = recordingNow();
    find("title").textContent = `${texts.title}: ${trialName(runNow())}`;
    find("question").textContent = texts.runs[which].question;
    find("told").textContent = texts.runs[which].answer;
    for (const part of ["about", "field-says", "units-say"]) find(part).textContent = texts[part];
    for (const input of document.querySelectorAll("#live input[type=radio]")) {
      input.checked = input.value === experiment || input.value === which;
    }
    answer.open = false;
    slider.max = framesNow() - 1;
    tell(null);
    show(frame);
  }

  /** Says which trial is pointed at. */
  function tell(found) {
    const { runs, finals } = recordingNow(), run = found && runs.find(run => run.trial === found.trial);
    const rank = run ? `, the ${run.which}` : "", press = run && run !== runNow() ? " (press to choose it)" : "";
    named.textContent = found
      ? `Trial ${found.trial}${rank}: loss ${short(found.loss)} in epoch ${found.epoch}${press}`
      : `Three of ${finals.length} trials. The marks on the right show where each one ended; point at one for its number.`;
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
  }

  function start() {
    if (state.frame === framesNow() - 1) show(0);
    play.textContent = "Pause";
    timer = setInterval(() => {
      show(state.frame + 1);
      if (state.frame === framesNow() - 1) stop();
    }, isCalm.matches ? 1000 : 200);
  }

  /** Reads the fragment of the address. What is wrong or missing in it is replaced by a beginning. */
  function read() {
    const [experiment, which, epoch] = location.hash.slice(1).split("/");
    const isKnown = Object.hasOwn(watch.texts, experiment), of = isKnown ? experiment : "xor";
    const { runs, epochs } = watch.recordings[watch.texts[of].name];
    const run = runs.some(run => run.which === which) ? which : "best";
    const frame = epochs.findIndex(found => found >= Number(epoch));
    choose(of, run, Number(epoch) ? (frame < 0 ? epochs.length - 1 : frame) : 0);
  }

  play.addEventListener("click", () => (timer ? stop : start)());
  slider.addEventListener("input", () => { stop(); show(+slider.value); });
  slider.addEventListener("keydown", event => {
    if (event.key !== " ") return;
    event.preventDefault();
    play.click();
  });
  for (const input of document.querySelectorAll("#live input[type=radio]")) {
    const isRun = input.name === "run";
    input.addEventListener("change", () => {
      choose(isRun ? state.experiment : input.value, isRun ? input.value : state.which, 0);
    });
  }
  const curve = find("curve"), over = event => watch.trialAt(curve, recordingNow(), event.offsetX, event.offsetY);
  function point(found) {
    if ((found ? found.trial : null) !== pointed || found) tell(found);
    pointed = found ? found.trial : null;
    draw();
  }
  curve.addEventListener("pointermove", event => point(over(event)));
  curve.addEventListener("pointerleave", () => point(null));
  curve.addEventListener("click", event => {
    const found = over(event), run = found && recordingNow().runs.find(run => run.trial === found.trial);
    if (run && run !== runNow()) choose(state.experiment, run.which, state.frame);
    point(found);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  addEventListener("resize", draw);
  addEventListener("hashchange", read);

  find("still").hidden = true;
  find("live").hidden = false;
  read();
}
