import FoundationEssentials
import Glibc
import Testing

/// Decodes a media file to 16 kHz mono floats with the ffmpeg program.
func decodeAudio(_ path: String) throws -> [Float] {
    let folder = try TemporaryFolder()
    let raw = "\(folder.path)/audio.raw"
    try run(["ffmpeg", "-v", "error", "-i", path, "-f", "f32le", "-ac", "1", "-ar", "16000", raw])
    let bytes = Array(try #require(FileManager.default.contents(atPath: raw)))
    return bytes.withUnsafeBytes { bytes in
        (0..<(bytes.count / 4)).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
}

/// Speaks a sentence with espeak-ng.
func speak(_ text: String) throws -> [Float] {
    let folder = try TemporaryFolder()
    try run(["espeak-ng", "-v", "en-us", "-s", "150", "-w", "\(folder.path)/speech.wav", text])
    return try decodeAudio("\(folder.path)/speech.wav")
}

func isOnPath(_ program: String) -> Bool {
    let folders = getenv("PATH").map { String(cString: $0) } ?? ""
    return folders.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}

private func run(_ arguments: [String]) throws {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    var child = pid_t()
    let program = try #require(pointers[0])
    var variables: [UnsafeMutablePointer<CChar>?] = [
        strdup("PATH=" + (getenv("PATH").map { String(cString: $0) } ?? "")), nil,
    ]
    defer { variables.forEach { free($0) } }
    try #require(posix_spawnp(&child, program, nil, nil, &pointers, &variables) == 0)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    try #require(status == 0, "\(arguments[0]) failed")
}
