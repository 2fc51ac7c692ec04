// A bound on a histogram: dragged with a pointer, or moved with the keys of a slider.

/** Rounded to what the metric can tell apart: whole numbers, else three digits that matter. */
function rounded(value, isWhole) {
  if (isWhole) return value < 1000 ? Math.round(value) : Number(value.toPrecision(3));
  return Number(value.toPrecision(3));
}

/**
 * A bound's value, or null where it could never drop a document: the ends of the metric's range
 * are no bounds, they are off.
 */
function legal(value, which, metric) {
  if (value === null || Number.isNaN(value)) return null;
  if (which === 'min' && value <= metric.lowest) return null;
  if (which === 'max' && metric.highest !== null && value >= metric.highest) return null;
  return Math.max(value, metric.lowest);
}

/**
 * Both bounds of a metric over its histogram.
 *
 * @param holder the element over which they lie; its width is the axis.
 * @param read gives {min, max} as they are.
 * @param write is told which bound has which value now.
 */
function boundHandles(holder, name, metric, axis, read, write) {
  const kinds = name === LID ? ['min'] : ['min', 'max'];
  const shades = new Map();
  const handles = new Map();
  for (const which of kinds) {
    const shade = h('div', { class: `shade ${which}` });
    const handle = h('div', {
      class: `handle ${which}`,
      role: 'slider',
      tabindex: 0,
      'aria-label': `${name}, ${which === 'min' ? 'least' : 'greatest'} value kept`,
      'aria-orientation': 'horizontal',
      'aria-valuemin': rounded(axis.value(0), metric.whole),
      'aria-valuemax': rounded(axis.value(1), metric.whole),
      'data-metric': name,
      'data-bound': which,
    }, h('span', { class: 'grip' }));
    shades.set(which, shade);
    handles.set(which, handle);
    holder.append(shade, handle);
    dragged(handle, holder, (t) => write(which, atPlace(t, which)));
    handle.addEventListener('keydown', (event) => moved(event, which));
  }

  function atPlace(t, which) {
    if ((which === 'min' && t <= 0) || (which === 'max' && t >= 1)) return null;
    return ordered(rounded(axis.value(t) - shift(which), metric.whole), which);
  }

  /** On an axis with a bin a number the greatest value kept stands behind its own. */
  function shift(which) {
    return which === 'max' && axis.width ? axis.width : 0;
  }

  /** A bound that would pass the other stops there. */
  function ordered(value, which) {
    const other = read()[which === 'min' ? 'max' : 'min'];
    if (other === null) return legal(value, which, metric);
    return legal(which === 'min' ? Math.min(value, other) : Math.max(value, other), which, metric);
  }

  function moved(event, which) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
    if (event.key === 'Delete' || event.key === 'Backspace') write(which, null);
    else if (event.key === 'Home') write(which, atPlace(which === 'min' ? 0 : 0.005, which));
    else if (event.key === 'End') write(which, atPlace(which === 'max' ? 1 : 0.995, which));
    else if (event.key in steps) write(which, stepped(which, steps[event.key]));
    else return;
    event.preventDefault();
  }

  function stepped(which, steps) {
    const now = read()[which];
    const place = now === null ? (which === 'min' ? 0 : 1) : axis.place(now + shift(which));
    const next = rounded(axis.value(Math.min(1, Math.max(0, place + steps * 0.01))) - shift(which), metric.whole);
    if (now !== null && metric.whole && next === now) return ordered(now + Math.sign(steps), which);
    if (now === null && (place + steps * 0.01 < 0 || place + steps * 0.01 > 1)) return null;
    return atPlace(place + steps * 0.01, which) === null ? null : ordered(next, which);
  }

  return function show() {
    const rule = read();
    for (const which of kinds) {
      const value = rule[which];
      const rest = which === 'min' ? 0 : 1;
      const place = value === null ? rest : Math.min(1, Math.max(0, axis.place(value + shift(which))));
      const handle = handles.get(which);
      setStyle(handle, { left: `${100 * place}%` });
      handle.classList.toggle('off', value === null);
      const end = Number(handle.getAttribute(which === 'min' ? 'aria-valuemin' : 'aria-valuemax'));
      handle.setAttribute('aria-valuenow', value === null ? end : value);
      handle.setAttribute('aria-valuetext', value === null ? 'off' : `${value}`);
      const width = which === 'min' ? place : 1 - place;
      setStyle(shades.get(which), { width: value === null ? '0' : `${100 * width}%` });
    }
  };
}

/** Calls back with the place of the pointer, 0-1, while it drags a handle. */
function dragged(handle, holder, tell) {
  let offset = 0;
  handle.addEventListener('pointerdown', (event) => {
    const at = handle.getBoundingClientRect();
    offset = event.clientX - (at.left + at.width / 2);
    handle.setPointerCapture(event.pointerId);
    handle.focus();
    event.preventDefault();
  });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = holder.getBoundingClientRect();
    tell((event.clientX - offset - box.left) / box.width);
  });
}
