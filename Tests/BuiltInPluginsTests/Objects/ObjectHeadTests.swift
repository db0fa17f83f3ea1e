import Inference
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct ObjectHeadTests {
    private func signature(_ network: InferenceModel) -> NetworkSignature {
        NetworkSignature(network: network, model: "made")
    }

    /// 32x32 pixels are 16 cells of stride 8, 4 of 16, 1 of 32; two classes.
    static func yolox(cells: Int = 21, width: Int = 7, input: String = "images") -> ConstantNetwork {
        var values = [Float](repeating: 0, count: cells * width)
        if cells == 21, width == 7 {
            // Column 1, row 2 of stride 8: centre (12, 20), 16 by 8 pixels, class 1 with 0.9 * 0.8.
            values.replaceSubrange((9 * 7)..<(10 * 7), with: [0.5, 0.5, 0.6931472, 0, 0.9, 0.1, 0.8])
            // The same thing once more, and of another class.
            values.replaceSubrange((10 * 7)..<(11 * 7), with: [-0.5, 0.5, 0.6931472, 0, 0.8, 0.1, 0.8])
            values.replaceSubrange((5 * 7)..<(6 * 7), with: [0.5, 1.5, 0.6931472, 0, 0.7, 0.6, 0.1])
            // The only cell of stride 32: the whole input with 0.5 * 0.5, below the threshold.
            values.replaceSubrange((20 * 7)..<(21 * 7), with: [0.5, 0.5, 0, 0, 0.5, 0.5, 0])
        }
        return ConstantNetwork(
            input: input, shape: [1, 3, 32, 32],
            outputs: [.init(name: "output", shape: [1, cells, width], values: values)])
    }

    @Test func yoloxDecodesItsGrids() throws {
        let network = try Self.yolox().load()
        let head = try YOLOXHead(signature(network))
        #expect(head.form.width == 32 && head.form.height == 32 && head.form.channels == .bgr)
        let detector = DetectionNetwork(network, head: head)
        // Twice as large a picture: boxes come back in its pixels.
        let found = try detector.detections(in: MadePicture.plain(width: 64, height: 40), threshold: 0.3)
        #expect(found.map(\.classIndex) == [1, 0])
        let first = try #require(found.first)
        #expect(abs(first.confidence - 0.72) < 1e-5)
        let wanted = PixelBox(left: 8, top: 32, right: 40, bottom: 48)
        for side in [\PixelBox.left, \.top, \.right, \.bottom] {
            #expect(abs(first.box[keyPath: side] - wanted[keyPath: side]) < 1e-3)
        }
        #expect(try detector.detections(in: MadePicture.plain(width: 64, height: 40), threshold: 0.2).count == 3)
        #expect(try detector.detections(in: MadePicture.plain(width: 1, height: 1), threshold: 0.99).isEmpty)
    }

    @Test(arguments: [(20, 7), (21, 5), (1, 7)])
    func yoloxOfAnotherShapeIsNamed(cells: Int, width: Int) throws {
        let network = try Self.yolox(cells: cells, width: width).load()
        let error = try #require(throws: PluginError.self) { try YOLOXHead(signature(network)) }
        #expect(error.code == .invalidModel)
        #expect(error.message.contains("model made: output #0 \"output\" is f32 [1,\(cells),\(width)]"))
        #expect(error.message.contains("expected f32 [1,21,≥6]; install the model again"))
    }

    @Test func inputThatTakesNoPictureIsNamed() throws {
        let network = try ConstantNetwork(
            shape: [1, 5], outputs: [.init(name: "output", shape: [1, 1], values: [0])]
        ).load()
        let error = try #require(throws: PluginError.self) { try YOLOXHead(signature(network)) }
        #expect(error.code == .invalidModel)
        #expect(error.message.contains("input #0 \"images\" is f32 [1,5]; expected f32 [1,3,32…4096 by 32,"))
    }

    @Test func openSizesTakeTheUsualOne() throws {
        let network = try ConstantNetwork(
            shape: [1, 3, "height", "width"],
            outputs: [.init(name: "output", shape: [1, 5, 8400], values: [Float](repeating: 0, count: 5 * 8400))]
        ).load()
        let head = try YOLOv8Head(signature(network))
        #expect(head.form.width == 640 && head.form.height == 640)
    }

    @Test(arguments: [[1, 21, 7], [1, 4, 21], [1, 7, 20], [7, 21]])
    func yolov8OfAnotherShapeIsRefused(shape: [Int]) throws {
        let values = [Float](repeating: 0, count: shape.reduce(1, *))
        let network = try ConstantNetwork(
            shape: [1, 3, 32, 32], outputs: [.init(name: "output0", shape: shape, values: values)]
        ).load()
        let error = try #require(throws: PluginError.self) { try YOLOv8Head(signature(network)) }
        #expect(error.message.contains("expected f32 [1,≥5,21]"))
    }

    /// What a network leaves open is checked where the output is read.
    @Test func openOutputsAreCheckedAtTheRun() throws {
        let network = try ConstantNetwork(
            shape: [1, 3, 32, 32],
            outputs: [.init(name: "output", shape: [1, 20, 7], values: [Float](repeating: 1, count: 140))],
            hasOpenOutputs: true
        ).load()
        let detector = DetectionNetwork(network, head: try YOLOXHead(signature(network)))
        let error = try #require(throws: PluginError.self) {
            try detector.detections(in: MadePicture.plain(width: 32, height: 32), threshold: 0.3)
        }
        #expect(error.code == .invalidModel)
        #expect(error.message.contains("output #0 came as f32 [1,20,7]; expected f32 [1,21,≥6]"))
    }

    @Test func sizesOffTheGridAndSecondInputsAreRefused() throws {
        let odd = try ConstantNetwork(shape: [1, 3, 40, 32], outputs: []).load()
        let error = try #require(throws: PluginError.self) { try YOLOXHead(signature(odd)) }
        #expect(error.message.contains("[1,3,40,32]") && error.message.contains("by 32"))
        let two = try ConstantNetwork(shape: [1, 3, 32, 32], outputs: [], hasSecondInput: true).load()
        let refusal = try #require(throws: PluginError.self) { try YOLOXHead(signature(two)) }
        #expect(refusal.code == .invalidModel)
        #expect(refusal.message.contains("\"extra\"") && refusal.message.contains("expected 1 of them alone"))
    }

    @Test func yolov8DecodesColumns() throws {
        // Rows: centre x, centre y, width, height, three classes; 21 cells.
        var values = [Float](repeating: 0, count: 7 * 21)
        func set(_ cell: Int, _ column: [Float]) {
            for (row, value) in column.enumerated() { values[row * 21 + cell] = value }
        }
        set(2, [16, 16, 8, 4, 0.1, 0.2, 0.9])
        set(3, [16.5, 16, 8, 4, 0, 0, 0.8])
        set(7, [16, 16, 8, 4, 0.5, 0, 0])
        set(0, [4, 4, 2, 2, 0.2, 0.1, 0])
        let network = try ConstantNetwork(
            shape: [1, 3, 32, 32], outputs: [.init(name: "output0", shape: [1, 7, 21], values: values)]
        ).load()
        let head = try YOLOv8Head(signature(network))
        let detector = DetectionNetwork(network, head: head)
        // 64x32 in 32x32 is scaled by a half and moved down by 8.
        let found = try detector.detections(in: MadePicture.plain(width: 64, height: 32), threshold: 0.3)
        #expect(found.map(\.classIndex) == [2, 0])
        let box = try #require(found.first).box
        let wanted = PixelBox(left: 24, top: 12, right: 40, bottom: 20)
        for side in [\PixelBox.left, \.top, \.right, \.bottom] {
            #expect(abs(box[keyPath: side] - wanted[keyPath: side]) < 1e-3)
        }
    }

    @Test func labelsComeFromTheFolderOrCOCO() throws {
        #expect(ObjectLabels.coco.count == 80 && Set(ObjectLabels.coco).count == 80)
        let coco = ObjectLabels(names: ObjectLabels.coco)
        #expect(
            coco.name(0) == "person" && coco.name(57) == "couch" && coco.name(62) == "tv"
                && coco.name(79) == "toothbrush")
        #expect(coco.name(80) == "class_80")
        #expect(try coco.indices(of: []) == nil)
        #expect(try coco.indices(of: ["Dog", "class_91"]) == [16, 91])
        let error = try #require(throws: PluginError.self) { try coco.indices(of: ["persn"]) }
        #expect(error.code == .invalidParameter && error.message.contains("person"))
    }
}
