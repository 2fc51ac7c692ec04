// A label's config as the file that `curate select` reads, in the form that `curate tune` writes.

const RESERVED = new Set('y n yes no on off true false null none nan inf'.split(' '));

/** A number without an exponent and with no more digits than it needs. */
function yamlNumber(value) {
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

/** Double-quoted, with everything escaped that a reader of YAML could take for a break. */
function quoted(text) {
  const odd = /[\u007f-\u00a0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff\ufffe\uffff]/gu;
  const escaped = (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(odd, escaped);
}

/** Anything else on one line: what JSON writes, YAML reads. */
function flow(value) {
  return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
}

function yamlWord(word) {
  const isPlain = /^[\p{L}][\p{L}\p{M}]*$/u.test(word) && !RESERVED.has(word);
  return isPlain ? word : quoted(word);
}

/** A flow sequence on lines of about 96 characters. */
function yamlWords(words) {
  const lines = [];
  let line = 'stopwords: [';
  words.forEach((word, i) => {
    const next = yamlWord(word) + (i + 1 < words.length ? ',' : ']');
    if (line.length + next.length > 95 && i > 0) {
      lines.push(line.trimEnd());
      line = '  ';
    }
    line += `${next} `;
  });
  return [...lines, line.trimEnd()];
}

function yamlRule(rule) {
  const parts = [`metric: ${rule.metric}`];
  if (rule.min !== null && rule.min !== undefined) parts.push(`min: ${yamlNumber(rule.min)}`);
  if (rule.max !== null && rule.max !== undefined) parts.push(`max: ${yamlNumber(rule.max)}`);
  if (rule.inherit === false) parts.push('inherit: false');
  for (const [key, value] of Object.entries(rule)) {
    if (!['metric', 'min', 'max', 'inherit', 'why'].includes(key)) parts.push(`${key}: ${flow(value)}`);
  }
  if (rule.why) parts.push(`why: ${quoted(rule.why)}`);
  return `  - {${parts.join(', ')}}`;
}

function sameRule(a, b) {
  const bound = (rule, name) => (rule && rule[name] !== undefined ? rule[name] : null);
  return bound(a, 'min') === bound(b, 'min') && bound(a, 'max') === bound(b, 'max');
}

function sameRules(a, b) {
  return a.size === b.size && [...a].every(([metric, rule]) => b.has(metric) && sameRule(rule, b.get(metric)));
}

/**
 * The entries of a label's own file: what it said before, with what was edited put over it. A
 * metric that holds what its parent says needs no entry; one that is off although its parent has a
 * rule says so.
 */
function ownRules(config, rules, order) {
  const own = new Map((config.own || []).map((r) => [r.metric, r]));
  const parent = new Map(config.parent.map((r) => [r.metric, r]));
  const before = new Map(config.rules.map((r) => [r.metric, r]));
  const found = [];
  for (const metric of order) {
    const now = rules.get(metric);
    const isEdited = !sameRule(now, before.get(metric)) || Boolean(now) !== before.has(metric);
    if (!isEdited) {
      if (own.has(metric)) found.push(own.get(metric));
    } else if (!now) {
      if (parent.has(metric)) found.push({ metric, inherit: false });
    } else if (!sameRule(now, parent.get(metric))) {
      found.push({ metric, ...now });
    }
  }
  return found;
}

/** `mean_word_chars: max 14 to 12`, one for each rule that is not what it was. */
function changesInWords(config, rules, order) {
  const before = new Map(config.rules.map((r) => [r.metric, r]));
  const said = (x) => (x === null || x === undefined ? 'none' : yamlNumber(x));
  const lines = [];
  for (const metric of order) {
    for (const name of ['min', 'max']) {
      const old = before.has(metric) ? before.get(metric)[name] : null;
      const now = rules.has(metric) ? rules.get(metric)[name] : null;
      if ((old === undefined ? null : old) !== (now === undefined ? null : now)) {
        lines.push(`${metric}: ${name} ${said(old)} to ${said(now)}`);
      }
    }
  }
  return lines;
}

/** The whole file of a label. */
function toYaml(run, label, config, rules, today) {
  const row = run.byLabel.get(label);
  const base = config.provenance;
  const notes = [
    ...changesInWords(config, rules, run.order),
    `edited from ${config.layers[0]}.yaml: ${base.method}; ${base.reference}`,
    ...(config.own && base.notes ? base.notes : []),
  ];
  const entries = ownRules(config, rules, run.order);
  const lines = [`label: ${label}`];
  if (config.stopwords.length) lines.push(...yamlWords(config.stopwords));
  if (entries.length) lines.push('', 'thresholds:', ...entries.map(yamlRule));
  lines.push(
    '',
    'provenance:',
    '  method: edited',
    `  reference: ${quoted(`report of job ${run.job}, a sample of its documents`)}`,
    `  documents: ${row.documents}`,
    `  date: ${today}`,
    `  curate: ${quoted(run.version)}`,
    '  notes:',
    ...notes.map((note) => `    - ${quoted(note)}`),
  );
  return `${lines.join('\n')}\n`;
}
