// Charts: histograms of a metric with kept and dropped documents, and yield by cluster size.

const N_BINS = 44;

/** A colour of the style sheet, for the canvas. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Where values of a metric lie on its axis, from 0 to 1. */
function axisFor(run, metric, samples, rulesList) {
  const { whole, lowest, highest } = run.metrics[metric];
  const values = [];
  for (const sample of samples) {
    const codes = sample.columns.get(metric);
    if (codes) for (const code of codes) if (code < EXEMPT) values.push(decode(code));
  }
  values.sort((a, b) => a - b);
  const bounds = rulesList.flatMap((rules) => {
    const rule = rules.get(metric);
    return rule ? [rule.min, rule.max].filter((x) => x !== null) : [];
  });
  const typical = values.length ? values[Math.floor(0.99 * (values.length - 1))] : 1;
  let top = Math.max(typical * 1.05, ...bounds.map((x) => x * 1.15), whole ? 4 : 0.02);
  if (highest !== null) top = Math.min(top, highest);
  let bottom = 0;
  if (lowest === 1) bottom = Math.min(1, ...bounds);
  const isLog = whole && top > 60;
  if (isLog) {
    const size = Math.log1p(top);
    return {
      top,
      place: (v) => Math.log1p(v) / size,
      value: (t) => Math.expm1(t * size),
    };
  }
  if (whole) top = Math.ceil(top) + 1;
  const isCounted = whole && top <= N_BINS; // a bin a number
  return {
    top,
    bins: isCounted ? top : N_BINS,
    width: isCounted ? 1 : 0, // the greatest value kept keeps its bin
    place: (v) => (v - bottom) / (top - bottom),
    value: (t) => bottom + t * (top - bottom),
  };
}

/** Documents per bin; what lies above the axis is in the last. */
function binned(sample, metric, axis, column) {
  const bins = axis.bins || N_BINS;
  const found = new Array(bins).fill(0);
  const codes = sample.columns.get(metric);
  if (!codes) return found;
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i] || codes[i] >= EXEMPT || (column && !column[i])) continue;
    const bin = Math.floor(axis.place(decode(codes[i])) * bins + 1e-6);
    found[Math.min(bins - 1, Math.max(0, bin))] += 1;
  }
  return found;
}

const rootScale = { distr: 100, fwd: (v) => Math.sqrt(Math.max(v, 0)), bwd: (v) => v * v };

/** A histogram in an element; `update` draws it again with other documents kept. */
function histogram(holder, axis, { height = 92 } = {}) {
  const bins = axis.bins || N_BINS;
  const bars = uPlot.paths.bars({ size: [0.92, 60], align: 0 });
  const layer = (name) => ({ fill: () => colour(name), width: 0, paths: bars, points: { show: false } });
  const plot = new uPlot(
    {
      width: Math.max(holder.clientWidth, 200),
      height,
      padding: [4, 14, 0, 14],
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: [0, bins] },
        y: { ...rootScale, range: (u, low, most) => [0, Math.max(most, 1)] },
        other: { ...rootScale, range: (u, low, most) => [0, Math.max(most, 1)] },
      },
      axes: [
        {
          stroke: () => colour('soft'),
          grid: { show: false },
          ticks: { stroke: () => colour('line'), width: 1, size: 4 },
          font: '11px system-ui, sans-serif',
          size: 22,
          gap: 2,
          splits: () => ticks(axis).map((v) => axis.place(v + (axis.width || 0) / 2) * bins),
          values: () => ticks(axis).map((v) => v >= 10000 ? short(v) : number(v)),
        },
        { show: false },
      ],
      series: [
        {},
        layer('dropped'),
        layer('kept'),
        { scale: 'other', stroke: () => colour('ink'), width: 1.5, paths: uPlot.paths.stepped({ align: 0 }), points: { show: false } },
      ],
    },
    [[], [], [], []],
    holder,
  );
  plot.ctx.canvas.setAttribute('aria-hidden', 'true');
  const xs = Array.from({ length: bins }, (_, i) => i + 0.5);
  return {
    plot,
    update: (all, kept, other) => plot.setData([xs, all, kept, other || xs.map(() => null)]),
  };
}

/** Three to five round values of an axis. */
function ticks(axis) {
  const found = [];
  if ('width' in axis || axis.place(0) < 0 || Math.abs(axis.place(axis.top / 2) - 0.5) < 0.1) {
    const raw = axis.top / 5;
    const unit = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 2.5, 5, 10].map((x) => x * unit).find((x) => x >= raw * 0.99);
    for (let v = 0; v <= axis.top * 1.001; v += axis.width ? Math.ceil(step) : step) {
      if (axis.place(v) >= -0.001) found.push(Number(v.toPrecision(4)));
    }
    return found;
  }
  for (let v = axis.top < 300 ? 1 : 10; v <= axis.top; v *= 10) found.push(v);
  return [0, ...found];
}

/** Yield by cluster size as bars, with the number of repetitions as steps over it. */
function clusterChart(holder, sizes, weights) {
  const rows = sizes.filter((r) => r[1] > 0);
  const xs = rows.map((_, i) => i + 0.5);
  const kept = rows.map((r) => (100 * (r[1] - r[2])) / r[1]);
  const repeated = rows.map((r) => weightOf(r[0], weights));
  const fit = (room) => Math.max(260, Math.min(room, 160 + 70 * rows.length));
  const plot = new uPlot(
    {
      width: fit(holder.clientWidth),
      height: 200,
      cursor: { show: false },
      legend: { show: false },
      scales: {
        x: { time: false, range: [0, rows.length] },
        y: { range: [0, 100] },
        w: { range: [0, Math.max(...repeated, 2) + 0.5] },
      },
      axes: [
        axisStyle({
          splits: () => spaced(xs, holder.clientWidth / 44),
          values: (u, at) => at.map((x) => short(rows[Math.floor(x)][0])),
          label: 'members of the cluster',
          labelSize: 18,
          size: 24,
        }),
        axisStyle({ values: (u, at) => at.map((v) => `${v} %`), size: 48, grid: { stroke: () => colour('line'), width: 1 } }),
        axisStyle({ scale: 'w', side: 1, size: 40, splits: (u) => whole(u.scales.w.max), values: (u, at) => at.map((v) => `×${v}`) }),
      ],
      series: [
        {},
        { fill: () => colour('kept'), width: 0, paths: uPlot.paths.bars({ size: [0.8, 46], align: 0 }), points: { show: false } },
        { scale: 'w', stroke: () => colour('dropped'), width: 2, points: { show: true, size: 7, fill: () => colour('page') } },
      ],
    },
    [xs, kept, repeated],
    holder,
  );
  plot.ctx.canvas.setAttribute('aria-hidden', 'true');
  return { plot, fit };
}

function axisStyle(more) {
  return {
    stroke: () => colour('soft'),
    grid: { show: false },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
    labelFont: '12px system-ui, sans-serif',
    ...more,
  };
}

function whole(most) {
  const step = Math.max(1, Math.ceil(most / 5));
  const found = [];
  for (let v = 1; v <= most; v += step) found.push(v);
  return found;
}

function spaced(xs, room) {
  const step = Math.max(1, Math.ceil(xs.length / Math.max(room, 2)));
  return xs.filter((_, i) => i % step === 0);
}

/** Repetitions of a document of a cluster: those of the entry at or below its size. */
function weightOf(size, weights) {
  let found = 1;
  for (const [from, times] of weights) if (from <= size) found = times;
  return found;
}
