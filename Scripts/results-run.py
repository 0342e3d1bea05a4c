"""Runs the trainings behind Docs/Results.md and writes its tables. Needs no packages.

What a table stands on is kept in Docs/results/TABLE.jsonl; runs that are there or in .results are not made again (--again does).
"""

import argparse
import sys

from results_cut import cut
from results_deep import deep_compression, smallest
from results_ranks import ranks
from results_rate import rate
from results_runs import ROOT, Runs
from results_stack import stack
from results_structure import filters, modules
from results_tables import architectures, bits, cross_check, distillation
from results_untrained import untrained

PAGE = ROOT / "Docs" / "Results.md"

# By name: the function that makes a table's text, and its number of seeds.
TABLES = {
    "deep-compression-lenet-300-100": (deep_compression("lenet-300-100"), 5),
    "deep-compression-lenet-5": (deep_compression("lenet-5"), 5),
    "smallest-lenet-300-100": (smallest("lenet-300-100"), 5),
    "smallest-lenet-5": (smallest("lenet-5"), 5),
    "rate": (rate, 3),
    "distillation": (distillation, 5),
    "bits": (bits, 5),
    "architectures": (architectures, 1),
    "cross-check": (cross_check, 5),
    "filters-lenet-5": (filters, 1),
    "modules-lenet-5": (modules, 1),
    "ranks-lenet-5": (ranks("lenet-5"), 3),
    "ranks-resnet-20": (ranks("resnet-20"), 1),
    "cut-resnet-20": (cut, 5),
    "stack-lenet-5": (stack, 3),
    "untrained": (untrained, 5),
}


def page(name, body, seeds):
    """Puts a table into the page, between its marks; the rest stays."""
    text = PAGE.read_text() if PAGE.exists() else "# Results\n"
    start, end = f"<!-- table {name} -->", f"<!-- end {name} -->"
    block = f"{start}\n{body}\n\nMade by `Scripts/results {name}{seeds}`.\n{end}"
    if start in text:
        text = text[: text.index(start)] + block + text[text.index(end) + len(end):]
    else:
        text = text.rstrip() + "\n\n" + block + "\n"
    PAGE.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--seeds", type=int, help="fewer seeds than the table has: 1 is its quick setting")
    parser.add_argument("--only-seed", type=int, metavar="SEED", help="only make this seed's runs: for several at once, a core each")
    parser.add_argument("--again", action="store_true", help="make all runs again but those in .results")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        return print("\n".join(TABLES))
    for name in options.tables or TABLES:
        if name not in TABLES:
            sys.exit(f"results: there is no table {name}; there are {', '.join(TABLES)}")
    for name in options.tables or TABLES:
        make, seeds = TABLES[name]
        runs = Runs(options.again)
        if options.only_seed:
            make(runs, [options.only_seed])
            continue
        body = make(runs, list(range(1, (options.seeds or seeds) + 1)))
        print(body)
        runs.keep(name)
        page(name, body, f" --seeds {options.seeds}" if options.seeds and options.seeds != seeds else "")


if __name__ == "__main__":
    main()
