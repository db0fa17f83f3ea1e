import Foundation
import MediaValues

/// Makes media files whose content is known, with the `ffmpeg` and `espeak-ng` programs.
///
/// Each recipe is made at most once in a test process and shared; the files vanish when the process ends. Tests must
/// not change them: copy first.
public actor MediaGenerator {
    /// The generator of this process.
    public static let shared = MediaGenerator()

    /// A program failed.
    public struct Failure: Error, CustomStringConvertible {
        /// What failed, and what the program said.
        public let description: String
    }

    private static let folders = Guarded<[TemporaryDirectory]>([])
    private var folder: TemporaryDirectory?
    private var made: [MediaRecipe: Task<String, any Error>] = [:]

    /// The path of the file that `recipe` describes.
    ///
    /// - Throws: `Failure` where a program is missing or fails.
    public func file(_ recipe: MediaRecipe) async throws -> String {
        if let known = made[recipe] { return try await known.value }
        let folder = try folder ?? makeFolder()
        let path = folder.file("\(made.count)-\(recipe.name)")
        let task = Task {
            try await Self.make(recipe, at: path, in: folder)
            return path
        }
        made[recipe] = task
        return try await task.value
    }

    private func makeFolder() throws -> TemporaryDirectory {
        let made = try TemporaryDirectory()
        folder = made
        Self.folders.withLock { $0.append(made) }
        atexit { MediaGenerator.removeFiles() }
        return made
    }

    private static func removeFiles() {
        for path in folders.withLock({ $0.map(\.path) }) { try? FileManager.default.removeItem(atPath: path) }
    }

    private static func make(_ recipe: MediaRecipe, at path: String, in folder: TemporaryDirectory) async throws {
        var arguments = recipe.arguments
        if let text = recipe.speech {
            let voice = path + ".speech.wav"
            try await run("espeak-ng", ["-v", "en-us", "-s", "145", "-w", voice, text])
            arguments = arguments.map { $0 == MediaRecipe.speechPlaceholder ? voice : $0 }
        }
        if let base = recipe.base.first {
            let source = try await shared.file(base)
            arguments = arguments.map { $0 == MediaRecipe.basePlaceholder ? source : $0 }
            if arguments.isEmpty { try FileManager.default.copyItem(atPath: source, toPath: path) }
        }
        if !arguments.isEmpty {
            try await run(
                "ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments + ["-fflags", "+bitexact", path])
        }
        if let length = recipe.truncatedTo {
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            try whole.prefix(Int(Double(whole.count) * length)).write(to: URL(fileURLWithPath: path))
        }
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        let result = try await BinaryRunner.run(program, arguments)
        guard result.status == 0 else {
            throw Failure(description: "\(program) \(arguments.joined(separator: " ")): \(result.errorText)")
        }
    }
}
