import Foundation
import HTTPClient
import MediaValues
import PluginKit
import Testing

@testable import MediaDecoding

@Suite struct AddressTests {
    @Test func addressesAreReadByRanges() async throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: TestMedia.clip.get())))
        let server = try LoopbackServer(body: bytes, entityTag: "\"v1\"")
        defer { server.stop() }
        let access = FFmpegMediaAccess(httpPolicy: HTTPPolicy(allowsPrivateAddresses: true))
        let address = "http://127.0.0.1:\(server.port)/folder/clip.mp4?signature=secret"
        let handle = try await Passes.open(.url(address), access: access)
        #expect(handle.identity != nil)
        #expect(handle.byteCount == Int64(bytes.count))
        #expect(handle.formatHint == "mp4")
        let result = try await Passes.run(
            handle, [MediaDemand(video: VideoDemand(.keyframes(minimumInterval: 0)), audio: .speech)])
        #expect(result.video[0].count == 4)
        #expect(result.report.warnings.isEmpty)
        #expect(server.requestCount >= 1)
    }

    @Test func privateAddressesAreRefused() async throws {
        let server = try LoopbackServer(body: [1], entityTag: nil)
        defer { server.stop() }
        do {
            _ = try await Passes.open(.url("http://127.0.0.1:\(server.port)/a.mp4?token=secret"))
            Issue.record("the address was opened")
        } catch let error as PluginError {
            #expect(error.code == .refused)
            #expect(!error.fullDescription.contains("secret"))
        }
        #expect(server.requestCount == 0)
    }
}
