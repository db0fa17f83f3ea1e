import Foundation
import MediaValues
import PluginKit
import Synchronization
import Testing
import VideoExtractTesting

private struct Refused: Error, Equatable {}

/// Runs `body` on a thread of its own and opens the gate at its end.
private func onThread(_ body: @escaping @Sendable () -> Void) -> Gate {
    let gate = Gate()
    Thread {
        body()
        gate.open()
    }.start()
    return gate
}

private final class Witness: Sendable {}

private struct Held: Sendable {
    let witness: Witness
}

struct BoundedChannelTests {
    @Test func keepsTheOrderAndEnds() async throws {
        let channel = BoundedChannel<Int>(capacity: 3)
        let producer = onThread {
            for number in 0..<500 { channel.send(number) }
            channel.finish()
        }
        let received = try await withDeadline {
            var all: [Int] = []
            for try await number in channel { all.append(number) }
            await producer.wait()
            return all
        }
        #expect(received == Array(0..<500))
    }

    @Test func aFullChannelHoldsItsProducerBack() async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        let sent = Guarded(0)
        let producer = onThread {
            while channel.send(sent.withLock { $0 }) { sent.withLock { $0 += 1 } }
        }
        try await withDeadline {
            var received = 0
            for try await _ in channel {
                received += 1
                for _ in 0..<50 { await Task.yield() }
                // One may be on its way into the space that was just made.
                #expect(sent.withLock { $0 } <= received + 4 + 1)
                if received == 200 { break }
            }
            await producer.wait()
        }
        #expect(channel.isAbandoned)
    }

    @Test func whatIsHeldIsDeliveredBeforeTheError() async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        #expect(channel.send(1))
        #expect(channel.send(2))
        channel.finish(throwing: Refused())
        #expect(!channel.send(3), "a finished channel takes nothing")
        #expect(try await channel.next() == 1)
        #expect(try await channel.next() == 2)
        await #expect(throws: Refused.self) { try await channel.next() }
        #expect(try await channel.next() == nil, "the error is thrown once")
    }

    @Test func onlyTheFirstFinishCounts() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        channel.finish()
        channel.finish(throwing: Refused())
        #expect(try await channel.next() == nil)
    }

    @Test func finishReleasesAWaitingConsumerAndABlockedProducer() async throws {
        let empty = BoundedChannel<Int>(capacity: 1)
        let end = try await withDeadline {
            async let next = empty.next()
            await Task.yield()
            empty.finish()
            return try await next
        }
        #expect(end == nil)

        let full = BoundedChannel<Int>(capacity: 1)
        full.send(0)
        let outcome = Recorder<Bool>()
        let producer = onThread { outcome.append(full.send(1)) }
        full.finish()
        try await withDeadline { await producer.wait() }
        #expect(outcome.all == [false])
    }

    @Test func abandoningDropsWhatIsHeldAndReleasesEverybody() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        channel.send(0)
        let producer = onThread { while channel.send(1) {} }
        channel.abandon()
        try await withDeadline { await producer.wait() }
        #expect(!channel.send(2))
        await #expect(throws: CancellationError.self) { try await channel.next() }
    }

    @Test func cancellingTheConsumerReleasesABlockedProducer() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        let producer = onThread { while channel.send(7) {} }
        let hasBegun = Gate()
        let consumer = Task {
            for try await _ in channel {
                hasBegun.open()
                try await Task.sleep(for: .seconds(3600))
            }
        }
        try await withDeadline {
            await hasBegun.wait()
            consumer.cancel()
            await producer.wait()
        }
        #expect(channel.isAbandoned)
        await #expect(throws: CancellationError.self) { try await consumer.value }
    }

    @Test func cancellingAWaitingConsumerEndsItsWait() async throws {
        let channel = BoundedChannel<Int>(capacity: 2)
        let consumer = Task { try await channel.next() }
        consumer.cancel()
        let result = try await withDeadline { await consumer.result }
        #expect(throws: CancellationError.self) { try result.get() }
    }

    @Test func tasksCanProduceToo() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let received = try await withDeadline {
            async let pushing: Void = {
                for number in 0..<200 { await channel.push(number) }
                channel.finish()
            }()
            var all: [Int] = []
            for try await number in channel { all.append(number) }
            await pushing
            return all
        }
        #expect(received == Array(0..<200))
        #expect(await !channel.push(1))
    }

    @Test func takenElementsAreNotKept() async throws {
        let channel = BoundedChannel<Held>(capacity: 8)
        weak var seen: Witness?
        try await takeFirst(of: channel) { seen = $0 }
        #expect(seen == nil, "the first element is still referenced while later ones wait")
        #expect(try await channel.next() != nil)
    }

    private func takeFirst(of channel: BoundedChannel<Held>, _ remember: (Witness) -> Void) async throws {
        let witness = Witness()
        remember(witness)
        channel.send(Held(witness: witness))
        for _ in 0..<4 { channel.send(Held(witness: Witness())) }
        _ = try await channel.next()
    }

    @Test func anyMixOfProducersLosesAndRepeatsNothing() async throws {
        for seed in SeededGenerator.seeds(30) {
            var generator = SeededGenerator(seed: seed)
            let threads = Int.random(in: 1...4, using: &generator)
            let tasks = Int.random(in: 0...2, using: &generator)
            let count = Int.random(in: 0...120, using: &generator)
            let channel = BoundedChannel<Int>(capacity: Int.random(in: 1...9, using: &generator))
            let gates = (0..<threads).map { producer in
                onThread { for number in 0..<count { channel.send(producer * 1000 + number) } }
            }
            let pushers = (threads..<(threads + tasks)).map { producer in
                Task { for number in 0..<count { await channel.push(producer * 1000 + number) } }
            }
            let received = try await withDeadline {
                async let finishing: Void = {
                    for gate in gates { await gate.wait() }
                    for pusher in pushers { await pusher.value }
                    channel.finish()
                }()
                var all: [Int] = []
                for try await number in channel { all.append(number) }
                await finishing
                return all
            }
            for producer in 0..<(threads + tasks) {
                let own = received.filter { $0 / 1000 == producer }
                #expect(own == (0..<count).map { producer * 1000 + $0 }, "\(SeededGenerator(seed: seed))")
            }
            #expect(received.count == (threads + tasks) * count, "\(SeededGenerator(seed: seed))")
        }
    }
}

