"""The rows of the operations that run networks: each picture beside its peer, the whole pipeline, and many files."""

import json
import subprocess
from pathlib import Path
from statistics import median

import inputs
from measure import CommandFailed, alternate, summary
from rows import Row, linked, quarters, ratio_row

PEERS = Path(__file__).resolve().parent / "peers"
PYTHON = inputs.VENV / "bin/python"
FULL = "metadata,keyframes,scenes,transcription,objects,faces,ocr,diarization,text-embeddings,fusion"
BULK = "transcription,objects,scenes"


def printed(command):
    """What a command prints, as JSON."""
    command = [str(part) for part in command]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise CommandFailed(f"exit status {done.returncode}: {' '.join(command)}\n{done.stderr.strip()[-800:]}")
    return json.loads(done.stdout)


def vision_program():
    if not inputs.VISION.exists():
        raise FileNotFoundError(f"{inputs.VISION} is missing: swift build -c release --product VisionBenchmark")
    return inputs.VISION


def per_picture(milliseconds):
    return {"value": round(milliseconds, 2), "unit": "ms/picture"}


def detection(bench):
    """objects and faces: the plugin end to end beside the inference alone, both in one program."""
    results = printed([vision_program(), inputs.media("pipeline"), "objects,faces", max(bench.repeat, 3)])
    for name, result in results.items():
        yield Row(name, f"{name}, for each 720p picture in memory", "bare OpenVINO inference", "≤ 1.05 ×",
                  result["ratio"] <= 1.05, per_picture(result["ms_per_picture"]),
                  per_picture(result["bare_ms_per_picture"]), result["ratio"],
                  f"{result['pictures']} pictures, {result['threads']} threads; processor time "
                  f"{result['cpu_ms_per_picture']:.2f} ms, bare {result['bare_cpu_ms_per_picture']:.2f} ms")


def ocr(bench):
    video = inputs.media("pipeline")
    ours, theirs = [], []
    with bench.scratch() as work:
        pictures = Path(work, "pictures")
        for _ in range(min(bench.repeat, 3)):
            # The pictures are written by the first run, before its clock starts.
            result = printed([vision_program(), video, "ocr", 1, *([] if pictures.exists() else [pictures])])["ocr"]
            ours.append(result["ms_per_picture"])
            peer = printed([PYTHON, PEERS / "ocr_frames.py", pictures, 1])
            theirs.append(peer["ms_per_picture"])
    if peer["pictures"] != result["pictures"]:
        raise CommandFailed(f"rapidocr saw {peer['pictures']} pictures, ours {result['pictures']}")
    ratio = median(ours) / median(theirs)
    yield Row("ocr", "ocr, for each 720p picture in memory", "rapidocr", "≤ 0.5 ×", ratio <= 0.5,
              per_picture(median(ours)), per_picture(median(theirs)), round(ratio, 3), f"{peer['pictures']} pictures")


def pipeline(bench):
    video = inputs.media("pipeline")
    inputs.load_into_page_cache(video)
    found, steps = {}, {}

    def keep_ours(out):
        stages = completed(next(out.rglob("run.json")), FULL)
        found["ours"] = "; ".join(
            f"{name} " + ", ".join(f"{what} {count}" for what, count in stages[name]["counts"].items())
            for name in ("keyframes", "objects", "faces", "ocr"))

    def keep_theirs(out):
        def read(name):
            return json.loads(Path(out, "out", f"{name}.json").read_text())

        counts = [f"{len(read('keyframes'))} keyframes"]
        for name in ("objects", "faces", "ocr"):
            counts.append(f"{sum(len(picture['found']) for picture in read(name))} {name}")
        found["theirs"] = ", ".join(counts)
        steps.update(read("times"))

    runs = alternate({
        "ours": lambda: bench.cold("perf", video, FULL, check=keep_ours),
        "theirs": lambda: bench.peer([PYTHON, PEERS / "pipeline.py", video, "{work}/out"], check=keep_theirs),
    }, bench.repeat)
    longest = sorted(((seconds, name) for name, seconds in steps.items() if name != "total"), reverse=True)[:4]
    times = ", ".join(f"{name} {seconds:.2f} s" for seconds, name in longest)
    row = ratio_row("pipeline-cold", "the full pipeline, 10 s of 720p, cold process",
                    "Python packages, one after another", 0.5, runs["ours"], runs["theirs"],
                    f"{found['ours']}; theirs {found['theirs']}, of it {times}",
                    also=summary(runs["ours"])["wall_s"] < 3)
    row.target += ", < 3 s"
    yield row


def completed(report, operations):
    """The stages of a run report by name; a run that left one out or failed is not worth its time."""
    stages = {stage["operation"]: stage for stage in json.loads(report.read_text())["operations"]}
    problems = [
        f"{name}: {stages[name].get('reason') or stages[name]['status'] if name in stages else 'not run'}"
        for name in operations.split(",") if stages.get(name, {}).get("status") not in ("done", "empty")]
    if problems:
        raise CommandFailed("the run is not complete: " + "; ".join(problems))
    return stages


def bulk_vision(bench):
    clips = inputs.clips()[:30 if bench.quick else None]
    copies = 1 if bench.quick else 3
    inputs.load_into_page_cache(*clips)

    def check(out):
        reports = list(out.glob("*/run.json"))
        if len(reports) != copies * len(clips):
            raise CommandFailed(f"{len(reports)} of {copies * len(clips)} files have a result")
        for report in reports:
            completed(report, BULK)

    with linked(clips, copies) as folder:
        sample = bench.cold("bulk", folder, BULK, "--no-cache", "--no-progress", check=check, sample_rss=0.2)
    ours = summary([sample])
    rate = copies * len(clips) / sample.wall * 3600
    peak = max(size for _, size in sample.rss_over_time) / 1e6
    growth, text = quarters(sample.rss_over_time)
    met = rate >= 10_000 and sample.utilization > 0.9 and peak < 2000 and growth <= 1.1
    yield Row("bulk-vision", f"bulk of {copies * len(clips)} ten-second 360p clips ({BULK.replace(',', ', ')})", "–",
              "≥ 10,000 files/h, > 90 % CPU, flat, < 2 GB", met, ours | {"value": round(rate), "unit": "files/h"},
              detail=f"{sample.utilization:.0%} CPU, peak {peak:.0f} MB in all processes, {text} ({growth:.2f} ×)")


GROUPS = {"detection": detection, "ocr": ocr, "pipeline": pipeline, "bulk-vision": bulk_vision}
