/// “Did you mean …?”
public enum Suggestion {
    /// The candidate that `word` was perhaps meant to be: what other libraries
    /// call it (`id` for `identifier`, `n_estimators` for `trees`), or near enough to be a slip of the keyboard.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        if let synonym = Synonyms.candidate(for: word, among: candidates) { return synonym }
        let lowered = word.lowercased()
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(lowered, candidate.lowercased())
            if distance < best?.distance ?? Int.max { best = (candidate, distance) }
        }
        guard let best else { return nil }
        if best.distance <= max(1, min(word.count, best.candidate.count) / 3) { return best.candidate }
        // Not a slip, but perhaps a part of the name: `forest` for `isolation-forest`.
        return candidates.first { word.count >= 3 && $0.lowercased().contains(lowered) }
    }

    /// A sentence that offers the nearest candidate, or `nil`.
    public static func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: word, among: candidates).map { "Did you mean “\($0)”?" }
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours that turn one word into the other
    /// (optimal string alignment).
    public static func editDistance(_ first: String, _ second: String) -> Int {
        let a = Array(first)
        let b = Array(second)
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforePrevious = [Int](repeating: 0, count: b.count + 1)
        var previous = Array(0...b.count)
        for i in 1...a.count {
            var current = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                let substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                current[j] = min(previous[j] + 1, current[j - 1] + 1, substitution)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    current[j] = min(current[j], beforePrevious[j - 2] + 1)
                }
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
