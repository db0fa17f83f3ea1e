import Foundation
import MediaValues
import PluginKit
import Testing
import VideoExtractTesting

@testable import Pipeline

/// A cache and short ways to fill it.
struct CacheFixture {
    let folder: TemporaryDirectory
    let cache: ResultCache

    init(sizeLimit: Int64 = ResultCache.defaultSizeLimit) throws {
        folder = try TemporaryDirectory()
        cache = try ResultCache(directory: folder.path, sizeLimit: sizeLimit)
    }

    static func manifest(_ plugin: String = "p") -> PluginManifest {
        PluginManifest(
            name: plugin, version: "1.2", inputs: [.media], outputs: [.audio], operation: .init(name: "op"),
            implementation: .builtIn(factory: plugin))
    }

    static func key(_ name: String, plugin: String = "p") -> CacheKey {
        CacheKey(
            source: .blake3(of: name), plugin: manifest(plugin), operation: Operation("op"), modelDigests: [],
            inputs: [])
    }

    /// Stages a document and a picture of `size` bytes.
    static func stage(in cache: ResultCache, _ text: String, size: Int = 100) throws -> (
        ResultCache.Staging, StageOutput
    ) {
        let staging = try cache.makeStaging()
        let files = StageFiles(directory: staging.directory)
        try files.write(Data(repeating: 7, count: size), to: "pictures/a.bin")
        return (staging, try files.finish(document: ["text": text], at: "op.json", counts: ["n": 1]))
    }

    @discardableResult
    static func commit(
        to cache: ResultCache, _ name: String, text: String? = nil, size: Int = 100, plugin: String = "p"
    ) throws -> StageOutput {
        let (staging, output) = try stage(in: cache, text ?? name, size: size)
        return try cache.commit(
            staging, output: output, key: key(name, plugin: plugin), manifest: manifest(plugin))
    }

    @discardableResult
    func commit(_ name: String, size: Int = 100, plugin: String = "p") throws -> StageOutput {
        try Self.commit(to: cache, name, size: size, plugin: plugin)
    }

    func lookup(_ name: String, plugin: String = "p") -> StageOutput? {
        cache.lookup(Self.key(name, plugin: plugin)) { _ in true }
    }

    func entryFolder(_ name: String) -> String { cache.path(of: Self.key(name).hash) }

    /// Says that the entry was used `seconds` ago.
    func age(_ name: String, seconds: Int) {
        let when = timeval(tv_sec: time(nil) - seconds, tv_usec: 0)
        utimes(entryFolder(name), [when, when])
    }
}
