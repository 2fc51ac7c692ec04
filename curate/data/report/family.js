// Phrases that come again: nine metrics that ask one question, moved together.

/** The metrics of the family that have an upper bound in force or on trial. */
function familyOf(state) {
  return state.run.family.filter((m) => (state.rules.get(m) || state.inForce.get(m) || {}).max != null);
}

/** One control for all of them; what each does stands under `advanced`. */
function familyCard(state, metrics) {
  const input = h('input', { type: 'number', min: 0.1, max: 10, step: 0.05, value: factorOf(state, metrics), id: 'family-factor' });
  input.addEventListener('change', () => {
    const factor = Math.min(10, Math.max(0.1, Number(input.value) || 1));
    input.value = String(factor);
    for (const m of metrics) {
      const rule = state.inForce.get(m);
      if (rule && rule.max !== null) edit(state, m, 'max', rounded(rule.max * factor, false));
    }
  });
  const note = part(state, () => [h('p', { class: 'note' }, familyNote(state, metrics))]);
  return h(
    'div',
    { class: 'card family' },
    h('h3', {}, 'repeated phrases'),
    h('p', { class: 'soft' }, `${metrics.length} limits, for phrases of 2 to 10 words. One factor moves them all: below 1 is stricter, above 1 is laxer.`),
    h('div', { class: 'bounds' }, h('label', {}, 'limits × ', input)),
    note,
    lazy(`advanced: each of the ${metrics.length}`, () => h('div', { class: 'cards' }, metrics.map((m) => metricCard(state, m)))),
  );
}

/** The factor that is on trial, if it is one and the same for all; else 1. */
function factorOf(state, metrics) {
  const factors = metrics.map((m) => {
    const before = state.inForce.get(m);
    const now = state.rules.get(m);
    return before && now && before.max ? now.max / before.max : 1;
  });
  const [first] = factors;
  return factors.every((f) => Math.abs(f - first) < 0.01) ? Math.round(first * 100) / 100 : 1;
}

/** How many documents any of them drops, and how many nothing else drops. */
function familyNote(state, metrics) {
  const places = metrics.map((m) => state.verdict.metrics.indexOf(m)).filter((p) => p >= 0);
  let all = 0;
  let alone = 0;
  for (let i = 0; i < state.sample.n; i += 1) {
    if (!state.sample.isDrawn[i]) continue;
    const broken = places.filter((p) => breaksPlace(state.verdict, p, i)).length;
    if (!broken) continue;
    all += 1;
    if (state.verdict.count[i] === broken) alone += 1;
  }
  const n = state.sample.nDrawn;
  return `together they drop ${share(all, n)} · they alone ${share(alone, n)}`;
}
