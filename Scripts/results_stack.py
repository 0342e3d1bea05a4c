"""The table of lenet-5 under everything at once, and with each part left out: filters, ranks, pruning, few values, distillation."""

import json

from results_deep import original
from results_numbers import mean, points, table
from results_runs import RUNS, last, network, test
from results_structure import pare

ARCHITECTURE = "lenet-5"
PARTS = ["filters", "rank", "prune", "share", "distil"]
FILTERS = ["conv1:25% /1", "conv2:30% /1", "fc1:50% /1"]
BUDGET = "--budget parameters:45% --pin conv1 --pin fc2"
# What is zero at the end, and how many values there are, by the number of weights: one rule for whatever matrices an arm has.
LEVELS = [(300_000, 0.975), (100_000, 0.95), (20_000, 0.87), (5_000, 0.8), (1_000, 0.7), (0, 0.4)]
PRUNE, QUANTIZE = 8, 4
# What published and own smallest files are measured by.
SMALLEST = 139.0


def stack(runs, seeds):
    arms = [None, *PARTS, "dense"]
    found = {arm: [one(runs, seed, arm) for seed in seeds] for arm in arms}
    originals = [test(last(original(runs, ARCHITECTURE, seed))) for seed in seeds]
    control = [test(line) for line in found["dense"]]
    rows = [row(arm, found[arm], originals, control) for arm in arms]
    best = max(len(line["layers"]) for line in found[None])
    return "\n\n".join([
        "## lenet-5, all at once and with each part left out",
        f"Filters go ({', '.join(part.split(' ')[0] for part in FILTERS)}, repaired), one budget gives ranks (45 % of the parameters, factors nearest to the outputs), the {best} "
        f"matrices that are left are pruned step by step over {PRUNE} epochs and get few values with {QUANTIZE} more (convolutions 4 bits, dense layers 2 bits from 20,000 weights on, "
        "else 3; biases 8 bits), and the original teaches. How much is pruned follows from a matrix's size by one rule, so that an arm with larger matrices prunes them further: "
        + ", ".join(f"{100 * level:g} % from {size:,} weights on" for size, level in LEVELS[:-1]) + f", else {100 * LEVELS[-1][1]:g} %. "
        f"Every arm trains {PRUNE + QUANTIZE} epochs; the control is the dense original trained on with as many and the same teacher. Accuracy on test, bytes of the whole `.pare` file.",
        table(["left out", "parameters", "kept", "bytes", "smaller", "test accuracy", "to the original, in points", "to the control, in points"], rows),
    ])


def row(arm, lines, originals, control):
    def gap(others):
        return points([test(line) - other for line, other in zip(lines, others)])

    size = mean([line["fileBytes"] for line in lines])
    parameters = mean([line["originalBytes"] / 4 for line in lines])
    accuracy = mean([100 * test(line) for line in lines])
    title = {None: "nothing", "dense": "all of it (control)"}.get(arm, arm)
    return [
        title, f"{parameters:,.0f}", f"{100 * mean([line['kept'] for line in lines]):.1f} %", f"{size:,.0f}", f"{1_724_320 / size:.1f} ×", f"{accuracy:.2f}", gap(originals),
        "" if arm == "dense" else gap(control)]


def one(runs, seed, arm):
    """An arm's last result."""
    name = f"stack-{ARCHITECTURE}-{seed}-{arm or 'all'}"
    return last(runs.lines(
        name, f"compress {RUNS / name}-start.onnx --schedule {RUNS / name}.yaml --seed {seed} --measure-test -o {network(name)}",
        needs=[lambda: start(runs, seed, arm, name)]))


def start(runs, seed, arm, name):
    """The network that an arm begins with, and its schedule."""
    original(runs, ARCHITECTURE, seed, needed=True)
    source, file = network(f"{ARCHITECTURE}-{seed}"), RUNS / f"{name}-start.onnx"
    has = set(PARTS) - {arm} if arm != "dense" else {"distil"}
    filters = [word for part in FILTERS for word in ("--filters", part)] if "filters" in has else []
    thinned = source
    if filters:
        thinned = RUNS / f"{name}-thin.onnx"
        pare("thin", str(source), *filters, "-o", str(thinned))
    plan = RUNS / f"{name}-ranks.yaml"
    plan.write_text("version: 1\n")
    if "rank" in has:
        pare("budget", str(thinned), *BUDGET.split(), "-o", str(plan))
    pare("export", str(thinned), "--plan", str(plan), "--format", "onnx", "-o", str(file))
    layers = json.loads(pare("report", str(file), "--json"))["layers"]
    teacher = str(source) if "distil" in has else None
    (RUNS / f"{name}.yaml").write_text(schedule(layers, has, teacher))


def schedule(layers, has, teacher):
    """Two stages: pruning step by step, then few values; either without its compression where an arm has none."""
    weights = {layer["name"]: (layer["weights"], len(layer["shape"]) > 2) for layer in layers}
    plan = ["    plan:", "      temperature: 4", f"      lossWeights: {{distillation: {0.5 if teacher else 0}, student: {0.5 if teacher else 1}}}"]
    text = ["version: 1", "stages:", "  - name: prune", *plan, training(PRUNE, 0.03, teacher)]
    if "prune" in has:
        text += ["    policies:", *(policy(index, name, size) for index, (name, (size, _)) in enumerate(weights.items()))]
    text += ["  - name: share", *plan]
    if {"prune", "share"} & has:
        text += ["      layers:", *(layer(name, size, is_convolution, has) for name, (size, is_convolution) in weights.items())]
    return "\n".join([*text, training(QUANTIZE, 0.008, teacher, "share" in has)]) + "\n"


def training(epochs, rate, teacher, learns=False):
    teachers = f", teachers: [{teacher}]" if teacher else ""
    clips = ", learn-clips: true" if learns else ""
    return (
        f"    train: {{epochs: {epochs}, rate: {rate}, optimizer: {{sgd: {{momentum: 0.9, nesterov: true}}}}, weight-decay: 0.0002{teachers}{clips}}}")


def level(size):
    return next(level for least, level in LEVELS if size >= least)


def policy(index, name, size):
    return f"      - {{name: p{index}, start: 0, end: {PRUNE - 2}, gradual: {{initial: {level(size) / 3:.3f}, final: {level(size)}, weights: ['{name}']}}}}"


def layer(name, size, is_convolution, has):
    settings = [f"level: {level(size)}"] if "prune" in has else []
    if "share" in has:
        bits = 2 if size >= 20_000 else 3
        settings += ["linear: {bits: 4}" if is_convolution else f"shared: {{bits: {bits}, method: optimal}}", "biases: int8"]
    return f"        '{name}': {{{', '.join(settings)}}}"
