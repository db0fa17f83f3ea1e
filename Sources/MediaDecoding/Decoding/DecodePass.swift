import CFFmpeg
import MediaValues
import PluginKit

/// One pass over a file: a demuxing thread, a thread for pictures (or one per core for keyframes), one for sound,
/// one for text.
///
/// Life cycle: prepared (feeds exist) → run once → every feed finished. Cancelling the task that runs it, or everybody
/// leaving, ends it early.
final class DecodePass: Sendable {
    private let setup: PassSetup
    private let name: String
    private let videoStream: Int?
    private let audioStream: Int?
    private let textStreams: [Int]
    private let videoDemands: [VideoDemand]
    private let audioDemands: [AudioDemand]
    private let videoChannels: [BoundedChannel<VideoFrame>]
    private let audioChannels: [BoundedChannel<AudioBuffer>]
    private let textChannels: [BoundedChannel<SubtitleCue>]
    private let feeds: [MediaFeed]

    init(
        input: MediaInput, description: MediaDescription, demands: [MediaDemand], options: DecodingOptions, name: String
    ) {
        let ledger = PassLedger()
        self.name = name
        videoDemands = demands.compactMap(\.video)
        audioDemands = demands.compactMap(\.audio)
        videoStream = videoDemands.isEmpty ? nil : description.primaryVideo?.index
        audioStream = audioDemands.isEmpty ? nil : description.primaryAudio?.index
        let textTracks =
            demands.contains(where: \.subtitles) ? description.streams.filter { $0.kind == "subtitle" } : []
        textStreams = textTracks.filter { SubtitleCodecs.isText($0.codec ?? "") }.map(\.index)
        var videoChannels: [BoundedChannel<VideoFrame>] = []
        var audioChannels: [BoundedChannel<AudioBuffer>] = []
        var textChannels: [BoundedChannel<SubtitleCue>] = []
        var feeds: [MediaFeed] = []
        for demand in demands {
            var feed = MediaFeed()
            if let video = demand.video, videoStream != nil {
                let channel = BoundedChannel<VideoFrame>(capacity: VideoOutput.capacity(video.form))
                videoChannels.append(channel)
                feed.video = channel
            }
            if demand.audio != nil, audioStream != nil {
                let channel = BoundedChannel<AudioBuffer>(capacity: AudioOutput.capacity)
                audioChannels.append(channel)
                feed.audio = channel
            }
            if demand.subtitles, !textTracks.isEmpty {
                let channel = BoundedChannel<SubtitleCue>(capacity: SubtitleDecodeWork.capacity)
                textChannels.append(channel)
                feed.subtitles = channel
            }
            let parts: [PassLedger.Part] =
                [.container] + (feed.video == nil ? [] : [.video]) + (feed.audio == nil ? [] : [.audio])
                + (feed.subtitles == nil ? [] : [.subtitles])
            feed.warnings = { ledger.warnings(in: parts) }
            feeds.append(feed)
        }
        self.videoChannels = videoChannels
        self.audioChannels = audioChannels
        self.textChannels = textChannels
        self.feeds = feeds
        setup = PassSetup(
            input: input, queues: PacketQueues(lanes: 3, sparse: [Self.textLane]), ledger: ledger,
            options: options)
    }

    var decodingPass: DecodingPass { DecodingPass(feeds: feeds, run: { await self.run() }) }

    private static let videoLane = 0
    private static let audioLane = 1
    private static let textLane = 2

