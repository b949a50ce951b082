// Elements, and texts for people, shells and Python.

/** Creates an element. Strings become text nodes, never markup; functions become listeners. */
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return made;
}

/** Decodes a string; bytes that are not UTF-8 become lone surrogates, as in Python's surrogateescape. */
function decode(text) {
  if (text === null || typeof text === 'string') return text;
  const bytes = Uint8Array.from(atob(text.base64), c => c.charCodeAt(0));
  let decoded = '';
  for (let i = 0; i < bytes.length;) {
    const length = bytes[i] < 0x80 ? 1 : bytes[i] < 0xe0 ? 2 : bytes[i] < 0xf0 ? 3 : 4;
    try {
      decoded += new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(i, i + length));
      i += length;
    } catch (notUtf8) {
      decoded += String.fromCharCode(0xdc00 + bytes[i++]);
    }
  }
  return decoded;
}

/** Makes control characters, those that change the direction of text, and bytes that are not UTF-8 visible. */
function printable(name) {
  return name.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]|[\udc80-\udcff](?<![\ud800-\udbff].)/g,
    c => c > '\u2000' && c < '\ud800' ? '\\u' + c.charCodeAt(0).toString(16)
      : '\\x' + (c.charCodeAt(0) & 0xff).toString(16).padStart(2, '0'));
}

/** Returns an element with a name; the direction of its text does not affect what is around it. */
const nameOf = (name, attributes) => el('bdi', { class: 'name', ...attributes }, printable(name));

/** Returns a name whose lines break after its separators. */
const wrapped = name => el('bdi', { class: 'name' },
    printable(name).split(/(?<=[\/.])/).flatMap(part => [part, el('wbr')]));

const grouped = new Intl.NumberFormat('en');

/** Formats an integer; those beyond 2^53 are strings. */
function count(number) {
  return number === null || number === undefined ? '–'
      : grouped.format(typeof number === 'string' ? BigInt(number) : number);
}

const plural = (number, noun) => count(number) + ' ' + noun + (number === 1 ? '' : 's');

function scaled(number, units) {
  let unit = 0;
  let value = Number(number);
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return (unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(value >= 10 ? 3 : 2)) + units[unit];
}

const short = number => scaled(number, ['', ' k', ' M', ' G', ' T', ' P', ' E']);
const size = bytes => bytes === null || bytes === undefined ? '–'
    : scaled(bytes, [' B', ' kB', ' MB', ' GB', ' TB', ' PB', ' EB']);
const percent = share => share === 0 ? '0 %' : share < 0.001 ? '< 0.1 %' : (100 * share).toFixed(share >= 0.1 ? 0 : 1)
    + ' %';

/** Formats a measured value with four digits. */
function measured(value) {
  if (value === null || value === undefined) return '–';
  const number = Number(value);
  if (!Number.isFinite(number) || number === 0) return String(number);
  if (Number.isInteger(number) && Math.abs(number) < 1e6) return count(number);
  const magnitude = Math.abs(number);
  return magnitude < 1e-3 || magnitude >= 1e6 ? number.toExponential(3) : String(Number(number.toPrecision(4)));
}

/** Formats the size of a change relative to the weights. */
const relative = change => change === null || change === undefined ? '–' : measured(100 * change) + ' %';

/** Quotes a word for a POSIX shell; bytes that are not plain text are quoted as Bash does. */
function shell(word) {
  if (/^[\w.\/:=,@%+-]+$/.test(word)) return word;
  if (printable(word) === word) return "'" + word.replaceAll("'", "'\\''") + "'";
  return "$'" + bytesOf(word).map(b => b === 39 || b === 92 ? '\\' + String.fromCharCode(b)
    : b < 32 || b > 126 ? '\\x' + b.toString(16).padStart(2, '0') : String.fromCharCode(b)).join('') + "'";
}

function python(text) {
  if (printable(text) === text) return "'" + text.replace(/[\\']/g, '\\$&') + "'";
  return "b'" + bytesOf(text).map(b => b === 39 || b === 92 ? '\\' + String.fromCharCode(b)
    : b < 32 || b > 126 ? '\\x' + b.toString(16).padStart(2, '0') : String.fromCharCode(b)).join('')
    + "'.decode('utf-8', 'surrogateescape')";
}

function bytesOf(text) {
  return [...text].flatMap(c => c >= '\udc80' && c <= '\udcff' ? [c.charCodeAt(0) & 0xff]
      : [...new TextEncoder().encode(c)]);
}

/** Returns a button that copies a text, and the text itself. */
function copyable(label, text) {
  const said = el('span', { class: 'said', role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch (notAllowed) {
      const area = el('textarea', {}, text);
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
    said.textContent = 'copied';
    setTimeout(() => { said.textContent = ''; }, 2000);
  };
  return el('div', { class: 'copyable' },
    el('div', { class: 'bar' }, el('span', {}, label), said,
      el('button', { type: 'button', click: copy, 'aria-label': 'Copy: ' + label }, 'Copy')),
    el('pre', { tabindex: 0 }, el('code', {}, text)));
}
