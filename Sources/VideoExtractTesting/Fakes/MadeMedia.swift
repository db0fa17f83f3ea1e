public import MediaValues

/// Pictures and samples made in memory.
public enum MadeMedia {
    /// Plain grey pictures.
    ///
    /// - Parameters:
    ///   - framesPerSecond: whole frames a second; the time base is its inverse.
    ///   - keyframeInterval: every how many pictures one is a keyframe.
    ///   - luma: value of a picture by its number, 0…255.
    public static func frames(
        _ count: Int, framesPerSecond: Int32 = 25, width: Int = 16, height: Int = 8, keyframeInterval: Int = 10,
        luma: (Int) -> UInt8 = { UInt8(truncatingIfNeeded: $0) }
    ) -> [VideoFrame] {
        let timeBase = TimeBase.samples(perSecond: Int(framesPerSecond))
        return (0..<count).map { index in
            let storage = ArrayPixelStorage([UInt8](repeating: luma(index), count: width * height))
            let plane = PixelPlane(baseAddress: storage.baseAddress, bytesPerRow: width, width: width, height: height)
            return VideoFrame(
                time: MediaTime(ticks: Int64(index), timeBase: timeBase),
                duration: MediaTime(ticks: 1, timeBase: timeBase), frameNumber: index,
                isKeyframe: index.isMultiple(of: max(1, keyframeInterval)), width: width, height: height,
                layout: .gray8, isFullRange: true, planes: [plane], storage: storage)
        }
    }

    /// Silence in buffers of a tenth of a second.
    public static func silence(seconds: Double, sampleRate: Int = 16000, channels: Int = 1) -> [AudioBuffer] {
        let size = sampleRate / 10
        return (0..<Int(seconds * 10)).map { index in
            AudioBuffer(
                samples: [Float](repeating: 0, count: size * channels), sampleRate: sampleRate, channels: channels,
                start: MediaTime(ticks: Int64(index * size), timeBase: .samples(perSecond: sampleRate)))
        }
    }
}
