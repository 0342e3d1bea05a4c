"""How Pare's own networks are trained, in one place: for the tables of Docs/Results.md and for the bundled networks. Chosen on validation."""

# By architecture: the options of `pare train`.
ORIGINALS = {
    "lenet-300-100": "--epochs 25 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip",
    "lenet-5": "--epochs 12 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip --shift 1",
    "firenet": "--epochs 30 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip --shift 1",
}

# The binarized network, and a float one of the same widths under the same recipe, so that the two accuracies stand side by side.
BINARIZED = "--optimizer adamw --rate 0.003 --epochs 10 --batch 128 --flip"

# The networks in Models: name, architecture, options, plan (a file in Models, or None). More epochs than the originals of tables have.
BUNDLED = [
    ("lenet-300-100", "lenet-300-100", "--epochs 60 --batch 128 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip", None),
    ("lenet-5", "lenet-5", "--epochs 40 --batch 128 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0005 --flip --shift 1", None),
    ("bnn-mlp", "bnn-512-512", BINARIZED, "bnn-mlp.yaml"),
    ("mlp-512-512", "mlp-512-512", BINARIZED, None),
]
