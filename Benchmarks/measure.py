"""Runs one command and measures it: wall time, processor time and peak memory, its children included."""

import os
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

CORES = len(os.sched_getaffinity(0))
PAGE = os.sysconf("SC_PAGE_SIZE")


class CommandFailed(Exception):
    pass


@dataclass
class Sample:
    wall: float  # s, process start included
    user: float  # s, all reaped children included
    system: float  # s
    max_rss: int  # bytes, of the largest single process
    first_match: float | None = None  # s until the first line of output that matched
    rss_over_time: list[tuple[float, int]] = field(default_factory=list)  # (s, bytes of the process tree)

    @property
    def utilization(self) -> float:
        """Processor time over what all cores had to give, 0 to 1."""
        return (self.user + self.system) / (self.wall * CORES)


def run(command, *, match=None, sample_rss=None, accept=(0,), cwd=None) -> Sample:
    """Runs `command` (a list); standard output is read only when `match`, a piece of text, is looked for in it."""
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=errors, cwd=cwd,
            stdout=subprocess.PIPE if match else subprocess.DEVNULL)
        series: list[tuple[float, int]] = []
        stop = threading.Event()
        sampler = None
        if sample_rss:
            sampler = threading.Thread(
                target=_sample_tree, args=(process.pid, started, sample_rss, stop, series), daemon=True)
            sampler.start()
        first = None
        if match:
            needle = match.encode()
            for line in process.stdout:
                if first is None and needle in line:
                    first = time.perf_counter() - started
            process.stdout.close()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        stop.set()
        if sampler:
            sampler.join()
        if process.returncode not in accept:
            errors.seek(0)
            text = errors.read().decode(errors="replace").strip()[-800:]
            raise CommandFailed(f"exit status {process.returncode}: {' '.join(map(str, command))}\n{text}")
        if match and first is None:
            raise CommandFailed(f"no line of output holds {match!r}: {' '.join(map(str, command))}")
    return Sample(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss * 1024, first, series)


def _sample_tree(pid, started, interval, stop, series):
    while not stop.wait(interval):
        total = 0
        pending = [pid]
        while pending:
            current = pending.pop()
            try:
                total += int(Path(f"/proc/{current}/statm").read_text().split()[1]) * PAGE
                for task in os.listdir(f"/proc/{current}/task"):
                    pending += map(int, Path(f"/proc/{current}/task/{task}/children").read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue  # ended meanwhile
        if total:
            series.append((time.perf_counter() - started, total))


def summary(samples: list[Sample]) -> dict:
    result = {
        "wall_s": round(median(s.wall for s in samples), 4),
        "all_wall_s": [round(s.wall, 4) for s in samples],
        "user_s": round(median(s.user for s in samples), 3),
        "system_s": round(median(s.system for s in samples), 3),
        "max_rss_mb": round(max(s.max_rss for s in samples) / 1e6, 1),
        "utilization": round(median(s.utilization for s in samples), 3),
    }
    if all(s.first_match is not None for s in samples):
        result["first_match_s"] = round(median(s.first_match for s in samples), 4)
    return result


def alternate(contestants: dict, repeat: int, warm_up: bool = True) -> dict[str, list[Sample]]:
    """Runs the contestants (name to a function that makes one run and returns its Sample) in turn, `repeat` rounds.

    Every other round goes backwards, so that none always follows the same neighbour. A round before the first
    loads programs and inputs into the page cache and is thrown away.
    """
    samples: dict[str, list[Sample]] = {name: [] for name in contestants}
    for round_number in range(-1 if warm_up else 0, repeat):
        names = list(contestants) if round_number % 2 == 0 else list(reversed(contestants))
        for name in names:
            sample = contestants[name]()
            if round_number >= 0:
                samples[name].append(sample)
    return samples
