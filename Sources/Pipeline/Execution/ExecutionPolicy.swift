public import Foundation
public import PluginKit

/// How a run is carried out. The three modes are three values of this type over one engine.
public struct ExecutionPolicy: Sendable, Hashable {
    /// Name of the policy, reported and handed to plugins.
    public var mode: ExecutionMode
    /// Threads that one file may keep busy, at least 1.
    public var threads: Int
    /// Whether results are taken from and put into the cache.
    public var usesCache: Bool
    /// Whether streams that are otherwise handed over in memory are written out too.
    public var materializesStreams: Bool
    /// What plugins must offer.
    public var requirements: Requirements
    /// Strength of the run: which defaults parameters take.
    public var profile = Profile.balanced
    /// Whether networks may compute in the processor's fastest arithmetic, so that results differ a little from machine to
    /// machine; 32-bit floats otherwise.
    public var usesFastMath = false

    /// Creates a policy.
    public init(
        mode: ExecutionMode, threads: Int, usesCache: Bool = true, materializesStreams: Bool = false,
        requirements: Requirements = Requirements()
    ) {
        self.mode = mode
        self.threads = max(1, threads)
        self.usesCache = usesCache
        self.materializesStreams = materializesStreams
        self.requirements = requirements
    }

    /// One file, everything observable.
    public static func debug(threads: Int = ProcessInfo.processInfo.activeProcessorCount) -> ExecutionPolicy {
        ExecutionPolicy(mode: .debug, threads: threads)
    }

    /// One file, lowest latency: all cores.
    public static func performance(threads: Int = ProcessInfo.processInfo.activeProcessorCount) -> ExecutionPolicy {
        ExecutionPolicy(mode: .performance, threads: threads)
    }

    /// Many files side by side, one thread each.
    public static func bulk() -> ExecutionPolicy { ExecutionPolicy(mode: .bulk, threads: 1) }
}

/// One file and what to produce from it: the same value from the command line, the library and the server.
public struct ExtractionRequest: Sendable {
    /// Where the bytes come from.
    public var source: DataSource
    /// What to produce.
    public var outputs: [OutputSpec]
    /// Folder that receives `{stem}/…`; nil writes no files.
    public var outputDirectory: String?
    /// True where another source of the same job has the same stem, so that this one must carry a suffix.
    public var needsFolderSuffix: Bool

    /// Creates a request.
    public init(
        source: DataSource, outputs: [OutputSpec], outputDirectory: String? = nil, needsFolderSuffix: Bool = false
    ) {
        self.source = source
        self.outputs = outputs
        self.outputDirectory = outputDirectory
        self.needsFolderSuffix = needsFolderSuffix
    }
}
