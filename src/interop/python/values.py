"""Computes statistics, comparisons and averages with NumPy, for ValuesInNumpyIT.

Each line of the file argv[1] is a command, with tabs between its words; each prints a line of JSON:

    stats DTYPE FILE                       statistics of the elements in FILE, which are little-endian
    close DTYPE RTOL ATOL NAN A B          for each element of A whether it is outside the tolerance of that of B
    average DTYPE WEIGHTS OUT FILE...      writes the average to OUT; WEIGHTS is a list such as 1,2, or a dash
"""
import json
import math
import sys
from fractions import Fraction

import numpy as np

PROBABILITIES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
# Bits of the mantissa, exponent bias, and what the largest numbers mean, as in the ml_dtypes package.
SMALL_FLOATS = {
    "float8_e5m2": (2, 15, "ieee"),
    "float8_e4m3fn": (3, 7, "fn"),
    "float8_e4m3fnuz": (3, 8, "fnuz"),
    "float8_e4m3b11fnuz": (3, 11, "fnuz"),
    "float8_e5m2fnuz": (2, 16, "fnuz"),
    "float4_e2m1fn": (1, 1, "none"),
}
SMALL_INTEGERS = {"int4": (4, True), "uint4": (4, False), "int2": (2, True), "uint2": (2, False)}


def small_floats(mantissa_bits, bias, special, bits):
    sign = 8 if special == "none" else 128
    magnitude = bits & (sign - 1)
    exponent = (magnitude >> mantissa_bits).astype("i4")
    mantissa = magnitude & ((1 << mantissa_bits) - 1)
    subnormal = np.ldexp(mantissa.astype("f4"), 1 - bias - mantissa_bits)
    normal = np.ldexp((mantissa | (1 << mantissa_bits)).astype("f4"), exponent - bias - mantissa_bits)
    values = np.where(exponent == 0, subnormal, normal).astype("f4")
    if special == "ieee":
        values[exponent == 31] = np.inf
        values[(exponent == 31) & (mantissa != 0)] = np.nan
    if special == "fn":
        values[magnitude == 127] = np.nan
    values = np.where(bits & sign, -values, values)
    if special == "fnuz":
        values[bits == 128] = np.nan
    return values


def elements(dtype, file):
    if dtype == "bfloat16":
        return (np.fromfile(file, "<u2").astype("<u4") << 16).view("<f4")
    if dtype in SMALL_FLOATS:
        return small_floats(*SMALL_FLOATS[dtype], np.fromfile(file, "u1"))
    if dtype in SMALL_INTEGERS:
        bits, signed = SMALL_INTEGERS[dtype]
        values = (np.fromfile(file, "u1") & ((1 << bits) - 1)).astype("i1")
        return np.where(values >= 1 << (bits - 1), values - (1 << bits), values) if signed else values
    return np.fromfile(file, np.dtype(dtype).newbyteorder("<"))


def text(number):
    return str(int(number)) if np.issubdtype(type(number), np.integer) else float(number).hex()


def root(square, divisor):
    """Returns the square root of an integer, divided by another one."""
    return quotient(math.isqrt(square << 256), divisor << 128)


def quotient(dividend, divisor):
    try:
        return float(Fraction(dividend, divisor))
    except OverflowError:
        return "inf"


def exact(values):
    """Returns mean, standard deviation and norm by integer arithmetic: NumPy's own are not exact enough."""
    if values.dtype.kind in "iu":
        integers = [int(x) for x in values]
        scale = 0
    else:
        mantissas, exponents = np.frexp(values.astype("f8"))
        exponents = exponents.astype("i8") - 53
        scale = -int(exponents.min())
        integers = [int(m) << int(e) for m, e in zip(np.ldexp(mantissas, 53), exponents + scale)]
    count, total, squares = len(integers), sum(integers), sum(x * x for x in integers)
    up = 1 << max(0, -scale)
    down = 1 << max(0, scale)
    return {
        "mean": quotient(total * up, count * down),
        "std": root((count * squares - total * total) * up * up, count * down),
        "norm": root(squares * up * up, down),
    }


def stats(dtype, file):
    values = elements(dtype, file)
    if values.dtype.kind == "b":
        values = values.astype("u1")
    if values.dtype.kind == "c":
        values = np.abs(values.astype("c16"))
    finite = values[np.isfinite(values)]
    result = {
        "nan": int(np.isnan(values).sum()),
        "inf": int(np.isinf(values).sum()),
        "neg_inf": int((values == -np.inf).sum()),
        "zeros": int(values.size - np.count_nonzero(values)),
    }
    if finite.size:
        wide = finite.astype(np.longdouble)
        ordered = np.sort(wide)
        result["min"] = text(finite.min())
        result["max"] = text(finite.max())
        result.update(exact(finite))
        result["quantiles"] = [float(x) for x in np.quantile(wide, PROBABILITIES)]
        result["spread"] = [
            float(max(abs(ordered[int(rounding((wide.size - 1) * p))]) for rounding in (np.floor, np.ceil)))
            for p in PROBABILITIES
        ]
    return result


def close(dtype, rtol, atol, nan, a, b):
    a, b = elements(dtype, a), elements(dtype, b)
    rtol, atol = float(rtol), float(atol)
    if a.dtype.kind in "iu":
        # NumPy would round 64-bit integers. Python compares an integer with a float exactly.
        return [not abs(int(x) - int(y)) <= atol + rtol * float(abs(int(y))) for x, y in zip(a, b)]
    return (~np.isclose(a.astype("f8"), b.astype("f8"), rtol, atol, nan == "true")).tolist()


def bfloat16(values):
    """Rounds float64 to the nearest bfloat16, ties to even."""
    exponents = np.frexp(values)[1].astype("i8") - 8
    unit = np.ldexp(1.0, np.maximum(exponents, -133))
    rounded = np.where(np.isfinite(values), np.rint(values / unit) * unit, values).astype("f4")
    return (rounded.view("u4") >> 16).astype("<u2")


def average(dtype, weights, out, *files):
    values = np.stack([elements(dtype, file) for file in files])
    if values.dtype.kind == "c":
        values = values.view(values.real.dtype)
    mean = np.average(values.astype("f8"), axis=0, weights=None if weights == "-" else json.loads("[%s]" % weights))
    (bfloat16(mean) if dtype == "bfloat16" else mean.astype(values.dtype)).tofile(out)
    return None


np.seterr(all="ignore")
for line in open(sys.argv[1]):
    words = line.rstrip("\n").split("\t")
    print(json.dumps({"stats": stats, "close": close, "average": average}[words[0]](*words[1:])))
