import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct SceneDetectorTests {
    /// Pictures that differ: each kind has its own colour and pattern.
    private enum Picture: Equatable {
        case plain(luma: UInt8, u: UInt8 = 128, v: UInt8 = 128)
        /// A vertical edge that moves.
        case moving(Int)

        func signature(_ time: MediaTime, number: Int) -> FrameSignature {
            let width = 32
            let height = 18
            var samples: [UInt8] = []
            switch self {
            case .plain(let luma, let u, let v):
                for value in [luma, u, v] { samples += [UInt8](repeating: value, count: width * height) }
            case .moving(let position):
                for _ in 0..<height {
                    samples += (0..<width).map { ($0 + position) % width < width / 2 ? 60 : 180 }
                }
                samples += [UInt8](repeating: 128, count: 2 * width * height)
            }
            let storage = ArrayPixelStorage(samples)
            let planes = (0..<3).map { plane in
                PixelPlane(
                    baseAddress: storage.baseAddress + plane * width * height, bytesPerRow: width, width: width,
                    height: height)
            }
            return FrameSignature(
                VideoFrame(
                    time: time, duration: nil, frameNumber: number, isKeyframe: false, width: width, height: height,
                    layout: .yuv444, isFullRange: true, planes: planes, storage: storage))
        }
    }

    private static let red = Picture.plain(luma: 80, u: 90, v: 220)
    private static let blue = Picture.plain(luma: 40, u: 220, v: 110)
    private static let white = Picture.plain(luma: 240)
    private static let black = Picture.plain(luma: 0)

    private func boundaries(
        _ pictures: [Picture], times: [Int64]? = nil, timeBase: TimeBase = .samples(perSecond: 25),
        isSparse: Bool = false,
        minimum: Double = 0.4
    ) -> [SceneDetector.Boundary] {
        var detector = SceneDetector(
            settings: .init(threshold: 20, minimumSceneSeconds: minimum, isSparse: isSparse))
        var found: [SceneDetector.Boundary] = []
        for (index, picture) in pictures.enumerated() {
            let time = MediaTime(ticks: times?[index] ?? Int64(index), timeBase: timeBase)
            found += detector.add(picture.signature(time, number: index))
        }
        return found + detector.finish()
    }

    private func run(_ picture: Picture, _ count: Int) -> [Picture] { Array(repeating: picture, count: count) }

    @Test func hardCutsAreFoundAtTheirFrame() {
        let found = boundaries(run(Self.red, 30) + run(Self.blue, 20) + run(Self.white, 30))
        #expect(found.map(\.frameNumber) == [0, 30, 50])
        #expect(found.map(\.transition) == [.start, .cut, .cut])
        #expect(found.dropFirst().allSatisfy { $0.score >= 20 && $0.score <= 100 })
    }

    @Test(arguments: 1...6)
    func flashIsNoCut(length: Int) {
        let found = boundaries(run(Self.red, 40) + run(Self.white, length) + run(Self.red, 40))
        #expect(found.map(\.frameNumber) == [0])
    }

    @Test func flashOnACutLeavesTheCut() {
        let found = boundaries(run(Self.red, 40) + run(Self.white, 2) + run(Self.blue, 40))
        #expect(found.count == 2)
        #expect((40...42).contains(found.last?.frameNumber ?? 0))
    }

    @Test func fadeThroughBlackIsOneBoundaryInTheMiddle() {
        let down = stride(from: 200, through: 0, by: -10).map { Picture.plain(luma: UInt8($0)) }
        let pictures =
            run(.plain(luma: 200), 30) + down + run(Self.black, 10) + down.reversed() + run(.plain(luma: 200), 30)
        let found = boundaries(pictures)
        #expect(found.map(\.transition) == [.start, .fade])
        let middle = 30 + down.count + 5
        #expect(abs((found.last?.frameNumber ?? 0) - middle) <= 1)
    }

    @Test func blackAtTheStartIsNoFade() {
        let found = boundaries(run(Self.black, 20) + run(Self.red, 40))
        #expect(found.map(\.frameNumber) == [0, 20])
        #expect(found.map(\.transition) == [.start, .cut])
        let up = stride(from: 0, through: 200, by: 10).map { Picture.plain(luma: UInt8($0)) }
        #expect(boundaries(run(Self.black, 20) + up + run(.plain(luma: 200), 30)).map(\.frameNumber) == [0])
    }

    @Test func fadeOutAtTheEndIsNoBoundary() {
        #expect(boundaries(run(Self.red, 40) + run(Self.black, 20)).map(\.frameNumber) == [0])
    }

    @Test func motionIsNoCut() {
        let pictures = (0..<120).map { Picture.moving($0 * 3) }
        #expect(boundaries(pictures).map(\.frameNumber) == [0])
    }

    @Test func scenesShorterThanTheMinimumAreJoined() {
        let pictures = run(Self.red, 40) + run(Self.blue, 15) + run(Self.white, 40)
        #expect(boundaries(pictures, minimum: 0.4).count == 3)
        #expect(boundaries(pictures, minimum: 1).count == 2)
    }

    @Test func variableFrameRateKeepsExactTimes() {
        // 10 pictures of 1/10 s, then 30 of 1/30 s, in ticks of 1/90000 s.
        let times = (0..<10).map { Int64($0) * 9000 } + (0..<30).map { 90_000 + Int64($0) * 3000 }
        let found = boundaries(
            run(Self.red, 10) + run(Self.blue, 30), times: times, timeBase: .samples(perSecond: 90_000))
        #expect(found.map(\.time.ticks) == [0, 90_000])
        #expect(found.map(\.time.timeBase.denominator) == [90_000, 90_000])
    }

    @Test func keyframesNeedNoContext() {
        let found = boundaries(
            [Self.red, Self.blue, Self.blue, Self.white], times: [0, 2, 4, 6], timeBase: .samples(perSecond: 1),
            isSparse: true)
        #expect(found.map(\.time.ticks) == [0, 2, 6])
    }

    @Test func nothingComesFromNothing() {
        #expect(boundaries([]).isEmpty)
        #expect(boundaries([Self.red]).count == 1)
    }

    /// Whatever the pictures: the first scene begins with the first frame, starts ascend, and are at least the minimum
    /// apart; and handing frames over later changes nothing.
    @Test func scenesAreOrderedForAnyPictures() {
        SeededGenerator.withSeeds(40) { generator in
            let kinds = [Self.red, Self.blue, Self.white, Self.black, .plain(luma: 128), .moving(3)]
            var pictures: [Picture] = []
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                pictures += run(
                    kinds.randomElement(using: &generator) ?? Self.red, Int.random(in: 1...40, using: &generator))
            }
            let found = boundaries(pictures)
            #expect(found.first?.frameNumber == 0, "\(generator)")
            for (left, right) in zip(found, found.dropFirst()) {
                #expect(right.time.seconds - left.time.seconds >= 0.4 - 1e-9, "\(generator)")
            }
            var builder = SceneListBuilder()
            _ = builder.add(found)
            _ = builder.finish(at: Int64(pictures.count * 40))
            #expect(builder.scenes.count == found.count, "\(generator)")
            #expect(builder.scenes.first?.startMs == 0)
            #expect(builder.scenes.last?.endMs == Int64(pictures.count * 40))
            for (left, right) in zip(builder.scenes, builder.scenes.dropFirst()) {
                #expect(left.endMs == right.startMs, "\(generator)")
            }
        }
    }

    @Test func differenceIsSymmetricAndBounded() {
        let pictures: [Picture] = [Self.red, Self.blue, Self.white, Self.black, .moving(0), .moving(7)]
        let signatures = pictures.map { $0.signature(.zero, number: 0) }
        for left in signatures {
            #expect(left.difference(from: left) == 0)
            for right in signatures {
                let value = left.difference(from: right)
                #expect(value == right.difference(from: left))
                #expect((0...100).contains(value))
            }
        }
        #expect(signatures[3].isBlack)
        #expect(!signatures[0].isBlack)
    }
}
