"""Pictures of tables of numbers."""

import numpy as np

from nnlearn.plots import style
from nnlearn.plots.picture import Picture


def confusion(matrix, names=None):
    """Return a picture of a confusion matrix: a row for each true class, a column for each class that was said.

    What is right lies on the diagonal and is blue; mistakes are vermillion, the darker the more there are.
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square, got shape {matrix.shape}")
    k = len(matrix)
    names = [str(i) for i in range(k)] if names is None else [str(name) for name in names]
    if len(names) != k:
        raise ValueError(f"names must hold a name for each of the {k} classes, got {len(names)}")
    right = np.diag(np.diag(matrix))
    wrong = matrix - right
    picture = Picture(size=(4.6, 4.4))
    axes = picture.subplots()
    axes.imshow(np.where(right > 0, right, np.nan), cmap=style.shades(style.FORWARD), vmin=0, vmax=1.6 * right.max())
    axes.imshow(
        np.where(wrong > 0, wrong, np.nan), cmap=style.shades(style.BACKWARD), vmin=0, vmax=1.6 * max(1, wrong.max())
    )
    for row, column in np.argwhere(matrix > 0):
        axes.text(column, row, f"{matrix[row, column]}", ha="center", va="center", size="small")
    axes.set_xticks(range(k), names)
    axes.set_yticks(range(k), names)
    axes.set(xlabel="the network said", ylabel="it was")
    axes.tick_params(length=0)
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    picture.alt = _sentence(matrix, wrong, names)
    return picture


def _sentence(matrix, wrong, names):
    total, mistakes = int(matrix.sum()), int(wrong.sum())
    sentence = f"{total - mistakes} of {total} examples lie on the diagonal, where the network was right"
    if mistakes == 0:
        return f"{sentence}."
    row, column = np.unravel_index(wrong.argmax(), wrong.shape)
    times = int(wrong[row, column])
    return (
        f"{sentence}; of the {mistakes} mistakes, the commonest is {names[column]} said for {names[row]}, "
        f"{times} time{'s' if times > 1 else ''}."
    )
