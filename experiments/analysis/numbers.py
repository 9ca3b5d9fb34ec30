"""temporary"""

from experiments.analysis import outcomes as o

TINY = o.TINY


def write(value, format):
    return o.write(value, "people" if format == "count" else format)


def write_difference(value, format, sign=True, beside=0.0):
    return o.write_difference(value, "people" if format == "count" else format, sign, beside)
