import Foundation
import MediaValues
import Testing
import VideoExtractTesting

@testable import PluginKit

struct ChildProcessTests {
    /// Everything that a shell script says, one description for each line heard.
    private func hear(_ script: String, longestLine: Int = 1 << 20, silenceLimit: Double = 30) async throws -> [String]
    {
        let child = try ChildProcess(arguments: ["sh", "-c", script], name: "child")
        let lines = BoundedChannel<ChildProcess.Line>(capacity: 2)
        let pool = BlockingPool(name: "children", threads: 1)
        return try await withDeadline {
            async let pumping: Void = pool.run {
                child.converse(request: [], into: lines, silenceLimit: silenceLimit, longestLine: longestLine)
            }
            var heard: [String] = []
            for try await line in lines {
                switch line {
                case .text(let bytes): heard.append(String(decoding: bytes, as: UTF8.self))
                case .ended(let description, _): heard.append("ended: \(description)")
                case .silent: heard.append("silent")
                case .endless(let byteCount): heard.append(byteCount > longestLine ? "endless" : "endless too early")
                }
            }
            child.terminate()
            try await pumping
            return heard
        }
    }

    @Test func linesArriveWholeWhateverTheirPieces() async throws {
        #expect(
            try await hear("printf 'a'; printf 'b\\n\\nc\\nd'; exit 2") == ["ab", "c", "ended: exited with status 2"])
    }

    @Test func aLineWithoutEndIsRefused() async throws {
        #expect(try await hear("echo ok; head -c 5000 /dev/zero; sleep 1000", longestLine: 1000) == ["ok", "endless"])
    }

    @Test func silenceEndsTheConversation() async throws {
        #expect(try await hear("echo ok; sleep 1000", silenceLimit: 0.2) == ["ok", "silent"])
    }

    @Test func endingAChildTwiceIsHarmless() throws {
        let child = try ChildProcess(arguments: ["sleep", "1000"], name: "child")
        child.terminate()
        child.terminate()
    }
}
