// The page of a label: every metric with its threshold, and what would happen if one were moved.

/** What a label's page knows: its sample, the rules in force, those being tried. */
function labelState(run, label, sample, edits) {
  const inForce = rulesOf(sample.config.rules, run.order);
  const rules = edits.get(label) || new Map([...inForce].map(([m, r]) => [m, { ...r }]));
  edits.set(label, rules);
  const state = { run, label, edits, row: run.byLabel.get(label), sample, inForce, rules, charts: [], cards: new Map(), focus: null };
  state.before = decide(sample, inForce, run.order, false);
  judge(state);
  return state;
}

/** Decide again under the rules as they are now. */
function judge(state) {
  const lid = (rules) => (rules.get(LID) || { min: null }).min;
  state.rules = new Map(state.run.order.filter((m) => state.rules.has(m)).map((m) => [m, state.rules.get(m)]));
  state.verdict = decide(state.sample, state.rules, state.run.order, lid(state.rules) !== lid(state.inForce));
  state.row.isEdited = !sameRules(state.rules, state.inForce);
  state.changes = changesInWords(state.sample.config, state.rules, state.run.order);
}

/** The numbers that an edit changes, with their error. */
function predicted(state) {
  const { row, sample, before, verdict } = state;
  const chars = sample.columns.get('n_chars');
  let saved = 0;
  let all = 0;
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i] || !chars || chars[i] >= EXEMPT) continue;
    const n = decode(chars[i]);
    saved += n * (verdict.published[i] - before.published[i]);
    all += n * before.published[i];
  }
  return {
    passing: estimate(row.passing, row.documents, sample, before.passes, verdict.passes),
    published: estimate(row.kept, row.documents, sample, before.published, verdict.published),
    chars: all > 0 ? Math.max(0, row.chars * (1 + saved / all)) : row.chars + (saved * row.documents) / Math.max(sample.nDrawn, 1),
  };
}

async function labelPage(run, label, edits, other) {
  const row = run.byLabel.get(label);
  if (!row) return { parts: [h('p', {}, `No label ${label} in this run.`)], charts: [] };
  const sample = await loadSample(run, label);
  const head = labelHead(row, run);
  if (!sample) return { parts: [...head, h('p', {}, 'This label has no sample in this page: others have more documents.')], charts: [] };
  const state = labelState(run, label, sample, edits);
  state.other = other ? await otherSample(other, label, sample) : null;
  const live = h('div', { class: 'live' });
  const parts = [
    ...head,
    authorBar(state),
    section('thresholds', 'Thresholds', h('p', { class: 'soft' }, `Drag an edge of a chart, or focus it and use the arrow keys; Delete switches a bound off. ${sampleSentence(state)}`), legend(state), thresholdCards(state)),
    section('why', 'Why documents are dropped', part(state, reasonsOf)),
    section('clusters', 'Yield by cluster size', clustersOf(state)),
    section('language', 'Confidence and confusion', confusionOf(state)),
    section('sites', 'Sites', part(state, hostsOf)),
    section('texts', 'Texts of each outcome', part(state, samplesByReason)),
    section('config', 'Where the thresholds come from', configOf(state)),
    live,
  ];
  refresh(state);
  return { parts, charts: state.charts, state };
}

/** The other side of a label; `isSame` if its documents are, under other thresholds. */
async function otherSample(other, label, mine) {
  if (!other.byLabel.has(label)) return null;
  const sample = await loadSample(other, label);
  if (!sample) return null;
  const rules = rulesOf(sample.config.rules, other.order);
  const isSame = sample.n === mine.n && sample.size.every((x, i) => x === mine.size[i]);
  return { isSame, sample, rules, verdict: decide(sample, rules, other.order, false), row: other.byLabel.get(label) };
}

function labelHead(row, run) {
  return [
    h('div', { class: 'title' }, h('h1', {}, row.label, h('small', {}, ...nameParts(row.label))), labelPicker(run, row.label)),
    facts([
      ['documents', count(row.documents)],
      ['identified', share(row.identified, row.documents), count(row.identified)],
      ['duplicates', share(row.identified - row.deduplicated, row.identified), `${count(row.deduplicated)} remain`],
      ['published', count(row.kept), `${share(row.kept, row.documents)} of all`],
      ['after repetition', count(row.repeated), row.kept ? `×${(row.repeated / row.kept).toFixed(2)}` : null],
      ['characters', short(row.chars), `${short(row.words)} words`],
    ]),
  ];
}

