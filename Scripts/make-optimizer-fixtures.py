#!/usr/bin/env python3
"""Writes Tests/Fixtures/optimizers.json: what PyTorch's optimizers and schedules make of seeded numbers.

Twenty steps of each optimizer on the same 8 weights and gradients (float32), and the rates of each schedule.
Needs PyTorch; run from anywhere: Scripts/make-optimizer-fixtures.py
"""
import json
import pathlib

import torch

STEPS, COUNT = 20, 8
EPOCHS, BATCHES, RATE = 6, 5, 0.2


def steps(make):
    generator = torch.Generator().manual_seed(5)
    weights = torch.nn.Parameter(torch.randn(COUNT, generator=generator))
    start = weights.detach().tolist()
    gradients = torch.randn(STEPS, COUNT, generator=generator)
    optimizer = make([weights])
    after = []
    for gradient in gradients:
        weights.grad = gradient.clone()
        optimizer.step()
        after.append(weights.detach().tolist())
    return {"start": start, "gradients": gradients.tolist(), "after": after}


def rates(make, by_batch):
    """The rate of every batch; a schedule by epochs is read at the start of each of its epochs."""
    weights = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([weights], lr=RATE)
    schedule = make(optimizer)
    found = []
    for epoch in range(EPOCHS):
        for _ in range(BATCHES):
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            if by_batch and len(found) < EPOCHS * BATCHES:
                schedule.step()
        if not by_batch:
            schedule.step()
    return found


def main():
    torch.set_num_threads(1)
    from torch.optim import SGD, AdamW
    from torch.optim import lr_scheduler as course

    fixtures = {
        "torch": torch.__version__,
        "optimizers": {
            "sgd": steps(lambda p: SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01)),
            "nesterov": steps(lambda p: SGD(p, lr=0.1, momentum=0.8, weight_decay=0.02, nesterov=True)),
            "plain": steps(lambda p: SGD(p, lr=0.1)),
            "adamw": steps(lambda p: AdamW(p, lr=0.05, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)),
        },
        "rates": {
            "steps": rates(lambda o: course.MultiStepLR(o, [2, 4], gamma=0.1), False),
            "exponential": rates(lambda o: course.ExponentialLR(o, 0.7), False),
            "cosine": rates(lambda o: course.CosineAnnealingLR(o, EPOCHS * BATCHES, eta_min=0.1 * RATE), True),
            "oneCycle": rates(lambda o: course.OneCycleLR(o, RATE, total_steps=EPOCHS * BATCHES, cycle_momentum=False), True),
        },
    }
    path = pathlib.Path(__file__).resolve().parent.parent / "Tests/Fixtures/optimizers.json"
    path.write_text(json.dumps(fixtures, indent=1) + "\n")


if __name__ == "__main__":
    main()
