// What the page holds: blocks of base64, unpacked when they are needed, and 16-bit metric codes
// (curate/report/value_codes.py and pack.py say what is in them).

const UNMEASURED = 65535;
const EXEMPT = 65534;
const GREATEST = 65533; // above a bound in force of the greatest code of a bound
const LEAST = (127 - 21) << 10;
const REPRESENTATIVE = 1;
const EXTRA = 2;
const COMPARED = 4;
const LID = 'lid_confidence';

const word = new Uint32Array(1);
const real = new Float32Array(word.buffer);

/** The code of a bound; 0 for zero alone. */
function encode(value) {
  if (!(value > 0)) return 0;
  real[0] = value;
  return Math.min(GREATEST - 1, Math.max(1, ((word[0] + 4096) >>> 13) - LEAST + 1));
}

/** The value of a code; NaN for one that stands for none. */
function decode(code) {
  if (code === 0) return 0;
  if (code >= EXEMPT) return NaN;
  word[0] = (code - 1 + LEAST) << 13;
  return real[0];
}

/** The bytes of a block. */
async function unpacked(id) {
  const text = document.getElementById(id).textContent;
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** One run: its numbers, and a way to its samples. */
async function loadRun(side) {
  const run = JSON.parse(new TextDecoder().decode(await unpacked(`run-${side}`)));
  run.side = side;
  run.order = Object.keys(run.metrics);
  run.byLabel = new Map(run.labels.map((row) => [row.label, row]));
  run.samples = new Map();
  for (const row of run.labels) addTotals(row);
  return run;
}

/** The sums that the tables show, from the outcomes of a label. */
function addTotals(row) {
  const known = ['', LID, 'duplicate'];
  row.documents = sum(Object.values(row.outcomes));
  row.identified = row.documents - (row.outcomes[LID] || 0);
  row.deduplicated = row.identified - (row.outcomes.duplicate || 0);
  row.kept = row.outcomes[''] || 0;
  row.reasons = Object.entries(row.outcomes)
    .filter(([reason]) => !known.includes(reason))
    .sort((a, b) => b[1] - a[1]);
}

function sum(numbers) {
  let total = 0;
  for (const n of numbers) total += n;
  return total;
}

/** The sample of a label, or null if the page has none. */
async function loadSample(run, label) {
  const place = run.sampled.indexOf(label);
  if (place < 0) return null;
  if (!run.samples.has(label)) {
    run.samples.set(label, readSample(await unpacked(`sample-${run.side}-${place}`), run));
  }
  return run.samples.get(label);
}

function readSample(bytes, run) {
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const { n } = head;
  let at = 4 + length;
  const plain = () => bytes.subarray(at, (at += n));
  const codes = () => {
    const low = plain();
    const high = plain();
    return Uint16Array.from(low, (byte, i) => byte | (high[i] << 8));
  };
  const sample = { ...head, columns: new Map() };
  for (const metric of head.metrics) sample.columns.set(metric, codes());
  sample.size = codes();
  sample.flags = plain();
  sample.drop = plain();
  sample.host = plain();
  sample.isDrawn = Uint8Array.from(sample.flags, (f) => (f & EXTRA ? 0 : 1));
  sample.nDrawn = sum(sample.isDrawn);
  sample.screen = Int16Array.from(sample.drop, (d) =>
    d !== 255 && !(head.drops[d] in run.metrics) ? d : -1,
  );
  sample.text = new Map(head.texts.map(([i, url, text]) => [i, { url, text }]));
  return sample;
}
