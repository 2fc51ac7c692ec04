// Two runs side by side: what each label has in both, and by how much it differs.

function comparePage(one, other) {
  const names = [...new Set([...one.labels, ...other.labels].map((r) => r.label))];
  const a = totalsOf(one);
  const b = totalsOf(other);
  return [
    section('sides', 'Two sides', sideTable(one, other, a, b)),
    section('by-label', 'By label', compareLabels(one, other, names)),
    section('by-reason', 'By reason', compareReasons(a, b)),
  ];
}

function signed(value, digits = 1) {
  const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
  return `${sign}${Math.abs(value).toFixed(digits)}`;
}

function sideTable(one, other, a, b) {
  const rows = [
    ['documents', a.documents, b.documents],
    ['identified', a.identified, b.identified],
    ['deduplicated', a.deduplicated, b.deduplicated],
    ['published', a.kept, b.kept],
    ['after repetition', a.repeated, b.repeated],
    ['characters', a.chars, b.chars],
    ['words', a.words, b.words],
  ];
  return table(
    'All labels together',
    ['', sideName(one), sideName(other), 'change'],
    rows.map(([name, x, y]) => [name, short(x), short(y), x ? `${signed((100 * (y - x)) / x)}${THIN}%` : '–']),
  );
}

/** What a side is called: its job, and what was given for it. */
function sideName(run) {
  return `${run.side ? 'B' : 'A'}: ${run.title || run.job}`;
}

function compareLabels(one, other, names) {
  const rows = names.map((label) => {
    const x = one.byLabel.get(label);
    const y = other.byLabel.get(label);
    const rate = (r) => (r && r.documents ? r.kept / r.documents : 0);
    return { label, x, y, change: rate(y) - rate(x), size: Math.max(x ? x.documents : 0, y ? y.documents : 0) };
  });
  rows.sort((p, q) => Math.abs(q.change) - Math.abs(p.change) || q.size - p.size);
  return table(
    'Labels, those whose yield changes most first; the change in points',
    ['label', 'documents A', 'documents B', 'published A', 'published B', 'yield A', 'yield B', 'change', ''],
    rows.map(({ label, x, y, change }) => [
      h('a', { href: `#/label/${label}` }, label),
      x ? count(x.documents) : '–',
      y ? count(y.documents) : '–',
      x ? count(x.kept) : '–',
      y ? count(y.kept) : '–',
      x ? share(x.kept, x.documents) : '–',
      y ? share(y.kept, y.documents) : '–',
      x && y ? signed(100 * change) : '–',
      changeBar(change),
    ]),
  );
}

/** A bar from the middle: to the right for more. */
function changeBar(change) {
  const size = Math.min(0.5, Math.abs(change));
  return change < 0 ? bar([[0.5 - size, 'none'], [size, 'dropped']]) : bar([[0.5, 'none'], [size, 'kept']]);
}

function compareReasons(a, b) {
  const reasons = [...new Set([...Object.keys(a.outcomes), ...Object.keys(b.outcomes)])].filter(Boolean);
  const n = (all, reason) => all.outcomes[reason] || 0;
  reasons.sort((p, q) => n(a, q) + n(b, q) - n(a, p) - n(b, p));
  return table(
    'Removed documents by reason, and their share of all documents',
    ['reason', 'A', 'B', 'share A', 'share B', 'change'],
    reasons.map((r) => [
      h('code', {}, r),
      count(n(a, r)),
      count(n(b, r)),
      share(n(a, r), a.documents),
      share(n(b, r), b.documents),
      signed(100 * (n(b, r) / Math.max(b.documents, 1) - n(a, r) / Math.max(a.documents, 1)), 2),
    ]),
  );
}

/** The rules and numbers of both sides, on the page of a label. */
function compareLabel(state, other) {
  if (!state.other) return [h('p', { class: 'soft' }, 'The other side has no sample of this label.')];
  const mine = state.row;
  const theirs = state.other.row;
  const metrics = state.run.order.filter((m) => state.inForce.has(m) || state.other.rules.has(m));
  const said = (rule) => (rule ? [rule.min === null ? '' : `≥ ${number(rule.min)}`, rule.max === null ? '' : `≤ ${number(rule.max)}`].filter(Boolean).join(' ') : 'off');
  const same = (m) => sameRule(state.inForce.get(m), state.other.rules.get(m));
  const drops = (sample, verdict, m) => share((countReasons(sample, verdict).get(m) || { all: 0 }).all, sample.nDrawn);
  const line = (m) => [
    h('code', {}, m),
    said(state.inForce.get(m)),
    said(state.other.rules.get(m)),
    drops(state.sample, state.before, m),
    drops(state.other.sample, state.other.verdict, m),
  ];
  return [
    table(
      'Documents',
      ['', sideName(state.run), sideName(other)],
      [
        ['documents', count(mine.documents), count(theirs.documents)],
        ['published', count(mine.kept), count(theirs.kept)],
        ['yield', share(mine.kept, mine.documents), share(theirs.kept, theirs.documents)],
        ['characters', short(mine.chars), short(theirs.chars)],
      ],
    ),
    thresholdTable('Thresholds that differ, and the share of the documents that break each', metrics.filter((m) => !same(m)), line),
    lazy(`${metrics.filter(same).length} thresholds are the same`, () =>
      thresholdTable('Thresholds that are the same', metrics.filter(same), line)),
  ];
}

function thresholdTable(caption, metrics, line) {
  return table(caption, ['threshold', 'A', 'B', 'breaks A', 'breaks B'], metrics.map(line));
}
