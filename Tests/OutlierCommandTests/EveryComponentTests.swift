import Outlier
import OutlierCore
import Testing

/// Every registered component on tables that are not as tables should be: it gives numbers, or an error that says what to do.
@Suite struct EveryComponentTests {
    struct Table: Sendable {
        var name: String
        var data: Dataset
    }

    /// Rows of three columns, of which the first is an anomaly in each.
    private static func rows(_ count: Int, _ change: (Double) -> Double = { $0 }) -> [[Double]] {
        var random = RandomSource(seed: 3)
        return (0..<count).map { row in (0..<3).map { _ in change(random.normal() + (row == 0 ? 6 : 0)) } }
    }

    private static func shapes() -> [(name: String, rows: [[Double]])] {
        let plain = rows(40)
        let nan = Double.nan
        var shapes: [(name: String, rows: [[Double]])] = [("plain", plain), ("no rows", []), ("one row", [plain[0]])]
        func add(_ name: String, _ change: ([Double]) -> [Double]) { shapes.append((name, plain.map(change))) }
        add("no columns") { _ in [] }
        add("an empty column") { row in [row[0], nan, row[2]] }
        add("nothing but missing values") { _ in [nan, nan, nan] }
        add("a constant column") { row in [row[0], 7, row[2]] }
        add("constant columns") { _ in [7, -1e9, 0] }
        add("huge") { row in [row[0] * 1e300, row[1], row[2]] }
        add("all huge") { row in row.map { $0 * 1e300 } }
        add("largest") { row in row.map { $0 > 0 ? 1.7e308 : -1.7e308 } }
        add("tiny") { row in row.map { $0 * 1e-300 } }
        add("duplicates") { row in row == plain[0] ? [9, 9, 9] : [1, 2, 3] }
        add("signs") { row in row.map { $0 > 0 ? 1 : 0 } }
        shapes.append(("two rows", Array(plain.prefix(2))))
        let wide = (0..<5).map { (row: Int) -> [Double] in (0..<60).map { Double((row * 31 + $0 * 17) % 23) } }
        shapes.append(("more columns than rows", wide))
        return shapes
    }

    private static func labels(_ kind: String, _ count: Int) -> [Label] {
        (0..<count).map { row in
            switch kind {
            case "without labels": .unlabeled
            case "of one class": .normal
            case "all anomalies": .anomaly
            case "with one label": row == 0 ? .anomaly : .unlabeled
            default: row < 4 ? .anomaly : .normal
            }
        }
    }

    static let tables: [Table] = {
        var tables: [Table] = []
        for (name, rows) in shapes() {
            for kind in ["with labels", "without labels", "of one class", "all anomalies", "with one label"] {
                // What labels do to odd tables is seen on the plain one and on two more.
                guard kind == "with labels" || ["plain", "one row", "huge"].contains(name) else { continue }
                let data = rows.isEmpty ? Dataset(Matrix(rowCount: 0, columnCount: 3)) : try? Dataset(rows: rows)
                guard let data = try? data?.replacing(labels: labels(kind, rows.count)) else { continue }
                tables.append(Table(name: "\(name), \(kind)", data: data))
            }
        }
        return tables
    }()

    /// What a run gave that it should not; `nil` where all is well.
    private func flaw(_ run: () throws -> [Double]) -> String? {
        do {
            let numbers = try run()
            let bad = numbers.first { !$0.isFinite }
            return bad.map { "gives \($0)" }
        } catch let error as OutlierError {
            return error.suggestion == nil ? "does not say what to do: \(error)" : nil
        } catch {
            return "throws \(error), which is no OutlierError"
        }
    }

    private func flaws(_ pipeline: () throws -> Pipeline) -> [String] {
        Self.tables.compactMap { table in
            flaw {
                let context = FitContext(seed: 1, execution: Execution(threads: 2))
                let fit = try pipeline().fitAndScore(table.data, context: context)
                let (model, scores) = (fit.model, fit.scores.values)
                guard scores.count == table.data.rowCount else { return [.nan] }
                _ = model.decisions(for: fit.scores)
                return scores + (try model.scores(of: table.data).values)
            }.map { "\(table.name): it \($0)" }
        }
    }

    /// Two passes are enough to see that the numbers stay numbers.
    private func quick(_ kind: ComponentKind, _ name: String) throws -> Recipe {
        let parameters = try Registry.standard.describe(kind, name).parameters.map(\.name)
        let short = ["epochs", "pretraining-epochs"].filter(parameters.contains)
        return Recipe(name: name, parameters: .object(short.map { Value.Entry($0, 2) }))
    }

    @Test(arguments: Registry.standard.names(of: .detector)) func detector(_ name: String) throws {
        let recipe = try quick(.detector, name)
        let flaws = flaws { Pipeline(detector: try Registry.standard.detector(recipe)) }
        #expect(flaws.isEmpty, "\(flaws.joined(separator: "\n"))")
    }

    @Test(arguments: Registry.standard.names(of: .preprocessor)) func preprocessor(_ name: String) throws {
        let recipe = try quick(.preprocessor, name)
        let flaws = flaws {
            Pipeline(
                preprocessors: [try Registry.standard.preprocessor(recipe)],
                detector: try Registry.standard.detector("hbos"))
        }
        #expect(flaws.isEmpty, "\(flaws.joined(separator: "\n"))")
    }

    @Test(arguments: Registry.standard.names(of: .threshold)) func threshold(_ name: String) throws {
        let flaws = flaws {
            Pipeline(
                preprocessors: [Imputer()], detector: try Registry.standard.detector("mad"),
                threshold: try Registry.standard.threshold(name))
        }
        #expect(flaws.isEmpty, "\(flaws.joined(separator: "\n"))")
    }

    @Test(arguments: Registry.standard.names(of: .metric)) func metric(_ name: String) throws {
        let metric = try Registry.standard.metric(name)
        let scores: [(String, [Double])] = [
            ("no rows", []), ("one row", [1]), ("equal scores", [2, 2, 2, 2]), ("infinite", [1, .infinity, 0, 2]),
            ("largest", [1.7e308, -1.7e308, 1, 0]), ("plain", [4, 3, 2, 1]),
        ]
        for (kind, scores) in scores {
            for anomalies in [0, 1, scores.count] {
                for decided in [true, false] {
                    let flaw = flaw {
                        let evaluation = try Evaluation(
                            scores: scores, decisions: decided ? scores.map { $0 > 1 } : nil,
                            truth: scores.indices.map { $0 < anomalies })
                        return [try metric.value(of: evaluation).number ?? 0]
                    }
                    #expect(flaw == nil, "\(kind), \(anomalies) anomalies, decided \(decided): it \(flaw ?? "")")
                }
            }
        }
    }
}
