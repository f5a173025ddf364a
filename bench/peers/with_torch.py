"""PyTorch, eager: `nn.Sequential`, the fused losses on logits, Adam as it comes and with `fused=True`."""

import numpy as np
import torch


class Torch:
    """PyTorch with Adam as it comes."""

    name, fused = "PyTorch eager", None

    def __init__(self, task):
        layers, activation = [], {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}[task.activation]
        for w, b in zip(task.weights[::2], task.weights[1::2], strict=True):
            layer = torch.nn.Linear(*w.shape)
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(w.T.copy()))
                layer.bias.copy_(torch.from_numpy(b[0]))
            layers += [layer, activation()]
        self.model, self.batch, self.steps = torch.nn.Sequential(*layers[:-1]), task.batch, task.steps
        self.x = torch.from_numpy(task.x)
        self.y = torch.from_numpy(task.targets if task.is_binary else np.asarray(task.y, np.int64))
        self.loss = torch.nn.BCEWithLogitsLoss() if task.is_binary else torch.nn.CrossEntropyLoss()
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=task.lr, fused=self.fused)

    def train(self, orders):
        """Train for one epoch on each order."""
        for order in orders:
            for rows in torch.from_numpy(order).split(self.batch):
                self.optimizer.zero_grad()
                loss = self.loss(self.model(self.x[rows]), self.y[rows])
                loss.backward()
                self.optimizer.step()

    def weights(self):
        """Return the weights as they are now, in the form of the task."""
        return [array.detach().numpy().T.reshape(-1, len(array)) for array in self.model.parameters()]


class TorchFused(Torch):
    """PyTorch with the Adam that takes a step on all weights in one call of compiled code."""

    name, fused = "PyTorch eager, fused Adam", True
