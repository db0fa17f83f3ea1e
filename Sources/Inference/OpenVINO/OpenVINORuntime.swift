import COpenVINO
import Glibc
import Synchronization

/// The OpenVINO library; made at the first use, one for the process.
///
/// Unchecked because it owns the `ov_core_t` handle, whose functions may be called from any thread.
public final class OpenVINORuntime: @unchecked Sendable {
    private static let instance = Mutex<OpenVINORuntime?>(nil)
    private let core: OpaquePointer

    /// The runtime of the process.
    ///
    /// - Throws: ``InferenceError`` (`loadFailed`).
    public static func shared() throws -> OpenVINORuntime {
        try instance.withLock { existing in
            if let existing { return existing }
            let made = try OpenVINORuntime()
            existing = made
            return made
        }
    }

    private init() throws {
        var core: OpaquePointer?
        try OpenVINOStatus.check(ov_core_create(&core), .loadFailed, "OpenVINO could not be started")
        guard let core else { throw InferenceError(.loadFailed, "OpenVINO could not be started") }
        self.core = core
    }

    deinit { ov_core_free(core) }

    /// Reads and compiles the network at `path` (.onnx, .xml, .tflite) for the processor. Blocks, typically 50–200 ms.
    ///
    /// - Throws: ``InferenceError``: `corruptModel`, `loadFailed`.
    public func compile(path: String, options: InferenceOptions = InferenceOptions()) throws -> InferenceModel {
        guard let stamp = ModelFiles.stamp(path), stamp.size > 0 else {
            throw InferenceError(.corruptModel, "\(path) is missing or empty; install the model again")
        }
        if path.hasSuffix(".onnx") { try ModelFileFormat.checkNetwork(path) }
        // Whatever goes wrong with the kept form, the network itself decides.
        if let kept = try? compileKept(path: path, stamp: stamp, options: options) { return kept }
        var plain = options
        plain.cacheFolder = nil
        return try compileOnce(path: path, options: plain)
    }

    /// Takes the compiled form from the disk, or puts it there. Nil where none is to be kept.
    private func compileKept(
        path: String, stamp: (size: Int64, modified: Int64), options: InferenceOptions
    ) throws -> InferenceModel? {
        guard let base = options.cacheFolder, !base.isEmpty, options.picture == nil, options.inputShape == nil else {
            return nil
        }
        var options = options
        options.cacheFolder = nil
        let kept = CompiledNetworks(base: base)
        let folder = kept.folder(path: path, stamp: stamp, properties: options.properties)
        if ModelFiles.exists(folder) {
            options.cacheFolder = folder
            if let kept = try? compileOnce(path: path, options: options) { return kept }
            try ModelFiles.remove(folder)
        }
        return try kept.filling(folder) { staging in
            options.cacheFolder = staging
            return try compileOnce(path: path, options: options)
        }
    }

    /// The library's version and build.
    static let version: String = {
        var version = ov_version_t()
        guard ov_get_openvino_version(&version) == OK else { return "unknown" }
        defer { ov_version_free(&version) }
        return version.buildNumber.map { String(cString: $0) } ?? "unknown"
    }()

    private func compileOnce(path: String, options: InferenceOptions) throws -> InferenceModel {
        let properties = options.properties
        let texts = properties.map { (CText($0.key), CText($0.value)) }
        let list = texts.map { ov_property_t(key: $0.0.pointer, value: UnsafeRawPointer($0.1.pointer)) }
        var compiled: OpaquePointer?
        let status = try withExtendedLifetime(texts) {
            guard options.picture != nil || options.inputShape != nil else {
                return ov_core_compile_model_from_file_props(core, path, "CPU", list.count, list, &compiled)
            }
            return try withChangedNetwork(path, options) {
                ov_core_compile_model_props(core, $0, "CPU", list.count, list, &compiled)
            }
        }
        try OpenVINOStatus.check(status, .loadFailed, "the network \(path) could not be loaded")
        guard let compiled else { throw InferenceError(.loadFailed, "the network \(path) could not be loaded") }
        return InferenceModel(handle: compiled, name: path)
    }

    /// Lends the network at `path` with another input shape and with the preparation of pictures, as the options say.
    private func withChangedNetwork<R>(
        _ path: String, _ options: InferenceOptions, _ body: (OpaquePointer) throws -> R
    ) throws -> R {
        var read: OpaquePointer?
        try OpenVINOStatus.check(
            ov_core_read_model(core, path, nil, &read), .loadFailed, "the network \(path) could not be read")
        guard let read else { throw InferenceError(.loadFailed, "the network \(path) could not be read") }
        defer { ov_model_free(read) }
        if let lengths = options.inputShape {
            let failure = "the first input of \(path) cannot have the shape \(lengths)"
            let dimensions = lengths.map { ov_dimension_t(min: Int64($0), max: Int64($0)) }
            var shape = ov_partial_shape_t()
            try OpenVINOStatus.check(
                ov_partial_shape_create(Int64(dimensions.count), dimensions, &shape), .unsupportedModel, failure)
            defer { ov_partial_shape_free(&shape) }
            var first = 0
            try OpenVINOStatus.check(
                ov_model_reshape_by_port_indexes(read, &first, &shape, 1), .unsupportedModel, failure)
        }
        guard let picture = options.picture else { return try body(read) }
        let prepared = try picture.apply(to: read, name: path)
        defer { ov_model_free(prepared) }
        return try body(prepared)
    }
}

enum OpenVINOStatus {
    static func check(_ status: ov_status_e, _ code: InferenceError.Code, _ message: String) throws {
        guard status != OK else { return }
        // The last message belongs to the calling thread; without one the status still has a name.
        let detail = ov_get_last_err_msg().map { String(cString: $0) } ?? ""
        let name = ov_get_error_info(status).map { String(cString: $0) } ?? "status \(status.rawValue)"
        throw InferenceError(code, message, underlying: detail.isEmpty ? name : firstLines(detail))
    }

    /// The library's messages carry its source paths and may run over many lines.
    private static func firstLines(_ text: String) -> String {
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("Exception from") && !$0.isEmpty }
        return String(lines.prefix(2).joined(separator: " ").prefix(300))
    }
}
