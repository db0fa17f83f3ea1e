"""Tables from results: on standard output and in docs/benchmarks.md."""

import tomllib
from pathlib import Path

import inputs

NOTES = Path(__file__).resolve().parent / "notes.toml"
DOCS = inputs.ROOT / "docs/benchmarks.md"
ORDER = [
    "metadata", "audio", "keyframes", "scenes-pyscenedetect", "scenes-decode", "scenes-keyframes-only", "scenes-hard",
    "transcription", "first-segment", "warm", "bulk-three", "bulk-one", "hashing", "memory-3h", "memory-bulk",
    "objects", "faces", "ocr", "pipeline-cold", "bulk-vision",
]
COLUMNS = ["work", "peer", "ours", "peer's", "ratio", "target", "met", "CPU s, ours / peer", "peak MB, ours / peer", "detail"]
HEADER = f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}"


def figure(side):
    if not side:
        return "–"
    if "value" in side:
        return f"{side['value']:g} {side['unit']}"
    wall = side["wall_s"]
    return f"{wall * 1000:.0f} ms" if wall < 1 else f"{wall:.2f} s"


def pair(row, text):
    return " / ".join(text(side) if side and "wall_s" in side else "–" for side in (row["ours"], row["theirs"]))


def cells(row):
    return [
        row["work"], row["peer"], figure(row["ours"]), figure(row["theirs"]),
        f"{row['ratio']:.2f} ×" if row["ratio"] is not None else "–", row["target"], "yes" if row["met"] else "**no**",
        pair(row, lambda side: f"{side['user_s'] + side['system_s']:.2f}"),
        pair(row, lambda side: f"{side['max_rss_mb']:.0f}"), row["detail"],
    ]


def line(row):
    return f"| {' | '.join(cells(row))} |"


def write_docs(results):
    notes = tomllib.loads(NOTES.read_text())
    rows = sorted(results["rows"], key=lambda row: ORDER.index(row["name"]))
    machines = sorted({row["machine"] for row in rows})
    dates = sorted({row["date"] for row in rows})
    text = [
        "# Benchmarks", "",
        "Written by `Benchmarks/run --write-docs` from the last run of `make bench`; the last column is kept by hand in",
        "`Benchmarks/notes.toml`.", "",
        f"Measured on {'; '.join(machines)}, {' to '.join(sorted({dates[0], dates[-1]}))}.", "",
        notes["method"].strip(), "",
        "| work | peer | ours | peer's | ratio | target | met | what limits it |", f"|{'---|' * 8}",
    ]
    for row in rows:
        values = cells(row)
        limit = " ".join(notes["limits"].get(row["name"], "").split())
        text.append(f"| {' | '.join(values[:7])} | {limit} |")
    text += ["", "## Cost and detail", "", "| row | CPU s, ours / peer | peak MB, ours / peer | rounds | detail |",
             f"|{'---|' * 5}"]
    for row in rows:
        text.append(f"| {row['name']} | {' | '.join(cells(row)[7:9])} | {len(row['ours'].get('all_wall_s', [0]))} | {row['detail']} |")
    text += ["", notes["closing"].strip(), ""]
    DOCS.write_text("\n".join(text))
