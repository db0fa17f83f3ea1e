public import MediaValues
public import PluginKit

/// What identifies a stage's result: equal keys mean equal bytes.
public struct CacheKey: Hashable, Sendable, CustomStringConvertible {
    /// BLAKE3 over everything that the result depends on.
    public let hash: ContentHash

    /// Derives the key of a stage.
    ///
    /// - Parameters:
    ///   - source: hash of the source's content.
    ///   - modelDigests: digests of the model files used, in the order in which the plugin names them.
    ///   - usesFastMath: whether those models compute in an arithmetic that depends on the machine.
    ///   - inputs: keys of the stages whose results it takes, in order.
    ///   - absentInputs: operations that it would take results of if they could run.
    public init(
        source: ContentHash, plugin: PluginManifest, operation: Operation, modelDigests: [String],
        usesFastMath: Bool = false, inputs: [CacheKey], absentInputs: [Operation] = []
    ) {
        var hasher = BLAKE3Hasher(derivingKeyFrom: "video-extract 1 stage result")
        func add(_ text: String) {
            hasher.update("\(text.utf8.count):")
            hasher.update(text)
        }
        hasher.update(source.bytes)
        add(plugin.name)
        add(plugin.version)
        add(String(plugin.cache.version))
        add(operation.canonicalEncoding)
        add(String(modelDigests.count))
        modelDigests.forEach(add)
        if usesFastMath, !modelDigests.isEmpty { add("fast-math") }
        add(String(inputs.count))
        for input in inputs { hasher.update(input.hash.bytes) }
        for absent in absentInputs { add("absent " + absent.canonicalEncoding) }
        hash = hasher.finalize()
    }

    /// Lower-case hexadecimal.
    public var description: String { hash.description }
}
