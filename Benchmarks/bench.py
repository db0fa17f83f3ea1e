"""Measures the product against its peers; see Benchmarks/run for the way in."""

import argparse
import json
import platform
import sys
import time
from dataclasses import asdict
from pathlib import Path

import inputs
import report
import rows
import vision_rows
from measure import CORES, CommandFailed
from rows import Bench

GROUPS = rows.GROUPS | vision_rows.GROUPS

RESULTS = inputs.ROOT / ".build/benchmarks.json"


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def load_results():
    return json.loads(RESULTS.read_text()) if RESULTS.exists() else {"rows": []}


def save_results(results):
    """Rows that were not measured this time stay; each row tells when and on what it was measured."""
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    partial = RESULTS.with_suffix(".partial")
    partial.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    partial.rename(RESULTS)


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/run")
    parser.add_argument("--only", metavar="NAME,NAME", help="groups to measure: " + ", ".join(GROUPS))
    parser.add_argument("--repeat", type=int, default=5, metavar="N", help="rounds; medians are reported (default: 5)")
    parser.add_argument("--quick", action="store_true", help="one round, fewer files: shows that everything runs")
    parser.add_argument("--write-docs", action="store_true", help="write docs/benchmarks.md from the last results")
    parser.add_argument("--list", action="store_true", help="list the groups")
    parser.add_argument("--binary", type=Path, default=inputs.BINARY, help="program to measure")
    parser.add_argument("--no-build", action="store_true", help="measure what is built")
    options = parser.parse_args()
    if options.list:
        print("\n".join(GROUPS))
        return 0
    results = load_results()
    if options.write_docs and not options.only:
        report.write_docs(results)
        return 0

    names = options.only.split(",") if options.only else list(GROUPS)
    if unknown := [name for name in names if name not in GROUPS]:
        parser.error(f"unknown group {', '.join(unknown)}; known: {', '.join(GROUPS)}")
    bench = Bench(1 if options.quick else options.repeat, options.quick, options.binary)
    failures = 0
    print(report.HEADER, flush=True)
    for name in names:
        try:
            for row in GROUPS[name](bench):
                record = asdict(row) | {
                    "date": time.strftime("%Y-%m-%d"), "machine": f"{processor()}, {CORES} cores", "repeat": bench.repeat}
                print(report.line(record), flush=True)
                results["rows"] = [r for r in results["rows"] if r["name"] != row.name] + [record]
        except (CommandFailed, OSError, LookupError, StopIteration) as error:
            failures += 1
            print(f"bench: {name}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        save_results(results)
    if options.write_docs:
        report.write_docs(results)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
