"""The table on levels that are chosen by what they cost: real bytes and accuracy of several representations, before and after training under them."""

from results_deep import DEEP_TEACHERS, compressed, original
from results_numbers import mean, percent, points, table
from results_runs import RUNS, last, network, test, validation

# Title and plan of every layer.
FORMS = [
    ("shared, 3 bits", "shared: {bits: 3, method: optimal}"),
    ("shared, 2 bits", "shared: {bits: 2, method: optimal}"),
    ("linear, 3 bits", "linear: {bits: 3}"),
    ("entropy, Δ 1 σ, λ 0", "entropy: {step: 1, lambda: 0}"),
    ("entropy, Δ 1 σ, λ 0.1", "entropy: {step: 1, lambda: 0.1}"),
    ("entropy, Δ 2 σ, λ 0", "entropy: {step: 2, lambda: 0}"),
    ("entropy, Δ 2 σ, λ 0.1", "entropy: {step: 2, lambda: 0.1}"),
    ("universal, Δ 1 σ, λ 0.1", "universal: {step: 1, lambda: 0.1}"),
]
LEVELS = {"fc1.weight": 0.932, "fc2.weight": 0.88, "fc3.weight": 0.5}
TRAINING = "{epochs: 4, rate: 0.01, optimizer: {sgd: {momentum: 0.9, nesterov: true}}, weight-decay: 0.0002, teachers: [TEACHER]}"
ARCHITECTURE = "lenet-300-100"


def schedule(number, seed, trains):
    lines = ["version: 1", "stages:", "  - name: quantize", "    plan:", "      temperature: 4", "      lossWeights: {distillation: 0.5, student: 0.5}", "      layers:"]
    lines += [f"        {weight}: {{level: {level}, {FORMS[number][1]}}}" for weight, level in LEVELS.items()]
    if trains:
        lines.append("    train: " + TRAINING.replace("TEACHER", str(network(f"{ARCHITECTURE}-{seed}"))))
    return "\n".join(lines) + "\n"


def measured(runs, number, seed, trains):
    """A representation on the network that Deep Compression left, and the bytes of its file."""
    name = f"rate-{number}-{'trained' if trains else 'plain'}-{seed}"
    path, file = RUNS / f"{name}.yaml", RUNS / f"{name}.pare"

    def ready():
        original(runs, ARCHITECTURE, seed, needed=True)
        compressed(runs, ARCHITECTURE, seed, f"deep-compression-{ARCHITECTURE}", "deep", DEEP_TEACHERS[ARCHITECTURE], needed=True)
        RUNS.mkdir(parents=True, exist_ok=True)
        path.write_text(schedule(number, seed, trains))

    result = last(runs.lines(name, f"compress {network(f'deep-{ARCHITECTURE}-{seed}')} --schedule {path} --seed {seed} --measure-test -o {file}", needs=[ready]))
    size = runs.lines(f"bytes-{name}", ["stat", "--format", '{"event": "file", "bytes": %s}', str(file)])
    return result, next(line["bytes"] for line in size if line["event"] == "file")


def rate(runs, seeds):
    rows = []
    for number, (title, _) in enumerate(FORMS):
        plain = [measured(runs, number, seed, False) for seed in seeds]
        trained = [measured(runs, number, seed, True) for seed in seeds]
        base = [test(last(original(runs, ARCHITECTURE, seed))) for seed in seeds]
        rows.append([
            title, f"{100 * mean([result['kept'] for result, _ in trained]):.2f} %", percent([validation(result) for result, _ in plain]),
            f"{mean([size for _, size in plain]):,.0f}", percent([validation(result) for result, _ in trained]),
            f"{mean([size for _, size in trained]):,.0f}", points([test(result) - was for (result, _), was in zip(trained, base)])])
    return "\n\n".join([
        "## Levels chosen by rate",
        f"{ARCHITECTURE} as Deep Compression left it (7.5 % kept; {len(seeds)} seeds), its weights in one representation, as they are and after four epochs under it with the original as "
        "teacher. Bytes are those of whole `.pare` files, each layer by the smallest coder. Δ is the step of uniform levels in σ of the dense weights, λ what a bit may cost "
        "(Docs/Plans.md).",
        table(["weights", "kept", "validation before", "bytes", "validation after training", "bytes", "test, to the original, in points"], rows),
    ])
