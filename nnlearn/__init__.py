"""nnlearn: small, readable neural networks on numpy, and the lessons built on them."""

__version__ = "0.1.0"
