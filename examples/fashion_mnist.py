"""Train a dense network on Fashion-MNIST: the bigger exercise of chapter 15.

    python examples/fashion_mnist.py                    # about a minute; writes what it prints to examples/fashion_mnist.log
    python examples/fashion_mnist.py --folder FOLDER    # where the four files are

The files are in Debian's package dataset-fashion-mnist; elsewhere they can be had from the authors of the data set
(github.com/zalandoresearch/fashion-mnist). Nothing is chosen by the test images: they are read once, at the end.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

import nnlearn
from nnlearn import datasets

HELD_BACK = 1 / 12  # 5,000 of the 60,000 training images, to watch


def new_network(rng, hidden, dropout):
    """Return 784 pixels → ReLU layers of the sizes `hidden`, each with dropout → 10 logits, in float32."""
    layers, n_in = [], 784
    for n_out in hidden:
        layers += [
            nnlearn.Dense(n_in, n_out, rng=rng, init=nnlearn.he_normal, dtype=np.float32),
            nnlearn.ReLU(),
            nnlearn.Dropout(dropout, rng=rng),
        ]
        n_in = n_out
    return nnlearn.Network([*layers, nnlearn.Dense(n_in, 10, rng=rng, dtype=np.float32)])


def train(network, x, y, validation, *, epochs, batch_size, lr, rng, say):
    """Train with Adam at a rate that falls to 0, and say after every epoch how it goes."""
    steps = epochs * -(-len(x) // batch_size)
    start = time.perf_counter()

    def report(progress):
        history = progress.history
        say(
            f"epoch {progress.epoch:>2}: loss {history.loss[-1]:.3f}, held back {history.validation_loss[-1]:.3f}, "
            f"{history.metrics['accuracy'][-1]:.1%} read ({time.perf_counter() - start:.0f} s)"
        )

    nnlearn.fit(
        network, x, y, loss=nnlearn.SoftmaxCrossEntropy(),
        optimizer=nnlearn.Adam(nnlearn.schedules.CosineDecay(lr, steps=steps)),
        epochs=epochs, batch_size=batch_size, rng=rng,
        validation=validation, metrics={"accuracy": datasets.accuracy}, callbacks=[report],
    )  # fmt: skip


def report_on_test(network, test, say):
    """Say which share of the test images is read, and which two classes are mixed up most; return the share."""
    said = datasets.predicted_labels(network.predict(test.x / 255))
    share = np.mean(said == test.y)
    mistakes = datasets.confusion_matrix(test.y, said, len(test.classes))
    np.fill_diagonal(mistakes, 0)
    truth, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)
    say(f"test: {share:.1%} of {len(test.y):,} images are read")
    say(f"commonest mistake: {test.classes[truth]} read as {test.classes[answer]}, {mistakes[truth, answer]} times")
    return share


def main(arguments=None):
    """Read the arguments, train, and write what was said to the log; return the share of test images that is read."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", help="where the four files are (default: where Debian puts them)")
    parser.add_argument("--hidden", type=int, nargs="*", default=[256, 128], help="units of the hidden layers")
    parser.add_argument("--dropout", type=float, default=0.2)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.002, help="the learning rate at the start")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--log", type=Path, default=Path(__file__).with_suffix(".log"))
    chosen = parser.parse_args(arguments)
    lines = []

    def say(line):
        print(line, flush=True)
        lines.append(line)

    try:
        train_images, test = datasets.fashion_mnist(chosen.folder)
    except (FileNotFoundError, ValueError) as error:
        sys.exit(f"fashion_mnist.py: {error}")
    rng = np.random.default_rng(chosen.seed)
    x, y, *validation = datasets.train_test_split(rng, train_images.x / 255, train_images.y, test_share=HELD_BACK)
    network = new_network(rng, chosen.hidden, chosen.dropout)
    say(f"{len(x):,} images to learn from, {len(validation[1]):,} held back; {network.n_params:,} parameters, seed {chosen.seed}")
    train(
        network, x, y, validation,
        epochs=chosen.epochs, batch_size=chosen.batch_size, lr=chosen.lr, rng=rng, say=say,
    )  # fmt: skip
    share = report_on_test(network, test, say)
    chosen.log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return share


if __name__ == "__main__":
    main()
