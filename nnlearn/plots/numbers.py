"""Numbers as a reader would write them."""


def written(number, form="g"):
    """Return a number as text: with a minus sign of full length, and none before zero. `form` is Python's, such as ".3f".

    >>> written(-0.5), written(-0.0001, ".2f"), written(2.0, "+g")
    ('−0.5', '0.00', '+2')
    """
    text = format(float(number), form)
    return (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")
