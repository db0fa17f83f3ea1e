import CFFmpeg
import PluginKit

/// Turns an opened container into a description: everything that the headers and the first packets tell.
enum MediaProber {
    static func describe(_ input: MediaInput, byteCount: Int64?) -> MediaDescription {
        let context = input.context.pointee
        let names = UnsafePointer(context.iformat.pointee.name).text?.split(separator: ",").map(String.init) ?? []
        let isImage = isStillImage(names)
        var container = MediaDescription.Container(formatNames: names)
        container.formatLongName = UnsafePointer(context.iformat.pointee.long_name).text
        container.sizeBytes = byteCount
        container.startMs = milliseconds(context.start_time, AVRational(num: 1, den: AV_TIME_BASE))
        if !isImage {
            container.durationMs = milliseconds(context.duration, AVRational(num: 1, den: AV_TIME_BASE))
            container.bitRate = context.bit_rate > 0 ? context.bit_rate : nil
        }
        var description = MediaDescription(container: container)
        description.tags = MetadataTags.read(context.metadata)
        for index in 0..<Int(context.nb_streams) {
            guard let stream = input.stream(index) else { continue }
            description.streams.append(StreamDescriber.describe(stream, input: input, isImage: isImage))
        }
        for index in 0..<Int(context.nb_chapters) {
            guard let chapter = context.chapters?[index]?.pointee else { continue }
            description.chapters.append(
                MediaDescription.Chapter(
                    startMs: milliseconds(chapter.start, chapter.time_base) ?? 0,
                    endMs: milliseconds(chapter.end, chapter.time_base) ?? 0,
                    title: MetadataTags.read(chapter.metadata)["title"]))
        }
        let streamTags = description.streams.map(\.tags)
        description.creationTime = MetadataTags.creationTime(in: [description.tags] + streamTags)
        description.location = MetadataTags.location(in: [description.tags] + streamTags)
        if description.primaryVideo == nil && description.primaryAudio == nil {
            description.warnings.append("no stream of video, audio or image data was found")
        }
        return description
    }

    /// Demuxers of single pictures; GIF is a video with its own timing.
    static func isStillImage(_ formatNames: [String]) -> Bool {
        formatNames.contains { $0.hasSuffix("_pipe") }
    }

    static func milliseconds(_ ticks: Int64, _ base: AVRational) -> Int64? {
        guard ticks != shim_no_pts, base.num > 0, base.den > 0 else { return nil }
        return av_rescale_q(ticks, base, AVRational(num: 1, den: 1000))
    }
}
