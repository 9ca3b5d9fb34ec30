"""temporary"""

from experiments.analysis.outcomes import write as w
from experiments.analysis.outcomes import write_difference as wd


def write(value, format):
    return w(value, "people" if format == "count" else format)


def write_difference(value, format, sign=True, beside=0.0):
    return wd(value, "people" if format == "count" else format, sign, beside)
