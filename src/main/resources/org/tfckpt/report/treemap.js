// The treemap: area is bytes. Groups have a header; a click or Enter zooms in, Escape zooms out.

const PALETTE = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442', '#8c8c8c'];
const SEQUENCE = ['#26456e', '#575d6d', '#7d7c78', '#a59c74', '#d2c060', '#fee838']; // cividis
const NEUTRAL = '#b5b5b5';
const MIN_SIDE = 4;
const MAX_CELLS = 1500;
const HEADER = 20;

/** Returns black or white, whichever is easier to read on a colour. */
function inkOn(color) {
  const [red, green, blue] = [1, 3, 5].map(i => (parseInt(color.slice(i, i + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.2 ? '#000' : '#fff';
}

function between(share) {
  const at = Math.max(0, Math.min(1, share)) * (SEQUENCE.length - 1);
  const first = Math.min(Math.floor(at), SEQUENCE.length - 2);
  const mix = i => Math.round(parseInt(SEQUENCE[first].slice(i, i + 2), 16) * (first + 1 - at)
    + parseInt(SEQUENCE[first + 1].slice(i, i + 2), 16) * (at - first)).toString(16).padStart(2, '0');
  return '#' + mix(1) + mix(3) + mix(5);
}

/** Returns a scale for positive values on a logarithmic axis: the colour of a value, and the legend. */
function logarithmic(all, title, none, format) {
  const positive = all.filter(value => value > 0 && Number.isFinite(value)).sort((a, b) => a - b);
  const low = Math.log(positive[Math.floor(positive.length * 0.02)]);
  const high = Math.log(positive[Math.ceil(positive.length * 0.98) - 1]);
  return {
    color: value => value > 0 ? between(high > low ? (Math.log(value) - low) / (high - low) : 0.5) : NEUTRAL,
    legend: () => [
      positive.length === 0 ? null : el('span', { class: 'key' }, title + ' ' + format(Math.exp(low)),
        el('span', { class: 'ramp' }), format(Math.exp(high))),
      key(NEUTRAL, none),
    ],
  };
}

function key(color, text) {
  const swatch = el('span', { class: 'swatch' });
  swatch.style.background = color;
  return el('span', { class: 'key' }, swatch, text);
}

function categories(texts, categoryOf) {
  const colors = new Map(texts.map((text, i) => [text, PALETTE[Math.min(i, PALETTE.length - 1)]]));
  return {
    color: rows => colors.get(categoryOf(rows[0])),
    legend: () => texts.slice(0, PALETTE.length - 1).map(text => key(colors.get(text), text))
      .concat(texts.length >= PALETTE.length
          ? [key(PALETTE[PALETTE.length - 1], texts.length > PALETTE.length ? 'others' : texts[PALETTE.length - 1])]
          : []),
  };
}

/** Returns the mean of what is known of some rows: several tensors are drawn as one if layers are folded. */
function mean(rows, get) {
  const known = rows.map(get).filter(number => number !== null).map(Number);
  return known.reduce((sum, number) => sum + number, 0) / known.length;
}

const STATUS_COLORS = { added: '#009e73', removed: '#d55e00', reshaped: '#cc79a7', dtype: '#56b4e9',
    'not compared': '#f0e442' };

/** The ways to colour tensors. */
function colorings() {
  const modes = {
    role: { title: 'Role', make: () =>
        categories(Object.values(ROLE_TEXTS).filter(text => data.roles.some(role => ROLE_TEXTS[role.name] === text)),
        row => ROLE_TEXTS[roleOf(row)]) },
    dtype: { title: 'Dtype',
        make: () => categories(data.dtypes.slice().sort((a, b) => Number(b.bytes) - Number(a.bytes)).map(d => d.name),
        row => dtypeOf[row]) },
  };
  if (values) {
    modes.std = { title: 'Standard deviation', make: () => {
      const scale = logarithmic(values.std.map(Number), 'std', 'zero, or no numbers', measured);
      return { color: rows => scale.color(mean(rows, row => value('std', row))), legend: scale.legend };
    } };
  }
  if (changes) {
    modes.change = { title: 'Change', make: () => {
      const scale = logarithmic(changes.changed.relative.map(Number), 'change', 'unchanged', relative);
      return {
        color: rows => {
          const changedRows = rows.filter(row => statusOf[row] === 'changed');
          return changedRows.length ? scale.color(mean(changedRows, relativeChange) || Number.MIN_VALUE)
              : STATUS_COLORS[statusOf[rows[0]]] || NEUTRAL;
        },
        legend: () => [...scale.legend(),
            ...Object.keys(STATUS_COLORS).filter(s => statusOf.includes(s)).map(s => key(STATUS_COLORS[s], s))],
      };
    } };
  }
  return modes;
}

/** Builds the treemap; {@code onScope} receives the rows of the zoomed scope or null, {@code onTensors} chosen rows. */
function treemap(onScope, onTensors) {
  const modes = colorings();
  let mode = changes ? 'change' : 'role';
  let coloring = modes[mode].make();
  let folding = false;
  let path = [];
  let cells = [];
  let active = 0;
  const everyRow = withRemoved => [...Array(withRemoved ? rowCount : total).keys()];
  const plainTree = treeOf(everyRow(false), data.rest || []);
  const tree = changes ? treeOf(everyRow(true), data.rest || []) : plainTree;
  const root = () => mode === 'change' ? tree : plainTree;

  const crumbs = el('nav', { class: 'crumbs', 'aria-label': 'Zoomed scope' });
  const map = el('div', { class: 'map', role: 'tree', 'aria-label': 'Tensors by size' });
  const legend = el('div', { class: 'legend' });
  const tip = el('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  const small = el('p', { class: 'small' });
  const node = () => path.length ? path[path.length - 1] : root();

  function draw() {
    const width = map.clientWidth;
    const height = map.clientHeight;
    cells = [];
    const hidden = place(node(), 0, 0, width, height, 1);
    map.replaceChildren(...cells.map(cell => cell.element));
    if (cells.length === 0) map.append(el('p', { class: 'empty' }, 'There is nothing to draw: no tensor has bytes.'));
    active = 0;
    cells.forEach((cell, i) => { cell.element.tabIndex = i === 0 ? 0 : -1; });
    drawSmall(hidden);
    legend.replaceChildren(...coloring.legend().filter(item => item));
    crumbs.replaceChildren(...[root(), ...path].map((scope, depth) =>
      el('button', { type: 'button', 'aria-current': depth === path.length ? 'location' : null,
          click: () => { path = path.slice(0, depth); moved(); } },
        printable(scope.name) || 'all')));
  }

  /** Places a group's children in a rectangle, and returns those that are too small to be seen. */
  function place(parent, x, y, width, height, level) {
    const children = childrenOf(parent, folding).filter(child => child.bytes > 0);
    const hidden = childrenOf(parent, folding).filter(child => child.bytes === 0);
    const first = children.slice(0, MAX_CELLS);
    // What is too small to draw is drawn as large as it can be once it was chosen.
    const bytes = (parent.small ? first : children).reduce((sum, child) => sum + child.bytes, 0);
    for (const box of squarify(first, bytes, x, y, width, height)) {
      if (box.width < MIN_SIDE || box.height < MIN_SIDE || cells.length >= MAX_CELLS) hidden.push(box.item);
      else addCell(box, level);
    }
    return hidden.concat(children.slice(MAX_CELLS));
  }

  function addCell(box, level) {
    const { item, x, y, width, height } = box;
    const leaf = Boolean(item.rows);
    const element = el('div', { class: leaf ? 'cell leaf' : 'cell group', role: 'treeitem', 'aria-level': level,
      'aria-label': spoken(item), 'aria-expanded': leaf ? null : 'true' });
    Object.assign(element.style, { left: x + 'px', top: y + 'px', width: width + 'px', height: height + 'px' });
    const index = cells.push({ element, item, box }) - 1;
    element.dataset.cell = index;
    if (leaf) {
      const color = item.rows.length ? coloring.color(item.rows) || NEUTRAL : NEUTRAL;
      element.style.background = color;
      element.style.color = inkOn(color);
    }
    const inside = !leaf && width > 36 && height > HEADER + 16;
    if (!leaf && !inside) element.classList.add('closed');
    if (width > 36 && height > 15) {
      element.append(el('span', { class: 'label' }, nameOf(item.name),
        width > 110 || height > 34 ? el('small', {}, size(item.bytes)) : null));
    }
    if (inside) {
      place(item, x + 2, y + HEADER, width - 4, height - HEADER - 2, level + 1);
      if (cells.length === index + 1) element.classList.add('closed');
    }
  }

  function spoken(item) {
    const what = item.rows && item.rows.length === 1
      ? dtypeOf[item.rows[0]] + ' ' + shapeOf[item.rows[0]] : plural(item.count, 'tensor');
    return printable(item.name) + ', ' + what + ', ' + size(item.bytes);
  }

  function drawSmall(hidden) {
    small.replaceChildren();
    if (hidden.length > 0) {
      const rest = sumOf('(too small to draw)', [{ name: '', groups: new Map(), leaves: [], bytes: 0, count: 0 }]);
      rest.plain = rest.folded = hidden.slice().sort((a, b) => b.bytes - a.bytes);
      rest.members = hidden;
      rest.small = true;
      rest.bytes = hidden.reduce((sum, item) => sum + item.bytes, 0);
      rest.count = hidden.reduce((sum, item) => sum + item.count, 0);
      small.append(plural(rest.count, 'tensor') + ' (' + size(rest.bytes) + ') too small to draw. ',
        rest.bytes > 0 ? el('button', { type: 'button', click: () => { path.push(rest); moved(); } },
            'Zoom in on them') : '');
    }
  }

  /** Redraws after a zoom, and keeps the keyboard in the treemap. */
  function moved() {
    const had = map.contains(document.activeElement);
    tip.hidden = true;
    draw();
    if (had && cells.length) cells[0].element.focus();
    onScope(path.length ? rowsBelow(node()) : null, path.map(scope => printable(scope.name)).join(SEPARATOR));
  }

  function open(item) {
    if (!item.rows) {
      path.push(item);
      moved();
    } else if (item.rows.length > 0) {
      onTensors(item.rows);
    }
  }

  const cellAt = event => {
    const element = event.target.closest('[data-cell]');
    return element && cells[Number(element.dataset.cell)];
  };

  function showTip(cell) {
    const item = cell.item;
    const row = item.rows && item.rows.length === 1 ? item.rows[0] : null;
    tip.replaceChildren(el('b', {}, nameOf(row === null ? item.name : names[row])), el('br'),
      row === null ? plural(item.count, 'tensor') : dtypeOf[row] + ' ' + shapeOf[row], ', ' + size(item.bytes),
      ' (' + percent(item.bytes / (root().bytes || 1)) + ')',
      ...(row === null ? [] : [el('br'), ROLE_TEXTS[roleOf(row)],
        value('std', row) !== null ? ', std ' + measured(value('std', row)) : '',
        changes ? ', ' + statusOf[row] + (relativeChange(row) === null ? '' : ' by ' + relative(relativeChange(row)))
            : '']));
    tip.hidden = false;
    const around = map.getBoundingClientRect();
    const left = Math.min(cell.box.x + 8, around.width - tip.offsetWidth - 4);
    const below = cell.box.y + Math.min(cell.box.height, 44) + 6;
    Object.assign(tip.style, { left: Math.max(0, left) + 'px',
      top: (below + tip.offsetHeight > around.height ? Math.max(0, cell.box.y - tip.offsetHeight - 4) : below)
          + 'px' });
  }

  function focusCell(index) {
    if (!cells[index]) return;
    cells[active].element.tabIndex = -1;
    active = index;
    cells[active].element.tabIndex = 0;
    cells[active].element.focus();
  }

  /** Returns the nearest cell of the same kind of place in a direction. */
  function neighbour(dx, dy) {
    const from = cells[active].box;
    let best = active;
    let least = Infinity;
    cells.forEach(({ box }, i) => {
      const x = box.x - from.x;
      const y = box.y - from.y;
      const ahead = x * dx + y * dy;
      const aside = Math.abs(x * dy) + Math.abs(y * dx);
      if (i !== active && ahead > 1 && ahead + 3 * aside < least) {
        least = ahead + 3 * aside;
        best = i;
      }
    });
    return best;
  }

  const moves = { ArrowRight: () => neighbour(1, 0), ArrowLeft: () => neighbour(-1, 0),
      ArrowDown: () => neighbour(0, 1),
    ArrowUp: () => neighbour(0, -1), Home: () => 0, End: () => cells.length - 1 };
  map.addEventListener('click', event => { const cell = cellAt(event); if (cell) open(cell.item); });
  map.addEventListener('mouseover', event => { const cell = cellAt(event); if (cell) showTip(cell); });
  map.addEventListener('mouseleave', () => { tip.hidden = true; });
  map.addEventListener('focusin',
      event => { const cell = cellAt(event); if (cell) { active =
      Number(cell.element.dataset.cell); showTip(cell); } });
  map.addEventListener('focusout', () => { tip.hidden = true; });
  map.addEventListener('keydown', event => {
    if (event.key in moves && cells.length) focusCell(moves[event.key]());
    else if ((event.key === 'Enter' || event.key === ' ') && cells[active]) open(cells[active].item);
    else if (event.key === 'Escape' && path.length) { path.pop(); moved(); }
    else return;
    event.preventDefault();
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !event.defaultPrevented && path.length
        && !/^(INPUT|SELECT)$/.test(event.target.tagName)) { path.pop(); moved(); }
  });

  const select = el('select', { change: event => {
    const before = root();
    mode = event.target.value;
    coloring = modes[mode].make();
    if (root() !== before) { path = []; moved(); } else draw();
  } }, Object.entries(modes).map(([name, made]) => el('option', { value: name, selected: name === mode }, made.title)));
  const fold = el('input',
      { type: 'checkbox', change: event => { folding = event.target.checked; path = []; moved(); } });
  new ResizeObserver(draw).observe(map);
  const element = el('section', { class: 'treemap', 'aria-labelledby': 'treemap-title' },
    el('div', { class: 'bar' }, el('h2', { id: 'treemap-title' }, 'Where the bytes are'),
      el('label', {}, 'Colour ', select), el('label', {}, fold, ' Fold numbered layers')),
    crumbs, el('div', { class: 'frame' }, map, tip), legend, small);
  return { element, draw, reset: () => { path = []; moved(); } };
}
