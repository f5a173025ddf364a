"""scikit-learn: MLPClassifier, one `partial_fit` for each epoch."""

import numpy as np
from sklearn.neural_network import MLPClassifier


class Sklearn:
    """MLPClassifier with the task's first weights. It goes through the rows as they come, and gets them in order."""

    name = "scikit-learn"

    def __init__(self, task):
        self.x, self.y = task.x, np.asarray(task.y)
        self.model = MLPClassifier(
            task.sizes[1:-1], activation=task.activation, solver="adam", alpha=0.0, batch_size=task.batch,
            learning_rate_init=task.lr, shuffle=False, max_iter=1,
        )  # fmt: skip
        self.model.partial_fit(self.x[: task.batch], self.y[: task.batch], classes=np.unique(task.y))
        for own, first in zip(self.model.coefs_, task.weights[::2], strict=True):
            own[...] = first
        for own, first in zip(self.model.intercepts_, task.weights[1::2], strict=True):
            own[...] = first[0]
        del self.model._optimizer  # the step above was for the shapes alone

    def train(self, orders):
        """Train for one epoch on each order."""
        for order in orders:
            self.model.partial_fit(self.x[order], self.y[order])

    def weights(self):
        """Return the weights as they are now, in the form of the task."""
        return [array.reshape(-1, array.shape[-1]) for pair in zip(self.model.coefs_, self.model.intercepts_, strict=True)
                for array in pair]  # fmt: skip
