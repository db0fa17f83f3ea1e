import Foundation

/// Where the program keeps things unless told otherwise, by the XDG base directory rules.
public enum StandardFolders {
    /// Results of earlier runs: `VIDEO_EXTRACT_CACHE_DIR`, or `video-extract` in the user's cache folder.
    public static var cache: String {
        environment("VIDEO_EXTRACT_CACHE_DIR") ?? base("XDG_CACHE_HOME", ".cache")
    }

    /// The user's own plugin manifests: `VIDEO_EXTRACT_PLUGIN_DIR`, or `video-extract/plugins` in the user's
    /// configuration folder.
    public static var plugins: String {
        environment("VIDEO_EXTRACT_PLUGIN_DIR") ?? base("XDG_CONFIG_HOME", ".config") + "/plugins"
    }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func base(_ variable: String, _ fallback: String) -> String {
        let folder = environment(variable).flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (folder ?? NSHomeDirectory() + "/" + fallback) + "/video-extract"
    }
}
