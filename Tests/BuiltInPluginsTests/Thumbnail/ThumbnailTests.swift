import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct ThumbnailTests {
    /// A checkerboard of two lumas; `cell` pixels wide, so that small cells are sharper.
    private func board(_ dark: UInt8, _ bright: UInt8, cell: Int = 8, index: Int) -> VideoFrame {
        let pixels = (0..<64).flatMap { y in
            (0..<64).map { x in (x / cell + y / cell).isMultiple(of: 2) ? dark : bright }
        }
        return PatternPictures.frame(pixels, width: 64, height: 64, index: index, layout: .gray8)
    }

    private func run(
        _ frames: [VideoFrame], faces: FaceDetections? = nil
    ) async throws -> (PluginRun, Thumbnail) {
        let folder = try TemporaryDirectory()
        var results: [DataType: StageOutput] = [:]
        if let faces {
            results[.faces] = try StageFiles(directory: folder.path).finish(document: faces, at: "faces.json")
        }
        defer { withExtendedLifetime(folder) {} }
        let plugin = ThumbnailPlugin(manifest: .named("thumbnail", output: .thumbnail))
        let outcome = try await PluginRun.run(
            plugin,
            parameters: ["sample": .text("keyframes"), "deduplicate": .boolean(false), "quality": .integer(80)],
            frames: frames, results: results)
        #expect(try outcome.problems(bySchema: "thumbnail") == [])
        let jpeg = try Data(contentsOf: URL(fileURLWithPath: outcome.output.directory + "/thumbnail.jpg"))
        #expect(jpeg.prefix(2) == Data([0xFF, 0xD8]))
        return (outcome, try outcome.output.document(as: Thumbnail.self))
    }

    @Test func sharpAndWellExposedWins() async throws {
        let frames = [
            board(0, 0, index: 0), board(100, 150, cell: 16, index: 1), board(60, 200, cell: 4, index: 2),
            board(250, 255, cell: 4, index: 3),
        ]
        let (outcome, thumbnail) = try await run(frames)
        #expect(thumbnail.frame.pts == 50)
        #expect(thumbnail.sharpness == 1)
        #expect(thumbnail.exposure == 1)
        #expect(thumbnail.score == 1)
        #expect(thumbnail.faces == nil)
        #expect(thumbnail.candidates == 2)
        #expect((thumbnail.width, thumbnail.height) == (64, 64))
        #expect(outcome.warnings.isEmpty)
    }

    /// Black with specks is sharper than anything else, and still black.
    @Test func flatPicturesLoseToAnyOther() async throws {
        var specks = [UInt8](repeating: 0, count: 64 * 64)
        for index in stride(from: 0, to: specks.count, by: 1000) { specks[index] = 255 }
        let frames = [
            PatternPictures.frame(specks, width: 64, height: 64, index: 0, layout: .gray8),
            board(110, 130, cell: 32, index: 1), board(255, 255, index: 2),
        ]
        let (_, thumbnail) = try await run(frames)
        #expect(thumbnail.frame.pts == 25)
    }

    /// However many flat pictures there are, and wherever the only good one is.
    @Test(arguments: [0, 1, 37, 59])
    func theOnlyGoodPictureIsFound(position: Int) async throws {
        let frames = (0..<60).map { $0 == position ? board(60, 190, index: $0) : board(3, 3, index: $0) }
        let (_, thumbnail) = try await run(frames)
        #expect(thumbnail.frame.pts == Int64(position * 25))
    }

    @Test func onlyFlatPicturesGiveTheFirstAndAWarning() async throws {
        let (outcome, thumbnail) = try await run((0..<3).map { board(0, 0, index: $0) })
        #expect(thumbnail.frame.pts == 0)
        #expect(thumbnail.score == 0)
        #expect(outcome.warnings.first?.contains("sample=frames") == true)
    }

    @Test func manyPicturesAreThinned() async throws {
        let (_, thumbnail) = try await run((0..<100).map { board(80, 170, index: $0) })
        #expect(thumbnail.candidates == 12)
        #expect(thumbnail.frame.pts == 0, "of equals the first")
    }

    @Test func facesDecideBetweenEquals() async throws {
        let frames = (0..<4).map { board(80, 170, index: $0) }
        let face = FaceDetections.Face(
            confidence: 0.9, box: BoundingBox(x: 0.25, y: 0.25, width: 0.25, height: 0.2))
        let faces = FaceDetections(
            model: "m", identityModel: nil,
            sampling: .init(source: "keyframes", fps: nil, picturesAnalyzed: 4, duplicatesSkipped: 0), threshold: 0.5,
            pictures: [.init(frame: FrameReference(frames[2]), faces: [face])], clusters: [])
        let (_, thumbnail) = try await run(frames, faces: faces)
        #expect(thumbnail.frame.pts == 50)
        #expect(thumbnail.faces == 0.5)
        let (_, without) = try await run(frames)
        #expect(without.frame.pts == 0)
    }

    @Test func noPicturesAreAnError() async throws {
        let error = await #expect(throws: PluginError.self) { _ = try await run([]) }
        #expect(error?.code == .corruptMedia)
    }

    @Test func exposureIsAsDocumented() {
        #expect(Exposure.score(mean: 0.5, deviation: 0.2) == 1)
        #expect(Exposure.score(mean: 0.3, deviation: 0.15) > 0.999)
        #expect(Exposure.score(mean: 0.04, deviation: 0.2) == 0)
        #expect(Exposure.score(mean: 0.96, deviation: 0.2) == 0)
        #expect(Exposure.score(mean: 0.5, deviation: 0.02) == 0)
        let half = Exposure.score(mean: 0.175, deviation: 0.15)
        #expect(abs(half - 0.5) < 1e-9)
    }
}
