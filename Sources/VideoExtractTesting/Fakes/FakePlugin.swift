import MediaValues
public import PluginKit

/// A plugin made of closures; it counts its executions.
public final class FakePlugin: Plugin {
    /// Does the work.
    public typealias Body = @Sendable (StageInput, PluginContext) async throws -> StageOutput

    /// As given.
    public let manifest: PluginManifest
    private let demand: MediaDemand
    private let models: [String]
    private let body: Body
    private let count = Guarded(0)

    /// Times `execute` was called.
    public var executions: Int { count.withLock { $0 } }

    /// Assembles a plugin; without a `body` it drains its feed and writes `{operation}.json` with what it counted.
    public init(
        manifest: PluginManifest, demand: MediaDemand = .nothing, models: [String] = [],
        body: @escaping Body = countFeed
    ) {
        self.manifest = manifest
        self.demand = demand
        self.models = models
        self.body = body
    }

    /// Assembles a plugin of the given name whose operation has the same name.
    public convenience init(
        _ name: String, inputs: [DataType] = [.media], outputs: [DataType], parameters: [ParameterDefinition] = [],
        demand: MediaDemand = .nothing, models: [String] = [], body: @escaping Body = countFeed
    ) {
        self.init(
            manifest: PluginManifest(
                name: name, version: "1.0", inputs: inputs, outputs: outputs,
                operation: .init(name: name, parameters: parameters), implementation: .builtIn(factory: name)),
            demand: demand, models: models, body: body)
    }

    /// As given, whatever the parameters.
    public func mediaDemand(for operation: Operation) throws -> MediaDemand { demand }

    /// As given, whatever the parameters.
    public func requiredModels(for operation: Operation) throws -> [String] { models }

    /// Counts the call and runs the body.
    public func execute(_ input: StageInput, context: PluginContext) async throws -> StageOutput {
        count.withLock { $0 += 1 }
        return try await body(input, context)
    }

    /// What `countFeed` writes.
    public struct Counted: Codable, Sendable, Hashable {
        /// Pictures received.
        public var frames: Int
        /// Samples per channel received.
        public var samples: Int
        /// Parameters of the operation.
        public var parameters: [String: ParameterValue]
        /// Types of the results that it was given, in alphabetical order.
        public var inputs: [String]
    }

    /// Drains the feed, then takes the results, and writes what it got.
    public static let countFeed: Body = { input, context in
        var counted = Counted(frames: 0, samples: 0, parameters: input.operation.parameters, inputs: [])
        if let video = input.feed.video { for try await _ in video { counted.frames += 1 } }
        if let audio = input.feed.audio { for try await buffer in audio { counted.samples += buffer.frameCount } }
        counted.inputs = try await input.results().outputs.keys.sorted().map(\.rawValue)
        return try context.files.finish(
            document: counted, at: input.operation.name + ".json", counts: ["frames": counted.frames])
    }
}
