import HTTPClient
import PluginKit

/// Turns what a byte source throws into the errors of the plugin interface.
enum SourceFailure {
    static func translate(_ error: any Error) -> PluginError {
        guard let failure = error as? HTTPError else {
            return PluginError(wrapping: error, code: .sourceUnreadable, doing: "reading the source")
        }
        let message = "\(failure.url): \(failure.message)"
        let code: PluginError.Code =
            switch failure.code {
            case .notFound: .sourceNotFound
            case .refusedAddress, .unsupportedScheme, .tooLarge: .refused
            case .cancelled: .cancelled
            case .localFile: .outputFailed
            default: .network
            }
        return PluginError(code, message, details: failure.underlying)
    }
}
