// Virtual lists: rows are created when they become visible.

/**
 * Builds the body of a list of which only the visible rows exist.
 * render(index, attributes) returns the element of a row; choose(index) is called for a click and for Enter.
 */
function virtualList(label, rowHeight, render, choose) {
  let length = 0;
  let active = 0;
  let columns = null;
  let made = new Map();
  const id = 'list' + document.querySelectorAll('.rows').length + label.length;
  const space = el('div', { class: 'space', role: 'rowgroup' });
  const rows = el('div', { class: 'rows', role: 'grid', tabindex: 0, 'aria-label': label }, space);

  /** Creates the rows that have become visible; all of them, if what they show has changed. */
  function draw(anew) {
    const first = Math.max(0, Math.floor(rows.scrollTop / rowHeight) - 6);
    const last = Math.min(length, Math.ceil((rows.scrollTop + rows.clientHeight) / rowHeight) + 6);
    const shown = new Map();
    for (let i = first; i < last; i++) {
      const row = !anew && made.get(i) || render(i, { role: 'row', id: id + '-' + i, 'aria-rowindex': i + 2 });
      row.setAttribute('aria-selected', String(i === active));
      row.style.top = i * rowHeight + 'px';
      row.dataset.index = i;
      shown.set(i, row);
    }
    if (anew || shown.size !== made.size || !made.has(first)) space.replaceChildren(...shown.values());
    made = shown;
    if (length) rows.setAttribute('aria-activedescendant', id + '-' + active);
    else rows.removeAttribute('aria-activedescendant');
  }

  function resize(newLength) {
    length = newLength;
    active = Math.min(active, Math.max(0, length - 1));
    space.style.height = length * rowHeight + 'px';
    rows.setAttribute('aria-rowcount', length + 1);
    draw(true);
  }

  function activate(index) {
    active = Math.max(0, Math.min(length - 1, index));
    const top = active * rowHeight;
    const head = columns ? columns.offsetHeight : 0;
    if (top < rows.scrollTop) rows.scrollTop = top;
    if (top + rowHeight + head > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + rowHeight
        + head - rows.clientHeight;
    draw();
  }

  const page = () => Math.max(1, Math.floor(rows.clientHeight / rowHeight) - 1);
  const moves = { ArrowDown: () => active + 1, ArrowUp: () => active - 1, PageDown: () => active + page(),
    PageUp: () => active - page(), Home: () => 0, End: () => length - 1 };
  rows.addEventListener('scroll', () => requestAnimationFrame(() => draw()));
  rows.addEventListener('keydown', event => {
    if (event.target !== rows || !length) return;
    if (event.key in moves) activate(moves[event.key]());
    else if (event.key === 'Enter' || event.key === ' ') choose(active);
    else return;
    event.preventDefault();
  });
  rows.addEventListener('click', event => {
    const row = event.target.closest('[data-index]');
    if (row) {
      activate(Number(row.dataset.index));
      choose(active);
    }
  });
  new ResizeObserver(() => draw()).observe(rows);
  return { element: rows, resize, activate, draw, head: element => { columns = element; rows.prepend(element); } };
}

/** The columns of the table of tensors: their titles, how they are sorted, and their texts. */
function tableColumns() {
  const numeric = (id, title, get, text) => ({ id, title, get, text: row => text(get(row)), numeric: true });
  const columns = [
    { id: 'name', title: 'Name', get: null, text: row => nameOf(names[row]) },
    numeric('bytes', 'Size', row => bytesOfRow[row], size),
    { id: 'shape', title: 'Shape', get: row => elementsOf(row), text: row => shapeOf[row], numeric: true },
    { id: 'dtype', title: 'Dtype', get: row => dtypeOf[row],
        text: row => dtypeOf[row].replace(/^DT_/, '').toLowerCase() },
    { id: 'role', title: 'Role', get: row => ROLE_TEXTS[roleOf(row)], text: row => ROLE_TEXTS[roleOf(row)] },
  ];
  if (changes) {
    columns.push({ id: 'status', title: 'Status', get: row => statusOf[row],
        text: row => el('span', { class: 'status ' + statusOf[row].replace(' ', '-') }, statusOf[row]) },
      numeric('change', 'Change', relativeChange, relative),
      numeric('max_abs', 'Largest Δ', row => change('max_abs', row), measured));
  }
  if (values) {
    columns.push(...[['mean', 'Mean'], ['std', 'Std'], ['min', 'Min'], ['max', 'Max'], ['zeros', 'Zeros'],
        ['nan', 'NaN'], ['inf', 'Inf']]
      .map(([id, title]) => numeric(id, title, row => value(id, row), id === 'zeros' || id === 'nan' || id === 'inf'
          ? count : measured)));
  }
  return columns;
}

/** Builds the table of tensors; {@code choose} receives the row of a tensor. */
function tensorTable(choose) {
  const columns = tableColumns();
  let order = { column: changes ? 'change' : 'name', descending: Boolean(changes) };
  let scope = null;
  let status = null;
  let chosen = -1;
  let shown = [];
  const info = el('span', { class: 'info', role: 'status' });
  const filter = el('input',
      { type: 'search', placeholder: 'Filter: text, or a glob such as **/kernel', 'aria-label': 'Filter by name',
      spellcheck: 'false', input: update });
  const scopeButton = el('button', { type: 'button', class: 'chip', hidden: true });
  const list = virtualList('Tensors', 30, (i, attributes) => {
    const row = shown[i];
    return el('div', { ...attributes, class: row === chosen ? 'row chosen' : 'row' }, columns.map(column =>
      el('div', { role: 'gridcell', class: column.numeric ? 'number' : null, title: column.id === 'name'
          ? printable(names[row]) : null }, column.text(row))));
  }, i => choose(shown[i]));
  const heads = columns.map(column => el('div', { role: 'columnheader', class: column.numeric ? 'number' : '' },
    el('button', { type: 'button', click: () => {
      order = { column: column.id, descending: order.column === column.id ? !order.descending
          : Boolean(column.numeric) };
      update();
    } }, column.title)));
  list.head(el('div', { class: 'row head', role: 'row', 'aria-rowindex': 1 }, heads));
  list.element.style.setProperty('--columns', columns.map(column => column.id === 'name' ? 'minmax(var(--name), 1fr)'
    : column.id === 'role' ? '128px' : column.id === 'shape' ? '122px' : column.id === 'status' ? '104px'
        : '84px').join(' '));
  list.element.style.setProperty('--others', columns.length * 92 + 'px');

  const lower = [];
  function update() {
    const text = filter.value;
    const test = text && matcher(text);
    filter.setAttribute('aria-invalid', String(test === null));
    const plain = text && !/[*?]/.test(text) && !text.startsWith('re:') ? text.toLowerCase() : null;
    const wanted = [];
    for (let row = 0; row < rowCount; row++) {
      if (scope && !scope.has(row)) continue;
      if (status && statusOf[row] !== status) continue;
      if (plain) {
        lower[row] = lower[row] || names[row].toLowerCase();
        if (!lower[row].includes(plain)) continue;
      } else if (test && !test(names[row])) continue;
      wanted.push(row);
    }
    const { get } = columns.find(column => column.id === order.column);
    if (get) {
      const keys = new Map(wanted.map(row => {
        const found = get(row);
        return [row, found === null || found === undefined
            || columns.find(c => c.id === order.column).numeric === undefined ? found : Number(found)];
      }));
      const sign = order.descending ? -1 : 1;
      wanted.sort((a, b) => {
        const x = keys.get(a);
        const y = keys.get(b);
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return x < y ? -sign : x > y ? sign : a - b;
      });
    } else if (order.descending) {
      wanted.reverse();
    }
    shown = wanted;
    heads.forEach((head, i) => {
      const sorted = columns[i].id === order.column;
      head.setAttribute('aria-sort', sorted ? order.descending ? 'descending' : 'ascending' : 'none');
    });
    info.textContent = shown.length === rowCount ? plural(rowCount, 'tensor') : count(shown.length) + ' of '
        + plural(rowCount, 'tensor');
    list.resize(shown.length);
  }

  update();
  const left = data.totals ? Number(data.totals.tensors) - total : 0;
  return {
    element: el('section', { class: 'table', 'aria-labelledby': 'table-title' },
      el('div', { class: 'bar' }, el('h2', { id: 'table-title' }, 'Tensors'), filter, scopeButton, info),
      left > 0 ? el('p', { class: 'note' }, 'The table holds the ' + count(total) + ' largest tensors; ' + count(left)
          + ' smaller ones are summed up by scope in the treemap.') : null,
      list.element),
    scope(rows, title) {
      scope = rows && new Set(rows);
      scopeButton.hidden = !rows;
      scopeButton.textContent = 'in ' + title;
      update();
    },
    status(wanted) {
      status = wanted;
      update();
    },
    choose(row) {
      chosen = row;
      const at = shown.indexOf(row);
      if (at >= 0) list.activate(at);
      list.draw(true);
    },
    draw: () => list.draw(),
    /** Returns a plain table of the first rows, for paper. */
    printed: () => el('table', { class: 'printed' },
        el('thead', {}, el('tr', {}, columns.map(column => el('th', {}, column.title)))),
      el('tbody', {}, shown.slice(0,
          500).map(row => el('tr', {}, columns.map(column => el('td', {}, column.text(row))))))),
    printedNote: () => shown.length > 500 ? 'The first 500 of ' + count(shown.length) + ' rows.' : '',
    resetScope: handler => scopeButton.addEventListener('click', handler),
  };
}
