import Foundation
import MediaValues
import PluginKit

@testable import MediaDecoding

/// Media made once per run by the ffmpeg program, in a folder that goes with the process.
enum TestMedia {
    struct GenerationFailed: Error {
        let arguments: [String]
        let output: String
    }

    static let directory: String = {
        let path = NSTemporaryDirectory() + "/media-decoding-tests-\(getpid())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: TestMedia.directory) }
        return path
    }()

    /// Runs ffmpeg with `arguments` and the file's path after them.
    static func make(_ name: String, _ arguments: String) throws -> String {
        let path = directory + "/" + name
        let list = ["-nostdin", "-v", "error", "-y"] + split(arguments) + [path]
        let output = try run("ffmpeg", list)
        guard FileManager.default.fileExists(atPath: path) else {
            throw GenerationFailed(arguments: list, output: output)
        }
        return path
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        guard process.terminationStatus == 0 else { throw GenerationFailed(arguments: arguments, output: text) }
        return text
    }

    /// Words, with single quotes around those that hold blanks.
    private static func split(_ text: String) -> [String] {
        text.split(separator: "'", omittingEmptySubsequences: false).enumerated().flatMap { index, part in
            index % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
        }
    }

    static func write(_ name: String, _ bytes: some Collection<UInt8>) throws -> String {
        let path = directory + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// 4 s of 320x180 at 25 frames per second with a keyframe each second and B-frames, and 48 kHz stereo.
    static let clip = Result {
        try make(
            "clip.mp4",
            "-f lavfi -i testsrc2=s=320x180:r=25:d=4 -f lavfi -i sine=f=440:r=48000:d=4 -c:v libx264 -preset veryfast "
                + "-g 25 -bf 2 -sc_threshold 0 -pix_fmt yuv420p -c:a aac -ac 2 -shortest -movflags +faststart "
                + "-metadata title=Clip -metadata creation_time=2024-05-06T07:08:09Z "
                + "-metadata:s:a:0 language=deu")
    }

    static var samples: String? {
        ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"]
    }
}

/// Everything that one pass delivered.
struct PassResult: Sendable {
    var video: [[VideoFrame]]
    var audio: [[AudioBuffer]]
    var videoErrors: [PluginError?]
    var audioErrors: [PluginError?]
    var hasVideo: [Bool]
    var hasAudio: [Bool]
    /// Cues of each demand; nil where there is no feed.
    var cues: [[SubtitleCue]?]
    var report: DecodingReport
}

enum Passes {
    static func open(_ source: DataSource, access: FFmpegMediaAccess = FFmpegMediaAccess()) async throws
        -> any MediaHandle
    {
        try await access.resolve(source, isCancelled: { false })
    }

    static func describe(_ path: String) async throws -> MediaDescription {
        try await open(.file(path: path)).describe()
    }

    /// Runs one pass and drains every feed.
    static func run(_ path: String, _ demands: [MediaDemand], threads: Int = 2) async throws -> PassResult {
        try await run(open(.file(path: path)), demands, threads: threads)
    }

    static func run(_ handle: any MediaHandle, _ demands: [MediaDemand], threads: Int = 2) async throws -> PassResult {
        let pass = try await handle.makePass(demands, options: DecodingOptions(threads: threads))
        async let report = pass.run()
        // All at once: a feed that nobody reads would hold the others up.
        async let drainedVideos = drain(pass.feeds.map(\.video))
        async let drainedAudios = drain(pass.feeds.map(\.audio))
        async let drainedTexts = drain(pass.feeds.map(\.subtitles))
        let (videos, audios, texts) = await (drainedVideos, drainedAudios, drainedTexts)
        return await PassResult(
            video: videos.map(\.0), audio: audios.map(\.0), videoErrors: videos.map(\.1), audioErrors: audios.map(\.1),
            hasVideo: pass.feeds.map { $0.video != nil }, hasAudio: pass.feeds.map { $0.audio != nil },
            cues: zip(pass.feeds, texts).map { $0.subtitles == nil ? nil : $1.0 }, report: report)
    }

    private static func drain<Element: Sendable>(
        _ channels: [BoundedChannel<Element>?]
    ) async -> [([Element], PluginError?)] {
        await withTaskGroup(of: (Int, [Element], PluginError?).self) { group in
            for (index, channel) in channels.enumerated() {
                group.addTask {
                    var elements: [Element] = []
                    do {
                        if let channel { for try await element in channel { elements.append(element) } }
                    } catch {
                        return (index, elements, PluginError(wrapping: error, doing: "draining"))
                    }
                    return (index, elements, nil)
                }
            }
            var results = channels.map { _ in ([Element](), PluginError?.none) }
            for await (index, elements, error) in group { results[index] = (elements, error) }
            return results
        }
    }

    /// The error that opening a file ends with.
    static func failure(_ path: String) async -> PluginError? {
        do {
            _ = try await describe(path)
            return nil
        } catch {
            return PluginError(wrapping: error, doing: "opening")
        }
    }
}

extension VideoFrame {
    func row(_ y: Int, plane index: Int = 0) -> [UInt8] {
        let plane = planes[index]
        let bytes = plane.width * (layout == .rgb24 || layout == .bgr24 ? 3 : 1)
        return Array(UnsafeRawBufferPointer(start: plane.baseAddress + y * plane.bytesPerRow, count: bytes))
    }

    var luma: [[UInt8]] { (0..<planes[0].height).map { row($0) } }
}
