// Selection as the engine does it, over the sample of a label.
//
// Rules are a Map from metric to {min, max}, each a number or null. A document breaks a rule if its
// value is unmeasured or outside the bounds, which are allowed values themselves. The first broken
// rule, in the order of the metrics, is the reason; a screen (an address on a list) comes before.

/** {min, max} of each metric that has a rule, in the order in which rules are checked. */
function rulesOf(list, order) {
  const found = new Map(list.filter((r) => r.inherit !== false).map((r) => [r.metric, r]));
  return new Map(
    order
      .filter((metric) => found.has(metric))
      .map((metric) => {
        const { min = null, max = null } = found.get(metric);
        return [metric, { min, max }];
      }),
  );
}

/** What becomes of each document of a sample under rules. */
function decide(sample, rules, order, lidChanged) {
  const { n } = sample;
  const verdict = {
    metrics: [...rules.keys()],
    first: new Int16Array(n).fill(-1), // place in metrics; -1: breaks none
    count: new Uint8Array(n), // rules broken
    low: new Uint32Array(n), // bits of the first 32 rules that are broken
    high: new Uint32Array(n), // of the next 32
    more: new Uint32Array(n), // of the others
    passes: new Uint8Array(n),
    published: new Uint8Array(n),
    compared: new Uint8Array(n),
  };
  verdict.metrics.forEach((metric, place) => breakOne(sample, rules.get(metric), metric, place, verdict));
  for (let i = 0; i < n; i += 1) {
    const before = (sample.flags[i] & COMPARED) !== 0;
    const isFirst = !before || (sample.flags[i] & REPRESENTATIVE) !== 0;
    const sure = lidChanged ? !breaksNamed(verdict, LID, i) && lidKnown(sample, i) : before;
    verdict.passes[i] = verdict.first[i] < 0 && sample.screen[i] < 0 ? 1 : 0;
    verdict.compared[i] = sure ? 1 : 0;
    verdict.published[i] = sure && isFirst && verdict.passes[i] ? 1 : 0;
  }
  return verdict;
}

function lidKnown(sample, i) {
  const codes = sample.columns.get(LID);
  return codes !== undefined && codes[i] !== UNMEASURED;
}

function breakOne(sample, rule, metric, place, verdict) {
  const codes = sample.columns.get(metric);
  const least = rule.min === null ? 0 : encode(rule.min);
  const most = rule.max === null ? GREATEST : encode(rule.max);
  for (let i = 0; i < sample.n; i += 1) {
    const code = codes === undefined ? UNMEASURED : codes[i];
    if (code === EXEMPT || (code >= least && code <= most)) continue;
    if (verdict.first[i] < 0) verdict.first[i] = place;
    verdict.count[i] += 1;
    if (place < 32) verdict.low[i] |= 1 << place;
    else if (place < 64) verdict.high[i] |= 1 << (place - 32);
    else verdict.more[i] |= 1 << (place - 64);
  }
}

function breaksPlace(verdict, place, i) {
  const bits = place < 32 ? verdict.low : place < 64 ? verdict.high : verdict.more;
  return (bits[i] >>> (place & 31)) & 1;
}

/** 1 if document i breaks the rule of a metric; 0 if not, or if there is no such rule. */
function breaksNamed(verdict, metric, i) {
  const place = verdict.metrics.indexOf(metric);
  return place < 0 ? 0 : breaksPlace(verdict, place, i);
}

/** The reason of one document: '' if it is published. */
function reasonOf(sample, verdict, i) {
  if (!verdict.compared[i]) return LID;
  const before = (sample.flags[i] & COMPARED) !== 0;
  if (before && !(sample.flags[i] & REPRESENTATIVE)) return 'duplicate';
  if (sample.screen[i] >= 0) return sample.drops[sample.screen[i]];
  return verdict.first[i] < 0 ? '' : verdict.metrics[verdict.first[i]];
}

/** Documents of the sample that break each rule: at all, first of all, and alone. */
function countReasons(sample, verdict) {
  const found = new Map(verdict.metrics.map((m) => [m, { all: 0, first: 0, alone: 0 }]));
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i] || !verdict.count[i]) continue;
    verdict.metrics.forEach((metric, place) => {
      if (!breaksPlace(verdict, place, i)) return;
      const counts = found.get(metric);
      counts.all += 1;
      if (verdict.first[i] === place && sample.screen[i] < 0) counts.first += 1;
      if (verdict.count[i] === 1 && sample.screen[i] < 0) counts.alone += 1;
    });
  }
  return found;
}

/** [metrics broken together, documents], most frequent first. */
function combinations(sample, verdict, limit) {
  const found = new Map();
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i] || !verdict.count[i]) continue;
    const key = `${verdict.more[i]} ${verdict.high[i]} ${verdict.low[i]}`;
    const one = found.get(key);
    if (one) one.n += 1;
    else found.set(key, { i, n: 1 });
  }
  const most = [...found.values()].sort((a, b) => b.n - a.n).slice(0, limit);
  return most.map(({ i, n }) => [
    verdict.metrics.filter((_, place) => breaksPlace(verdict, place, i)),
    n,
  ]);
}

/** Documents of the sample for which a verdict's column is 1. */
function countDrawn(sample, column) {
  let n = 0;
  for (let i = 0; i < sample.n; i += 1) n += column[i] & sample.isDrawn[i];
  return n;
}

/**
 * A count under new rules, from the exact count under the old ones and the documents of the sample
 * that change sides. `error` is two standard deviations; 0 if the sample is the whole label.
 */
function estimate(exact, documents, sample, before, after) {
  let more = 0;
  let fewer = 0;
  for (let i = 0; i < sample.n; i += 1) {
    if (!sample.isDrawn[i]) continue;
    if (after[i] > before[i]) more += 1;
    if (after[i] < before[i]) fewer += 1;
  }
  const n = Math.max(sample.nDrawn, 1);
  const scale = documents / n;
  const spread = (more + fewer + 1) / n - ((more - fewer) / n) ** 2;
  const rest = Math.max(0, 1 - n / Math.max(documents, 1));
  const error = 1.96 * documents * Math.sqrt((Math.max(spread, 0) / n) * rest);
  const value = Math.min(documents, Math.max(0, exact + (more - fewer) * scale));
  return { value, error, more: more * scale, fewer: fewer * scale };
}