function labelPicker(run, label) {
  const goTo = (event) => {
    window.location.hash = `#/label/${event.target.value}`;
  };
  return h(
    'label',
    { class: 'picker' },
    'Label ',
    h('select', { onchange: goTo }, run.sampled.map((x) => h('option', { value: x, selected: x === label }, `${x} ${namesOf(x)}`))),
  );
}

function sampleSentence({ sample, row }) {
  return sample.nDrawn < row.documents
    ? `The charts show a sample of ${count(sample.nDrawn)} of ${count(row.documents)} documents.`
    : `The charts show all ${count(row.documents)} documents.`;
}

function legend(state) {
  return h(
    'p',
    { class: 'legend' },
    h('i', { class: 'key kept' }), 'pass every threshold ',
    h('i', { class: 'key dropped' }), 'dropped ',
    state.other && !state.other.isSame ? [h('i', { class: 'key line' }), 'all documents of B '] : null,
    state.other ? [h('i', { class: 'key dashed' }), 'thresholds of B '] : null,
    h('span', { class: 'soft' }, 'Heights grow with the square root of the number of documents.'),
  );
}

/** A part that is drawn again after an edit, but not while a handle is being dragged. */
function part(state, make) {
  const holder = h('div', {});
  state.parts = [...(state.parts || []), () => replace(holder, make(state))];
  return holder;
}

function thresholdCards(state) {
  const ruled = state.run.order.filter((m) => state.inForce.has(m) || state.rules.has(m));
  const free = state.run.order.filter((m) => !ruled.includes(m) && state.sample.columns.has(m));
  state.near = h(
    'div',
    { class: 'panel', role: 'region', 'aria-label': 'documents at the threshold', tabindex: 0 },
    h('p', { class: 'soft' }, 'Choose a threshold, and the documents on both sides of it are shown here.'),
  );
  const family = familyOf(state);
  const others = family.length > 1 ? ruled.filter((m) => !family.includes(m)) : ruled;
  return [
    h(
      'div',
      { class: 'bench' },
      h(
        'div',
        {},
        h('div', { class: 'cards' }, others.map((m) => metricCard(state, m))),
        family.length > 1 ? familyCard(state, family) : null,
        lazy(`${free.length} metrics without a threshold`, () => h('div', { class: 'cards' }, free.map((m) => metricCard(state, m)))),
      ),
      h('aside', {}, state.near),
    ),
  ];
}

function metricCard(state, metric) {
  const about = state.run.metrics[metric];
  const chart = h('div', { class: 'chart' });
  const note = h('p', { class: 'note' });
  const inputs = ['min', 'max'].filter((w) => w === 'min' || metric !== LID).map((which) => boundInput(state, metric, which));
  const card = h(
    'div',
    { class: 'card', 'data-metric': metric, onfocusin: () => focusOn(state, metric) },
    h('h3', {}, about.name || metric),
    h('details', { class: 'about' }, h('summary', {}, h('code', {}, metric)), h('p', {}, about.sentence ? `${about.sentence} ` : '', h('span', { class: 'soft' }, `${about.doc} Unit: ${about.unit}.`))),
    chart,
    h('div', { class: 'bounds' }, inputs.map((x) => x.box)),
    note,
  );
  requestAnimationFrame(() => {
    if (!card.isConnected) return;
    const one = Object.assign(drawCard(state, metric, chart), { metric, inputs, note, card });
    state.cards.set(metric, one);
    state.charts.push(one);
    showCard(state, one);
  });
  return card;
}

function drawCard(state, metric, chart) {
  const { run, sample, other } = state;
  const samples = other ? [sample, other.sample] : [sample];
  const axis = axisFor(run, metric, samples, other ? [state.rules, state.inForce, other.rules] : [state.rules, state.inForce]);
  const drawn = histogram(chart, axis);
  const all = binned(sample, metric, axis, null);
  const scale = other ? sample.nDrawn / Math.max(other.sample.nDrawn, 1) : 1;
  const line = other && !other.isSame ? binned(other.sample, metric, axis, null).map((n) => n * scale) : null;
  if (other) otherMarks(drawn.plot.over, axis, other.rules.get(metric));
  const read = () => state.rules.get(metric) || { min: null, max: null };
  const showHandles = boundHandles(drawn.plot.over, metric, run.metrics[metric], axis, read, (which, value) => edit(state, metric, which, value));
  const card = { plot: drawn.plot, axis, all, line, update: drawn.update, showHandles };
  drawn.plot.over.addEventListener('pointermove', (event) => tellBin(state, card, event));
  drawn.plot.over.addEventListener('pointerleave', () => card.note && replace(card.note, cardNote(state, metric)));
  return card;
}

