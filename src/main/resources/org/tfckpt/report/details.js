// Everything about one tensor.

const SVG = 'http://www.w3.org/2000/svg';

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, text]) => made.setAttribute(name, text));
  made.append(...children);
  return made;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const BASE = 2 ** (63 / 4000);

/** Decodes the counts of a histogram; see Coded.java. */
function histogramOf(row) {
  const text = data.histogram && row < total ? data.histogram[row] : null;
  return text && Array.from({ length: text.length / 2 }, (unused, i) => {
    const code = DIGITS.indexOf(text[2 * i]) * 64 + DIGITS.indexOf(text[2 * i + 1]);
    return code === 0 ? 0 : Math.round(BASE ** (code - 1));
  });
}

function histogram(row) {
  const counts = histogramOf(row);
  if (!counts) return null;
  const low = Number(value('min', row));
  const high = Number(value('max', row));
  const most = Math.max(...counts);
  const plot = el('div', { class: 'plot' });
  const draw = log => {
    const width = 480 / counts.length;
    const bars = counts.map((n, i) => {
      const height = n === 0 ? 0 : Math.max(1.5, 116 * (log ? Math.log1p(n) / Math.log1p(most) : n / most));
      const from = low + (high - low) * i / counts.length;
      const to = low + (high - low) * (i + 1) / counts.length;
      const title = svg('title', {});
      title.textContent = measured(from) + ' to ' + measured(to) + ': ' + (n > 90 ? 'about ' : '') + count(n);
      return svg('g', {}, title, svg('rect', { x: i * width, y: 0, width, height: 120, class: 'hit' }),
        svg('rect', { x: i * width + 0.5, y: 120 - height, width: width - 1, height, class: 'column' }));
    });
    plot.replaceChildren(svg('svg', { viewBox: '0 0 480 122', preserveAspectRatio: 'none', role: 'img',
      'aria-label': 'Histogram: ' + count(most) + ' elements in the largest of ' + counts.length + ' bins' }, ...bars),
    el('div', { class: 'axis' }, el('span', {}, measured(low)),
        el('span', {}, (log ? 'log scale, ' : '') + 'up to ' + (most > 90 ? '≈ ' : '') + short(most)),
        el('span', {}, measured(high))));
  };
  const log = el('input', { type: 'checkbox', change: event => draw(event.target.checked) });
  draw(false);
  return el('section', {},
      el('div', { class: 'bar' }, el('h3', {}, 'Histogram'), el('label', {}, log, ' Logarithmic counts')), plot);
}

/** Returns the colour of a share between -1 and 1: blue below zero, orange above. */
function diverging(share) {
  const end = share < 0 ? [0, 90, 170] : [200, 80, 0];
  const strength = Math.abs(share) ** 0.7;
  return [247, 247, 247].map((white, i) => Math.round(white + (end[i] - white) * strength));
}

