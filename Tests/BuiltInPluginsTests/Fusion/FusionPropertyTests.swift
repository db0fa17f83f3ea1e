import Foundation
import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct FusionPropertyTests {
    private func withDocuments(
        _ settings: Fusion.Settings = .init(), seeds: Int = 60,
        _ body: (FusionInputs, Fusion, SeededGenerator) throws -> Void
    ) rethrows {
        try SeededGenerator.withSeeds(seeds) { generator in
            let inputs = MadeResults.random(&generator, count: 12, duration: 30_000)
            try body(inputs, FusionBuilder.fuse(inputs, durationMs: 30_000, settings: settings), generator)
        }
    }

    @Test func eventsAreSortedAndIdentifiersUnique() {
        withDocuments { _, document, generator in
            for (left, right) in zip(document.events, document.events.dropFirst()) {
                #expect((left.startMs, left.endMs) <= (right.startMs, right.endMs), "\(generator)")
            }
            #expect(document.events.allSatisfy { $0.endMs >= $0.startMs }, "\(generator)")
            let ids = document.events.map(\.id) + document.entities.map(\.id) + document.relationships.map(\.id)
            #expect(Set(ids).count == ids.count, "\(generator)")
            for (left, right) in zip(document.relationships, document.relationships.dropFirst()) {
                #expect((left.startMs, left.endMs) <= (right.startMs, right.endMs), "\(generator)")
            }
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        withDocuments { _, document, generator in
            let events = Dictionary(uniqueKeysWithValues: document.events.map { ($0.id, $0) })
            let entities = Set(document.entities.map(\.id))
            #expect(document.events.allSatisfy { entities.isSuperset(of: $0.entityIds) }, "\(generator)")
            for entity in document.entities {
                for appearance in entity.appearances {
                    let event = events[appearance.eventId]
                    #expect(event?.entityIds.contains(entity.id) == true, "\(generator)")
                    #expect(event?.startMs == appearance.startMs && event?.endMs == appearance.endMs, "\(generator)")
                }
                #expect(!entity.appearances.isEmpty && entity.totalMs <= entity.lastMs - entity.firstMs, "\(generator)")
            }
            for relationship in document.relationships {
                let isKnown = { (id: String) in
                    relationship.type == .speakerOnScreen ? entities.contains(id) : events[id] != nil
                }
                #expect(isKnown(relationship.from) && isKnown(relationship.to), "\(generator)")
            }
            for scene in document.scenes {
                let members = scene.who + scene.what + scene.places + scene.sounds
                #expect(entities.isSuperset(of: members.compactMap(\.entityId)), "\(generator)")
                #expect(members.allSatisfy { $0.timeMs <= scene.endMs - scene.startMs }, "\(generator)")
                #expect(scene.wordEventIds.allSatisfy { events[$0] != nil }, "\(generator)")
                #expect(events[scene.eventId]?.startMs == scene.startMs, "\(generator)")
            }
        }
    }

    @Test func relationshipsHoldInTime() {
        withDocuments { _, document, generator in
            let tolerance = document.settings.toleranceMs
            let events = Dictionary(uniqueKeysWithValues: document.events.map { ($0.id, $0) })
            for relationship in document.relationships {
                guard let a = events[relationship.from], let b = events[relationship.to] else { continue }
                let shared = min(a.endMs, b.endMs) - max(a.startMs, b.startMs)
                let isInstant = a.startMs == a.endMs || b.startMs == b.endMs
                switch relationship.type {
                case .simultaneous, .describesVisual:
                    #expect(shared > 0 || (isInstant && -shared <= tolerance), "\(relationship) \(generator)")
                case .sequential:
                    #expect(!isInstant && (0...tolerance).contains(b.startMs - a.endMs), "\(relationship) \(generator)")
                case .sameTextSpokenAndShown:
                    #expect(-shared <= tolerance, "\(relationship) \(generator)")
                case .speakerOnScreen: break
                }
                #expect(relationship.gapMs == max(0, -shared), "\(relationship) \(generator)")
                #expect(relationship.endMs - relationship.startMs == abs(shared), "\(relationship) \(generator)")
            }
        }
    }

    /// Made and left out together are all pairs that there are, found the slow way; and no event is over the limit.
    @Test func nothingIsLostBySweeping() {
        for limit in [1, 3, 1000] {
            withDocuments(.init(relationshipsPerEvent: limit)) { inputs, document, generator in
                let timeline = TimelineBuilder.events(of: inputs)
                var expected = 0
                for (index, a) in timeline.enumerated() {
                    for b in timeline[(index + 1)...] {
                        guard let left = TemporalRelationships.Role(a), let right = TemporalRelationships.Role(b),
                            left.meets(right)
                        else { continue }
                        let shared = min(a.end, b.end) - max(a.start, b.start)
                        if shared > 0 || ((a.isInstant || b.isInstant) && -shared <= 500) { expected += 1 }
                    }
                }
                let count = document.relationshipCounts.first { $0.type == .simultaneous }
                #expect((count?.made ?? 0) + (count?.omitted ?? 0) == expected, "limit \(limit), \(generator)")
                if limit == 1000 { #expect(count?.omitted == 0, "\(generator)") }
                for type in Fusion.RelationshipType.allCases where type != .speakerOnScreen {
                    var degrees: [String: Int] = [:]
                    for relationship in document.relationships where relationship.type == type {
                        degrees[relationship.from, default: 0] += 1
                        degrees[relationship.to, default: 0] += 1
                    }
                    #expect(degrees.values.allSatisfy { $0 <= limit }, "\(type), \(generator)")
                }
            }
        }
    }

    @Test func aSwitchTakesItsOwnPartAway() {
        withDocuments { inputs, whole, generator in
            func fuse(_ settings: Fusion.Settings) -> Fusion {
                var document = FusionBuilder.fuse(inputs, durationMs: 30_000, settings: settings)
                document.settings = whole.settings
                return document
            }
            var expected = whole
            expected.relationships = []
            expected.relationshipCounts = []
            expected.quality.agreement = nil
            #expect(fuse(.init(buildRelationships: false)) == expected, "\(generator)")

            expected = whole
            expected.entities = []
            expected.relationships.removeAll { $0.type == .speakerOnScreen }
            expected.relationshipCounts.removeAll { $0.type == .speakerOnScreen }
            for index in expected.events.indices { expected.events[index].entityIds = [] }
            func strip(_ members: inout [Fusion.SceneMember]) {
                for index in members.indices { members[index].entityId = nil }
            }
            for index in expected.scenes.indices {
                strip(&expected.scenes[index].who)
                strip(&expected.scenes[index].what)
                strip(&expected.scenes[index].places)
            }
            #expect(fuse(.init(extractEntities: false)) == expected, "\(generator)")

            let apart = fuse(.init(alignModalities: false))
            expected = whole
            expected.scenes = []
            expected.quality.describedScenes = nil
            expected.events = apart.events
            #expect(apart == expected, "\(generator)")
            #expect(Set(apart.events) == Set(whole.events), "\(generator)")
        }
    }

    @Test func documentsFollowTheSchemaAndSurviveIt() throws {
        let schema = try Repository.schema("fusion")
        // Few: the check of a schema is slow.
        try withDocuments(seeds: 6) { inputs, document, generator in
            let bytes = try ResultEncoding.pretty(document)
            #expect(
                try ResultEncoding.pretty(FusionBuilder.fuse(inputs, durationMs: 30_000, settings: .init())) == bytes)
            let problems = schema.problems(in: try JSONValue(parsing: Data(bytes)))
            #expect(problems == [], "\(generator)")
            #expect(try ResultEncoding.decoder.decode(Fusion.self, from: Data(bytes)) == document, "\(generator)")
        }
    }

    /// The fast writer and the encoder of all other results agree on every byte, whatever the strings and numbers.
    @Test func theTextIsThatOfTheEncoder() throws {
        try SeededGenerator.withSeeds(60) { generator in
            let inputs = MadeResults.random(&generator, count: 8, duration: 30_000)
            var document = FusionBuilder.fuse(inputs, durationMs: 30_000, settings: .init())
            for index in document.events.indices {
                document.events[index].text = generator.text()
                document.events[index].confidence =
                    Double.random(in: 0...1, using: &generator)
                    * ([1, 1e-3, 1e-7, 0].randomElement(using: &generator) ?? 1)
            }
            for index in document.entities.indices { document.entities[index].label = generator.text() }
            document.modalities[0].version = generator.text()
            document.modalities[0].counts = [generator.text(): 1, "a_b": 2, "aB": -3]
            let expected = try ResultEncoding.pretty(document)
            #expect(document.prettyText() == expected, "\(generator)")
        }
    }
}
