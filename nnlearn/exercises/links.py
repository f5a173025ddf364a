"""Where the chapters and their sections are: the one place that turns a section's name into words and into a link.

In the published book a section is an anchor on a page. In Jupyter the same chapter is a notebook, where a heading is
reached by its own text; which of the two is running shows in the environment variable NNLEARN_EXPLORERS, as for explorers.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Chapter:
    """A chapter's file name without its ending, its title, and the headings that exercises link to, by their anchors."""

    page: str
    title: str
    headings: dict[str, str]


#: By the number that an exercise's id begins with.
CHAPTERS = {
    "01": Chapter(
        "01-neuron",
        "The artificial neuron",
        {
            "neuron-weighted-sum": "The weighted sum",
            "neuron-bias": "Why the bias stands outside the sum",
            "neuron-line": "The line that a unit draws",
            "neuron-batch": "Many examples, and several units",
            "neuron-perceptron": "A unit that learns: the perceptron",
            "neuron-xor": "What no single unit can do",
        },
    ),
    "02": Chapter(
        "02-network",
        "A network of units",
        {
            "network-forward": "A forward pass, number by number",
            "network-matrices": "The same as matrices",
            "network-count": "How many parameters",
            "network-collapse": "Why depth is nothing without activations",
            "network-xor": "What hidden units see",
        },
    ),
    "03": Chapter(
        "03-activations",
        "Activation functions",
        {
            "step": "1. Step function",
            "sigmoid": "2. Sigmoid (logistic function)",
            "tanh": "3. Tanh (hyperbolic tangent)",
            "relu": "4. ReLU (rectified linear unit)",
            "leaky-relu": "5. Leaky ReLU",
            "softmax": "6. Softmax",
            "saturation": "What saturation does to a deep network",
        },
    ),
    "04": Chapter(
        "04-losses",
        "Measuring the error",
        {
            "loss-mse": "1. Mean squared error",
            "loss-mae": "2. Mean absolute error",
            "loss-ce": "3. Cross-entropy",
            "loss-binary": "Two classes and one output",
            "loss-logits": "Losses from logits",
            "loss-fused-gradient": "The gradient at the logits",
        },
    ),
    "05": Chapter(
        "05-backpropagation",
        "Backpropagation",
        {
            "backprop-slope": "The derivative: a slope you can feel",
            "backprop-rules": "Five rules, each from a nudge",
            "backprop-chain": "The chain rule: rates multiply",
            "backprop-neuron": "One neuron, forwards and then backwards",
            "backprop-two": "Two neurons in a row",
            "backprop-join": "Where paths meet, gradients add",
            "backprop-step": "One step lowers the loss",
        },
    ),
    "09": Chapter(
        "09-whole-network",
        "A whole network",
        {
            "one-update": "One update, with every number",
            "matrix-form": "The same for many examples: the matrix form",
            "one-over-n": "Where the 1/n comes from",
            "update-last": "Update last",
            "gradient-check": "The gradient check, a habit",
            "depth": "What depth does to a gradient",
        },
    ),
    "06": Chapter(
        "06-sigmoid-example",
        "Worked example 1: sigmoid and cross-entropy",
        {
            "sigmoid-example-forward": "2) Forward pass",
            "sigmoid-example-backward": "3) Backward pass",
            "sigmoid-example-cancels": "Why the slope cancels",
            "sigmoid-example-nudge": "How to catch it: nudge the weight",
            "sigmoid-example-other-loss": "The loss that the product belongs to",
        },
    ),
    "07": Chapter(
        "07-relu-example",
        "Worked example 2: ReLU and cross-entropy",
        {
            "relu-example-backward": "3) Backward pass",
            "relu-example-probability": "A ReLU's output is no probability",
            "relu-example-instead": "What to do instead",
        },
    ),
    "08": Chapter(
        "08-softmax-example",
        "Worked example 3: softmax and cross-entropy",
        {
            "softmax-example-forward": "2) Forward pass",
            "softmax-example-backward": "1) Backward pass",
            "softmax-example-dense": "The same example with a dense layer",
        },
    ),
    "10": Chapter(
        "10-descent",
        "Gradient descent",
        {
            "descent-rule": "The rule",
            "descent-edge": "How far: the learning rate, and its edge",
            "descent-batches": "How many examples for a step",
            "descent-seeds": "Many dimensions: an honest account",
        },
    ),
    "11": Chapter(
        "11-momentum",
        "Momentum",
        {
            "momentum-rule": "The rule",
            "momentum-by-hand": "By hand, and by nnlearn",
            "momentum-memory": "What the velocity remembers",
            "momentum-forms": "Two forms of one rule",
            "momentum-valley": "A narrow valley",
            "momentum-damping": "Damping: how much memory is too much",
            "momentum-dip": "Through a dip, or not",
            "momentum-nesterov": "Nesterov: look before you step",
        },
    ),
    "12": Chapter(
        "12-adaptive-rates",
        "RMSprop and Adam",
        {
            "adaptive-rmsprop": "RMSprop",
            "adaptive-adam": "Adam, line by line",
            "adaptive-correction": "The correction, in the first steps",
            "adaptive-size": "How large a step is",
            "adaptive-eps": "Where ε stands",
            "adaptive-race": "The race on surfaces",
            "adaptive-network": "The race on a real network",
            "adaptive-loses": "Where Adam loses",
        },
    ),
    "13": Chapter(
        "13-initialization",
        "Initialization",
        {
            "init-variance": "How large: the variance argument",
            "init-which": "Xavier, He, and which goes with what",
            "init-data": "Let the data decide",
        },
    ),
    "14": Chapter(
        "14-spam",
        "Spam",
        {
            "spam-prepare": "Split first, then prepare",
            "spam-threshold": "Where to draw the line",
            "spam-precision": "Precision and recall",
            "spam-costs": "What a mistake costs",
            "spam-leak": "How a test set leaks",
        },
    ),
    "15": Chapter(
        "15-digits",
        "Handwritten digits",
        {
            "digits-baseline": "A number to beat",
            "digits-seeds": "Not one lucky run",
            "digits-dropout": "Dropout",
            "digits-stopping": "Early stopping",
            "digits-mistakes": "Where it goes wrong",
            "digits-wrong": "Where people go wrong",
        },
    ),
    "16": Chapter(
        "16-beyond",
        "Beyond",
        {
            "beyond-agree": "The same numbers",
            "beyond-losses": "Which loss is which",
            "beyond-loop": "The same loop, line beside line",
            "beyond-optimizers": "Which optimizer is which",
            "beyond-hides": "What it hides",
            "beyond-shares": "One batch, several processes",
        },
    ),
}


