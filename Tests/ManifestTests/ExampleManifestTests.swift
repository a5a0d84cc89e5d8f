import Foundation
import OutlierCore
import PluginHost
import Testing

private func has(_ library: String) -> Bool { (try? SharedLibrary(systemName: library)) != nil }

/// The manifests of `Examples/Manifests`, against the same computed here; each where the system has the library.
@Suite struct ExampleManifestTests {
    private func registry(_ manifest: String) throws -> Registry {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Examples/Manifests")
        var registry = Registry()
        try registry.register(CorePlugin.self)
        try PluginLoader.load(folder.appendingPathComponent(manifest).path, into: &registry)
        return registry
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }

    private func correlation(_ first: [Double], _ second: [Double]) -> Double {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        func covariance(_ a: [Double], _ b: [Double]) -> Double {
            let (meanA, meanB) = (mean(a), mean(b))
            return mean(zip(a, b).map { ($0 - meanA) * ($1 - meanB) })
        }
        return covariance(first, second) / (covariance(first, first) * covariance(second, second)).squareRoot()
    }

    private func agree(_ first: [Double], _ second: [Double]) -> Bool {
        first.count == second.count && zip(first, second).allSatisfy { abs($0 - $1) < 1e-9 * max(1, abs($1)) }
    }

    @Test(.enabled(if: has("libgsl.so.27"))) func gslScores() throws {
        let registry = try registry("gsl.yaml")
        let data = try TestLibrary.table(rows: 301, columns: 7)
        let rows = (0..<301).map(data.matrix.row)
        func scores(_ name: String) throws -> [Double] {
            let model: any FittedDetector = try registry.detector(name).fit(data)
            return try model.scores(of: data).values
        }
        let deviations = rows.map { row in 1.482602218505602 * median(row.map { abs($0 - median(row)) }) }
        #expect(agree(try scores("gsl-mad"), deviations))
        let medians = (0..<7).map { median(data.matrix.column($0)) }
        #expect(agree(try scores("gsl-profile"), rows.map { -correlation($0, medians) }))
        #expect(agree(try scores("gsl-norm"), rows.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }))
        let constant = Dataset(try Matrix(rowCount: 2, columnCount: 3, values: [1, 2, 3, 4, 4, 4]))
        let undefined = error { _ = try registry.detector("gsl-profile").fitAndScore(constant) }
        #expect(undefined?.message.contains("“gsl”: “gsl_stats_correlation” gave no number") == true)
    }

    @Test(.enabled(if: has("libgsl.so.27"))) func gslMetrics() throws {
        let registry = try registry("gsl.yaml")
        let scores = [0.1, 0.9, 0.4, 0.35, 0.8, 0.05]
        let truth = [false, true, false, true, true, false]
        let evaluation = try Evaluation(scores: scores, truth: truth)
        let numbers = truth.map { $0 ? 1.0 : 0 }
        let pearson = try registry.metric("gsl-correlation").value(of: evaluation).number
        #expect(abs((pearson ?? 0) - correlation(scores, numbers)) < 1e-12)
        let spearman = try registry.metric("gsl-spearman").value(of: evaluation).number
        let ranks = [2.0, 6, 4, 3, 5, 1]
        #expect(abs((spearman ?? 0) - correlation(ranks, numbers.map { $0 == 1 ? 5 : 2 })) < 1e-12)
    }

    @Test(.enabled(if: has("libopenblas.so.0"))) func lapackTurnsTheTable() throws {
        let registry = try registry("openblas.yaml")
        let data = try TestLibrary.table(rows: 200, columns: 5)
        let fitted: any FittedPreprocessor = try registry.preprocessor("svd-rotation").fit(data)
        let turned = try fitted.transform(data).matrix
        // Lengths stay, and the columns are orthogonal, the first the longest: their lengths are the singular values.
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let lengths = (0..<200).map { product(turned.row($0), turned.row($0)) }
        #expect(agree(lengths, (0..<200).map { product(data.matrix.row($0), data.matrix.row($0)) }))
        let products = (0..<5).map { a in (0..<5).map { product(turned.column(a), turned.column($0)) } }
        for a in 0..<5 {
            for b in 0..<a { #expect(abs(products[a][b]) < 1e-9 * products[0][0]) }
            if a > 0 { #expect(products[a][a] <= products[a - 1][a - 1]) }
        }
    }

    @Test(.enabled(if: has("libm.so.6"))) func theCLibraryForEachValue() throws {
        let registry = try registry("mathematics.yaml")
        let data = try TestLibrary.table(rows: 50)
        let fitted: any FittedPreprocessor = try registry.preprocessor("asinh").fit(data)
        #expect(agree(try fitted.transform(data).matrix.values, data.matrix.values.map(asinh)))
    }
}
