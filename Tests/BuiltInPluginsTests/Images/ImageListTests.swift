import Foundation
import MediaDecoding
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct ImageListTests {
    private let folder: TemporaryDirectory
    private let files: StageFiles

    init() throws {
        folder = try TemporaryDirectory()
        files = StageFiles(directory: folder.path)
    }

    private func filled(_ count: Int) throws -> ImageList {
        var list = ImageList(folder: "keyframes", fileExtension: "jpg")
        for (number, frame) in MadeMedia.frames(count, framesPerSecond: 10).enumerated() {
            let image = list.entry(for: frame)
            try files.write(Data("\(number)".utf8), to: "keyframes/" + image.file)
            list.append(image)
        }
        return list
    }

    private func media(durationMs: Int64?) -> MediaDescription {
        MediaDescription(container: .init(formatNames: ["made"], durationMs: durationMs))
    }

    @Test func entriesCarryTheIdentityOfTheirFrame() throws {
        let list = try filled(12)
        let images = list.images(endingAt: media(durationMs: 2000))
        #expect(images.map(\.file).first == "frame_0000.jpg")
        #expect(images.map(\.file).last == "frame_0011.jpg")
        #expect(images.map(\.frameNumber) == Array(0..<12))
        #expect(images.map(\.pts) == Array(0..<12))
        #expect(images.map(\.startMs) == (0..<12).map { $0 * 100 })
        #expect(images.map(\.endMs) == (1..<12).map { $0 * 100 } + [2000])
        #expect(images.allSatisfy { $0.timeBase == "1/10" && $0.width == 16 && $0.height == 8 })
    }

    @Test func keepingRenamesAndRemovesFiles() throws {
        var list = try filled(6)
        try list.keep([0, 3, 5], in: files)
        let images = list.images(endingAt: media(durationMs: nil))
        #expect(images.map(\.file) == ["frame_0000.jpg", "frame_0001.jpg", "frame_0002.jpg"])
        #expect(images.map(\.startMs) == [0, 300, 500])
        #expect(images.map(\.endMs) == [300, 500, 600])
        #expect(folder.names(in: "keyframes") == images.map(\.file))
        // The content moved along with the name.
        #expect(images.map { folder.text("keyframes/" + $0.file) } == ["0", "3", "5"])
        // The next picture goes on from there.
        #expect(list.entry(for: MadeMedia.frames(1)[0]).file == "frame_0003.jpg")
    }

    @Test func hashIsSixteenDigits() throws {
        let list = ImageList(folder: "keyframes", fileExtension: "jpg")
        let image = list.entry(for: MadeMedia.frames(1)[0], sharpness: 3, hash: PerceptualHash(bits: 0xAB))
        #expect(image.perceptualHash == "00000000000000ab")
        #expect(image.sharpness == 3)
    }

    @Test func emptyListIsEmpty() {
        #expect(ImageList(folder: "x", fileExtension: "png").images(endingAt: media(durationMs: 9)).isEmpty)
    }
}
