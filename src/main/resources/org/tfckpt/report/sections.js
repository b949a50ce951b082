// The header, warnings, problems, the changes by scope, and the comparison with a graph.

function tile(title, text, exact) {
  return el('div', { class: 'tile', title: exact || null }, el('dt', {}, title), el('dd', {}, text));
}

function shares() {
  const all = Number(data.totals.bytes) || 1;
  const order = Object.keys(ROLE_TEXTS).filter(name => data.roles.some(role => role.name === name));
  const parts = order.map((name, i) => {
    const role = data.roles.find(found => found.name === name);
    const part = el('span', { class: 'part', title: ROLE_TEXTS[name] + ': ' + plural(role.tensors, 'tensor') + ', '
        + size(role.bytes) });
    part.style.flexGrow = Number(role.bytes) / all;
    part.style.background = PALETTE[i];
    return { part, text: el('li', {}, key(PALETTE[i], ROLE_TEXTS[name]), ' ' + percent(Number(role.bytes) / all)
        + ' · ' + size(role.bytes) + ' · ' + plural(role.tensors, 'tensor')) };
  });
  return el('div', { class: 'shares' }, el('div', { class: 'stack', 'aria-hidden': 'true' }, parts.map(p => p.part)),
      el('ul', {}, parts.map(p => p.text)));
}

function verdict() {
  const done = data.verification;
  if (data.problems.length > 0) {
    return el('p', { class: 'verdict bad' }, '✗ Damaged: ' + plural(data.problems.length, 'problem'));
  }
  if (!done) return el('p', { class: 'verdict' }, 'Not verified');
  return el('p', { class: 'verdict good' }, '✓ Verified: ' + plural(done.tensors, 'tensor') + ', ' + size(done.bytes)
      + ' intact'
    + (done.checksums ? '' : '; structure only: the format has no checksums'));
}

function header() {
  const dtypes = (data.dtypes || []).slice().sort((a, b) => Number(b.bytes) - Number(a.bytes));
  const texts = dtypes.slice(0, 2).map(dtype => dtype.name.replace(/^DT_/, '').toLowerCase());
  return el('header', {},
    el('div', { class: 'title' },
      el('div', {}, el('p', { class: 'kind' }, 'Checkpoint', changes
          ? [' compared with ', el('bdi', {}, changes.other)] : ''),
        el('h1', {}, nameOf(data.file)), data.path ? el('p', { class: 'path' }, nameOf(data.path)) : null),
      verdict()),
    data.totals ? el('dl', { class: 'tiles' },
      tile('Tensors', count(data.totals.tensors)),
      tile('Parameters', short(data.totals.parameters), count(data.totals.parameters)),
      tile('Size', size(data.totals.bytes), count(data.totals.bytes) + ' bytes'),
      tile('Dtypes', texts.join(', ') + (dtypes.length > 2 ? ' + ' + (dtypes.length - 2) : ''),
          dtypes.map(dtype => dtype.name + ': ' + plural(dtype.tensors, 'tensor') + ', '
          + size(dtype.bytes)).join('\n')),
      tile('Format', data.format + (data.endianness === 'BIG' ? ', big-endian' : '')
          + (data.shards > 1 ? ', ' + data.shards + ' shards' : ', 1 shard')),
      data.step === null ? null : tile('Step', count(data.step))) : null,
    data.totals && Number(data.totals.tensors) ? shares() : null);
}

const LISTED = 8;

/** Returns a list that shows its first items, and the others on demand. */
function shortList(items, more) {
  const list = el('ul', {}, items.slice(0, LISTED));
  const rest = more - Math.min(items.length, LISTED);
  if (rest <= 0) return list;
  return el('div', {}, list, items.length > LISTED
    ? el('button', { type: 'button', class: 'more',
        click: event => { list.append(...items.slice(LISTED)); event.target.replaceWith(more > items.length ? 'and '
        + count(more - items.length) + ' more' : ''); } }, 'Show ' + count(rest) + ' more')
    : 'and ' + count(rest) + ' more');
}

function problems() {
  if (data.problems.length === 0) return null;
  const items = data.problems.map(problem => el('li', {},
    problem.tensor !== null ? [el('b', {}, nameOf(decode(problem.tensor))), ': '] : problem.tensors > 1
        ? plural(problem.tensors, 'tensor') + ': ' : '',
    el('bdi', {}, printable(decode(problem.message))),
    el('small', {}, ' ', [problem.kind, problem.file === null ? null : printable(decode(problem.file)),
        problem.offset === null ? null : 'offset ' + count(problem.offset)].filter(text => text).join(', '))));
  return el('section', { class: 'card bad', 'aria-labelledby': 'problems-title' },
      el('h2', { id: 'problems-title' }, '✗ Damage'),
    el('p', { class: 'how' }, data.verification ? 'Found by reading and checking everything.'
        : 'Found while reading; the checkpoint was not verified as a whole.'), shortList(items, items.length));
}

