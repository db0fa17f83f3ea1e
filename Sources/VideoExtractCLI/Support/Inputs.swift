import CommandLineParsing
import Foundation
import PluginKit

/// What the user named as input.
enum Inputs {
    /// Extensions that are looked for in folders.
    private static let extensions: Set<String> = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "flv", "wmv", "mpg", "mpeg", "ts", "mts", "m2ts", "3gp", "ogv",
        "mxf",
        "wav", "mp3", "flac", "m4a", "aac", "ogg", "opus", "wma", "aiff", "aif",
        "jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff",
    ]

    /// The one input of a command, as argument or `--input`.
    static func single(_ command: ParsedCommand) throws -> String {
        let name = command.path.last == "run" ? "INPUT" : "FILE"
        let all = command.positionals(name) + [command.optionalString("--input")].compactMap { $0 }
        guard let input = all.first else {
            throw command.usageError(
                "the input file is missing", code: .missingArgument, hint: "name a file, an address, or -")
        }
        guard all.count == 1 else {
            throw command.usageError(
                "one input at a time, not \(all.count)", code: .unexpectedArgument, hint: "use 'bulk' for several files"
            )
        }
        return input
    }

    /// The inputs of a bulk run, lists and folders expanded, in a stable order and without repetitions.
    static func many(_ command: ParsedCommand) throws -> [String] {
        var arguments = command.positionals("INPUT")
        if command.declares("--input"), let input = command.optionalString("--input") { arguments.append(input) }
        var inputs: [String] = []
        for argument in arguments { inputs += try expand(argument) }
        if let list = command.optionalString("--input-list") { inputs += try lines(of: list) }
        guard !inputs.isEmpty else {
            throw command.usageError(
                "there are no inputs", code: .missingArgument, hint: "name files, folders or a .txt list")
        }
        var seen: Set<String> = []
        return inputs.filter { seen.insert($0).inserted }
    }

    private static func expand(_ argument: String) throws -> [String] {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: argument, isDirectory: &isFolder)
        if exists, isFolder.boolValue { return try mediaFiles(below: argument) }
        if argument.lowercased().hasSuffix(".txt") || argument == "-" { return try lines(of: argument) }
        return [argument]
    }

    private static func mediaFiles(below folder: String) throws -> [String] {
        guard let walker = FileManager.default.enumerator(atPath: folder) else {
            throw PluginError(.sourceUnreadable, "the folder \(folder) cannot be read")
        }
        var found: [String] = []
        for case let path as String in walker where extensions.contains((path as NSString).pathExtension.lowercased()) {
            found.append((folder.hasSuffix("/") ? folder : folder + "/") + path)
        }
        return found.sorted()
    }

    /// Lines of a list; empty ones and those that begin with # do not count.
    private static func lines(of path: String) throws -> [String] {
        let handle = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path)
        guard let data = try handle?.readToEnd() ?? (handle == nil ? nil : Data()) else {
            throw PluginError(.sourceNotFound, "the list \(path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}
