"""Writes the files of this directory with NumPy 1.24 and Python's zipfile, and their expected contents.

python3 make.py
"""
import hashlib, io, json, struct, zipfile
import numpy as np
from numpy.lib import format as npy

random = np.random.default_rng(16)
DTYPES = ['?', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'c8', 'c16']
NAMES = {'?': 'DT_BOOL', 'f2': 'DT_HALF', 'f4': 'DT_FLOAT', 'f8': 'DT_DOUBLE', 'c8': 'DT_COMPLEX64',
         'c16': 'DT_COMPLEX128'}
expected = {}


def dtype_name(dtype):
    code = dtype.str.lstrip('<>=|')
    if dtype.kind in 'SU':
        return 'DT_STRING'
    if code in ('b1', '?'):
        return 'DT_BOOL'
    if dtype.kind in 'iu':
        return 'DT_' + ('U' if dtype.kind == 'u' else '') + 'INT%d' % (8 * dtype.itemsize)
    return NAMES[code]


def sha256(array):
    digest = hashlib.sha256()
    if array.dtype.kind in 'SU':
        for element in array.ravel():
            element = element if isinstance(element, bytes) else str(element).encode()
            digest.update(struct.pack('<Q', len(element)) + element)
    else:
        digest.update(np.ascontiguousarray(array).astype(array.dtype.newbyteorder('<')).tobytes())
    return digest.hexdigest()


def expect(file, arrays):
    expected[file] = [{'name': name, 'dtype': dtype_name(array.dtype), 'shape': list(array.shape),
                       'sha256': sha256(array)} for name, array in sorted(arrays.items(), key=lambda a: a[0].encode())]


def array(dtype, shape):
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    if dtype.kind == 'b':
        return (random.integers(0, 2, shape) > 0).reshape(shape)
    if dtype.kind in 'fc':
        return random.standard_normal(shape).astype(dtype)
    return np.frombuffer(random.bytes(size), dtype).reshape(shape).copy()


def save(file, arrays, writer=np.savez):
    writer(file, **arrays)
    expect(file, arrays)


def shapes(order):
    arrays = {}
    for dtype in DTYPES:
        for shape in [(), (0,), (5,), (1, 1), (3, 4), (2, 0, 3), (2, 3, 5), (2, 1, 3, 2)]:
            name = 'v/' + dtype.replace('?', 'b') + '/' + '_'.join(map(str, shape))
            arrays[name] = array(np.dtype(dtype).newbyteorder(order), shape)
    return arrays


def fortran(arrays):
    return {name: np.asfortranarray(value) for name, value in arrays.items()}


save('little.npz', shapes('<'))
save('big.npz', shapes('>'))
save('fortran.npz', fortran(shapes('<')))
save('compressed.npz', shapes('<'), np.savez_compressed)
save('compressed-fortran-big.npz', fortran(shapes('>')), np.savez_compressed)
save('long-rows.npz', {'m': np.asfortranarray(array('f4', (130, 67, 3))), 'b': np.asfortranarray(array('>i2', (200, 301)))},
     np.savez_compressed)
strings = {
    'S': np.array([[b'ab', b'', b'c\0d'], [b'\xff\xfe', b'12345', b'x']]),
    'S0': np.zeros(3, 'S0'),
    'scalar': np.array(b'alone'),
    'U': np.array([['K\u00f6ln', '', '\U0001f600'], ['a\0b', 'x', '\ud7ff']]),
    'U>': np.array(['gro\u00df', 'y']).astype('>U7'),
    'U0': np.array(['', '']),
    'SF': np.asfortranarray(np.array([[b'1', b'22', b'333'], [b'4', b'55', b'666']])),
    'none': np.zeros((0, 2), 'U5'),
}
save('strings.npz', strings)
save('strings-compressed.npz', strings, np.savez_compressed)
save('names.npz', {'gr\u00f6\u00dfe': array('f4', (2,)), '\u6f22/\u5b57': array('i4', (1,)), 'model/../x': array('u1', (3,)),
                   'a.npy.b': array('f8', ())})
save('none.npz', {})
for name, value in {'f4': array('f4', (3, 5)), 'big': array('>f8', (2, 2)), 'fortran': np.asfortranarray(array('f4', (3, 5))),
                    'text': np.array(['a', 'bc'])}.items():
    np.save(name + '.npy', value)
    expect(name + '.npy', {name: value})

value = array('f4', (3, 4))
for version in [(2, 0), (3, 0)]:
    name = 'version%d' % version[0]
    with open(name + '.npy', 'wb') as out:
        npy.write_array(out, value, version=version)
    expect(name + '.npy', {name: value})


def header(name, text, data, version=1):
    text = text.encode('latin1')
    with open(name + '.npy', 'wb') as out:
        out.write(b'\x93NUMPY' + bytes([version, 0]) + struct.pack('<H' if version == 1 else '<I', len(text)) + text + data)


header('python2', "{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }          \n", value.tobytes())
expect('python2.npy', {'python2': value})
header('order', '{"shape":(3,4),"descr":"=f4","fortran_order":False}', value.tobytes())
expect('order.npy', {'order': value})


class Pipe(io.RawIOBase):
    """A stream that cannot seek, so that zipfile writes the sizes after the data."""

    def __init__(self):
        self.data = b''

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)


pipe = Pipe()
np.savez(pipe, a=value, b=value[0])
open('streamed.npz', 'wb').write(pipe.data)
expect('streamed.npz', {'a': value, 'b': value[0]})
plain = io.BytesIO()
np.savez(plain, a=value)
open('prefixed.npz', 'wb').write(b'#!/bin/sh\nexit 1\n' + plain.getvalue())
expect('prefixed.npz', {'a': value})
with zipfile.ZipFile('mixed.npz', 'w') as mixed:
    mixed.comment = b'PK\x05\x06 a comment'
    mixed.writestr('readme.txt', 'not an array')
    data = io.BytesIO()
    np.save(data, value)
    mixed.writestr('deep/er/a.npy', data.getvalue(), zipfile.ZIP_DEFLATED)
    mixed.writestr('b.npy', data.getvalue())
expect('mixed.npz', {'deep/er/a': value, 'b': value})

np.savez('refused.npz', object=np.array([{}, None], dtype=object), time=np.array(['2020-01-01'], dtype='M8[D]'),
         delta=np.zeros(2, 'm8[s]'), record=np.zeros(2, dtype=[('a', '<f4'), ('b', 'i1')]), raw=np.zeros(2, 'V2'),
         long=np.zeros(2, np.longdouble), clong=np.zeros(2, np.clongdouble), raw5=np.zeros(2, 'V5'), ok=value)
field = np.zeros(2, dtype=[('gr\u00f6\u00dfe\u6f22', '<f4')])
np.save('refused.npy', field)

with open('arrays.json', 'w') as out:
    lines = ['%s: [\n%s\n]' % (json.dumps(file), ',\n'.join(map(json.dumps, arrays)))
             for file, arrays in sorted(expected.items())]
    out.write('{\n' + ',\n'.join(lines) + '\n}\n')
