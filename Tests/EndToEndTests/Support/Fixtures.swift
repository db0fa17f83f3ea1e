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
    private static let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1"]

    /// Two titles over a dark background, 640x360 at 25 frames/s: `HELLO WORLD 42` from 1 s to 3 s, `Second Title` from 3 s
    /// to 5 s, nothing in the first second and the last.
    static func titles() async throws -> String {
        func title(_ text: String, _ from: Int, _ to: Int, y: Int) -> String {
            "drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:text='\(text)':fontsize=40:"
                + "fontcolor=white:x=80:y=\(y):enable='gte(t,\(from))*lt(t,\(to))'"
        }
        return try await MediaGenerator.shared.file(
            MediaRecipe(
                name: "titles.mp4",
                arguments: [
                    "-f", "lavfi", "-i", "color=c=0x203040:size=640x360:rate=25:duration=6", "-vf",
                    title("HELLO WORLD 42", 1, 3, y: 100) + "," + title("Second Title", 3, 5, y: 220),
                ] + h264))
    }

    /// Black for 2 s, a moving pattern for 3 s, colour bars for 3 s; silence for 4 s, then a tone. Matroska with PCM.
    static func cues() async throws -> String {
        try await MediaGenerator.shared.file(
            MediaRecipe(
                name: "cues.mkv",
                arguments: [
                    "-f", "lavfi", "-i", "color=c=black:size=320x180:rate=25:duration=2",
                    "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=3",
                    "-f", "lavfi", "-i", "smptebars=size=320x180:rate=25:duration=3",
                    "-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono:d=4",
                    "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=16000:duration=4",
                    "-filter_complex",
                    "[0:v]format=yuv420p,setsar=1[a];[1:v]format=yuv420p,setsar=1[b];[2:v]format=yuv420p,setsar=1[c];"
                        + "[a][b][c]concat=n=3:v=1:a=0[v];[3:a][4:a]concat=n=2:v=0:a=1[s]",
                    "-map", "[v]", "-map", "[s]", "-c:a", "pcm_s16le",
                ] + h264))
    }

    /// Two voices by turns: `first` as it is, then the same voice much higher. WAV.
    static func dialogue() async throws -> String {
        var recipe = MediaRecipe.speech(
            "Good morning everybody, and welcome to the programme. Today we speak about the weather in the mountains, "
                + "about rivers and about the sea. It will be a long and interesting journey.")
        recipe.name = "dialogue.wav"
        recipe.arguments += [
            "-filter_complex",
            "[0:a]asplit[a][b];[b]asetrate=22050*1.6,aresample=22050,atempo=0.7[c];[a]apad=pad_dur=0.6[d];"
                + "[d][c]concat=n=2:v=0:a=1",
        ]
        return try await MediaGenerator.shared.file(recipe)
    }

    /// A pattern with two text tracks, English and German, Matroska.
    static func subtitled() async throws -> String {
        func track(_ first: String, _ second: String) -> String {
            let text = "1\n00:00:00,500 --> 00:00:01,250\n\(first)\n\n2\n00:00:01,500 --> 00:00:02,000\n\(second)\n"
            return "data:text/plain;base64," + Data(text.utf8).base64EncodedString()
        }
        return try await MediaGenerator.shared.file(
            MediaRecipe(
                name: "subtitled.mkv",
                arguments: [
                    "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25:duration=2",
                    "-f", "srt", "-i", track("Hello <i>there</i>", "Good bye"),
                    "-f", "srt", "-i", track("Hallo", "Auf Wiedersehen"),
                    "-map", "0", "-map", "1", "-map", "2", "-c:s", "srt", "-metadata:s:s:0", "language=eng",
                    "-metadata:s:s:1", "language=deu",
                ] + h264))
    }

    /// Speech over two titles, with a cut between them, 6 s.
    static func lecture() async throws -> String {
        func title(_ text: String) -> String {
            "drawtext=fontfile=/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf:text='\(text)':fontsize=48:"
                + "fontcolor=white:x=60:y=140"
        }
        var recipe = MediaRecipe.speech("Welcome to the garden. Please open the window and look at the garden.")
        recipe.name = "lecture.mp4"
        recipe.arguments += [
            "-f", "lavfi", "-i", "color=c=0x204020:size=640x360:rate=25:duration=3",
            "-f", "lavfi", "-i", "color=c=0x602020:size=640x360:rate=25:duration=3",
            "-filter_complex",
            "[1:v]\(title("The Garden"))[a];[2:v]\(title("The Window"))[b];[a][b]concat=n=2:v=1:a=0[v]",
            "-map", "[v]", "-map", "0:a", "-af", "apad", "-t", "6", "-force_key_frames", "3", "-c:a", "aac",
        ]
        recipe.arguments += h264
        return try await MediaGenerator.shared.file(recipe)
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
