// Elements, numbers and page text. Text is only ever set as text, never parsed as markup.

/** An element. Properties that begin with `on` are listeners; `style` is a map of properties. */
function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') setStyle(element, value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((c) => c !== null && c !== undefined));
  return element;
}

/** By script, not by attribute: the policy of the page forbids style attributes. */
function setStyle(element, values) {
  for (const [name, value] of Object.entries(values)) element.style.setProperty(name, value);
}

function replace(element, ...children) {
  element.replaceChildren(...children.flat(3).filter((c) => c !== null && c !== undefined));
  return element;
}

const THIN = '\u202f';

/** 12 345: whole, with narrow spaces. */
function count(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** 1.2 M: for what has no room. */
function short(value) {
  if (value < 10000) return count(value);
  for (const [size, unit] of [[1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k']]) {
    if (value >= size) return `${(value / size).toPrecision(3)}${THIN}${unit}`;
  }
  return count(value);
}

function share(part, whole, digits = 1) {
  return whole ? `${((100 * part) / whole).toFixed(digits)}${THIN}%` : '–';
}

/** A value of a metric, three digits that matter. */
function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (Math.abs(value) >= 1000) return count(value);
  return String(Number(value.toPrecision(3)));
}

const languageNames = (() => {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' });
  } catch {
    return null;
  }
})();

/** The language tag of a label: `cmn_Hani` is `zh-Hani`. */
function tagOf(label) {
  try {
    return Intl.getCanonicalLocales(label.replace('_', '-'))[0];
  } catch {
    return 'und';
  }
}

/** The English name of a label's language, or nothing if the browser knows none. */
function nameOf(label) {
  const code = label.split('_')[0];
  try {
    const name = languageNames && languageNames.of(tagOf(code));
    return name && name !== code && name !== tagOf(code) ? name : '';
  } catch {
    return '';
  }
}

/** The name of a label's language in that language, or nothing if the browser knows none. */
function ownNameOf(label) {
  const tag = tagOf(label);
  try {
    if (!Intl.DisplayNames.supportedLocalesOf([tag]).length) return '';
    const name = new Intl.DisplayNames([tag], { type: 'language', fallback: 'none' }).of(tagOf(label.split('_')[0]));
    return name && name !== nameOf(label) ? name : '';
  } catch {
    return '';
  }
}

/** Both names in a line of text, as far as they are known. */
function namesOf(label) {
  return [nameOf(label), ownNameOf(label)].filter(Boolean).join(' · ');
}

/** The same as elements: the own name stands in its own direction. */
function nameParts(label) {
  const own = ownNameOf(label);
  return own ? [nameOf(label), nameOf(label) ? ' · ' : '', pageText(own, label)] : [nameOf(label)];
}

/** Text of a page in its own direction and language, apart from what surrounds it. */
function pageText(text, label, tag = 'bdi') {
  return h(tag, { dir: 'auto', lang: tagOf(label) }, text);
}

/** An address as a link if it is one for a browser, else as text. */
function address(url) {
  const isWeb = /^https?:\/\//i.test(url);
  const inner = h('bdi', { dir: 'ltr' }, url);
  return isWeb
    ? h('a', { href: url, rel: 'noopener noreferrer', target: '_blank' }, inner)
    : h('span', {}, inner);
}

/** A table. Cells are texts, numbers or elements; `left` columns are words, the others numbers. */
function table(caption, head, rows, { left = 1, empty = 'None.', wrap = false } = {}) {
  if (!rows.length) return h('p', { class: 'soft' }, `${caption}: ${empty}`);
  const kind = (i) => (i < left ? 'word' : 'number');
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': caption },
    h(
      'table',
      { class: wrap ? 'wrap' : null },
      h('caption', {}, h('span', {}, caption)),
      h('thead', {}, h('tr', {}, head.map((x, i) => h('th', { scope: 'col', class: kind(i) }, x)))),
      h(
        'tbody',
        {},
        rows.map((row) =>
          h('tr', {}, row.map((x, i) => (i ? h('td', { class: kind(i) }, x) : h('th', { scope: 'row', class: kind(i) }, x)))),
        ),
      ),
    ),
  );
}

/** A horizontal bar of parts [share 0-1, class], one after the other. */
function bar(parts, label) {
  return h(
    'span',
    { class: 'bar', role: label ? 'img' : null, 'aria-label': label, 'aria-hidden': label ? null : 'true' },
    parts.map(([size, kind]) => h('i', { class: kind, style: { width: `${Math.max(0, 100 * size)}%` } })),
  );
}

function section(id, title, ...children) {
  return h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), ...children);
}

function facts(pairs) {
  return h(
    'dl',
    { class: 'facts' },
    pairs.map(([name, value, note]) =>
      h('div', {}, h('dt', {}, name), h('dd', {}, value), note ? h('dd', { class: 'note' }, note) : null),
    ),
  );
}
