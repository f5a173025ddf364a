"""Cases that exercises of more than one chapter share."""

from nnlearn import datasets


def two_switches(rng):
    """Return tables of two inputs that are 0 or 1: all four corners, then random rows, square and not."""
    corners, _ = datasets.xor()
    return [(corners,)] + [(rng.integers(0, 2, (n, 2)).astype(float),) for n in (5, 2, 7)]
