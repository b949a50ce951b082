// The scopes of the names, and the layout of the treemap.

const SEPARATOR = names.filter(name => name.includes('/')).length * 2 >= names.length ? '/' : '.';

/** Returns the parts of a name: those of the path of an object, if the name is a key of an object-based checkpoint. */
function partsOf(row) {
  const key = names[row].split('/.ATTRIBUTES/');
  const last = key.length > 1 && key[1] !== 'VARIABLE_VALUE' ? [key[1]] : [];
  const slot = key[0].split('/.OPTIMIZER_SLOT/');
  return [...slot[0].split(SEPARATOR), ...(slot.length > 1 ? [slot[1]] : []), ...last];
}

/** Builds the tree of some rows. Sums are computed on the way, so that no recursion depends on the length of a name. */
function treeOf(rows, rest) {
  const root = group(data.file || '');
  const insert = (parts, leaf) => {
    let node = root;
    for (let i = 0; ; i++) {
      node.bytes += leaf.bytes;
      node.count += leaf.count;
      if (i === parts.length - 1) break;
      if (!node.groups.has(parts[i])) node.groups.set(parts[i], group(parts[i]));
      node = node.groups.get(parts[i]);
    }
    node.leaves.push(leaf);
  };
  rows.forEach(row => {
    const parts = partsOf(row);
    insert(parts, { name: parts[parts.length - 1], bytes: Math.max(0, Number(bytesOfRow[row])), count: 1,
        rows: [row] });
  });
  rest.forEach(scope => {
    const name = '(' + plural(scope.tensors, 'smaller tensor') + ')';
    insert([...(scope.name ? decode(scope.name).split('/') : []), name],
      { name, bytes: Number(scope.bytes), count: scope.tensors, rows: [] });
  });
  return root;
}

function group(name) {
  return { name, bytes: 0, count: 0, groups: new Map(), leaves: [] };
}

/** Returns the children of a group, the largest first. */
function childrenOf(node, folding) {
  const cache = folding ? 'folded' : 'plain';
  if (!node[cache]) {
    const children = merged(node.members ? node.members.flatMap(member => childrenOf(member, folding))
        : ownChildren(node));
    node[cache] = (folding ? folded(children) : children).sort((a, b) => b.bytes - a.bytes);
  }
  return node[cache];
}

/** A variable is shown within the group of its slots, which has the same name; a group with a single group as one. */
function ownChildren(node) {
  const variables = Map.groupBy(node.leaves, leaf => leaf.name);
  const groups = [...node.groups.values()].map(child => {
    const own = variables.get(child.name) || [];
    return own.length === 0 ? withoutChain(child) : {
      ...child,
      leaves: [...child.leaves, ...own],
      bytes: own.reduce((sum, leaf) => sum + leaf.bytes, child.bytes),
      count: own.reduce((sum, leaf) => sum + leaf.count, child.count),
    };
  });
  return [...groups, ...node.leaves.filter(leaf => !node.groups.has(leaf.name))];
}

function withoutChain(node) {
  const chain = [node.name];
  while (node.groups.size === 1 && node.leaves.length === 0) {
    node = node.groups.values().next().value;
    chain.push(node.name);
  }
  return chain.length === 1 ? node : { ...node, name: chain.join(SEPARATOR) };
}

/** Adds up children of the same kind and name. */
function merged(children) {
  return [...Map.groupBy(children, child => (child.rows ? 'leaf ' : 'group ') + child.name).values()]
    .map(same => same.length === 1 ? same[0] : sumOf(same[0].name, same));
}

function sumOf(name, members) {
  return {
    name,
    members,
    bytes: members.reduce((sum, member) => sum + member.bytes, 0),
    count: members.reduce((sum, member) => sum + member.count, 0),
    rows: members[0].rows && members.flatMap(member => member.rows),
  };
}

/** Three or more groups whose names differ in one number only become one. */
function folded(children) {
  const MAX_NUMBERS = 4;
  const splits = child => child.rows ? [] : [...child.name.matchAll(/\d+/g)].slice(-MAX_NUMBERS).map(number =>
    ({ child, before: child.name.slice(0, number.index), number: Number(number[0]),
        after: child.name.slice(number.index + number[0].length) }));
  const similar = Map.groupBy(children.flatMap(splits), split => split.before + '\0' + split.after);
  const taken = new Set();
  const sums = [...similar.values()].sort((a, b) => b.length - a.length).flatMap(all => {
    const same = all.filter(split => !taken.has(split.child));
    if (same.length < 3) return [];
    same.forEach(split => taken.add(split.child));
    const numbers = same.map(split => split.number).sort((a, b) => a - b);
    return [sumOf(same[0].before + '{' + numbers[0] + '..' + numbers[numbers.length - 1] + '}' + same[0].after,
        same.map(split => split.child))];
  });
  return [...sums, ...children.filter(child => !taken.has(child))];
}

/** Returns all rows below a node. */
function rowsBelow(node) {
  const rows = [];
  const open = [node];
  while (open.length > 0) {
    const next = open.pop();
    if (next.rows) next.rows.forEach(row => rows.push(row));
    else for (const child of next.members || [...next.leaves, ...next.groups.values()]) open.push(child);
  }
  return rows;
}

/** Divides a rectangle that stands for some bytes among items, the largest first, as squarely as possible. */
function squarify(items, bytes, x, y, width, height) {
  const placed = [];
  let left = bytes;
  let start = 0;
  while (start < items.length && left > 0 && width > 0 && height > 0) {
    const side = Math.min(width, height);
    const scale = width * height / left;
    let end = start;
    let sum = 0;
    let worst = Infinity;
    while (end < items.length) {
      const area = (sum + items[end].bytes) * scale;
      const thick = area / side;
      const ratio = Math.max(thick / (items[end].bytes * scale / thick), items[start].bytes * scale / thick / thick);
      if (!(ratio <= worst) && end > start) break;
      worst = ratio;
      sum += items[end++].bytes;
    }
    const thick = Math.min(sum * scale / side, Math.max(width, height));
    let along = 0;
    for (; start < end; start++) {
      const length = sum > 0 ? items[start].bytes / sum * side : 0;
      placed.push(width >= height
        ? { item: items[start], x, y: y + along, width: thick, height: length }
        : { item: items[start], x: x + along, y, width: length, height: thick });
      along += length;
    }
    left -= sum;
    if (width >= height) { x += thick; width -= thick; } else { y += thick; height -= thick; }
  }
  return placed;
}
