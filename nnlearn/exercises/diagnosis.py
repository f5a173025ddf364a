"""What the shape of an error shows: a sign, a factor, a transpose, numbers that are off only in one place.

Everything here looks at all wrong cases together, as pairs (right, got, arguments). What one case looks like is no pattern
unless all look like it.
"""

import numpy as np

DIFFERENT = "The values differ."


def close(value, right, tolerance):
    """Whether two arrays of one shape agree by norm, or both are the same infinity. Written so that a nan never passes."""
    if not np.isfinite(right).all():
        return bool(np.array_equal(value, right))
    scale = max(float(np.linalg.norm(right)), 1e-12)
    return bool(float(np.linalg.norm(value - right)) <= tolerance * scale)


def pattern(wrong, fine, tolerance, name):
    """Return one sentence about what all wrong cases have in common, or that the values differ.

    `fine` are the cases that are right; `name` is that of the first argument.
    """
    if not all(np.isfinite(got).all() and np.isfinite(right).all() for right, got, _ in wrong):
        return DIFFERENT
    if sum(right.size for right, _, _ in wrong) > 1:  # a single wrong number looks like everything
        for look in (_sign, _without_sign, _whole_numbers, _factor, _factor_by_size, _turned, _offset, _centred):
            if found := look(wrong, tolerance):
                return found
    return _place(wrong, fine, tolerance).format(name) or DIFFERENT


def _all(pairs, tolerance, change):
    """Whether the right values, changed in one way, are what came in every case."""
    return all(close(got, change(right), tolerance) for right, got, _ in pairs)


def _sign(pairs, tolerance):
    if _all(pairs, tolerance, lambda right: -right):
        return "The sign is the wrong way round, everything else is right."
    return ""


def _without_sign(pairs, tolerance):
    if _all(pairs, tolerance, np.abs):
        return "The sizes are right, but numbers that should be negative are positive."
    return ""


def _whole_numbers(pairs, tolerance):
    for change in (np.trunc, np.round, np.floor):
        if _all(pairs, tolerance, change):
            return "Only whole numbers come out: what stands behind the decimal point got lost."
    return ""


def _factor(pairs, tolerance):
    right = np.concatenate([right.ravel() for right, _, _ in pairs])
    got = np.concatenate([got.ravel() for _, got, _ in pairs])
    square = float(right @ right)
    if square == 0 or np.unique(right[right != 0]).size < 2:
        return ""  # one number times a factor is any number
    factor = float(right @ got) / square
    if factor == 0 or not _all(pairs, tolerance, lambda right: factor * right):
        return ""
    return f"Every number is {_times(factor)} what it should be."


def _times(factor):
    whole = 1 / factor
    if abs(factor) < 1 and abs(whole - round(whole)) < 1e-6 * abs(whole):
        return f"1/{round(whole)} of" if whole > 0 else f"-1/{-round(whole)} of"
    return f"{factor:.4g} times" if abs(factor - 1) > 5e-4 else f"{factor:.7g} times"  # and not "1 times"


def _factor_by_size(pairs, tolerance):
    """A sum where a mean is asked, or a mean where a sum is: the factor is the number of rows, columns or entries."""
    sizes = {
        "rows": lambda x: x.shape[0] if x.ndim == 2 else 1,
        "columns": lambda x: x.shape[1] if x.ndim == 2 else 1,
        "entries": lambda x: x.size,
    }
    for name, size in sizes.items():
        inputs = [next((x for x in arguments if isinstance(x, np.ndarray)), np.zeros(1)) for _, _, arguments in pairs]
        n = [size(x) for x in inputs]
        if len(set(n)) < 2:
            continue
        if all(close(got, right * k, tolerance) for (right, got, _), k in zip(pairs, n, strict=True)):
            return f"Every number is too large by the number of {name}: is a sum where a mean belongs?"
        if all(close(got, right / k, tolerance) for (right, got, _), k in zip(pairs, n, strict=True)):
            return f"Every number is too small by the number of {name}: was it divided once too often?"
    return ""


def _turned(pairs, tolerance):
    square = [right.ndim == 2 and right.shape[0] == right.shape[1] for right, _, _ in pairs]
    if all(square) and _all(pairs, tolerance, np.transpose):
        return "Rows and columns are swapped: the transpose would be right."
    if all(right.ndim for right, _, _ in pairs) and _all(pairs, tolerance, lambda right: right[::-1]):
        return "The order is reversed: the first comes last."
    return ""


def _offset(pairs, tolerance):
    gap = float(np.mean(np.concatenate([(got - right).ravel() for right, got, _ in pairs])))
    if gap and _all(pairs, tolerance, lambda right: right + gap):
        return f"Every number is too {'large' if gap > 0 else 'small'} by {abs(gap):.4g}."
    return ""


def _centred(pairs, tolerance):
    if _all(pairs, tolerance, lambda right: right - right.mean()):
        return "Every number is off by the mean: the mean of the right values is missing."
    ranked = all(right.ndim == 2 for right, _, _ in pairs)
    if ranked and _all(pairs, tolerance, lambda right: right - right.mean(axis=1, keepdims=True)):
        return "Every row is off by its mean."
    if ranked and _all(pairs, tolerance, lambda right: right - right.mean(axis=0)):
        return "Every column is off by its mean."
    return ""


def _place(wrong, fine, tolerance):
    """Whether only the entries at one side of 0 of the first argument are wrong."""
    bad, z = [], []
    for right, got, arguments in (*wrong, *fine):
        first = arguments[0]
        if not isinstance(first, np.ndarray) or first.shape != right.shape:
            return ""
        bad.append((np.abs(got - right) > tolerance * max(float(np.abs(right).max(initial=0)), 1e-12)).ravel())
        z.append(first.ravel())
    bad, z = np.concatenate(bad), np.concatenate(z)
    for side, words in ((z == 0, "is 0"), (z < 0, "is negative"), (z > 0, "is positive")):
        if bad.any() and not bad[~side].any() and (~side).any():
            return f"The values are right, except where {{}} {words}."
    return ""
