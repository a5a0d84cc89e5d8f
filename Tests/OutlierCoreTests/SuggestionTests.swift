import OutlierCore
import Testing

@Suite struct SuggestionTests {
    @Test func slipsAreFound() {
        let names = ["isolation-forest", "lof", "knn", "hbos"]
        #expect(Suggestion.nearest(to: "isolation-forrest", among: names) == "isolation-forest")
        #expect(Suggestion.nearest(to: "forest", among: names) == "isolation-forest")
        #expect(Suggestion.nearest(to: "konn", among: names) == "knn")
        #expect(Suggestion.nearest(to: "something-else", among: names) == nil)
    }

    /// Words of other libraries, too far from ours to be slips.
    @Test(arguments: [
        ("id", "identifier"), ("target", "label"), ("sep", "delimiter"), ("n_estimators", "trees"), ("k", "neighbors"),
        ("random_state", "seed"), ("nJobs", "threads"), ("path", "source"),
    ])
    func otherWordsAreKnown(word: String, ours: String) {
        let names = ["source", "label", "identifier", "delimiter", "trees", "neighbors", "seed", "threads"]
        #expect(Suggestion.nearest(to: word, among: names) == ours)
        #expect(Suggestion.nearest(to: word, among: ["shrinking", "offset"]) == nil)
    }

    @Test(arguments: [("", "", 0), ("abc", "", 3), ("abc", "acb", 1), ("kitten", "sitting", 3)])
    func editDistance(first: String, second: String, distance: Int) {
        #expect(Suggestion.editDistance(first, second) == distance)
    }
}
