import Glibc

/// Loads a network once through the C interface of ONNX Runtime, which returns an error where sherpa-onnx, using the C++ one, would
/// end the process.
///
/// The library is the one that sherpa-onnx brings. Its function table only ever grows at the end, so that positions of its first
/// version (`OrtApi` in onnxruntime_c_api.h) hold for every later one; no header of it is shipped.
struct TrialLoad {
    private typealias Status = OpaquePointer
    private typealias GetTable = @convention(c) (UInt32) -> UnsafePointer<UnsafeRawPointer>?
    private typealias GetMessage = @convention(c) (Status) -> UnsafePointer<CChar>
    private typealias CreateEnvironment =
        @convention(c) (Int32, UnsafePointer<CChar>, UnsafeMutablePointer<OpaquePointer?>) -> Status?
    private typealias CreateSession =
        @convention(c) (
            OpaquePointer, UnsafePointer<CChar>, OpaquePointer, UnsafeMutablePointer<OpaquePointer?>
        ) -> Status?
    private typealias CreateOptions = @convention(c) (UnsafeMutablePointer<OpaquePointer?>) -> Status?
    private typealias SetNumber = @convention(c) (OpaquePointer, Int32) -> Status?
    private typealias Release = @convention(c) (OpaquePointer) -> Void

    /// Positions in the function table.
    private enum Position {
        static let getErrorMessage = 2
        static let createEnvironment = 3
        static let createSession = 7
        static let createOptions = 10
        static let setOptimizationLevel = 23
        static let setThreads = 24
        static let releaseEnvironment = 92
        static let releaseStatus = 93
        static let releaseSession = 95
        static let releaseOptions = 100
    }

    private let table: UnsafePointer<UnsafeRawPointer>

    /// Loads the network at `path` and lets go of it. Blocks about as long as loading does.
    ///
    /// - Throws: ``InferenceError`` (`loadFailed`) with the library's own words.
    static func run(_ path: String) throws {
        // A build with ONNX Runtime inside sherpa-onnx does not show the symbol; then there is nothing to ask.
        guard let symbol = dlsym(nil, "OrtGetApiBase") else { return }
        let base = unsafeBitCast(symbol, to: (@convention(c) () -> UnsafePointer<UnsafeRawPointer>).self)()
        guard let table = unsafeBitCast(base[0], to: GetTable.self)(1) else { return }
        try TrialLoad(table: table).load(path)
    }

    private func load(_ path: String) throws {
        var environment: OpaquePointer?
        let errorsOnly: Int32 = 3
        try check(
            unsafeBitCast(table[Position.createEnvironment], to: CreateEnvironment.self)(
                errorsOnly, "video-extract", &environment), path)
        guard let environment else { return }
        defer { release(Position.releaseEnvironment, environment) }
        var options: OpaquePointer?
        try check(unsafeBitCast(table[Position.createOptions], to: CreateOptions.self)(&options), path)
        guard let options else { return }
        defer { release(Position.releaseOptions, options) }
        try check(unsafeBitCast(table[Position.setOptimizationLevel], to: SetNumber.self)(options, 0), path)
        try check(unsafeBitCast(table[Position.setThreads], to: SetNumber.self)(options, 1), path)
        var session: OpaquePointer?
        try check(
            unsafeBitCast(table[Position.createSession], to: CreateSession.self)(environment, path, options, &session),
            path)
        if let session { release(Position.releaseSession, session) }
    }

    private func check(_ status: Status?, _ path: String) throws {
        guard let status else { return }
        defer { release(Position.releaseStatus, status) }
        let message = unsafeBitCast(table[Position.getErrorMessage], to: GetMessage.self)(status)
        throw InferenceError(
            .loadFailed, "the network \(path) could not be loaded", underlying: String(cString: message))
    }

    private func release(_ position: Int, _ object: OpaquePointer) {
        unsafeBitCast(table[position], to: Release.self)(object)
    }
}
