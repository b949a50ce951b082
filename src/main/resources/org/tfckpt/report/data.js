// The tensors of the page, by row. Removed tensors of the other checkpoint follow those of this one.

const data = JSON.parse(document.getElementById('data').textContent);
const changes = data.changes || null;
const values = data.values || null;

const names = (data.name || []).map(decode);
const total = names.length;
const bytesOfRow = (data.bytes || []).slice();
const dtypeOf = (data.dtype || []).map(code => data.dtype_names[code]);
const shapeOf = (data.shape || []).map(code => data.shape_names[code]);
const offsets = [];
(data.offset || []).reduce((end, offset, row) => {
  offsets[row] = offset === null ? null : end + Number(offset);
  return offset === null ? end : offsets[row] + Number(data.bytes[row]);
}, 0);

/** What happened to a row: same, changed, added, removed, reshaped, dtype, not compared. */
const statusOf = new Array(total).fill('same');
const changedAt = new Map();
if (changes) {
  changes.added.forEach(row => { statusOf[row] = 'added'; });
  changes.not_compared.forEach(row => { statusOf[row] = 'not compared'; });
  Object.keys(changes.reshaped).forEach(row => { statusOf[row] = 'reshaped'; });
  Object.keys(changes.dtype).forEach(row => { statusOf[row] = 'dtype'; });
  changes.changed.row.forEach((row, i) => {
    statusOf[row] = 'changed';
    changedAt.set(row, i);
  });
  changes.removed.forEach(removed => {
    names.push(decode(removed.name));
    dtypeOf.push(removed.dtype);
    shapeOf.push(removed.shape);
    bytesOfRow.push(removed.bytes);
    statusOf.push('removed');
  });
}

const rowOf = new Map(names.map((name, row) => [name, row]));
const rowCount = names.length;
const roleOf = row => row < total ? data.role_names[data.role[row]] : 'variable';
const ROLE_TEXTS = { variable: 'Model', slot: 'Optimizer slot', hyperparameter: 'Optimizer setting',
    moving_average: 'Moving average' };
const slotsOf = new Map();
(data.of || []).forEach((variable, row) => {
  if (variable < 0) return;
  if (!slotsOf.has(variable)) slotsOf.set(variable, []);
  slotsOf.get(variable).push(row);
});

const dimensionsOf = row => shapeOf[row] === '[]' ? [] : shapeOf[row].slice(1, -1).split(',').map(Number);
const elementsOf = row => dimensionsOf(row).reduce((product, dimension) => product * dimension, 1);
const value = (key, row) => values && row < total ? values[key][row] : null;
const change = (key, row) => changedAt.has(row) ? changes.changed[key][changedAt.get(row)] : null;

/** The size of the change of a row relative to its weights; null if there is none or it is not known. */
const relativeChange = row => change('relative', row) === null ? null : Number(change('relative', row));

/** Returns the file that holds the bytes of a shard. */
function shardFile(shard) {
  return data.format !== 'V2' ? data.file
    : data.file + '.data-' + String(shard).padStart(5, '0') + '-of-' + String(data.shards).padStart(5, '0');
}

/** Returns a test for names: a glob for the whole name or a regular expression as in the tool, or a part of the name. */
function matcher(text) {
  if (text.startsWith('re:')) {
    try {
      const expression = new RegExp(text.slice(3), 'su');
      return name => expression.test(name);
    } catch (notValid) {
      return null;
    }
  }
  if (/[*?]/.test(text)) {
    const expression = new RegExp('^' + text.replace(/\*\*|[*?]|[.+^${}()|[\]\\]/g,
      c => c === '**' ? '.*' : c === '*' ? '[^/]*' : c === '?' ? '[^/]' : '\\' + c) + '$', 'su');
    return name => expression.test(name);
  }
  const part = text.toLowerCase();
  return name => name.toLowerCase().includes(part);
}
