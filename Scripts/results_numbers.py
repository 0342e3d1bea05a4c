"""Numbers of several seeds, and tables of them."""

import math


def mean(values):
    return sum(values) / len(values)


def error(values):
    """The standard error of the mean; nan for fewer than two."""
    if len(values) < 2:
        return math.nan
    centre = mean(values)
    return math.sqrt(sum((value - centre) ** 2 for value in values) / (len(values) - 1) / len(values))


def spread(values):
    """The standard error in points; a dash for one value."""
    return f"{100 * error(values):.2f}" if len(values) > 1 else "–"


def points(values):
    """Fractions as percentage points: mean, standard error, all values; a dash for none."""
    if not values:
        return "–"
    shown = ", ".join(f"{100 * value:+.2f}" for value in values)
    return f"{100 * mean(values):+.2f} ± {spread(values)} ({shown})"


def percent(values):
    return f"{100 * mean(values):.2f} ± {spread(values)}"


def table(titles, rows):
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])
