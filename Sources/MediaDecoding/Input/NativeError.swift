import CFFmpeg
import PluginKit

/// A negative return code of FFmpeg.
struct NativeError: Error {
    let code: Int32

    static let endOfFile = shim_error_eof
    static let tryAgain = shim_error_again
    static let exit = shim_error_exit
    static let inputOutput = shim_error_io
    static let invalidData = shim_error_invalid_data

    /// FFmpeg's own words.
    var text: String { Self.text(code) }

    static func text(_ code: Int32) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            guard let base = buffer.baseAddress, av_strerror(code, base, buffer.count) == 0 else {
                return "error \(code)"
            }
            return String(cString: base)
        }
    }

    /// Throws for negative codes.
    @discardableResult
    static func check(_ code: Int32) throws -> Int32 {
        guard code >= 0 else { throw NativeError(code: code) }
        return code
    }
}

extension PluginError {
    /// A failed FFmpeg call in words; `next` says what to do.
    init(_ code: Code, _ message: String, native: Int32) {
        self.init(code, message, details: "FFmpeg: \(NativeError.text(native))")
    }

    static func outOfMemory(_ action: String) -> PluginError {
        PluginError(.native, "\(action) failed: out of memory; close other programs or process fewer files at once")
    }
}

extension Optional where Wrapped == UnsafePointer<CChar> {
    /// The C string, or nil for a null pointer or an empty text.
    var text: String? {
        guard let self else { return nil }
        let text = String(cString: self)
        return text.isEmpty ? nil : text
    }
}
