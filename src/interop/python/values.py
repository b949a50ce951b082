"""Computes statistics and comparisons with NumPy, for StatisticsInNumpyIT.

Each line of the file argv[1] is a command, with tabs between its words; each prints a line of JSON:

    stats DTYPE FILE              statistics of the elements in FILE, which are little-endian
    close RTOL ATOL NAN A B       how many of the float64 in A are not close to those in B
"""
import json
import sys

import numpy as np


def elements(dtype, file):
    if dtype == "bfloat16":
        return (np.fromfile(file, "<u2").astype("<u4") << 16).view("<f4")
    return np.fromfile(file, np.dtype(dtype).newbyteorder("<"))


def text(number):
    return str(int(number)) if np.issubdtype(type(number), np.integer) else float(number).hex()


def number(value):
    return float(value) if np.isfinite(float(value)) else str(float(value))


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
        result["min"] = text(finite.min())
        result["max"] = text(finite.max())
        result["mean"] = number(wide.mean())
        # Rounding decides the mean of values that cancel each other.
        result["cancels"] = bool(abs(wide.mean()) < 1e-5 * abs(wide).mean())
        result["std"] = number(wide.std())
        result["norm"] = number(np.sqrt((wide * wide).sum()))
        result["quantiles"] = [float(x) for x in np.quantile(wide, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])]
        result["spread"] = [
            float(max(abs(wide_sorted_at(wide, p, np.floor)), abs(wide_sorted_at(wide, p, np.ceil))))
            for p in [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
        ]
    return result


def wide_sorted_at(values, probability, rounding):
    return np.sort(values)[int(rounding((values.size - 1) * probability))]


def close(rtol, atol, nan, a, b):
    equal = np.isclose(elements("f8", a), elements("f8", b), float(rtol), float(atol), nan == "true")
    return {"outside": int((~equal).sum())}


np.seterr(all="ignore")
for line in open(sys.argv[1]):
    words = line.rstrip("\n").split("\t")
    print(json.dumps({"stats": stats, "close": close}[words[0]](*words[1:])))
