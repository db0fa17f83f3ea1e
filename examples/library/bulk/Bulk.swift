// Finds the scenes of many files at once: bulk OUTPUT-FOLDER FILES…

import VideoExtract

@main
enum Bulk {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let folder = arguments.first, arguments.count > 1 else {
            print("usage: bulk OUTPUT-FOLDER FILES…")
            return
        }
        let client = try Client.builder().workers(4).build()
        let requests = arguments.dropFirst().map { path in
            ExtractionRequest(
                source: .file(path: path),
                outputs: [OutputSpec(Operation("scenes", parameters: ["threshold": .number(15)]))],
                outputDirectory: folder)
        }
        let results = try await client.executeBulk(requests) { result in
            print("\(result.source.displayName): \(result.hasFailures ? "failed" : "done")")
        }
        print("\(results.count { !$0.hasFailures }) of \(results.count) files done")
    }
}
