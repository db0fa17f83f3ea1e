import MediaDecoding
import MediaValues
import PluginKit

/// The pictures written so far, each named by its position.
struct ImageList {
    let folder: String
    let fileExtension: String
    private var written: [ImageSequence.Image] = []

    init(folder: String, fileExtension: String) {
        self.folder = folder
        self.fileExtension = fileExtension
    }

    var count: Int { written.count }

    /// Describes a frame as the next picture.
    func entry(for frame: VideoFrame, sharpness: Double? = nil, hash: PerceptualHash? = nil) -> ImageSequence.Image {
        let end = frame.duration.map { frame.time.advanced(by: $0) } ?? frame.time
        return ImageSequence.Image(
            file: name(written.count), startMs: frame.time.milliseconds, endMs: end.milliseconds,
            pts: frame.time.ticks, timeBase: frame.time.timeBase.description, frameNumber: frame.frameNumber,
            width: frame.width, height: frame.height, sharpness: sharpness,
            perceptualHash: hash.map { value in
                let text = String(value.bits, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            })
    }

    mutating func append(_ image: ImageSequence.Image) { written.append(image) }

    /// Keeps the pictures at `positions` (ascending), renamed to be consecutive; removes the files of the others.
    mutating func keep(_ positions: [Int], in files: StageFiles) throws {
        let kept = Set(positions)
        for (position, image) in written.enumerated() where !kept.contains(position) {
            files.remove("\(folder)/\(image.file)")
        }
        var renamed: [ImageSequence.Image] = []
        for position in positions {
            var image = written[position]
            let file = name(renamed.count)
            if file != image.file { try files.rename("\(folder)/\(image.file)", to: "\(folder)/\(file)") }
            image.file = file
            renamed.append(image)
        }
        written = renamed
    }

    /// The pictures, each lasting until the next one and the last until the video's end.
    func images(endingAt media: MediaDescription) -> [ImageSequence.Image] {
        var images = written
        for index in images.indices.dropLast() { images[index].endMs = images[index + 1].startMs }
        if let last = images.indices.last {
            let end = media.primaryVideo?.durationMs ?? media.container.durationMs ?? 0
            images[last].endMs = max(images[last].endMs, images[last].startMs, end)
        }
        return images
    }

    private func name(_ position: Int) -> String {
        let number = String(position)
        return "frame_" + String(repeating: "0", count: max(0, 4 - number.count)) + number + "." + fileExtension
    }
}
