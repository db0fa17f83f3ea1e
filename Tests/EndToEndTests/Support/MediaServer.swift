import Foundation
import VideoExtractTesting

/// A web server on the loopback interface with good and bad behaviour, for one test; ended with `stop`.
///
/// `/files/NAME` serves a folder with ranges, `/slow/NAME` sends a first piece and then nothing, `/loop` redirects to
/// itself, `/to/NAME` redirects to a file, everything else is 404.
struct MediaServer: Sendable {
    private static let script = """
        import http.server, os, socketserver, sys, time

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *arguments):
                pass

            def redirect(self, target):
                self.send_response(302)
                self.send_header("Location", target)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                with open(log, "a") as file:
                    file.write(f"{self.path} {self.headers.get('Range', '-')}\\n")
                kind, _, name = self.path[1:].partition("/")
                path = os.path.join(folder, os.path.basename(name))
                if kind == "loop":
                    return self.redirect("/loop")
                if kind == "to":
                    return self.redirect("/files/" + name)
                if kind not in ("files", "slow") or not os.path.isfile(path):
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    return self.end_headers()
                with open(path, "rb") as file:
                    data = file.read()
                first, last, status = 0, len(data) - 1, 200
                if self.headers.get("Range", "").startswith("bytes="):
                    start, _, end = self.headers["Range"][6:].partition("-")
                    status, first = 206, int(start)
                    last = min(last, int(end)) if end else last
                self.send_response(status)
                if status == 206:
                    self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
                self.send_header("Accept-Ranges", "bytes")
                self.send_header("Content-Length", str(last - first + 1))
                self.end_headers()
                try:
                    if kind == "slow":
                        self.wfile.write(data[first:first + 1])
                        self.wfile.flush()
                        time.sleep(600)
                    self.wfile.write(data[first:last + 1])
                except OSError:
                    pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True

        folder, port_file, log = sys.argv[1:]
        server = Server(("127.0.0.1", 0), Handler)
        with open(port_file + ".new", "w") as file:
            file.write(str(server.server_port))
        os.rename(port_file + ".new", port_file)
        server.serve_forever()
        """

    let port: Int
    private let folder: TemporaryDirectory
    private let running: BinaryRunner.Running

    /// Starts a server for the files in `directory`.
    init(serving directory: String) async throws {
        let folder = try TemporaryDirectory()
        let script = try folder.write(Self.script, to: "server.py")
        running = try BinaryRunner.start(
            "python3", [script, directory, folder.file("port"), folder.file("log")])
        self.folder = folder
        do {
            try await waitUntil { folder.text("port") != nil }
        } catch {
            running.signal(SIGKILL)
            throw error
        }
        port = folder.text("port").flatMap { Int($0) } ?? 0
    }

    func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

    /// Path and range of every request so far.
    var requests: [String] { (folder.text("log") ?? "").split(separator: "\n").map(String.init) }

    /// Ends the server.
    func stop() async {
        running.signal(SIGKILL)
        _ = await running.result()
    }

    /// Runs `body` with a server.
    static func with<Value>(
        _ directory: String, _ body: (MediaServer) async throws -> Value
    ) async throws -> Value {
        let server = try await MediaServer(serving: directory)
        do {
            let value = try await body(server)
            await server.stop()
            return value
        } catch {
            await server.stop()
            throw error
        }
    }
}
