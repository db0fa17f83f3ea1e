"""Who speaks when: GE2E embeddings of 1.6 s windows, average linkage, windows given to the nearest speaker."""

import numpy as np
import onnxruntime
from scipy.cluster.hierarchy import fcluster, linkage

import speech

FRAME = 160  # samples for each mel frame, 10 ms
LENGTH, HOP = 160, 20  # frames of a window, and from one window to the next
STOP, SAME = 0.68, 0.86  # cosine below which clusters stay apart, and above which their centres are one speaker
LEVEL = -22.0  # dBFS of the speech that the network gets


def mel_filters(bands=40, size=400, highest=8000.0):
    """Slaney's scale and norm, as librosa makes them."""
    def to_hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    edges = to_hertz(np.linspace(0, 15 + np.log(highest / 1000) / (np.log(6.4) / 27), bands + 2))
    ramps = edges[:, None] - np.linspace(0, speech.RATE / 2, size // 2 + 1)
    widths = np.diff(edges)
    triangles = np.maximum(0, np.minimum(-ramps[:-2] / widths[:-1, None], ramps[2:] / widths[1:, None]))
    return triangles * (2 / (edges[2:] - edges[:-2]))[:, None]


def power_mel(samples):
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(samples, 200), 400)[::FRAME]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)).astype(np.float32)
    return (np.abs(np.fft.rfft(frames * window, axis=1)) ** 2 @ mel_filters().T).astype(np.float32)


def level(samples, spans):
    spoken = np.concatenate([samples[int(a * speech.RATE):int(b * speech.RATE)] for a, b in spans])
    return 20 * np.log10(np.sqrt(np.mean(np.square(spoken, dtype=np.float64))) + 1e-9)


def window_starts(spans, frames):
    starts = []
    for a, b in spans:
        first, last = int(a * 100), min(frames, int(b * 100))
        if last - first <= LENGTH:
            starts.append(int(np.clip((first + last - LENGTH) // 2, 0, frames - LENGTH)))
            continue
        starts += range(first, last - LENGTH + 1, HOP)
        if starts[-1] + LENGTH < last:
            starts.append(last - LENGTH)
    return np.array(starts)


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def centres_of(embeddings):
    """One centre for each speaker: clusters, like ones joined, short ones left out, windows given out again twice."""
    if len(embeddings) == 1:
        return unit(embeddings)
    labels = fcluster(linkage(embeddings, "average", metric="cosine"), 1 - STOP, "distance")
    while True:
        names, counts = np.unique(labels, return_counts=True)
        centres = unit(np.array([embeddings[labels == name].mean(0) for name in names]))
        likeness = centres @ centres.T - 2 * np.eye(len(names))
        a, b = np.unravel_index(likeness.argmax(), likeness.shape)
        if likeness[a, b] < SAME:
            break
        labels[labels == names[b]] = names[a]
    kept = counts * HOP / 100 >= 2
    centres = centres[kept] if kept.any() else centres[[counts.argmax()]]
    for _ in range(2):
        nearest = (embeddings @ centres.T).argmax(1)
        centres = unit(np.array([embeddings[nearest == k].mean(0) for k in np.unique(nearest)]))
    return centres


def diarize(samples, probabilities, network):
    """[{start, end, speaker}] in seconds."""
    spans = speech.spans(probabilities, 0.3, 0.2, 0.8, 0.15)
    if not spans:
        return []
    mel = power_mel(samples) * np.float32(10 ** ((LEVEL - level(samples, spans)) / 10))
    mel = np.pad(mel, ((0, max(0, LENGTH - len(mel))), (0, 0)))
    starts = window_starts(spans, len(mel))
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    windows = np.stack([mel[start:start + LENGTH] for start in starts])
    embeddings = np.concatenate([session.run(None, {name: windows[i:i + 32]})[0] for i in range(0, len(windows), 32)])
    likeness = embeddings @ centres_of(embeddings).T
    turns = []
    for a, b in spans:
        times = np.arange(int(a * 100), min(len(mel), int(b * 100)), 10)  # every 0.1 s
        distance = np.abs(starts[None] + LENGTH / 2 - (times[:, None] + 5))
        weight = np.maximum(0, 1 - distance / (LENGTH / 2))
        weight[np.arange(len(times)), distance.argmin(1)] += 1e-6
        speakers = (weight @ likeness).argmax(1)
        edges = [0, *(np.flatnonzero(np.diff(speakers)) + 1), len(times)]
        turns += [{"start": a + first / 10, "end": min(b, a + last / 10), "speaker": f"speaker_{speakers[first]}"}
                  for first, last in zip(edges, edges[1:]) if last > first]
    return turns
