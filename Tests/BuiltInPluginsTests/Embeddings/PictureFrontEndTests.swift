import CSIMD
import Foundation
import MediaDecoding
import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins
@testable import Inference

/// Against transformers' `CLIPImageProcessor` and a torchvision-style chain on Pillow, recorded by
/// `scripts/golden/picture-front-ends`: equal bit by bit.
struct PictureFrontEndTests {
    private struct Row: Decodable {
        struct Answer: Decodable {
            let pixels: String
            let tensor: String
            let samples: [UInt8]
        }
        let width: Int
        let height: Int
        let gray: Bool
        let file: String?
        let clip: Answer
        let places: Answer
    }

    private static let media = ProcessInfo.processInfo.environment["VIDEO_EXTRACT_TEST_MEDIA"].flatMap {
        $0.isEmpty ? nil : $0
    }

    private func rows() throws -> [Row] {
        try JSONDecoder().decode([Row].self, from: EmbeddingGoldens.data("picture-front-ends"))
    }

    private func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexDigest()
    }

    private func check(_ frame: VideoFrame, _ row: Row) throws {
        for (name, frontEnd, answer) in [
            ("clip", PictureFrontEnd.clip, row.clip), ("places", PictureFrontEnd.places, row.places),
        ] {
            let about = "\(name) \(row.file ?? "") \(row.width)x\(row.height)"
            let pixels = try frontEnd.cropped(frame)
            #expect(stride(from: 0, to: pixels.count, by: 9973).map { pixels[$0] } == answer.samples, "\(about)")
            #expect(pixels.withUnsafeBytes(sha256) == answer.pixels, "\(about)")
            // Digests take long in debug builds, and the same table makes the tensor of every picture.
            guard row.width < 10 || row.file != nil else { continue }
            #expect(try frontEnd.tensor(of: frame).withUnsafeBytes(sha256) == answer.tensor, "\(about)")
        }
    }

    @Test func madePicturesOfEverySizeComeOutTheSame() throws {
        let made = try rows().filter { $0.file == nil }
        #expect(made.count >= 16)
        for row in made {
            let pixels = PatternPictures.pixels(width: row.width, height: row.height, gray: row.gray)
            let padding = row.width.isMultiple(of: 2) ? 13 : 0
            try check(PatternPictures.frame(pixels, width: row.width, height: row.height, padding: padding), row)
        }
    }

    @Test(.enabled(if: media != nil, "VIDEO_EXTRACT_TEST_MEDIA names no folder"))
    func realPicturesComeOutTheSame() async throws {
        let folder = try #require(Self.media)
        for row in try rows() {
            guard let file = row.file else { continue }
            let handle = try await FFmpegMediaAccess().resolve(.file(path: folder + "/" + file)) { false }
            let demand = MediaDemand(
                video: VideoDemand(.everyFrame, form: .converted(.rgb24, maximumSide: nil)))
            let pass = try await handle.makePass([demand], options: DecodingOptions(threads: 1))
            let channel = try #require(pass.feeds.first?.video)
            async let report = pass.run()
            var count = 0
            for try await frame in channel {
                #expect(frame.width == row.width)
                try check(frame, row)
                count += 1
            }
            _ = await report
            #expect(count == 1)
        }
    }

    @Test func extremeShapesAreFine() throws {
        for (width, height) in [(1, 1), (1, 20_000), (7680, 3), (7680, 300)] {
            let pixels = [UInt8](repeating: 255, count: 3 * width * height)
            let frame = PatternPictures.frame(pixels, width: width, height: height)
            let cropped = try PictureFrontEnd.clip.cropped(frame)
            #expect(cropped == [UInt8](repeating: 255, count: 3 * 224 * 224), "\(width)x\(height)")
        }
    }

    @Test func otherLayoutsAreRefused() {
        let frame = PatternPictures.frame([UInt8](repeating: 1, count: 64), width: 8, height: 8, layout: .gray8)
        #expect(throws: PluginError.self) { try PictureFrontEnd.clip.tensor(of: frame) }
    }

    /// The vector path against plain C, for rows that end anywhere and any number of taps.
    @Test func bothKernelsAgree() {
        for (width, columns, rows) in [(1, 3, 1), (5, 4, 2), (33, 16, 5), (100, 7, 9), (64, 64, 4), (301, 12, 3)] {
            let pixels = PatternPictures.pixels(width: width, height: rows)
            for filter in [ResampleTable.Filter.bicubic, .bilinear] {
                let table = ResampleTable(filter, source: width, target: columns, range: 0..<columns)
                var fast = [UInt8](repeating: 0, count: rows * columns * 3)
                var plain = fast
                var packed = [Int16](repeating: 0, count: columns * ((table.taps + 3) / 4) * 32)
                var copies = [UInt8](repeating: 0, count: 4 * (3 * width + Int(CSIMD_RESAMPLE_ROW_PADDING)))
                csimd_resample_rgb_across(
                    pixels, 3 * width, width, rows, &fast, columns, table.bounds, table.weights, table.taps, &packed,
                    &copies)
                csimd_resample_rgb_across_portable(
                    pixels, 3 * width, rows, &plain, columns, table.bounds, table.weights, table.taps)
                #expect(fast == plain, "\(width) to \(columns)")
            }
        }
    }
}
