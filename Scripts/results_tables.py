"""The tables on what training can do besides Deep Compression: distillation, few bits, smaller architectures, Pare beside PyTorch."""

import os

from recipes import ORIGINALS
from results_deep import compressed, original
from results_numbers import error, mean, percent, points, table
from results_runs import ROOT, last, network, test, validation

STUDENT = "--architecture mlp-40-20 --epochs 20 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0001"
TEMPERATURES = [1, 2, 4, 8]


def distillation(runs, seeds):
    teachers = [last(original(runs, "lenet-300-100", seed)) for seed in seeds]
    plain = [last(runs.lines(f"student-{seed}", f"train {STUDENT} --seed {seed} --measure-test")) for seed in seeds]
    soft = {t: [distilled(runs, t, seed) for seed in seeds] for t in TEMPERATURES}
    best = max(TEMPERATURES, key=lambda t: mean([validation(row) for row in soft[t]]))
    gain = [test(b) - test(a) for a, b in zip(plain, soft[best])]
    return "\n\n".join([
        "## Distillation",
        f"Teacher lenet-300-100 (266,610 parameters), student mlp-40-20 (32,430, 1/8.2), {len(seeds)} seeds, each with a teacher of its own. Both kinds of "
        "student train with the same epochs, rates and order of examples, and neither augments. The temperature was chosen by the mean accuracy on validation.",
        table(["network", "test accuracy"], [
            ["teacher", percent([test(row) for row in teachers])], ["student, labels only", percent([test(row) for row in plain])],
            [f"student, soft targets at T = {best}, weight 0.7", percent([test(row) for row in soft[best]])], ["gain in points", points(gain)]]),
        "Temperatures, accuracy on validation:",
        table(["T", "validation", "against labels only, in points"], [
            [t, percent([validation(row) for row in soft[t]]), points([validation(b) - validation(a) for a, b in zip(plain, soft[t])])]
            for t in TEMPERATURES]),
    ])


def distilled(runs, t, seed):
    return last(runs.lines(
        f"distilled-T{t}-{seed}",
        f"train {STUDENT} --seed {seed} --teacher {network(f'lenet-300-100-{seed}')} --temperature {t} --distillation 0.7 --measure-test",
        needs=[lambda: original(runs, "lenet-300-100", seed, needed=True)]))


BITS = ["1", "ternary", "2", "3", "4", "8"]
KINDS = ["plain", "distilled"]


# Seeds of the whole grid by architecture; the widths that lose least are measured with all seeds.
GRID = {"lenet-300-100": 3, "lenet-5": 1}
BEST = {"lenet-300-100": {"4", "8"}, "lenet-5": {"4", "8"}}


def bits(runs, seeds):
    """Every width with and without a teacher, by seed."""
    parts = ["## Bits", (
        "Weights of every layer, the first and the last too, at so many bits (1: binary with a scale per channel, else linear; schedules `bits-…` in Models/schedules), three epochs "
        "of retraining with straight-through gradients and without augmentation. Difference to the original of that seed on test, in points: mean ± standard error (all seeds).")]
    for architecture in GRID:
        rows = []
        for width in BITS:
            measured = seeds if width in BEST[architecture] else [seed for seed in seeds if seed <= GRID[architecture]]
            rows.append([width, *(points([change(runs, architecture, width, kind, seed) for seed in measured]) for kind in KINDS)])
        parts += [f"{architecture}:", table(["bits", "labels only", "distilled from the original"], rows)]
    return "\n\n".join(parts)


def change(runs, architecture, width, kind, seed):
    lines = compressed(runs, architecture, seed, f"bits-{width}-{kind}", f"bits-{width}-{kind}")
    return test(last(lines)) - test(last(original(runs, architecture, seed)))


def architectures(runs, seeds):
    rows = []
    for architecture in ["lenet-5", "firenet"]:
        found = [last(original(runs, architecture, seed)) for seed in seeds]
        epochs = ORIGINALS[architecture].split("--epochs ")[1].split()[0]
        rows.append([
            architecture, f"{found[0]['originalBytes'] // 4:,}", f"{found[0]['originalBytes']:,}",
            f"{multiply_adds(runs, architecture, seeds[0]):,}", epochs, percent([test(row) for row in found])])
    return "\n\n".join([
        "## firenet beside lenet-5",
        f"Both from scratch with their recipes of `Scripts/recipes.py`, seed {', '.join(map(str, seeds))}.",
        table(["network", "parameters", "bytes as float32", "multiply-adds an image", "epochs", "test accuracy"], rows)])


def multiply_adds(runs, architecture, seed):
    """Of the original, or, where it was made by a version that did not count them, of the same network trained on."""
    found = last(original(runs, architecture, seed))
    if "multiplyAdds" not in found:
        found = last(compressed(runs, architecture, seed, f"dense-control-{architecture}", "control"))
    return found["multiplyAdds"]


def cross_check(runs, seeds):
    """PyTorch with the same recipe (Scripts/train-models.py), seed by seed; seeds are not paired, for the random numbers differ."""
    ours = [test(last(original(runs, "lenet-300-100", seed))) for seed in seeds]
    theirs = [test(last(runs.lines(f"pytorch-lenet-300-100-{seed}", pytorch(seed)))) for seed in seeds]
    apart = mean(ours) - mean(theirs)
    together = (error(ours) ** 2 + error(theirs) ** 2) ** 0.5 if len(seeds) > 1 else float("nan")
    return "\n\n".join([
        "## Pare beside PyTorch",
        f"lenet-300-100 from scratch by `pare train` and by `Scripts/train-models.py --measure`, with the same recipe (`{ORIGINALS['lenet-300-100']}`, batch 64), "
        f"{len(seeds)} seeds each; random numbers differ. Pare keeps its best epoch on validation, PyTorch's run its last. Asked: equal within ± 0.3 points.",
        table(["trained by", "test accuracy", "seeds"], [
            [name, percent(values), ", ".join(f"{100 * value:.2f}" for value in values)] for name, values in [("Pare", ours), ("PyTorch", theirs)]]),
        f"Difference {100 * apart:+.2f} ± {100 * together:.2f} points.",
    ])


def pytorch(seed):
    """Needs torch and onnx: in .venv-torch, or in the Python that PARE_TORCH names."""
    python = os.environ.get("PARE_TORCH") or str(ROOT / ".venv-torch" / "bin" / "python")
    return [
        python, str(ROOT / "Scripts" / "train-models.py"), "--model", "lenet-300-100", "--measure",
        "--seed", str(seed), "--epochs", "25", "--set", "batch=64", "--set", "learning_rate=0.05", "--set", "weight_decay=5e-4", "--set", "flip=0.5"]
