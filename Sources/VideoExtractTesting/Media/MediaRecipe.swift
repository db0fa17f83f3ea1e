/// How to make a media file: arguments of `ffmpeg`, and what comes before and after.
public struct MediaRecipe: Sendable, Hashable {
    static let speechPlaceholder = "<speech>"
    static let basePlaceholder = "<base>"

    /// File name with extension.
    public var name: String
    /// Arguments of `ffmpeg` up to the output's path.
    public var arguments: [String]
    /// Text spoken into the file that `speechPlaceholder` stands for.
    var speech: String?
    /// Recipe of the file that `basePlaceholder` stands for; at most one.
    var base: [MediaRecipe] = []
    /// Part of the file that is kept, 0…1.
    var truncatedTo: Double?

    /// A recipe for anything that `ffmpeg` can make from its own sources.
    public init(name: String, arguments: [String]) {
        self.name = name
        self.arguments = arguments
    }

    private static let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-threads", "1"]

    private static func pattern(_ seconds: Double, _ size: String, _ rate: Int) -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=\(rate):duration=\(seconds)"]
    }

    private static func tone(_ hertz: Int, _ seconds: Double) -> [String] {
        ["-f", "lavfi", "-i", "sine=frequency=\(hertz):sample_rate=48000:duration=\(seconds)"]
    }

    /// English speech by espeak-ng, 22.05 kHz mono WAV.
    public static func speech(_ text: String) -> MediaRecipe {
        var recipe = MediaRecipe(name: "speech.wav", arguments: ["-i", speechPlaceholder])
        recipe.speech = text
        return recipe
    }

    /// A moving pattern with English speech, MP4.
    public static func talk(_ text: String, seconds: Double) -> MediaRecipe {
        var recipe = MediaRecipe(
            name: "talk.mp4",
            arguments: ["-i", speechPlaceholder] + pattern(seconds, "320x180", 25)
                + ["-map", "1:v", "-map", "0:a", "-af", "apad", "-t", "\(seconds)"] + h264 + ["-c:a", "aac"])
        recipe.speech = text
        return recipe
    }

    /// A sine tone, WAV.
    public static func tone(hertz: Int = 440, seconds: Double = 1) -> MediaRecipe {
        MediaRecipe(name: "tone.wav", arguments: tone(hertz, seconds))
    }

    /// Digital silence, WAV.
    public static func silence(seconds: Double = 1) -> MediaRecipe {
        MediaRecipe(
            name: "silence.wav", arguments: ["-f", "lavfi", "-i", "anullsrc=r=16000:cl=mono", "-t", "\(seconds)"])
    }

    /// A moving pattern and a tone, MP4 with a keyframe every `keyframeInterval` frames.
    public static func pattern(
        seconds: Double = 2, size: String = "320x180", rate: Int = 25, keyframeInterval: Int = 25
    ) -> MediaRecipe {
        MediaRecipe(
            name: "pattern.mp4",
            arguments: pattern(seconds, size, rate) + tone(440, seconds) + h264
                + [
                    "-g", "\(keyframeInterval)", "-keyint_min", "\(keyframeInterval)", "-sc_threshold", "0", "-c:a",
                    "aac",
                ])
    }

    /// A moving pattern without sound, MP4.
    public static func videoOnly(seconds: Double = 2, rate: Int = 25) -> MediaRecipe {
        MediaRecipe(name: "mute.mp4", arguments: pattern(seconds, "320x180", rate) + h264)
    }

    /// Plain colours joined by hard cuts, MP4 without sound; scene `n` begins at `n × secondsEach`.
    public static func cuts(_ count: Int = 4, secondsEach: Double = 1, rate: Int = 25) -> MediaRecipe {
        let colors = ["red", "blue", "white", "green", "black", "yellow", "gray", "purple"]
        let inputs = (0..<count).flatMap {
            [
                "-f", "lavfi", "-i",
                "color=c=\(colors[$0 % colors.count]):size=320x180:rate=\(rate):duration=\(secondsEach)",
            ]
        }
        return MediaRecipe(
            name: "cuts.mp4", arguments: inputs + ["-filter_complex", "concat=n=\(count):v=1:a=0"] + h264)
    }

    /// A pattern whose second half has another frame rate, MP4 with a 1/90000 time base.
    public static func variableFrameRate(secondsEach: Double = 1, rates: (Int, Int) = (10, 30)) -> MediaRecipe {
        MediaRecipe(
            name: "vfr.mp4",
            arguments: pattern(secondsEach, "320x180", rates.0) + pattern(secondsEach, "320x180", rates.1)
                + [
                    "-filter_complex", "concat=n=2:v=1:a=0", "-fps_mode", "vfr", "-enc_time_base", "1:90000",
                    "-video_track_timescale", "90000",
                ] + h264)
    }

    /// A pattern with a display matrix of `degrees` (90, 180 or 270, counter-clockwise as ffprobe counts), MP4.
    public static func rotated(_ degrees: Int, seconds: Double = 1) -> MediaRecipe {
        var recipe = MediaRecipe(
            name: "rotated.mp4",
            arguments: ["-i", basePlaceholder, "-c", "copy", "-metadata:s:v:0", "rotate=\(degrees)"])
        recipe.base = [.videoOnly(seconds: seconds)]
        return recipe
    }

    /// Two pictures and two sounds (the second pair tagged `deu`), Matroska.
    public static func multiStream(seconds: Double = 1) -> MediaRecipe {
        MediaRecipe(
            name: "streams.mkv",
            arguments: pattern(seconds, "320x180", 25) + pattern(seconds, "160x90", 25) + tone(440, seconds)
                + tone(880, seconds) + ["-map", "0", "-map", "1", "-map", "2", "-map", "3"]
                + ["-metadata:s:a:1", "language=deu", "-metadata:s:v:1", "language=deu"] + h264 + ["-c:a", "aac"])
    }

    /// One picture; `format` is an extension such as `png`.
    public static func image(_ format: String = "png", size: String = "64x48") -> MediaRecipe {
        MediaRecipe(name: "image.\(format)", arguments: pattern(1, size, 1) + ["-frames:v", "1"])
    }

    /// The first part (0…1) of another file's bytes.
    public static func truncated(_ recipe: MediaRecipe, to part: Double) -> MediaRecipe {
        var cut = MediaRecipe(name: "truncated-" + recipe.name, arguments: [])
        cut.base = [recipe]
        cut.truncatedTo = part
        return cut
    }
}
