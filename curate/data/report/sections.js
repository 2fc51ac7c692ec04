// Parts of a label's page that follow the thresholds: reasons, clusters, language, hosts, config.

/** Each rule: what it drops first of all, at all, and alone; under the rules in force and now. */
function reasonsOf(state) {
  const { sample, row } = state;
  const scale = row.documents / Math.max(sample.nDrawn, 1);
  const now = countReasons(sample, state.verdict);
  const before = countReasons(sample, state.before);
  const metrics = state.run.order.filter((m) => now.has(m) || before.has(m));
  const most = Math.max(1, ...metrics.map((m) => (now.get(m) || { all: 0 }).all));
  const none = { all: 0, first: 0, alone: 0 };
  const cell = (metric, name) => {
    const a = (before.get(metric) || none)[name] * scale;
    const b = (now.get(metric) || none)[name] * scale;
    return Math.round(a) === Math.round(b) ? count(b) : [h('s', {}, count(a)), ` ${count(b)}`];
  };
  const rows = metrics
    .map((metric) => ({ metric, n: (now.get(metric) || none).all }))
    .sort((a, b) => b.n - a.n)
    .map(({ metric, n }) => {
      const own = now.get(metric) || none;
      return [
        h('code', {}, metric),
        cell(metric, 'all'),
        cell(metric, 'first'),
        cell(metric, 'alone'),
        bar([[own.alone / most, 'dropped'], [(n - own.alone) / most, 'dropped pale']]),
      ];
    });
  return [
    table(
      `Documents that break each threshold, of all ${count(row.documents)}, duplicates included${sampleNote(state)}`,
      ['threshold', 'break it', 'it is their drop reason', 'break nothing else', ''],
      rows,
    ),
    table(
      'Broken together: the most frequent combinations',
      ['thresholds', 'documents', 'share of those that break any'],
      combinations(sample, state.verdict, 10).map(([names, n]) => [
        names.map((m, i) => [i ? ' + ' : '', h('code', {}, m)]),
        count(n * scale),
        share(n, anyBroken(sample, state.verdict)),
      ]),
      { wrap: true },
    ),
  ];
}

function anyBroken(sample, verdict) {
  let n = 0;
  for (let i = 0; i < sample.n; i += 1) if (sample.isDrawn[i] && verdict.count[i]) n += 1;
  return n;
}

function sampleNote(state) {
  return state.sample.nDrawn < state.row.documents ? `; estimated from ${count(state.sample.nDrawn)}` : '';
}

function clustersOf(state) {
  const { row } = state;
  const sizes = row.sizes;
  if (!sizes.length) return [h('p', { class: 'soft' }, 'No document was compared with others.')];
  const holder = h('div', { class: 'chart' });
  requestAnimationFrame(() => {
    if (holder.isConnected) state.charts.push(clusterChart(holder, sizes, row.weights));
  });
  const binnedRows = sizes.slice(0, 12).map((r) => [
    count(r[0]), count(r[3]), count(r[1]), count(r[4]), share(r[1] - r[2], r[1]), `×${weightOf(r[0], row.weights)}`,
  ]);
  return [
    h('p', { class: 'legend' }, h('i', { class: 'key kept' }), 'members that pass the thresholds, by size of the cluster ', h('i', { class: 'key line' }), 'how often a document of it is repeated'),
    holder,
    table(
      'Clusters by size',
      ['members', 'clusters', 'documents', 'published', 'documents that pass', 'weight'],
      binnedRows,
      { left: 0 },
    ),
    sizes.length > 12 ? h('p', { class: 'soft' }, `and ${count(sizes.length - 12)} larger sizes, in the chart`) : null,
  ];
}

function confusionOf(state) {
  const n = state.sample.nDrawn;
  return table(
    `What else the identifier thought of${sampleNote(state)}`,
    ['runner-up', 'documents', 'its mean confidence', `that of ${state.label}`, ''],
    state.sample.runnersUp.map(([label, found, other, own]) => [
      label ? [state.run.byLabel.has(label) ? h('a', { href: `#/label/${label}` }, label) : label, h('span', { class: 'soft name' }, ` ${nameOf(label)}`)] : h('i', {}, 'none above 0.01'),
      share(found, n),
      label ? other.toFixed(3) : '–',
      own.toFixed(3),
      bar([[found / Math.max(n, 1), 'kept']]),
    ]),
  );
}

/** Hosts by documents found and published, as the thresholds are now. */
function hostsOf(state) {
  const { sample, verdict } = state;
  const all = new Array(sample.hosts.length).fill(0);
  const kept = new Array(sample.hosts.length).fill(0);
  let published = 0;
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i]) continue;
    published += verdict.published[i];
    if (sample.host[i] === 255) continue;
    all[sample.host[i]] += 1;
    kept[sample.host[i]] += verdict.published[i];
  }
  const order = sample.hosts.map((_, i) => i).sort((a, b) => all[b] - all[a] || a - b);
  const rank = [...order].sort((a, b) => kept[b] - kept[a] || a - b);
  return table(
    `Sites with the most documents, before and after${sampleNote(state)}`,
    ['site', 'share before', 'share after', 'rank', 'yield'],
    order.slice(0, 12).map((i, place) => [
      h('bdi', { dir: 'ltr' }, sample.hosts[i]),
      share(all[i], sample.nDrawn),
      share(kept[i], published),
      kept[i] ? `${place + 1} → ${rank.indexOf(i) + 1}` : `${place + 1} → –`,
      share(kept[i], all[i]),
    ]),
    { empty: 'no document has an address.' },
  );
}

function configOf(state) {
  const { config } = state.sample;
  const from = config.provenance;
  const lines = [
    ['files', config.layers.map((x) => `${x}.yaml`).join(', then ')],
    ['method', from.method],
    ['reference', from.reference],
    ['documents', from.documents === undefined ? null : count(from.documents)],
    ['sources', from.sources ? Object.entries(from.sources).map(([k, n]) => `${k} ${count(n)}`).join(', ') : null],
    ['weight', from.weight === undefined ? null : `${number(from.weight)} its own statistics, the rest its parent's bound`],
    ['date', from.date],
    ['curate', from.curate],
    ['stop words', count(config.nStopwords)],
  ];
  return [
    h('dl', { class: 'pairs' }, lines.filter((x) => x[1]).map(([a, b]) => [h('dt', {}, a), h('dd', {}, h('bdi', {}, b))])),
    from.notes && from.notes.length ? h('ul', {}, from.notes.map((x) => h('li', {}, h('bdi', {}, x)))) : null,
  ];
}
