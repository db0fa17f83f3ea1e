import Foundation
import MediaDecoding
import MediaValues
import PluginKit
import VideoExtractTesting

@testable import BuiltInPlugins

/// What a plugin gave when it was run as the engine runs it; the files are there as long as this value.
struct PluginRun {
    var output: StageOutput
    var partials: [PartialResult]
    var warnings: [String]
    private let folder: TemporaryDirectory

    /// Runs a plugin over pictures.
    ///
    /// - Throws: what the plugin throws.
    static func run(
        _ plugin: any Plugin, parameters: [String: ParameterValue], frames: [VideoFrame],
        results: [DataType: StageOutput] = [:]
    ) async throws -> PluginRun {
        let channel = BoundedChannel<VideoFrame>(capacity: 2)
        async let feeding: Void = channel.send(all: frames)
        let run = try await run(
            plugin, parameters: parameters, feed: MediaFeed(video: channel), results: results)
        await feeding
        return run
    }

    /// Runs a plugin over a media file.
    static func run(
        _ plugin: any Plugin, parameters: [String: ParameterValue] = [:], file: String
    ) async throws -> PluginRun {
        let handle = try await FFmpegMediaAccess().resolve(.file(path: file)) { false }
        let operation = PluginKit.Operation(plugin.manifest.name, parameters: parameters)
        let pass = try await handle.makePass(
            [try plugin.mediaDemand(for: operation)], options: DecodingOptions(threads: 2))
        let media = try await handle.describe()
        async let report = pass.run()
        let run = try await run(plugin, parameters: parameters, feed: pass.feeds[0], media: media)
        _ = await report
        return run
    }

    /// Runs a plugin over a feed and the documents of other stages.
    static func run(
        _ plugin: any Plugin, parameters: [String: ParameterValue] = [:], feed: MediaFeed,
        media: MediaDescription = FakeMediaAccess.Content().description, results: [DataType: StageOutput] = [:]
    ) async throws -> PluginRun {
        let folder = try TemporaryDirectory()
        let partials = Guarded<[PartialResult]>([])
        let warnings = Guarded<[String]>([])
        let context = PluginContext(
            mode: .performance, threads: 2, pool: .shared, files: StageFiles(directory: folder.path),
            emitPartial: { partial in partials.withLock { $0.append(partial) } },
            emitWarning: { text in warnings.withLock { $0.append(text) } })
        let operation = PluginKit.Operation(plugin.manifest.name, parameters: parameters)
        do {
            let output = try await plugin.execute(
                StageInput(operation: operation, media: media, feed: feed, results: results), context: context)
            return PluginRun(
                output: output, partials: partials.withLock { $0 }, warnings: warnings.withLock { $0 }, folder: folder)
        } catch {
            feed.abandon()
            throw error
        }
    }

    /// What the schema `docs/schemas/<name>.schema.json` finds wrong with the document.
    func problems(bySchema name: String) throws -> [String] { try Repository.problems(output, schema: name) }
}

extension BoundedChannel {
    /// Sends elements as they are taken, and finishes.
    fileprivate func send(all elements: [Element]) async {
        for element in elements { guard await push(element) else { return } }
        finish()
    }
}

extension PluginManifest {
    /// As little as a plugin needs.
    static func named(_ name: String, output: DataType) -> PluginManifest {
        PluginManifest(
            name: name, version: "1.0.0", inputs: [.media], outputs: [output], operation: .init(name: name),
            implementation: .builtIn(factory: name))
    }
}