const WARNING_SIGNS = { nan: ['✗', 'bad'], slot: ['!', 'warn'], equal: ['=', 'note'], zero: ['0', 'note'],
    constant: ['≡', 'note'] };

function warnings(choose) {
  if (data.warnings.length === 0) return null;
  const link = name => rowOf.has(name)
      ? el('button', { type: 'button', class: 'link', click: () => choose(rowOf.get(name)) }, nameOf(name))
      : nameOf(name);
  return el('section', { class: 'warnings', 'aria-labelledby': 'warnings-title' },
      el('h2', { id: 'warnings-title' }, 'Warnings'),
    data.warnings.map(warning => {
      const [sign, level] = WARNING_SIGNS[warning.kind];
      const items = warning.items.map(item =>
          el('li', {}, item.tensors.map(decode).flatMap((name, i) => [i ? ' = ' : '', link(name)]),
          el('small', {}, ' ' + item.note)));
      return el('details', { class: 'card ' + level, open: level !== 'note' },
        el('summary', {}, el('span', { class: 'sign', 'aria-hidden': 'true' }, sign), ' ' + warning.title + ': '
            + plural(warning.count, warning.kind === 'equal' ? 'group' : 'tensor')),
        el('p', { class: 'how' }, warning.how), shortList(items, Number(warning.count)));
    }));
}

/** Returns the first two parts of a name without its last part. */
function scopeOf(row) {
  const parts = partsOf(row);
  return parts.slice(0, Math.max(1, Math.min(2, parts.length - 1))).join(SEPARATOR);
}

/** Sums up the changes of the tensors of each scope: the norm of all differences divided by that of all weights. */
function changesByScope() {
  const scopes = new Map();
  changes.changed.row.forEach(row => {
    const scope = scopeOf(row);
    const sums = scopes.get(scope) || { scope, difference: 0, weights: 0, tensors: 0 };
    const relative = relativeChange(row);
    const squares = Number(change('rms', row)) ** 2 * elementsOf(row);
    sums.tensors++;
    if (relative > 0 && Number.isFinite(squares)) {
      sums.difference += squares;
      sums.weights += squares / relative ** 2;
    }
    scopes.set(scope, sums);
  });
  return [...scopes.values()].map(sums =>
      ({ ...sums, change: sums.weights > 0 ? Math.sqrt(sums.difference / sums.weights) : null }))
    .sort((a, b) => (b.change ?? -1) - (a.change ?? -1));
}

function changed(filterStatus) {
  if (!changes) return null;
  const counts = changes.counts;
  const chips = [['changed', counts.changed], ['added', counts.added], ['removed', counts.removed],
      ['reshaped', counts.reshaped], ['dtype', counts.dtype], ['not compared', counts.not_compared],
      ['same', counts.same]]
    .filter(([, number]) => number > 0)
    .map(([status, number]) => el('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', click: event => {
      const pressed = event.target.getAttribute('aria-pressed') === 'true';
      chips.forEach(chip => chip.setAttribute('aria-pressed', 'false'));
      event.target.setAttribute('aria-pressed', String(!pressed));
      filterStatus(pressed ? null : status);
    } }, count(number) + ' ' + (status === 'dtype' ? 'of another dtype' : status)));
  const scopes = changesByScope();
  const most = scopes.length ? scopes[0].change || 0 : 0;
  return el('section', { class: 'changes card', 'aria-labelledby': 'changes-title' },
    el('h2', { id: 'changes-title' }, 'Changes since ', el('bdi', {}, changes.other)),
    changes.equal && counts.changed === 0 ? el('p', {}, 'No difference was found.') : null,
    el('div', { class: 'chips', role: 'group', 'aria-label': 'Show in the table only' }, chips),
    scopes.length ? el('table', { class: 'bars' },
        el('caption', {}, 'Change by scope: the norm of the differences relative to that of the weights, over the changed tensors'),
      el('tbody', {}, scopes.slice(0, 12).map(({ scope, change: size, tensors }) => {
        const bar = el('span', { class: 'column' });
        bar.style.width = most > 0 && size ? Math.max(0.5, 100 * size / most) + '%' : '0';
        return el('tr', {}, el('th', { scope: 'row' }, nameOf(scope)), el('td', { class: 'wide' }, bar),
            el('td', { class: 'number' }, relative(size)),
            el('td', { class: 'number tensors' }, plural(tensors, 'tensor')));
      }))) : null,
    scopes.length > 12 ? el('p', { class: 'note' }, 'and ' + plural(scopes.length - 12, 'scope')
        + ' with smaller changes') : null);
}

const OUTCOMES = { missing: 'missing from the checkpoint', shape: 'another shape', dtype: 'another dtype',
    unused: 'not used by the graph', matched: 'matched', excluded: 'excluded' };

