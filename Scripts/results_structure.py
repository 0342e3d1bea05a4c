"""Tables of filters that are removed and of modules, of the shipped lenet-5: with and without a repair, before and after training with the original as teacher."""

import json
import subprocess

from results_numbers import table
from results_runs import PARE, ROOT, RUNS

MODEL = "lenet-5"
TEACHER = "Models/lenet-5.onnx"
EPOCHS = 4
# Parameters of all layers but conv2.
OTHERS = 406_030
TRAINING = f"--epochs {EPOCHS} --rate 0.002 --teacher {TEACHER} --temperature 4 --distillation 0.5 --seed 1"

# Title, and what goes of each layer.
CUTS = [
    ("conv2 50 %", ["conv2:50% /1"]),
    ("fc1 75 %", ["fc1:75% /1"]),
    ("conv1 25 %, conv2 30 %, fc1 50 %", ["conv1:25% /1", "conv2:30% /1", "fc1:50% /1"]),
    ("conv1 50 %, conv2 50 %, fc1 75 %", ["conv1:50% /1", "conv2:50% /1", "fc1:75% /1"]),
]
CRITERIA = ["random", "l1", "l2", "fpgm", "taylor", "reconstruction"]
MODULES = ["fire 8 25", "fire 16 25", "fire 8 0", "separable 1", "separable 2", "separable 4", "pointwise"]


def plain(name):
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def pare(*words):
    return subprocess.run([str(PARE), *words], check=True, cwd=ROOT, capture_output=True, text=True).stdout


def measured(runs, name, make):
    """Figures on test of a network that `make` writes to a path, as one line that is kept; `pare report` tells them."""
    file = RUNS / f"{name}.onnx"
    script = RUNS / f"{name}.report"

    def ready():
        RUNS.mkdir(parents=True, exist_ok=True)
        make(file)
        report = json.loads(pare("report", str(file), "--against", MODEL, "--split", "test", "--json"))
        line = {
            "event": "result", "accuracy": report["accuracy"]["current"], "original": report["accuracy"]["original"],
            "parameters": report["network"]["parameters"]}
        script.write_text(json.dumps(line) + "\n")

    return runs.lines(name, ["cat", str(script)], needs=[ready])[0]


def thinned(runs, cut, criterion, repair):
    title, filters = cut
    options = [word for choice in filters for word in ("--filters", choice)] + ["--criterion", criterion] + ([] if repair else ["--no-repair"])
    name = f"thin-{plain(title)}-{criterion}{'' if repair else '-plain'}"
    return measured(runs, name, lambda file: pare("thin", MODEL, *options, "-o", str(file)))


def trained(runs, name):
    """After training with the original as teacher, of a network that was made already."""
    source = RUNS / f"{name}.onnx"
    return measured(runs, f"{name}-trained", lambda file: pare("train", str(source), *TRAINING.split(), "-o", str(file)))


def percent(line):
    return f"{100 * line['accuracy']:.2f}"


def filters(runs, seeds):
    rows = []
    for cut in CUTS:
        lines = {(criterion, repair): thinned(runs, cut, criterion, repair) for criterion in CRITERIA for repair in (False, True)}
        some = lines["l1", True]
        rows.append([cut[0], f"{some['parameters']:,}"] + [
            f"{percent(lines[criterion, False])} → {percent(lines[criterion, True])}" for criterion in CRITERIA])
    was = lines["l1", True]["original"]
    return "\n\n".join([
        "## Filters of lenet-5 without training",
        f"The shipped lenet-5, {100 * was:.2f} % of test as it is. Filters and units go by a criterion; accuracy without and with the repair by least squares on training examples, test, one network, "
        "no training, so that gaps of some tenths of a point say nothing.",
        table(["gone", "parameters left"] + CRITERIA, rows),
    ])


def modules(runs, seeds):
    rows = []
    for module in MODULES:
        name = f"module-{plain(module)}"
        plainly = measured(runs, f"{name}-plain", lambda file: pare("thin", MODEL, "--replace", f"conv2:{module}", "--no-repair", "-o", str(file)))
        fitted = measured(runs, name, lambda file: pare("thin", MODEL, "--replace", f"conv2:{module}", "-o", str(file)))
        after = percent(trained(runs, name))
        rows.append([
            module, f"{fitted['parameters'] - OTHERS:,}", percent(plainly), percent(fitted), after])
    was = fitted["original"]
    return "\n\n".join([
        "## Modules in the place of conv2 of lenet-5",
        f"conv2 of the shipped lenet-5 has 25,050 parameters; the network is right on {100 * was:.2f} % of test. Each module in its place: as it starts from the weights, fitted by least squares to what the layer "
        f"gives, and after {EPOCHS} epochs of training the whole network with the original as teacher. One network, one seed.",
        table(["module", "parameters", "as it starts", "fitted", "trained"], rows),
    ])
