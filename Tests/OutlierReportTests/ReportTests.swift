import Foundation
import Outlier
import OutlierCore
import OutlierReport
import Testing

@Suite struct ReportTests {
    private static func report(
        rows: Int, truth: Bool, threshold: (any Threshold)? = QuantileThreshold(contamination: 0.05)
    ) throws -> Report {
        let planted = try PlantedAnomalies(seed: 3, category: true)
        let data = rows < 600 ? planted.training.rows(0..<rows) : planted.training
        let pipeline = Pipeline(
            preprocessors: [OneHotEncoder()], detector: IsolationForest(trees: 30), threshold: threshold)
        let fit = try pipeline.fitAndScore(data)
        let scores = fit.scores
        return try Report(
            model: fit.model, data: data, scores: scores, truth: truth ? Truth(scores.map { $0 > 0.55 }) : nil,
            source: "table.csv"
        )
    }

    /// The page as a tree; what is not well-formed but for the doctype is an error.
    private static func parse(_ html: String) throws -> XMLDocumentCheck {
        let body = html.replacingOccurrences(of: "<!DOCTYPE html>", with: "")
        return try XMLDocumentCheck(body)
    }

    @Test func holdsWhatItPromises() throws {
        var report = try Self.report(rows: 600, truth: true)
        report.measures = [.init(name: "f1", value: .number(0.5)), .init(name: "odd", value: nil, reason: "one class")]
        report.commands = ["outlier run 'a & b.yaml'"]
        let html = try report.html()
        for text in [
            "Anomalies in table.csv", "ROC curve", "Average precision", "Map of the table", "The most anomalous rows",
            "usually", "isolation-forest", "one class", "outlier run &#39;a &amp; b.yaml&#39;",
            "Decisions against the truth",
            "prefers-color-scheme:dark", "@media print", "Content-Security-Policy",
        ] {
            #expect(html.contains(text), "\(text)")
        }
        #expect(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"))
        let page = try Self.parse(html)
        #expect(page.count("svg") >= 4)
        #expect(page.count("title") == 1 + page.chartCount && page.count("desc") == page.chartCount)
        #expect(page.identifiers.count == Set(page.identifiers).count)
        #expect(html == (try report.html(execution: Execution(threads: 1))))
    }

    @Test func noTextInjectsMarkup() throws {
        let evil = [
            "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "]]></style></title>", "' onmouseover='x",
            "\u{202E}txt.exe", "עברית", "&lt;b&gt;", "a\u{0}b\u{1B}[31m\n", String(repeating: "long", count: 5000),
            "`${x}`",
        ]
        var random = RandomSource(seed: 1)
        let columns = evil.map { Column($0) } + [Column("words <i>", kind: .category(levels: evil))]
        let matrix = Matrix(rowCount: 80, columnCount: columns.count) { values in
            for index in values.indices {
                let isWord = index % columns.count == columns.count - 1
                values.initializeElement(
                    at: index, to: isWord ? Double(random.index(below: evil.count)) : random.normal())
            }
        }
        let data = try Dataset(matrix, columns: columns)
        let fit = try Pipeline(
            preprocessors: [OneHotEncoder()], detector: IsolationForest(trees: 10),
            threshold: QuantileThreshold(contamination: 0.1)
        ).fitAndScore(data)
        let scores = try Scores(fit.scores.values, exclusions: [0: evil[0], 1: evil[2]])
        var report = try Report(
            model: fit.model, data: data, scores: scores, truth: Truth(scores.map { $0 > 0.5 }),
            identifiers: (0..<80).map { evil[$0 % evil.count] }, source: evil[0])
        report.title = evil[1]
        report.measures = evil.map { .init(name: $0, value: nil, reason: $0) }
        report.notes = evil
        report.commands = evil
        report.versions = evil.map { (name: $0, version: $0) }
        let html = try report.html()
        let page = try Self.parse(html)
        #expect(page.count("script") == 0 && page.count("img") == 0 && page.count("style") == 1 && page.count("i") > 0)
        #expect(page.attributeNames.allSatisfy { !$0.hasPrefix("on") && $0 != "src" && $0 != "href" })
        #expect(!html.unicodeScalars.contains { $0.value == 0x202E || $0.value == 0 || $0.value == 0x1B })
        #expect(page.text.contains("<script>alert(1)</script>"))
        #expect(html.utf8.count < 400_000)
    }

    @Test func oddInput() throws {
        for rows in [1, 2, 5] {
            _ = try Self.parse(Self.report(rows: rows, truth: false).html())
        }
        // One class, no threshold, constant scores, rows without a score.
        var report = try Self.report(rows: 50, truth: false, threshold: nil)
        report.truth = Truth([Bool](repeating: false, count: 50))
        #expect(try !report.html().contains("ROC curve"))
        report.scores = try Scores([Double](repeating: 1, count: 50))
        _ = try Self.parse(report.html())
        var odd = (0..<50).map(Double.init)
        odd[10] = .infinity
        odd[11] = -1e308
        report.scores = try Scores(odd, exclusions: [0: "a value is missing", 1: "a value is missing", 2: "missing"])
        report.truth = Truth((0..<50).map { $0 > 40 })
        let html = try report.html()
        _ = try Self.parse(html)
        #expect(html.contains("a value is missing"))
        let all = Dictionary(uniqueKeysWithValues: (0..<50).map { ($0, "a value is missing") })
        report.scores = try Scores([Double](repeating: 0, count: 50), exclusions: all)
        _ = try Self.parse(report.html())
        #expect(throws: OutlierError.self) {
            try Report(model: report.model, data: report.data, scores: Scores([1, 2]))
        }
    }
}