/** Under a chart: how many documents are where the pointer is. */
function tellBin(state, card, event) {
  if (event.buttons || !card.note) return;
  const box = card.plot.over.getBoundingClientRect();
  const bins = card.all.length;
  const bin = Math.min(bins - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * bins)));
  const from = card.axis.value(bin / bins);
  const range = card.axis.width ? number(from) : `${number(from)} – ${bin + 1 < bins ? number(card.axis.value((bin + 1) / bins)) : 'more'}`;
  replace(card.note, `${range}: ${share(card.all[bin], state.sample.nDrawn)}, of which ${share(card.kept[bin], card.all[bin], 0)} pass`);
}

/** Dashed lines where the other side has its bounds. */
function otherMarks(holder, axis, rule) {
  for (const which of ['min', 'max']) {
    if (!rule || rule[which] === null) continue;
    const value = rule[which] + (which === 'max' && axis.width ? axis.width : 0);
    const mark = h('div', { class: 'mark', title: `${which} of B: ${rule[which]}` });
    setStyle(mark, { left: `${100 * Math.min(1, Math.max(0, axis.place(value)))}%` });
    holder.append(mark);
  }
}

function boundInput(state, metric, which) {
  const about = state.run.metrics[metric];
  const input = h('input', {
    type: 'number',
    step: 'any',
    min: about.lowest,
    max: about.highest,
    inputmode: 'decimal',
    placeholder: 'off',
    'aria-label': `${which} of ${metric}`,
    onchange: () => {
      const value = input.value === '' ? null : legal(Number(input.value), which, about);
      edit(state, metric, which, value);
      showCard(state, state.cards.get(metric));
    },
  });
  return { which, input, box: h('label', {}, which, ' ', input) };
}

/** Put a value to a bound; what depends on it is drawn once for a frame. */
function edit(state, metric, which, value) {
  const rule = { ...(state.rules.get(metric) || { min: null, max: null }), [which]: value };
  if (rule.min !== null && rule.max !== null && rule.min > rule.max) rule[which === 'min' ? 'max' : 'min'] = value;
  if (rule.min === null && rule.max === null) state.rules.delete(metric);
  else state.rules.set(metric, rule);
  state.edits.set(state.label, state.rules);
  state.focus = metric;
  later(state);
}

function later(state) {
  if (state.due) return;
  state.due = true;
  requestAnimationFrame(() => {
    state.due = false;
    refresh(state);
  });
}

function refresh(state) {
  judge(state);
  state.edits.set(state.label, state.rules);
  state.showBar();
  for (const card of state.cards.values()) showCard(state, card);
  if (state.focus) replace(state.near, nearPanel(state, state.focus));
  for (const draw of state.parts) draw();
}

function showCard(state, card) {
  const { metric, inputs, note } = card;
  const rule = state.rules.get(metric) || { min: null, max: null };
  card.kept = binned(state.sample, metric, card.axis, state.verdict.passes);
  card.update(card.all, card.kept, card.line);
  card.showHandles();
  for (const { which, input } of inputs) {
    if (document.activeElement !== input) input.value = rule[which] === null ? '' : String(rule[which]);
  }
  replace(note, cardNote(state, metric));
  card.card.classList.toggle('changed', !sameRule(state.rules.get(metric), state.inForce.get(metric)));
}

function cardNote(state, metric) {
  const codes = state.sample.columns.get(metric);
  const place = state.verdict.metrics.indexOf(metric);
  let all = 0;
  let alone = 0;
  let unmeasured = 0;
  for (let i = 0; i < state.sample.n; i += 1) {
    if (!state.sample.isDrawn[i]) continue;
    if (!codes || codes[i] === UNMEASURED) unmeasured += 1;
    if (place < 0 || !breaksPlace(state.verdict, place, i)) continue;
    all += 1;
    if (state.verdict.count[i] === 1) alone += 1;
  }
  const n = state.sample.nDrawn;
  const parts = place < 0 ? ['no threshold'] : [`drops ${share(all, n)}`, `alone ${share(alone, n)}`];
  if (unmeasured) parts.push(`${share(unmeasured, n)} unmeasured`);
  return parts.join(' · ');
}

/** The lists of documents follow the metric that has the focus. */
function focusOn(state, metric) {
  if (state.focus === metric) return;
  state.focus = metric;
  const card = state.cards.get(metric);
  if (card && !window.matchMedia('(min-width: 1100px)').matches) card.card.after(state.near);
  replace(state.near, nearPanel(state, metric));
  for (const [name, one] of state.cards) one.card.classList.toggle('focus', name === metric);
}
