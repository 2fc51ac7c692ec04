// Which page is shown: the address after # says so, and back and forward work.

const app = document.getElementById('app');
const edits = new Map();
let charts = [];

async function start() {
  const runs = [await loadRun(0)];
  if (document.getElementById('run-1')) runs.push(await loadRun(1));
  const main = h('main', { id: 'main', tabindex: -1 });
  replace(app, h('a', { class: 'skip', href: '#main', onclick: skip }, 'Skip to content'), header(runs), main);
  const go = () => show(runs, main);
  window.addEventListener('hashchange', go);
  window.addEventListener('resize', debounced(resize));
  window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  window.addEventListener('beforeprint', () => document.querySelectorAll('main details').forEach((d) => d.setAttribute('open', '')));
  await go();
}

function skip(event) {
  event.preventDefault();
  document.getElementById('main').focus();
}

function header(runs) {
  const [run] = runs;
  const tab = (hash, name) => h('a', { href: hash, 'data-page': hash.split('/')[1] || '' }, name);
  return h(
    'header',
    {},
    h('a', { class: 'home', href: '#/' }, h('bdi', {}, run.job)),
    h(
      'nav',
      { 'aria-label': 'pages' },
      tab('#/', 'Overview'),
      run.sampled.length ? tab(`#/label/${run.sampled[0]}`, 'Thresholds') : null,
      runs.length > 1 ? tab('#/compare', 'Compare') : null,
    ),
    h('span', { class: 'soft made' }, `curate ${run.version}`),
  );
}

async function show(runs, main) {
  const [, page, label] = decodeURIComponent(window.location.hash).split('/');
  for (const chart of charts) chart.plot.destroy();
  charts = [];
  const [run, other] = runs;
  let parts;
  let title = run.job;
  if (page === 'label') {
    const made = await labelPage(run, label, edits, other);
    ({ parts, charts } = made);
    if (other && made.state) parts.splice(3, 0, section('compared', 'Compared', compareLabel(made.state, other)));
    title = `${label} · ${run.job}`;
  } else if (page === 'compare' && other) {
    parts = comparePage(run, other);
  } else {
    parts = overviewPage(run);
  }
  document.title = `${title} · curate report`;
  document.querySelectorAll('nav a').forEach((a) => {
    if (a.dataset.page === (page || '')) a.setAttribute('aria-current', 'page');
    else a.removeAttribute('aria-current');
  });
  replace(main, parts);
  window.scrollTo(0, 0);
  document.documentElement.dataset.ready = window.location.hash || '#/';
}

function debounced(act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, 120);
  };
}

function resize() {
  for (const { plot, fit } of charts) {
    const room = plot.root.parentElement ? plot.root.parentElement.clientWidth : 0;
    const width = fit ? fit(room) : room;
    if (room > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
  }
}

function redraw() {
  for (const { plot } of charts) plot.redraw(false, true);
}

start().catch((error) => {
  replace(app, h('h1', {}, 'This page cannot be shown'), h('p', {}, `Its data could not be read here: ${error.message}. A browser of 2023 or later is needed.`));
  document.documentElement.dataset.ready = 'failed';
});
