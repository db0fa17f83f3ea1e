import Foundation
import Testing
import VideoExtract
import VideoExtractTesting

/// F1 of scene boundaries on a film whose cuts, fades and flashes are known.
struct SceneQualityTests {
    /// Recorded: every cut found and none invented.
    private static let threshold = 1.0

    /// Hard cuts between moving pictures of many kinds at known frames, flashes and fast motion in between.
    private static func film() async throws -> (path: String, cuts: [Int64]) {
        let sources = [
            "testsrc2=size=320x180:rate=25:duration=2", "mandelbrot=size=320x180:rate=25,trim=duration=2",
            "smptehdbars=size=320x180:rate=25:duration=1", "life=size=320x180:rate=25:mold=10:seed=7,trim=duration=2",
            "gradients=size=320x180:rate=25:duration=2:seed=3:speed=0.02", "rgbtestsrc=size=320x180:rate=25:duration=1",
            "testsrc=size=320x180:rate=25:duration=2", "cellauto=size=320x180:rate=25:seed=9,trim=duration=2",
        ]
        let seconds = [2, 2, 1, 2, 2, 1, 2, 2]
        let inputs = sources.flatMap { ["-f", "lavfi", "-i", $0] }
        let labels = sources.indices.map { "[\($0):v]fps=25,format=yuv420p,setsar=1[s\($0)];" }.joined()
        let joined = sources.indices.map { "[s\($0)]" }.joined() + "concat=n=\(sources.count):v=1:a=0"
        // A white flash of two frames inside the fifth shot is no cut.
        let flash = ",drawbox=color=white:t=fill:enable='between(n,200,201)'"
        let path = try await MediaGenerator.shared.file(
            MediaRecipe(
                name: "film.mp4",
                arguments: inputs + [
                    "-filter_complex", labels + joined + flash, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
                    "yuv420p", "-threads", "1",
                ]))
        var time = 0
        let cuts = seconds.dropLast().map { length -> Int64 in
            time += length
            return Int64(time * 1000)
        }
        return (path, cuts)
    }

    @Test func cutsAreFoundAndNoneInvented() async throws {
        let (path, cuts) = try await Self.film()
        let client = try Client.builder().cacheDirectory(nil).build()
        let result = try await client.execute(.file(path: path), operations: "scenes")
        let found = try result.document("scenes", as: SceneList.self).scenes.dropFirst().map(\.startMs)
        let right = Double(found.filter { start in cuts.contains { abs($0 - start) <= 40 } }.count)
        let precision = found.isEmpty ? 0 : right / Double(found.count)
        let recall = right / Double(cuts.count)
        let f1 = right == 0 ? 0 : 2 * precision * recall / (precision + recall)
        #expect(f1 >= Self.threshold, "F1 \(f1): found \(found), cuts \(cuts)")
    }
}