    private func run() async -> DecodingReport {
        let jobs = makeJobs()
        let pool = BlockingPool(name: "decode", threads: max(1, jobs.count))
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                for job in jobs {
                    group.addTask { try? await pool.run(job) }
                }
            }
        } onCancel: {
            cancel()
        }
        closeFeeds(Task.isCancelled ? CancellationError() : nil)
        return setup.ledger.report
    }

    private func cancel() {
        setup.interrupt.set()
        setup.queues.cancel()
        closeFeeds(CancellationError())
    }

    private func closeFeeds(_ error: (any Error)?) {
        for channel in videoChannels { channel.finish(throwing: error) }
        for channel in audioChannels { channel.finish(throwing: error) }
        for channel in textChannels { channel.finish(throwing: error) }
    }

    private func makeJobs() -> [@Sendable () throws -> Void] {
        var routes: [Demuxer.Route] = []
        var jobs: [@Sendable () throws -> Void] = []
        if let videoStream {
            let isKeyframesOnly = videoDemands.allSatisfy { $0.selection.isKeyframes }
            let selectors = videoDemands.map { FrameSelector($0.selection) }
            routes.append(
                Demuxer.Route(
                    stream: videoStream, lane: Self.videoLane, keyframes: isKeyframesOnly ? selectors : nil))
            jobs += isKeyframesOnly ? keyframeJobs(videoStream) : [{ [self] in decodeVideo(videoStream) }]
        } else {
            setup.queues.close(lane: Self.videoLane)
        }
        if let audioStream {
            routes.append(Demuxer.Route(stream: audioStream, lane: Self.audioLane, keyframes: nil))
            jobs.append { [self] in decodeAudio(audioStream) }
        } else {
            setup.queues.close(lane: Self.audioLane)
        }
        if textStreams.isEmpty {
            setup.queues.close(lane: Self.textLane)
        } else {
            routes += textStreams.map { Demuxer.Route(stream: $0, lane: Self.textLane, keyframes: nil, isSparse: true) }
            jobs.append { [self] in decodeText() }
        }
        guard !routes.isEmpty else { return [] }
        let allRoutes = routes
        jobs.append { [self] in
            do {
                try Demuxer(routes: allRoutes, setup: setup).run()
            } catch {
                setup.ledger.warn("reading \(name) stopped: \(error)")
            }
        }
        return jobs
    }

    private func outputs() -> [VideoOutput] {
        zip(videoDemands, videoChannels).map { VideoOutput($0, channel: $1) }
    }

    private func decodeVideo(_ index: Int) {
        guard let stream = setup.input.stream(index) else { return }
        let work = VideoDecodeWork(stream: stream, lane: Self.videoLane, outputs: outputs(), setup: setup)
        finishVideo { try work.run() }
    }

    private func keyframeJobs(_ index: Int) -> [@Sendable () throws -> Void] {
        guard let stream = setup.input.stream(index) else { return [] }
        let work = KeyframeDecodeWork(stream: stream, lane: Self.videoLane, outputs: outputs(), setup: setup)
        let remaining = Monitor(setup.options.threads)
        return (0..<setup.options.threads).map { _ in
            { [self] in
                var failure: (any Error)?
                do { try work.run() } catch { failure = error }
                let isLast = remaining.change { count in
                    count -= 1
                    return count == 0
                }
                if let failure {
                    setup.queues.close(lane: Self.videoLane)
                    finishVideo { throw failure }
                } else if isLast {
                    finishVideo { work.frameCount }
                }
            }
        }
    }

    private func finishVideo(_ work: () throws -> Int) {
        var failure: (any Error)?
        do {
            if try work() == 0, !videoChannels.allSatisfy(\.isAbandoned) { failure = nothing("picture") }
        } catch {
            failure = error
        }
        if let failure { setup.ledger.warn("no pictures: \(failure)", part: .video) }
        for channel in videoChannels { channel.finish(throwing: setup.interrupt.isSet ? CancellationError() : failure) }
    }

    private func decodeAudio(_ index: Int) {
        guard let stream = setup.input.stream(index) else { return }
        let outputs = zip(audioDemands, audioChannels).map { AudioOutput($0, channel: $1) }
        let work = AudioDecodeWork(stream: stream, lane: Self.audioLane, outputs: outputs, setup: setup)
        var failure: (any Error)?
        do {
            if try work.run() == 0, !audioChannels.allSatisfy(\.isAbandoned) { failure = nothing("sound") }
        } catch {
            failure = error
        }
        if let failure { setup.ledger.warn("no sound: \(failure)", part: .audio) }
        for channel in audioChannels { channel.finish(throwing: setup.interrupt.isSet ? CancellationError() : failure) }
    }

    private func decodeText() {
        SubtitleDecodeWork(streams: textStreams, lane: Self.textLane, channels: textChannels, setup: setup).run()
        for channel in textChannels { channel.finish(throwing: setup.interrupt.isSet ? CancellationError() : nil) }
    }

    private func nothing(_ what: String) -> PluginError {
        let reason = setup.input.readFailure.map { ": \($0.message)" } ?? "; the file is damaged or incomplete"
        return PluginError(.corruptMedia, "no \(what) of \(name) could be decoded\(reason)")
    }
}

extension VideoDemand.Selection {
    var isKeyframes: Bool {
        if case .keyframes = self { true } else { false }
    }
}
