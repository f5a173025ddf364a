"""Who is timed: one file for each framework, each with the same methods.

A peer is made from a task, which may take as long as it likes. It has a `name`, trains in `train(orders)`, one epoch for each order
of the rows, on the batches that follow each other in it, and tells its `weights()` in the form of the task.
"""
