import Foundation
import VideoExtractTesting

/// Media with known content, each made once for the whole test process.
enum Fixtures {
    static let spoken = "The quick brown fox jumps over the lazy dog. Please open the window."

    /// Speech over a moving pattern, 5 s.
    static func talk() async throws -> String { try await MediaGenerator.shared.file(.talk(spoken, seconds: 5)) }
    /// Four plain colours, a cut each second.
    static func cuts() async throws -> String { try await MediaGenerator.shared.file(.cuts()) }
    /// Pattern and tone, 2 s, a keyframe each second.
    static func pattern() async throws -> String { try await MediaGenerator.shared.file(.pattern()) }
    /// 10 frames in the first second, 30 in the next, each second another colour; keyframe at the change.
    static func variableRate() async throws -> String {
        try await MediaGenerator.shared.file(
            MediaRecipe(
                name: "vfr.mp4",
                arguments: [
                    "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=10:duration=1",
                    "-f", "lavfi", "-i", "smptehdbars=size=320x180:rate=30:duration=1",
                    "-filter_complex", "[0:v]format=yuv420p[a];[1:v]format=yuv420p[b];[a][b]concat=n=2:v=1:a=0",
                    "-fps_mode", "vfr", "-enc_time_base", "1:90000", "-video_track_timescale", "90000", "-c:v",
                    "libx264", "-preset", "ultrafast", "-threads", "1", "-force_key_frames", "1", "-sc_threshold", "0",
                ]))
    }
    /// A moving pattern of many minutes: a run over it is surely still going on when a test interferes.
    static func endless() async throws -> String {
        let base = try await MediaGenerator.shared.file(.pattern(seconds: 4))
        return try await MediaGenerator.shared.file(
            MediaRecipe(
                name: "endless.mp4", arguments: ["-stream_loop", "400", "-i", base, "-c", "copy"]))
    }

    /// Copies a file to a path, making the folders above it.
    static func copy(_ source: String, to target: String) throws {
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: source, toPath: target)
    }
}
