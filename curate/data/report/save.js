// The bar of author mode: what the edits would change, and the file they become.

function authorBar(state) {
  const numbers = h('div', { class: 'numbers', role: 'status', 'aria-live': 'polite' });
  const undo = h('button', { type: 'button', onclick: () => undoAll(state) }, 'Undo all');
  const save = h('button', { type: 'button', class: 'main', onclick: () => saveDialog(state) }, 'Save as YAML');
  state.showBar = () => {
    const isChanged = state.changes.length > 0;
    undo.disabled = !isChanged;
    replace(numbers, barNumbers(state));
  };
  return h('div', { class: 'author', role: 'region', 'aria-label': 'author mode' }, numbers, h('div', { class: 'buttons' }, undo, save));
}

function barNumbers(state) {
  const { row } = state;
  const now = predicted(state);
  const one = (id, title, old, { value, error }, whole) =>
    h(
      'div',
      { id, 'data-value': value, 'data-error': error },
      h('span', { class: 'soft' }, title),
      h('b', {}, share(value, whole)),
      h('span', { class: 'change' }, state.changes.length ? `was ${share(old, whole)}` : ''),
      h('small', { class: 'soft' }, `${count(value)}${state.changes.length && error > 0 ? ` ± ${count(error)}` : ''}`),
    );
  return [
    one('now-passing', 'pass the thresholds', row.passing, now.passing, row.documents),
    one('now-published', 'published', row.kept, now.published, row.documents),
    h('div', {}, h('span', { class: 'soft' }, 'characters'), h('b', {}, short(now.chars)), h('span', { class: 'change' }, state.changes.length ? `was ${short(row.chars)}` : '')),
    h('div', {}, h('span', { class: 'soft' }, 'changes'), h('b', { id: 'n-changes' }, state.changes.length)),
  ];
}

function undoAll(state) {
  state.rules = new Map([...state.inForce].map(([m, r]) => [m, { ...r }]));
  refresh(state);
}

/** The day where the reader is, as YAML has it. */
function today() {
  const now = new Date();
  const two = (n) => String(n).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

function saveDialog(state) {
  const { run, label, sample } = state;
  const text = toYaml(run, label, sample.config, state.rules, today());
  const name = `${label}.yaml`;
  const area = h('textarea', { id: 'yaml', readonly: true, rows: 16, wrap: 'off', spellcheck: 'false', 'aria-label': name });
  area.value = text;
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'save-title', onclose: () => dialog.remove() },
    h('h2', { id: 'save-title' }, name),
    state.changes.length ? h('ul', {}, state.changes.map((x) => h('li', {}, x))) : h('p', {}, 'Nothing was changed; this is the config in force.'),
    area,
    h('p', {}, 'Put the file into a copy of the configs of this run and decide again, which reads no text; then publish:'),
    h('pre', {}, `cp -r WORK/_run/${run.configFolder} my_configs\ncp ${name} my_configs/\ncurate select WORK --configs my_configs\ncurate emit WORK`),
    h(
      'p',
      { class: 'buttons' },
      h('button', { type: 'button', class: 'main', id: 'download', onclick: () => download(name, text) }, 'Download'),
      h('button', { type: 'button', onclick: () => copy(area) }, 'Copy'),
      h('button', { type: 'button', onclick: () => dialog.close() }, 'Close'),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  area.setSelectionRange(0, 0);
}

function download(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

function copy(area) {
  area.select();
  if (navigator.clipboard) navigator.clipboard.writeText(area.value).catch(() => document.execCommand('copy'));
  else document.execCommand('copy');
}
