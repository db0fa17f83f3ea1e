import Foundation
import PluginKit

/// Turns text into the token numbers of BERT's uncased models (WordPiece, greedy longest match; Wu et al. 2016).
///
/// Text such as `[SEP]` is text: nothing that is said can become a control token.
struct WordPieceTokenizer: Sendable {
    /// What one text became.
    struct Encoding: Sendable, Hashable {
        /// Token numbers, from `[CLS]` to `[SEP]`.
        var ids: [Int64]
        /// Tokens of the text that did not fit.
        var dropped: Int
    }

    /// Most tokens that sentence-transformers gives to all-MiniLM-L6-v2 (`sentence_bert_config.json`).
    static let maximumTokens = 256
    /// Longer words are not looked up, as in BERT.
    private static let longestWord = 100

    // The vocabulary as a trie: edges by node and scalar, and the token that ends at a node.
    private var edges: [UInt64: Int32] = [:]
    private var tokens: [Int64]
    private let unknown: Int64
    private let start: Int64
    private let end: Int64
    private static let wordRoot: Int32 = 0
    private static let continuationRoot: Int32 = 1

    /// Reads the lines of a `vocab.txt`: the number of a token is that of its line, from 0.
    ///
    /// - Throws: `PluginError` with `invalidModel` for a file without the tokens `[UNK]`, `[CLS]` and `[SEP]`.
    init(vocabularyFile path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw PluginError(.invalidModel, "the vocabulary \(path) cannot be read; install the model again")
        }
        let lines = [UInt8](data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let vocabulary = lines.enumerated().map { index, line in
            (String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self), index)
        }
        try self.init(vocabulary: vocabulary, name: path)
    }

    /// - Throws: `PluginError` with `invalidModel`; `name` appears in it.
    init(vocabulary: some Sequence<(String, Int)>, name: String) throws {
        var special: [String: Int64] = [:]
        tokens = [-1, -1]
        var trie: [UInt64: Int32] = [:]
        trie.reserveCapacity(100_000)
        for (token, id) in vocabulary where !token.isEmpty {
            if token.first == "[" { special[token] = Int64(id) }
            var scalars = token.unicodeScalars[...]
            let isContinuation = scalars.starts(with: "##".unicodeScalars) && scalars.count > 2
            if isContinuation { scalars = scalars.dropFirst(2) }
            var node = isContinuation ? Self.continuationRoot : Self.wordRoot
            for scalar in scalars {
                let key = Self.edge(node, scalar)
                if let next = trie[key] {
                    node = next
                } else {
                    node = Int32(tokens.count)
                    tokens.append(-1)
                    trie[key] = node
                }
            }
            tokens[Int(node)] = Int64(id)
        }
        guard let unknown = special["[UNK]"], let start = special["[CLS]"], let end = special["[SEP]"] else {
            throw PluginError(
                .invalidModel, "the vocabulary \(name) lacks [UNK], [CLS] or [SEP]; install the model again")
        }
        self.unknown = unknown
        self.start = start
        self.end = end
        edges = trie
    }

    /// The tokens of a text, cut to `limit` with the two that frame it.
    func encode(_ text: String, limit: Int = maximumTokens) -> Encoding {
        var ids = [start]
        for word in BERTNormalizer.words(text) { append(word, to: &ids) }
        let dropped = max(0, ids.count + 1 - limit)
        ids.removeLast(dropped)
        return Encoding(ids: ids + [end], dropped: dropped)
    }

    /// The pieces of a word, or `[UNK]` where any part of it is in no piece.
    private func append(_ word: [Unicode.Scalar], to ids: inout [Int64]) {
        guard word.count <= Self.longestWord else {
            ids.append(unknown)
            return
        }
        let before = ids.count
        var position = 0
        while position < word.count {
            var node = position == 0 ? Self.wordRoot : Self.continuationRoot
            var found: (id: Int64, end: Int)?
            var next = position
            while next < word.count, let child = edges[Self.edge(node, word[next])] {
                node = child
                next += 1
                if tokens[Int(node)] >= 0 { found = (tokens[Int(node)], next) }
            }
            guard let found else {
                ids.removeLast(ids.count - before)
                ids.append(unknown)
                return
            }
            ids.append(found.id)
            position = found.end
        }
    }

    private static func edge(_ node: Int32, _ scalar: Unicode.Scalar) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(scalar.value)
    }
}
