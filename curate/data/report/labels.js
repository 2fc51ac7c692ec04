// The table of labels: sorted by a click or a key on its head, filtered by what is typed.

const LABEL_COLUMNS = [
  ['label', (r) => r.label, (r) => labelCell(r)],
  ['documents', (r) => r.documents],
  ['identified', (r) => r.identified, (r) => [count(r.identified), stageShare(r.identified, r.documents)]],
  ['deduplicated', (r) => r.deduplicated, (r) => [count(r.deduplicated), stageShare(r.deduplicated, r.identified)]],
  ['kept', (r) => r.kept, (r) => [count(r.kept), stageShare(r.kept, r.deduplicated)]],
  ['yield', (r) => (r.documents ? r.kept / r.documents : 0), (r) => share(r.kept, r.documents)],
  ['duplicates', (r) => duplicateRate(r), (r) => share(r.outcomes.duplicate || 0, r.identified)],
  ['rehydration', (r) => (r.kept ? r.repeated / r.kept : 0), (r) => (r.kept ? `×${(r.repeated / r.kept).toFixed(2)}` : '–')],
  ['characters', (r) => r.chars, (r) => short(r.chars)],
  ['words', (r) => r.words, (r) => short(r.words)],
  ['main drop reason', (r) => (r.reasons.length ? r.reasons[0][1] : 0), (r) => reasonCell(r)],
];

const COLUMN_NOTES = {
  identified: 'at or above the LID threshold of the label; share of the documents',
  deduplicated: 'one a cluster of near-duplicates; share of the identified',
  kept: 'published: representatives that pass every threshold; share of the deduplicated',
  yield: 'kept over documents',
  duplicates: 'share of the identified documents that another one stands for',
  rehydration: 'documents after repetition over documents kept',
  characters: 'code points of the kept documents',
  'main drop reason': 'after deduplication; sorted by documents',
};

/** What a stage keeps of the stage before it. */
function stageShare(part, whole) {
  return h('small', { class: 'stage-share' }, share(part, whole, 0));
}

function duplicateRate(row) {
  return row.identified ? (row.outcomes.duplicate || 0) / row.identified : 0;
}

function labelCell(row) {
  const name = namesOf(row.label);
  return [
    h('a', { href: `#/label/${row.label}` }, row.label),
    name ? h('span', { class: 'soft name' }, ' ', ...nameParts(row.label)) : null,
    row.isEdited ? h('span', { class: 'change' }, ' edited') : null,
  ];
}

function reasonCell(row) {
  if (!row.reasons.length) return '–';
  const [reason, n] = row.reasons[0];
  return h('span', { class: 'reason' }, h('code', {}, reason), ` ${share(n, row.deduplicated, 0)}`);
}

/** A section with the table and its filter. */
function labelTable(run, extra = []) {
  const columns = [...LABEL_COLUMNS, ...extra];
  const state = { by: 1, down: true, words: '' };
  const body = h('tbody');
  const heads = columns.map(([name], i) => {
    const button = h('button', { type: 'button', title: COLUMN_NOTES[name] || null, onclick: () => sortBy(i) }, name);
    return h('th', { scope: 'col', class: i && i !== 10 ? 'number' : 'word' }, button);
  });
  const found = h('span', { class: 'soft', role: 'status' });
  const filter = h('input', {
    type: 'search',
    id: 'label-filter',
    placeholder: 'such as fra, Arab or Swahili',
    autocomplete: 'off',
    oninput: (event) => {
      state.words = event.target.value;
      show();
    },
  });

  function sortBy(i) {
    state.down = state.by === i ? !state.down : i > 0;
    state.by = i;
    show();
  }

  function matching(row) {
    const text = `${row.label} ${namesOf(row.label)}`.toLowerCase();
    return state.words.toLowerCase().split(/\s+/).every((w) => text.includes(w));
  }

  function show() {
    const [, key] = columns[state.by];
    const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    const rows = run.labels.filter(matching).sort((a, b) => {
      const by = order(key(a), key(b)) * (state.down ? -1 : 1);
      return by || order(a.label, b.label);
    });
    heads.forEach((head, i) => {
      if (i === state.by) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    found.textContent = state.words ? `${rows.length} of ${run.labels.length}` : '';
    replace(body, rows.map((row) => line(row, columns)));
  }

  show();
  return section(
    'labels',
    'Labels',
    h('p', { class: 'tools' }, h('label', { for: 'label-filter' }, 'Filter'), filter, found),
    h(
      'div',
      { class: 'scroll wide', tabindex: 0, role: 'group', 'aria-label': 'table of labels' },
      h('table', { class: 'labels' }, h('thead', {}, h('tr', {}, heads)), body),
    ),
  );
}

function line(row, columns) {
  const cells = columns.map(([, key, draw], i) => {
    const content = draw ? draw(row) : count(key(row));
    return i ? h('td', { class: i === 10 ? 'word' : 'number' }, content) : h('th', { scope: 'row' }, content);
  });
  return h('tr', {}, cells);
}
