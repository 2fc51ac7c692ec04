// Documents shown as text: nearest to a bound on both sides, and by reason.

const SHOWN_NEAR = 3;
const SHOWN_BY_REASON = 6;

/** One document: why, where from, how it begins. */
function documentCard(state, i, lead) {
  const { url, text } = state.sample.text.get(i);
  return h(
    'article',
    { class: reasonOf(state.sample, state.verdict, i) ? 'document gone' : 'document here' },
    h('p', { class: 'why' }, lead),
    url ? h('p', { class: 'url' }, address(url)) : null,
    h('blockquote', {}, text ? pageText(text, state.label) : h('i', { class: 'soft' }, 'no text')),
  );
}

/** What else a document breaks, in words. */
function othersBroken(state, i, metric) {
  const others = state.verdict.metrics.filter((m) => m !== metric && breaksNamed(state.verdict, m, i));
  if (!others.length) return '';
  return others.length === 1 ? `; also breaks ${others[0]}` : `; also breaks ${others[0]} and ${others.length - 1} more`;
}

/** Distance of a code to the nearest bound of a rule, in codes: comparable on both sides. */
function distance(code, rule) {
  if (code >= EXEMPT) return Infinity;
  const from = [];
  if (rule.min !== null) from.push(Math.abs(code - encode(rule.min)));
  if (rule.max !== null) from.push(Math.abs(code - encode(rule.max)));
  return Math.min(...from);
}

/** The documents nearest to the bounds of a metric: those inside, and those outside. */
function nearest(state, metric) {
  const rule = state.rules.get(metric);
  const codes = state.sample.columns.get(metric);
  const inside = [];
  const outside = [];
  if (!rule || !codes) return { inside, outside };
  for (const i of state.sample.text.keys()) {
    (breaksNamed(state.verdict, metric, i) ? outside : inside).push(i);
  }
  // Those that this rule alone decides come first: they change sides when it moves.
  const bound = (i) => state.verdict.count[i] - breaksNamed(state.verdict, metric, i) > 0;
  const order = (a, b) => bound(a) - bound(b) || distance(codes[a], rule) - distance(codes[b], rule) || a - b;
  const unlike = (list) => list.sort(order).slice(0, SHOWN_NEAR);
  return { inside: unlike(inside), outside: unlike(outside) };
}

/** Both lists for the metric that is being edited. */
function nearPanel(state, metric) {
  const { inside, outside } = nearest(state, metric);
  const codes = state.sample.columns.get(metric);
  const lead = (i) => [h('b', {}, codes[i] === UNMEASURED ? 'unmeasured' : number(decode(codes[i]))), othersBroken(state, i, metric)];
  const list = (title, kind, found, none) =>
    h(
      'div',
      { class: `near ${kind}` },
      h('h4', {}, title),
      found.length ? found.map((i) => documentCard(state, i, lead(i))) : h('p', { class: 'soft' }, none),
    );
  if (!state.rules.has(metric)) return [h('p', { class: 'soft' }, `${metric} has no threshold. Drag one of its ends to set one.`)];
  return [
    h('h3', {}, 'At the threshold of ', h('code', {}, metric)),
    h(
      'div',
      { class: 'sides' },
      list('Just kept by it', 'inside', inside, 'No document of the sample.'),
      list('Just dropped by it', 'outside', outside, 'No document of the sample.'),
    ),
  ];
}

/** Texts of every outcome. */
function samplesByReason(state) {
  const groups = new Map();
  for (const i of state.sample.text.keys()) {
    const reason = reasonOf(state.sample, state.verdict, i);
    if (!groups.has(reason)) groups.set(reason, []);
    groups.get(reason).push(i);
  }
  const sizes = outcomesNow(state);
  const order = [...groups.keys()].sort((a, b) => (sizes.get(b) || 0) - (sizes.get(a) || 0) || (a < b ? -1 : 1));
  return order.map((reason) =>
    lazy(
      [reason ? h('code', {}, reason) : 'published', h('span', { class: 'soft' }, ` ${Math.min(SHOWN_BY_REASON, groups.get(reason).length)} of ${count(Math.max(sizes.get(reason) || 0, groups.get(reason).length))}`)],
      () => groups.get(reason).slice(0, SHOWN_BY_REASON).map((i) => documentCard(state, i, valueInWords(state, reason, i))),
    ),
  );
}

/** Documents by outcome under the rules as they are now, of the whole label. */
function outcomesNow(state) {
  const { sample, row } = state;
  const found = new Map(Object.entries(row.outcomes));
  if (!state.changes.length) return found;
  const scale = row.documents / Math.max(sample.nDrawn, 1);
  const add = (reason, n) => found.set(reason, Math.max(0, (found.get(reason) || 0) + n));
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i]) continue;
    add(reasonOf(sample, state.before, i), -scale);
    add(reasonOf(sample, state.verdict, i), scale);
  }
  return found;
}

function valueInWords(state, reason, i) {
  const codes = state.sample.columns.get(reason);
  if (!codes) return reason || 'published';
  const rule = state.rules.get(reason);
  const bounds = rule ? [rule.min === null ? '' : `≥ ${number(rule.min)}`, rule.max === null ? '' : `≤ ${number(rule.max)}`].filter(Boolean).join(' and ') : '';
  const value = codes[i] === UNMEASURED ? 'could not be measured' : number(decode(codes[i]));
  return [h('b', {}, value), bounds ? `, kept is ${bounds}` : '', othersBroken(state, i, reason)];
}

/** A part that is made when it is opened. */
function lazy(title, make, isOpen = false) {
  const inner = h('div', { class: 'inner' });
  const box = h('details', { open: isOpen }, h('summary', {}, title), inner);
  const fill = () => {
    if (box.open && !inner.firstChild) replace(inner, make());
  };
  box.addEventListener('toggle', fill);
  if (isOpen) requestAnimationFrame(fill);
  return box;
}
