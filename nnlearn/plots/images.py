"""Pictures of small grey images side by side."""

import numpy as np

from nnlearn.plots.picture import Picture


def image_grid(images, titles=None, *, columns=8):
    """Return a picture of grey images, shape (n, height, width), in rows of `columns`, dark where a value is large."""
    images = np.asarray(images, float)
    if images.ndim != 3 or len(images) == 0:
        raise ValueError(f"images must have the shape (n, height, width) with n at least 1, got {images.shape}")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"titles must hold one title for each of the {len(images)} images, got {len(titles)}")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    picture = Picture(size=(0.68 * columns, (0.68 if titles is None else 0.95) * rows))
    grid = picture.subplots(rows, columns, squeeze=False)
    for place, axes in enumerate(grid.flat):
        axes.set_axis_off()
        if place < len(images):
            axes.imshow(images[place], cmap="gray_r", vmin=0, vmax=images.max())
            if titles is not None:
                axes.set_title(str(titles[place]), size="small")
    picture.alt = f"{len(images)} grey images" + (
        "." if titles is None else f", with the titles {', '.join(str(title).replace(chr(10), ' ') for title in titles)}."
    )
    return picture
