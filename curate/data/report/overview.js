// The first page: what became of everything that was read.

function totalsOf(run) {
  const outcomes = {};
  for (const row of run.labels) {
    for (const [reason, n] of Object.entries(row.outcomes)) outcomes[reason] = (outcomes[reason] || 0) + n;
  }
  const all = { outcomes };
  addTotals(all);
  for (const name of ['chars', 'words', 'repeated', 'test', 'passing']) all[name] = sum(run.labels.map((r) => r[name]));
  return all;
}

function overviewPage(run) {
  const all = totalsOf(run);
  return [
    facts([
      ['documents', count(all.documents)],
      ['published', count(all.kept), `${share(all.kept, all.documents)} of them`],
      ['after repetition', count(all.repeated), all.kept ? `×${(all.repeated / all.kept).toFixed(2)}` : null],
      ['labels', count(run.labels.length), `${count(run.labels.filter((r) => r.kept).length)} with documents published`],
      ['characters', short(all.chars), 'of published documents'],
      ['words', short(all.words), 'of published documents'],
    ]),
    section('funnel', 'Funnel', funnel(run, all)),
    labelTable(run),
    section('reasons', 'Why documents are not published', reasonTable(all)),
    run.refusing.length ? section('refusing', 'Sites that say no to training', refusingTable(run)) : null,
    section('steps', 'Every row accounted for', stepTable(run)),
    about(run),
  ];
}

function funnel(run, all) {
  const extract = run.steps.find((s) => s.step === 'extract');
  const lines = [
    ['documents', all.documents, 'text was found, or the page was empty'],
    ['identified', all.identified, 'at or above the LID threshold of their label'],
    ['deduplicated', all.deduplicated, 'one a cluster of near-duplicates'],
    ['published', all.kept, 'pass every threshold'],
    ['after repetition', all.repeated, 'with their weights'],
  ];
  if (extract) lines.unshift(['records', extract.rowsIn, 'in the input']);
  const most = Math.max(1, ...lines.map((x) => x[1]));
  return h(
    'ol',
    { class: 'funnel' },
    lines.map(([name, n, what], i) =>
      h(
        'li',
        {},
        h('span', { class: 'stage' }, name, h('small', {}, what)),
        h('span', { class: 'n' }, count(n)),
        h('span', { class: 'n soft' }, i && lines[i - 1][1] ? share(n, lines[i - 1][1]) : ''),
        bar([[n / most, name === 'after repetition' ? 'more' : 'kept']]),
      ),
    ),
  );
}

function reasonTable(all) {
  const rows = Object.entries(all.outcomes).filter(([r]) => r).sort((a, b) => b[1] - a[1]);
  const removed = sum(rows.map((r) => r[1]));
  const most = Math.max(1, ...rows.map((r) => r[1]));
  return table(
    'The first threshold that a document breaks; lid_confidence and duplicate come before the others',
    ['reason', 'documents', 'share of those removed', ''],
    rows.map(([reason, n]) => [h('code', {}, reason), count(n), share(n, removed), bar([[n / most, 'dropped']])]),
  );
}

/** Hosts by documents; whether they are published is for `rights.drop` to say. */
function refusingTable(run) {
  return table(
    'Hosts with the most documents that a sign of the page or of the site forbids to train on',
    ['host', 'signs'],
    run.refusing.map(([host, signs]) => [h('bdi', { dir: 'ltr' }, host), listed(signs)]),
    { left: 2 },
  );
}

function listed(counts) {
  const entries = Object.entries(counts);
  if (!entries.length) return '–';
  return h('ul', { class: 'plain' }, entries.map(([what, n]) => h('li', {}, `${count(n)} ${what}`)));
}

function stepTable(run) {
  return table(
    'rows in = rows out + left out + quarantined, at every step',
    ['step', 'rows in', 'rows out', 'left out', 'quarantined', 'noted', 'adds up'],
    run.steps.map((s) => {
      const whole = s.rowsOut + sum(Object.values(s.dropped)) + sum(Object.values(s.quarantined));
      const mark = whole === s.rowsIn ? h('span', { class: 'good' }, '✓ yes') : h('span', { class: 'bad' }, `✗ ${count(whole)}`);
      return [s.step, count(s.rowsIn), count(s.rowsOut), listed(s.dropped), listed(s.quarantined), listed(s.noted), mark];
    }),
  );
}

function about(run) {
  const [n, rows, bytes] = run.files;
  const left = run.labels.length - run.sampled.length;
  return section(
    'about',
    'About this page',
    h('p', {}, `Counts are of every document. Histograms, texts and what a changed threshold would do rest on a sample: up to ${count(run.sampleDocuments)} documents of a label, drawn by a hash with seed ${run.seed}, the same in every run.`),
    left > 0 ? h('p', {}, `${count(left)} labels with few documents have no sample here; they are in the table.`) : null,
    h('p', {}, n
      ? `${count(n)} files with ${count(rows)} rows and ${short(bytes)}B were published; corpus/manifest.json lists them.`
      : 'This was decided and is not published: `curate emit WORK` does that.'),
    h('p', {}, `Made with curate ${run.version}. Charts are drawn by uPlot 1.6.32, © 2022 Leon Sorokin, MIT licence.`),
  );
}