struct OrderedMapTests {
    @Test(arguments: [1, 2, 7]) func resultsComeInTheOrderOfTheElements(width: Int) async throws {
        let channel = BoundedChannel<Int>(capacity: 4)
        let producer = onThread {
            for number in 0..<100 { channel.send(number) }
            channel.finish()
        }
        let running = Guarded((now: 0, most: 0))
        let results = try await withDeadline {
            var results: [Int] = []
            try await channel.mapInOrder(width: width) { number in
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                for _ in 0..<(number * 7 % 5) { await Task.yield() }
                running.withLock { $0.now -= 1 }
                return number * 2
            } consume: { result in
                results.append(result)
                return true
            }
            await producer.wait()
            return results
        }
        #expect(results == (0..<100).map { $0 * 2 })
        #expect(running.withLock { $0.most } <= width)
    }

    @Test func stoppingEarlyReleasesTheProducer() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let producer = onThread { while channel.send(1) {} }
        try await withDeadline {
            var taken = 0
            try await channel.mapInOrder(width: 2, transform: { $0 }) { _ in
                taken += 1
                return taken < 3
            }
            await producer.wait()
        }
        #expect(channel.isAbandoned)
    }

    @Test func anErrorOfATransformationEndsIt() async throws {
        let channel = BoundedChannel<Int>(capacity: 1)
        let producer = onThread { while channel.send(1) {} }
        await #expect(throws: Refused.self) {
            try await withDeadline {
                try await channel.mapInOrder(width: 2, transform: { _ in throw Refused() }) { (_: Int) in true }
            }
        }
        try await withDeadline { await producer.wait() }
    }
}
