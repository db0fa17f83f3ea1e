"""Audio samples, where speech is in them (Silero VAD), and its words (a sherpa-onnx recogniser)."""

import av
import numpy as np
import onnxruntime

RATE = 16_000
WINDOW = 512  # samples for each probability
CONTEXT = 64  # samples of the window before that the network sees too


def decode(video):
    """The first audio track: 16 kHz, one channel, -1 to 1."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(video) as container:
        pieces = [piece.to_ndarray()[0] for frame in container.decode(audio=0) for piece in resampler.resample(frame)]
    pieces += [piece.to_ndarray()[0] for piece in resampler.resample(None)]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)


def probabilities(samples, network):
    """Probability of speech for every 32 ms."""
    count = -(-len(samples) // WINDOW)
    padded = np.pad(samples, (CONTEXT, count * WINDOW - len(samples)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, CONTEXT + WINDOW)[::WINDOW]
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    h = c = np.zeros((1, 1, 128), np.float32)
    found = []
    for start in range(0, count, 1024):
        part, h, c = session.run(None, {"input": np.ascontiguousarray(windows[start:start + 1024]), "h": h, "c": c})
        found.append(part.ravel())
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def spans(probabilities, onset, offset, minimum_silence, padding, minimum_speech=0.25):
    """[start, end] in seconds of the speech, by two thresholds."""
    step = WINDOW / RATE
    found, start, pause = [], None, None
    for index, probability in enumerate(probabilities):
        if probability >= onset:
            pause = None
            start = index if start is None else start
        elif start is not None:
            if pause is None and probability < offset:
                pause = index
            if pause is not None and (index + 1 - pause) * step >= minimum_silence:
                if (pause - start) * step >= minimum_speech:
                    found.append([start * step, pause * step])
                start = pause = None
    if start is not None:
        found.append([start * step, len(probabilities) * step])
    padded = [[max(0.0, a - padding), b + padding] for a, b in found]
    for before, after in zip(padded, padded[1:]):
        if after[0] < before[1]:
            before[1] = after[0] = (before[1] + after[0]) / 2
    return padded


def joined(spans, gap, longest, probabilities):
    """Spans with short pauses bridged; those above `longest` seconds cut where speech is least likely."""
    result = []
    for start, end in spans:
        if result and start - result[-1][1] < gap and end - result[-1][0] <= longest:
            result[-1][1] = end
            continue
        while end - start > longest:
            first, last = (int((start + part * longest) * RATE / WINDOW) for part in (0.4, 1))
            cut = (first + int(np.argmin(probabilities[first:last])) + 0.5) * WINDOW / RATE
            result.append([start, cut])
            start = cut
        result.append([start, end])
    return result


def transcribe(samples, probabilities, recognizer):
    pieces = joined(spans(probabilities, 0.5, 0.35, 0.25, 0.1), 1.0, 10.0, probabilities)
    streams = []
    for start, end in pieces:
        stream = recognizer.create_stream()
        stream.accept_waveform(RATE, samples[int(start * RATE):int(end * RATE)])
        streams.append(stream)
    recognizer.decode_streams(streams)
    return [{"start": start, "end": end, "text": stream.result.text.strip()}
            for (start, end), stream in zip(pieces, streams) if stream.result.text.strip()]
