"""Train one network on the digits with several processes, and compare it with the same training in one.

    python train_parallel.py                       two processes on this machine, three epochs
    python train_parallel.py --processes 4 --epochs 10

Needs nnlearn and PyTorch: pip install "nnlearn[torch]". Every process keeps a whole copy of the network. Of each batch it
takes its share of the rows, computes the gradients of those, and PyTorch's DistributedDataParallel averages them over all
processes, so that all take the same step. The program ends with an error if that is not the step of one process.
"""

import argparse

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

import nnlearn
from nnlearn import datasets

BATCH, LR, MOMENTUM, SEED = 64, 0.1, 0.9, 0
#: In float64 the sums of two halves and of a whole differ by rounding alone, some 1e-16 a step.
TOLERANCE = 1e-10


def digits():
    """Return the training and the test digits as tensors: x in float64 from 0 to 1, labels as whole numbers."""
    data = datasets.digits()
    split = datasets.train_test_split(np.random.default_rng(SEED), data.x / 16, data.y)
    x_train, y_train, x_test, y_test = map(np.ascontiguousarray, split)
    x_train, x_test = torch.from_numpy(x_train).double(), torch.from_numpy(x_test).double()
    return x_train, torch.from_numpy(y_train).long(), x_test, torch.from_numpy(y_test).long()


def new_module():
    """Return the network of chapter 15, a little narrower, as a PyTorch module; the same weights at every call."""
    rng = np.random.default_rng(SEED)
    hidden = nnlearn.Dense(64, 32, rng=rng, init=nnlearn.he_normal)
    return nnlearn.to_torch(nnlearn.Network([hidden, nnlearn.ReLU(), nnlearn.Dense(32, 10, rng=rng)])).train()


def batches(n, epoch):
    """Yield the row numbers of each whole batch; every process draws the same ones, since the seed is the same."""
    order = torch.randperm(n, generator=torch.Generator().manual_seed(SEED + epoch))
    yield from order[: n - n % BATCH].split(BATCH)


def train(model, epochs, rank=0, processes=1, after_epoch=None):
    """Train `model` on the rows of one process, every batch from number `rank` on in steps of `processes`."""
    x, y, _, _ = digits()
    loss_of = torch.nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=MOMENTUM)
    for epoch in range(epochs):
        total = 0.0
        for rows in batches(len(x), epoch):
            mine = rows[rank::processes]
            optimizer.zero_grad()
            loss = loss_of(model(x[mine]), y[mine])
            loss.backward()  # in here the gradients are averaged
            optimizer.step()
            total += loss.item()
        if after_epoch:
            after_epoch(epoch + 1, total / (len(x) // BATCH))


def gradients(model, x, y):
    """Return the gradients of all parameters for these rows, as one long vector."""
    model.zero_grad()
    torch.nn.functional.cross_entropy(model(x), y).backward()
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


def weights(model):
    """Return all parameters as one long vector."""
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def join(rank, processes, port):
    """Make this process one of the group; they find each other through the store that waits at `port`."""
    store = dist.TCPStore("127.0.0.1", port, is_master=False)
    dist.init_process_group("gloo", store=store, rank=rank, world_size=processes)


def work(rank, processes, port, epochs):
    """Do what one of the processes does; process 0 also writes the log and compares."""
    torch.set_num_threads(1)
    say = print if rank == 0 else lambda *words: None
    join(rank, processes, port)
    try:
        x, y, x_test, y_test = digits()
        model = DistributedDataParallel(new_module())
        say(f"{processes} processes, {len(x)} training digits, batches of {BATCH} = {processes} × {BATCH // processes}")

        rows = next(batches(len(x), 0))
        mine = rows[rank::processes]
        whole = gradients(new_module(), x[rows], y[rows])
        own = gradients(new_module(), x[mine], y[mine])
        averaged = gradients(model, x[mine], y[mine])
        say(f"gradient of the whole batch: length {whole.norm():.4f}")
        say(f"that of process 0's own rows differs from it by {(own - whole).norm():.4f}")
        say(f"the average over the processes agrees: {agrees(averaged, whole)}")

        def log(epoch, loss):
            mean = torch.tensor(loss, dtype=torch.float64)
            dist.all_reduce(mean)  # the sum over the processes, in place, in every one of them
            accuracy = (model.module(x_test).argmax(dim=1) == y_test).double().mean().item()
            say(f"epoch {epoch}: loss {mean.item() / processes:.4f}, test accuracy {accuracy:.3f}")

        train(model, epochs, rank, processes, log)
        if rank == 0:
            alone = new_module()
            train(alone, epochs)
            same = agrees(weights(model.module), weights(alone))
            say(f"the weights agree with those of one process: {same}")
            if not (same and agrees(averaged, whole)):
                raise SystemExit("the processes did not take the steps of one process")
        dist.barrier()
    finally:
        dist.destroy_process_group()


def agrees(a, b):
    """Whether two vectors are equal to within TOLERANCE, entry by entry."""
    return bool((a - b).abs().max() <= TOLERANCE)


def main():
    """Start the processes and wait for all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=2, help="how many; a batch of 64 must be divisible by it")
    parser.add_argument("--epochs", type=int, default=3)
    chosen = parser.parse_args()
    if chosen.processes < 1 or BATCH % chosen.processes:
        parser.error(f"--processes must divide the batch of {BATCH}, got {chosen.processes}")
    # Asking for port 0 gets one that is free; this process holds it, as the place where the others meet.
    store = dist.TCPStore("127.0.0.1", 0, is_master=True, wait_for_workers=False)
    mp.spawn(work, args=(chosen.processes, store.port, chosen.epochs), nprocs=chosen.processes)


if __name__ == "__main__":
    main()