def link(chapter, section=""):
    """Return where a section is in the published book, relative to the chapters' folder.

    >>> link("03", "sigmoid")
    '03-activations.html#sigmoid'
    """
    if chapter not in CHAPTERS:
        raise LookupError(f"CHAPTERS in nnlearn/exercises/links.py has no chapter {chapter!r}")
    page = CHAPTERS[chapter].page + ".html"
    return f"{page}#{section}" if section else page


def words(link):
    """Return a link as words that can be followed without a click.

    >>> words("03-activations.html#sigmoid")
    'chapter 03, Sigmoid (logistic function)'
    """
    chapter, section = _parts(link)
    heading = chapter.headings.get(section, "")
    number = chapter.page.split("-")[0]
    return f"chapter {number}, {heading.lstrip('0123456789.) ') or chapter.title}"


def href(link):
    """Return a link for where it is shown: an anchor on a page of the book, or a heading of a notebook in Jupyter."""
    if os.environ.get("NNLEARN_EXPLORERS") == "recorded":
        return link
    chapter, section = _parts(link)
    heading = chapter.headings.get(section, "Exercises" if section else "")
    return f"{chapter.page}.ipynb" + (f"#{heading.replace(' ', '-')}" if heading else "")


def _parts(link):
    page, _, section = link.partition("#")
    return CHAPTERS[page.split("-")[0]], section