function heatMap(row) {
  const found = data.heat && data.heat[row];
  if (!found) return null;
  const [rows, columns, limit, cells] = found;
  const canvas = el('canvas', { width: columns, height: rows, role: 'img',
    'aria-label': 'Heat map of ' + rows + ' by ' + columns + ' cells, from ' + measured(-limit) + ' to '
        + measured(limit) });
  const image = new ImageData(columns, rows);
  for (let i = 0; i < cells.length; i++) {
    const code = DIGITS.indexOf(cells[i]);
    image.data.set(code === 63 ? [0, 0, 0, 255] : [...diverging(code / 31 - 1), 255], 4 * i);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
  canvas.style.aspectRatio = columns + ' / ' + rows;
  const shape = dimensionsOf(row);
  const height = elementsOf(row) / shape[shape.length - 1];
  const reduced = rows < height || columns < shape[shape.length - 1];
  return el('section', {}, el('h3', {}, 'Heat map'), canvas,
    el('div', { class: 'axis' }, el('span', {}, measured(-limit)), el('span', { class: 'diverging' }),
        el('span', {}, measured(limit))),
    el('p', { class: 'note' }, (shape.length > 2 ? 'Rows: all dimensions but the last. ' : '')
        + (reduced ? 'Each cell is the mean of a block of the ' + count(height) + ' × '
        + count(shape[shape.length - 1]) + ' elements.' : '')));
}

/** Returns a list of terms and descriptions; entries without a description are left out. */
function facts(entries) {
  return el('dl', {}, entries.filter(([, text]) => text !== null && text !== undefined && text !== '')
    .map(([term, text]) => el('div', {}, el('dt', {}, term), el('dd', {}, text))));
}

function placeOf(row) {
  if (row >= total) return [];
  const slices = data.slices[row];
  if (slices) {
    return [['Slices', el('ul', {}, slices.map(([spec, length, shard, offset]) => el('li', {}, spec + ': ',
      shard === null ? '' : count(length) + ' bytes at ' + count(offset) + ' in ' + shardFile(shard))))]];
  }
  if (offsets[row] === null) return [['Bytes', 'within a record of the file, or compressed']];
  const checksum = data.crc32c[row];
  return [['File', el('bdi', {}, shardFile(data.shard[row]))], ['Offset', count(offsets[row])],
    ['CRC32C', checksum === null ? null : checksum.toString(16).padStart(8, '0')]];
}

function objectPathOf(row) {
  return row >= total ? null : data.paths[row] !== undefined ? decode(data.paths[row])
    : names[row].includes('/.ATTRIBUTES/') ? names[row].split('/.ATTRIBUTES/')[0] : null;
}

function commands(row) {
  const name = names[row];
  const file = data.path || data.file;
  const shape = dimensionsOf(row);
  const slice = shape.length && elementsOf(row) > 1000
    ? ' --slice ' + shape.map((dimension, axis) => axis === 0 && dimension > 4 ? '0,4' : axis === shape.length - 1
        && dimension > 16 ? '0,16' : '-').join(':') : '';
  const read = {
    safetensors: 'from safetensors import safe_open\nwith safe_open(' + python(file)
        + ", framework='numpy') as f:\n    value = f.get_tensor(" + python(name) + ')',
    npz: 'import numpy as np\nvalue = np.load(' + python(file) + ')[' + python(name) + ']',
    npy: 'import numpy as np\nvalue = np.load(' + python(file) + ')',
  }[data.format] || 'import tensorflow as tf\nvalue = tf.train.load_checkpoint(' + python(file) + ').get_tensor('
      + python(name) + ')';
  return [copyable('In a shell', 'tfckpt show ' + shell(file) + ' ' + shell(name) + slice),
      copyable('In Python', read)];
}

function statistics(row) {
  const lengths = data.lengths && data.lengths[row];
  if (lengths) {
    return el('section', {}, el('h3', {}, 'Strings'),
        facts([['Shortest', plural(lengths[0], 'byte')], ['Longest', plural(lengths[1], 'byte')],
        ['In all', plural(lengths[2], 'byte')]]));
  }
  if (!values || value('zeros', row) === null) return null;
  const quantiles = values.quantiles[row];
  const bad = Number(value('nan', row)) + Number(value('inf', row)) > 0;
  return el('section', {}, el('h3', {}, 'Statistics'), facts([
    ['Minimum', measured(value('min', row))], ['Maximum', measured(value('max', row))],
        ['Mean', measured(value('mean', row))],
    ['Std', measured(value('std', row))], ['Norm', measured(value('norm', row))],
    ['Zeros', count(value('zeros', row)) + ' (' + percent(Number(value('zeros', row)) / elementsOf(row)) + ')'],
    ['NaN', bad ? el('b', { class: 'bad' }, count(value('nan', row))) : '0'],
    ['Infinite', bad ? el('b', { class: 'bad' }, count(value('inf', row))
        + (value('neg_inf', row) ? ', ' + count(value('neg_inf', row)) + ' negative' : '')) : '0'],
  ]), quantiles && el('h4', {}, 'Quantiles'),
  quantiles && el('dl', { class: 'quantiles' },
      quantiles.map((q, i) => el('div', {}, el('dt', {}, data.probabilities[i] * 100 + ' %'),
      el('dd', {}, measured(q))))));
}

function difference(row) {
  if (!changes) return null;
  const before = changes.reshaped[row] || changes.dtype[row];
  return el('section', {}, el('h3', {}, 'Against ', el('bdi', {}, changes.other)), facts([
    ['Status', statusOf[row]], ['Before', before],
        ['Relative change', changedAt.has(row) ? relative(relativeChange(row)) : null],
    ...[['max_abs', 'Largest difference'], ['mean_abs', 'Mean difference'], ['rms', 'Root mean square'],
        ['max_rel', 'Largest relative'], ['cosine', 'Cosine']]
      .map(([key, title]) => [title, change(key, row) === null ? null : measured(change(key, row))]),
    ['Different elements', change('different', row) === null ? null : count(change('different', row)) + ' of '
        + count(elementsOf(row))],
  ]));
}

/** Builds the panel; {@code choose} is called with the row of another tensor. */
function detailsPanel(choose) {
  const link = row => el('button', { type: 'button', class: 'link', click: () => choose(row) }, wrapped(names[row]));
  const body = el('div', { class: 'body' });
  const close = el('button',
      { type: 'button', class: 'close', 'aria-label': 'Close details', click: () => panel.classList.remove('open') },
      '×');
  const panel = el('aside', { class: 'details', 'aria-label': 'Details of a tensor', 'aria-live': 'polite' }, close,
      body);
  panel.addEventListener('keydown', event => {
    if (event.key === 'Escape' && panel.classList.contains('open')) {
      panel.classList.remove('open');
      event.preventDefault();
    }
  });

  function show(row) {
    const variable = row < total && data.of[row] >= 0 ? data.of[row] : null;
    const slots = slotsOf.get(row) || [];
    body.replaceChildren(...[
      el('h2', {}, wrapped(names[row])),
      facts([
        ['Dtype', dtypeOf[row]], ['Shape', shapeOf[row]], ['Elements', count(elementsOf(row))],
        ['Size', bytesOfRow[row] === null ? null : plural(Number(bytesOfRow[row]), 'byte')],
        ['Role', row < total ? ROLE_TEXTS[roleOf(row)] : null],
            ['Belongs to', variable === null ? null : link(variable)],
        ['Slots', slots.length ? el('ul', {}, slots.slice(0, 50).map(slot => el('li', {}, link(slot)))) : null],
        ['Object path', objectPathOf(row) && wrapped(objectPathOf(row))], ...placeOf(row)]),
      difference(row), statistics(row), histogram(row), heatMap(row),
      row < total ? el('section', {}, el('h3', {}, 'Read it'), commands(row)) : null,
    ].filter(part => part));
    panel.scrollTop = 0;
  }

  function showMany(rows) {
    body.replaceChildren(el('h2', {}, plural(rows.length, 'tensor')),
      el('p', { class: 'note' }, 'Numbered layers are folded; these tensors are drawn as one.'),
      el('ul', { class: 'many' }, rows.slice(0, 200).map(row => el('li', {}, link(row), ' ' + shapeOf[row]))));
  }

  return { element: panel, show, showMany, open: () => panel.classList.add('open') };
}
