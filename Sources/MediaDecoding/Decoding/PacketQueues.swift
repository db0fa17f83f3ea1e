/// Bounded queues between the demuxer and the decoders, one lane per stream.
///
/// A full lane holds the demuxer back, unless another lane is empty: then the file is interleaved badly (or one consumer
/// is slow) and the full lane grows, up to `ceilingBytes` over all lanes, so that the other decoder does not starve.
/// Beyond the ceiling the demuxer waits. Rule for consumers: each feed must be drained independently of the others; a
/// stage that waits for samples while its own pictures pile up beyond the ceiling would wait for ever.
/// A sparse lane (text) is empty most of the time, which says nothing about the file.
final class PacketQueues: Sendable {
    /// What a lane holds before the demuxer waits: a second or two of high bit rate video.
    static let softBytes = 4 << 20
    static let softCount = 256
    /// Most bytes in all lanes.
    static let ceilingBytes = 24 << 20

    private struct Lane {
        var packets: [Packet] = []
        var head = 0
        var bytes = 0
        /// The decoder takes no more.
        var isClosed = false
        var taken = 0
        var isSparse = false

        var count: Int { packets.count - head }

        mutating func pop() -> Packet? {
            guard head < packets.count else { return nil }
            let packet = packets[head]
            head += 1
            bytes -= packet.byteCount
            taken += 1
            if head == packets.count || head > 256 {
                packets.removeFirst(head)
                head = 0
            }
            return packet
        }
    }

    private struct State {
        var lanes: [Lane]
        var isFinished = false
        var isCancelled = false

        func isFull(lane: Int) -> Bool {
            guard lanes[lane].bytes >= PacketQueues.softBytes || lanes[lane].count >= PacketQueues.softCount else {
                return false
            }
            let someoneStarves = lanes.indices.contains {
                $0 != lane && !lanes[$0].isSparse && !lanes[$0].isClosed && lanes[$0].count == 0
            }
            return !someoneStarves || lanes.reduce(0) { $0 + $1.bytes } >= PacketQueues.ceilingBytes
        }
    }

    private enum Taken {
        case packet(Packet, order: Int)
        case end
    }

    private let monitor: Monitor<State>

    init(lanes: Int, sparse: Set<Int> = []) {
        monitor = Monitor(State(lanes: (0..<lanes).map { Lane(isSparse: sparse.contains($0)) }))
    }

    /// Adds a packet, waiting for room. False when the lane's decoder takes no more.
    func push(_ packet: Packet, lane: Int) -> Bool {
        monitor.wait { state in
            if state.isCancelled || state.lanes[lane].isClosed { return false }
            guard !state.isFull(lane: lane) else { return nil }
            state.lanes[lane].packets.append(packet)
            state.lanes[lane].bytes += packet.byteCount
            return true
        }
    }

    /// Whether a push would wait.
    func isFull(lane: Int) -> Bool { monitor.read { $0.isFull(lane: lane) } }

    /// The next packet with its place in the lane, waiting for one; nil at the end.
    func pop(lane: Int) -> (packet: Packet, order: Int)? {
        let taken: Taken = monitor.wait { state in
            if state.isCancelled || state.lanes[lane].isClosed { return .end }
            let order = state.lanes[lane].taken
            if let packet = state.lanes[lane].pop() { return .packet(packet, order: order) }
            return state.isFinished ? .end : nil
        }
        if case .packet(let packet, let order) = taken { return (packet, order) }
        return nil
    }

    /// Says that a lane's decoder takes no more packets.
    func close(lane: Int) {
        monitor.change { state in
            state.lanes[lane].isClosed = true
            state.lanes[lane].packets.removeAll()
            state.lanes[lane].head = 0
            state.lanes[lane].bytes = 0
        }
    }

    func isClosed(lane: Int) -> Bool { monitor.read { $0.lanes[lane].isClosed } }

    var isEveryLaneClosed: Bool { monitor.read { state in state.lanes.allSatisfy(\.isClosed) } }

    /// Says that no packets will follow.
    func finish() { monitor.change { $0.isFinished = true } }

    /// Ends everything at once.
    func cancel() { monitor.change { $0.isCancelled = true } }
}
