import FoundationEssentials
import Inference
import Testing

struct ModelSessionsTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = "\(folder.path)/double.xml"
        try folder.write(Array(Self.doubling.utf8), to: "double.xml")
    }

    private func doubled(_ session: InferenceSession, _ values: [Float], shape: [Int]? = nil) throws -> [Float] {
        try values.withUnsafeBufferPointer {
            try session.run([.floats(.index(0), $0, shape: shape ?? [values.count])])
        }
        return try session.withFloats(.index(0)) { values, _ in Array(values) }
    }

    @Test func simultaneousFirstLoadsAreOne() async throws {
        let sessions = ModelSessions()
        let path = path
        let results = try await withThrowingTaskGroup(of: [Float].self) { group in
            for index in 0..<16 {
                group.addTask {
                    try await sessions.withSession(path: path) { try doubled($0, [Float(index), 1, -2, 0.5]) }
                }
            }
            return try await group.reduce(into: [[Float]]()) { $0.append($1) }
        }
        #expect(Set(results) == Set((0..<16).map { [2 * Float($0), 2, -4, 1] }))
        #expect(await sessions.compilations == 1)
    }

    @Test func otherOptionsLoadAgainAndIdleNetworksGo() async throws {
        let sessions = ModelSessions()
        _ = try await sessions.model(path: path)
        _ = try await sessions.model(path: path, options: InferenceOptions(threads: 1))
        #expect(await sessions.compilations == 2)
        await sessions.unloadIdle(longerThan: .seconds(3600))
        #expect(await sessions.loadedCount == 2)
        await sessions.unloadIdle(longerThan: .zero)
        #expect(await sessions.loadedCount == 0)
        _ = try await sessions.model(path: path)
        #expect(await sessions.compilations == 3)
    }

    @Test func networksInUseStay() async throws {
        let sessions = ModelSessions()
        let held = try await sessions.model(path: path)
        await sessions.unloadIdle(longerThan: .zero)
        #expect(await sessions.loadedCount == 1)
        #expect(try held.withSession { try doubled($0, [1, 2, 3, 4]) } == [2, 4, 6, 8])
        #expect(try await sessions.model(path: path) === held)
    }

    @Test func longLivedProcessLetsGoByTheClock() async throws {
        let sessions = ModelSessions()
        let path = path
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await sessions.run(unloadingAfter: .milliseconds(4)) }
            try await sessions.withSession(path: path) { _ in }
            while await sessions.loadedCount > 0 { await Task.yield() }
            group.cancelAll()
        }
        #expect(await sessions.compilations == 1)
    }

    @Test func failureIsToldAndNotKept() async throws {
        let sessions = ModelSessions()
        try folder.write(Array("<net name='broken'".utf8), to: "broken.xml")
        let broken = "\(folder.path)/broken.xml"
        let error = await #expect(throws: InferenceError.self) { try await sessions.model(path: broken) }
        #expect(error?.code == .loadFailed)
        #expect(await sessions.loadedCount == 0)
        try folder.write(Array(Self.doubling.utf8), to: "broken.xml")
        _ = try await sessions.model(path: broken)
    }

    @Test func wrongShapeIsAnErrorAndTheModelGoesOn() async throws {
        let model = try await ModelSessions().model(path: path)
        #expect(throws: InferenceError.self) { try model.withSession { try doubled($0, [1, 2, 3]) } }
        #expect(throws: InferenceError.self) { try model.withSession { try doubled($0, [1, 2, 3, 4], shape: [5]) } }
        #expect(try model.withSession { try doubled($0, [1, 2, 3, 4]) } == [2, 4, 6, 8])
        #expect(model.optimalRequests >= 1)
    }

    @Test(arguments: ["/proc/nowhere", "", "new/folder"])
    func cacheFolderThatCannotBeUsedIsNoFailure(folder name: String) async throws {
        let cache = name.hasPrefix("/") || name.isEmpty ? name : "\(folder.path)/\(name)"
        let options = InferenceOptions(cacheFolder: cache)
        for _ in 0..<2 {
            let model = try await ModelSessions().model(path: path, options: options)
            #expect(try model.withSession { try doubled($0, [1, 2, 3, 4]) } == [2, 4, 6, 8])
        }
        #expect(folder.files.contains { $0.hasSuffix(".blob") } == (name == "new/folder"))
    }

    @Test func damagedCacheIsReplaced() async throws {
        let options = InferenceOptions(cacheFolder: "\(folder.path)/cache")
        _ = try await ModelSessions().model(path: path, options: options)
        let blob = try #require(folder.files.first { $0.hasSuffix(".blob") })
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(blob)")
        try folder.write(Array("half a blob".utf8), to: blob)
        let model = try await ModelSessions().model(path: path, options: options)
        #expect(try model.withSession { try doubled($0, [1, 2, 3, 4]) } == [2, 4, 6, 8])
    }

    @Test func missingFileIsNamed() async {
        let error = await #expect(throws: InferenceError.self) {
            try await ModelSessions().model(path: "\(folder.path)/none.onnx")
        }
        #expect(error?.message.contains("none.onnx") == true)
    }

    /// x + x on four floats, in OpenVINO's own format.
    private static let doubling = """
        <?xml version="1.0"?>
        <net name="double" version="11">
          <layers>
            <layer id="0" name="x" type="Parameter" version="opset1">
              <data shape="4" element_type="f32"/>
              <output><port id="0" precision="FP32" names="x"><dim>4</dim></port></output>
            </layer>
            <layer id="1" name="sum" type="Add" version="opset1">
              <data auto_broadcast="numpy"/>
              <input>
                <port id="0" precision="FP32"><dim>4</dim></port>
                <port id="1" precision="FP32"><dim>4</dim></port>
              </input>
              <output><port id="2" precision="FP32" names="sum"><dim>4</dim></port></output>
            </layer>
            <layer id="2" name="result" type="Result" version="opset1">
              <input><port id="0" precision="FP32"><dim>4</dim></port></input>
            </layer>
          </layers>
          <edges>
            <edge from-layer="0" from-port="0" to-layer="1" to-port="0"/>
            <edge from-layer="0" from-port="0" to-layer="1" to-port="1"/>
            <edge from-layer="1" from-port="2" to-layer="2" to-port="0"/>
          </edges>
        </net>
        """
}