/** The graph and the checkpoint side by side: one pair per row, with a line between if they match. */
function graphSection(choose) {
  const graph = data.graph;
  if (!graph) return null;
  const tensor = found => typeof found === 'number' ? names[found] : decode(found);
  const pairs = graph.variables.map(([variable, outcome, wanted, found, ...suggestions]) =>
      ({ variable: decode(variable), outcome, wanted, found, suggestions: suggestions.map(decode) }))
    .concat(graph.unused.map(found => ({ variable: null, outcome: 'unused', found, suggestions: [] })));
  const ranks = Object.keys(OUTCOMES);
  pairs.sort((a, b) => ranks.indexOf(a.outcome) - ranks.indexOf(b.outcome));
  let only = null;
  let shown = pairs;
  const list = virtualList('Variables and tensors', 44, (i, attributes) => {
    const pair = shown[i];
    return el('div', { ...attributes, class: 'row pair ' + pair.outcome },
      el('div', { role: 'gridcell' }, pair.variable === null ? ''
          : [nameOf(pair.variable), el('small', {}, pair.wanted)]),
      el('div', { role: 'gridcell', class: 'line', title: OUTCOMES[pair.outcome] },
          el('span', {}, { matched: '', missing: '?', shape: '≠', dtype: '≠', unused: '',
          excluded: '–' }[pair.outcome])),
      el('div', { role: 'gridcell' }, pair.found !== null
        ? [nameOf(tensor(pair.found)),
            el('small', {}, typeof pair.found === 'number' ? dtypeOf[pair.found] + ' ' + shapeOf[pair.found] : '')]
        : [el('em', {}, OUTCOMES[pair.outcome]), pair.suggestions.length
            ? el('small', {}, 'perhaps ', pair.suggestions.flatMap((name, n) => [n ? ', ' : '', nameOf(name)]))
            : null]));
  }, i => { if (typeof shown[i].found === 'number') choose(shown[i].found); });
  const chips = ranks.filter(outcome => pairs.some(pair => pair.outcome === outcome)).map(outcome =>
      el('button', { type: 'button', class: 'chip ' + outcome, 'aria-pressed': 'false', click: event => {
    only = only === outcome ? null : outcome;
    chips.forEach(chip => chip.setAttribute('aria-pressed', String(chip === event.target && only !== null)));
    shown = only ? pairs.filter(pair => pair.outcome === only) : pairs;
    list.resize(shown.length);
  } }, count(outcome === 'unused' ? graph.unused_count : pairs.filter(pair => pair.outcome === outcome).length) + ' '
      + OUTCOMES[outcome]));
  list.element.style.height = Math.min(pairs.length, 10) * 44 + 2 + 'px';
  const made = el('section', { class: 'graph card', 'aria-labelledby': 'graph-title' },
    el('h2', { id: 'graph-title' }, 'Graph ', el('bdi', {}, graph.name)),
    el('p', { class: graph.complete ? 'good' : '' }, graph.complete
        ? '✓ Every variable is found with its shape and dtype.'
      : count(graph.variables.filter(v => v[1] === 'matched').length) + ' of '
          + plural(graph.variables.length, 'variable') + ' found.'
        + (graph.partial ? ' These are only the variables that an error names.' : '')),
    graph.notes.map(note => el('p', { class: 'note' }, printable(decode(note)))),
    el('div', { class: 'chips', role: 'group', 'aria-label': 'Show only' }, chips),
    el('div', { class: 'sides', 'aria-hidden': 'true' }, el('span', {}, 'Graph'), el('span', {}, 'Checkpoint')),
        list.element,
    graph.complete ? null : advice(graph));
  list.resize(pairs.length);
  return made;
}

/** Returns the commands that make a restore work. */
function advice(graph) {
  const plan = graph.plan;
  if (plan.found === 0) return el('p', {}, 'No variable is found: the checkpoint probably belongs to another model.');
  const file = shell(data.path || data.file);
  const from = plan.from.map(rule => '--from ' + shell(decode(rule)));
  const exclude = plan.exclude.map(glob => '--exclude ' + shell(decode(glob)));
  const dropped = plan.no_slots ? plan.not_restored.map(glob => '--exclude ' + shell(decode(glob))) : exclude;
  const compare = ['tfckpt compare', ...(plan.no_slots ? ['--no-slots'] : []), ...exclude, ...from, shell(graph.name),
      file];
  const rewrite = ['tfckpt rewrite', file, '-o PREFIX', '--for', shell(graph.name), ...dropped, ...from,
      ...(plan.complete ? [] : ['--partial'])];
  return el('div', {}, el('h3', {}, 'To restore the ' + plural(plan.found, 'variable') + ' found'),
    copyable('Compare with these options', compare.join(' ')),
    graph.partial ? null : copyable('Write a checkpoint with the names of the graph', rewrite.join(' ')));
}
