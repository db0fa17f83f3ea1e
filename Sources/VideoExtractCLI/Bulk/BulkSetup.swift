import CommandLineParsing
import Foundation

extension BulkProtocol.Setup {
    /// One more file than cores: while one waits for the disk, the others keep the cores busy.
    static var usualWorkers: Int { ProcessInfo.processInfo.activeProcessorCount + 1 }

    /// What the options of a command that works on many files say.
    init(_ command: ParsedCommand, setup: RunSetup, workers: Int, outputDirectory: String) throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        self.init(
            outputs: setup.outputs, outputDirectory: outputDirectory, workers: workers,
            threads: setup.requestedThreads ?? max(1, cores / workers), profile: setup.profile,
            usesFastMath: setup.usesFastMath,
            timeoutSeconds: try command.optionalNumber("--timeout", in: 0.01...1e7), usesCache: setup.usesCache,
            cacheDirectory: command.optionalString("--cache-dir").map(RunSetup.absolute),
            cacheSizeLimit: try command.optionalNumber("--cache-size", in: 0.001...1e6)
                .map { Int64($0 * Double(1 << 30)) },
            pluginDirectories: command.strings("--plugins").map(RunSetup.absolute),
            allowsPrivateAddresses: command.flag("--allow-private-addresses"), isVerbose: command.flag("--verbose"))
    }
}
