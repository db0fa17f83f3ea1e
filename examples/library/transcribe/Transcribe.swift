// Prints the transcript of a file while it is made: transcribe FILE

import VideoExtract

@main
enum Transcribe {
    static func main() async throws {
        guard let path = CommandLine.arguments.dropFirst().first else {
            print("usage: transcribe FILE")
            return
        }
        let client = try Client.builder().build()
        let request = ExtractionRequest(
            source: .file(path: path), outputs: [OutputSpec(Operation("transcription"))])
        for try await event in client.executeStreaming(request) {
            switch event {
            case .partial(_, let data):
                let segment = try data.decode(as: Transcript.Segment.self)
                print("\(segment.startMs) ms: \(segment.text)")
            case .ended(let report, _):
                print("\(report.operation): \(report.status.rawValue) \(report.reason ?? report.error?.message ?? "")")
            case .started, .finished:
                break
            }
        }
    }
}
