import Inference
import MediaValues
import PluginKit
import Testing

@testable import BuiltInPlugins

struct FaceHeadTests {
    private func signature(_ network: InferenceModel) -> NetworkSignature {
        NetworkSignature(network: network, model: "made")
    }

    /// Two sightings of one face and one of another, as fractions of the input.
    static let rfb = ConstantNetwork(
        input: "input", shape: [1, 3, 24, 32],
        outputs: [
            .init(name: "scores", shape: [1, 4, 2], values: [0.1, 0.9, 0.05, 0.95, 0.1, 0.85, 0.9, 0.1]),
            .init(
                name: "boxes", shape: [1, 4, 4],
                values: [0.1, 0.1, 0.3, 0.5, 0.11, 0.1, 0.31, 0.5, 0.6, 0.5, 0.8, 1, 0, 0, 1, 1]),
        ])

    private func check(_ box: PixelBox, _ wanted: [Float], tolerance: Float = 0.01) {
        let sides = [box.left, box.top, box.right, box.bottom]
        #expect(zip(sides, wanted).allSatisfy { abs($0 - $1) <= tolerance }, "\(sides) \(wanted)")
    }

    private func check(_ points: [PixelPoint], _ wanted: [[Float]], tolerance: Float = 0.01) {
        #expect(points.count == wanted.count)
        for (point, wanted) in zip(points, wanted) {
            #expect(
                abs(point.x - wanted[0]) <= tolerance && abs(point.y - wanted[1]) <= tolerance, "\(point) \(wanted)")
        }
    }

    @Test func rfbGivesFractionsOfThePicture() throws {
        let network = try Self.rfb.load()
        let detector = DetectionNetwork(network, head: try RFBHead(signature(network)))
        let found = try detector.detections(in: MadePicture.plain(width: 100, height: 200), threshold: 0.8)
        #expect(found.map(\.confidence) == [0.95, 0.85])
        check(found[0].box, [11, 20, 31, 100])
        check(found[1].box, [60, 100, 80, 200])
    }

    @Test func rfbOfAnotherShapeIsNamed() throws {
        let network = try ConstantNetwork(
            input: "input", shape: [1, 3, 24, 32],
            outputs: [
                .init(name: "scores", shape: [1, 2, 2], values: [0, 1, 0, 1]),
                .init(name: "boxes", shape: [1, 3, 4], values: [Float](repeating: 0, count: 12)),
            ]
        ).load()
        let error = try #require(throws: PluginError.self) { try RFBHead(signature(network)) }
        #expect(error.code == .invalidModel)
        #expect(error.message.contains("output #1 \"boxes\" is f32 [1,3,4]; expected f32 [1,2,4]"))
    }

    /// Anchor 48 * 10 + 20 of the full-range network has its centre at (82, 42) of 192 pixels.
    @Test func blazeFaceRegressesFromAnchors() throws {
        var boxes = [Float](repeating: 0, count: 2304 * 16)
        var scores = [Float](repeating: -200, count: 2304)
        let first = 48 * 10 + 20
        for (anchor, shift, logit) in [(first, Float(0), Float(2)), (first + 1, -4, 1)] {
            scores[anchor] = logit
            let points: [Float] = (0..<6).flatMap { [Float($0) + shift, Float(-$0)] }
            let values: [Float] = [2 + shift, 1, 40, 30] + points
            boxes.replaceSubrange((anchor * 16)..<(anchor * 16 + 16), with: values)
        }
        let network = try ConstantNetwork(
            input: "input", shape: [1, 192, 192, 3],
            outputs: [
                .init(name: "Identity", shape: [1, 2304, 16], values: boxes),
                .init(name: "Identity_1", shape: [1, 2304, 1], values: scores),
            ]
        ).load()
        let head = try BlazeFaceHead(signature(network))
        #expect(head.usualConfidence == 0.6 && head.form.arrangement == .interleaved)
        let detector = DetectionNetwork(network, head: head)
        // 384x192: scaled by a half, 48 pixels of border above and below.
        let found = try detector.detections(in: MadePicture.plain(width: 384, height: 192), threshold: 0.6)
        #expect(found.count == 1)
        #expect(abs(found[0].confidence - 0.8808) < 1e-3)
        check(found[0].box, [128, -40, 208, 20])
        check(found[0].landmarks, (0..<6).map { [164 + 2 * Float($0), -12 - 2 * Float($0)] })
    }

    @Test func otherFacesNetworksAreRefused() throws {
        let zero = [Float](repeating: 0, count: 42 * 16)
        func network(_ shape: [ONNXGraph.Dimension], _ outputs: [(String, [Int])]) throws -> InferenceModel {
            try ConstantNetwork(
                input: "input", shape: shape,
                outputs: outputs.map { .init(name: $0.0, shape: $0.1, values: Array(zero.prefix($0.1.reduce(1, *)))) }
            ).load()
        }
        let blaze = try #require(throws: PluginError.self) {
            try BlazeFaceHead(signature(network([1, 160, 160, 3], [("a", [1, 2])])))
        }
        #expect(blaze.message.contains("[1,160,160,3]") && blaze.message.contains("expected f32 [1,192,192,3]"))
        let retina = try #require(throws: PluginError.self) {
            try RetinaFaceHead(
                signature(
                    network([1, 3, 32, 32], [("loc", [1, 42, 4]), ("conf", [1, 42, 2]), ("landms", [1, 42, 8])])))
        }
        #expect(retina.message.contains("output #2 \"landms\" is f32 [1,42,8]; expected f32 [1,42,10]"))
        let yunet = try #require(throws: PluginError.self) {
            try YuNetHead(signature(network([1, 3, 32, 32], [("cls_8", [1, 16, 1])])))
        }
        #expect(yunet.message.contains("there is no output obj_8") && yunet.message.contains("[1,16,1]"))
    }

    @Test func retinaFaceDecodesPriorsInAnyOrderOfOutputs() throws {
        // 32x32: 16 cells of stride 8, 4 of 16, 1 of 32, two priors each.
        var (boxes, scores, points) = (
            [Float](repeating: 0, count: 42 * 4), [Float](repeating: 0, count: 42 * 2),
            [Float](repeating: 0, count: 42 * 10)
        )
        // Cell (1, 2) of stride 8, second size: centre (12, 20), 32 pixels.
        let prior = (2 * 4 + 1) * 2 + 1
        scores[2 * prior + 1] = 0.9
        boxes.replaceSubrange((4 * prior)..<(4 * prior + 4), with: [1, -1, -3.465736, 0])
        for index in 0..<5 { points[10 * prior + 2 * index] = Float(index) }
        let network = try ConstantNetwork(
            input: "input0", shape: [1, 3, 32, 32],
            outputs: [
                .init(name: "landms", shape: [1, 42, 10], values: points),
                .init(name: "conf", shape: [1, 42, 2], values: scores),
                .init(name: "loc", shape: [1, 42, 4], values: boxes),
            ]
        ).load()
        let head = try RetinaFaceHead(signature(network))
        let detector = DetectionNetwork(network, head: head)
        let found = try detector.detections(in: MadePicture.plain(width: 64, height: 64), threshold: 0.6)
        #expect(found.count == 1 && found[0].confidence == 0.9)
        // Centre (15.2, 16.8), 16 by 32 pixels; twice that in the picture.
        check(found[0].box, [14.4, 1.6, 46.4, 65.6])
        check(found[0].landmarks, (0..<5).map { [2 * (12 + 3.2 * Float($0)), 40] })
    }

    @Test func yuNetCombinesTwelveOutputs() throws {
        var outputs: [ConstantNetwork.Output] = []
        for (stride, cells) in [(8, 16), (16, 4), (32, 1)] {
            for (name, width) in [("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)] {
                var values = [Float](repeating: 0, count: cells * width)
                if stride == 16 {
                    // Column 1, row 1.
                    switch name {
                    case "cls": values[3] = 0.9
                    case "obj": values[3] = 1.6
                    case "bbox": values.replaceSubrange(12..<16, with: [0.25, -0.5, 0, 0.6931472])
                    default: values.replaceSubrange(30..<40, with: (0..<10).map { Float($0) / 10 })
                    }
                }
                outputs.append(.init(name: "\(name)_\(stride)", shape: [1, cells, width], values: values))
            }
        }
        let network = try ConstantNetwork(input: "input", shape: [1, 3, 32, 32], outputs: outputs).load()
        let head = try YuNetHead(signature(network))
        let detector = DetectionNetwork(network, head: head)
        let found = try detector.detections(in: MadePicture.plain(width: 32, height: 32), threshold: 0.9)
        #expect(found.count == 1)
        #expect(abs(found[0].confidence - Float(0.9).squareRoot()) < 1e-5)
        check(found[0].box, [12, -8, 28, 24])
        check(found[0].landmarks, (0..<5).map { [16 + 3.2 * Float($0), 17.6 + 3.2 * Float($0)] })
    }
}
