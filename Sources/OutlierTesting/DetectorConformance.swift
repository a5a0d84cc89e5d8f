public import OutlierCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The promises that every detector makes (see `Detector` and `FittedDetector`), as checks.
///
/// It needs no test framework: ``check(_:registry:data:rocAUCFloor:)`` returns what does not hold, in words.
///
///     let failures = DetectorConformance.check(MyDetector(), registry: registry)
///     #expect(failures.isEmpty, "\(failures)")
public enum DetectorConformance {
    /// - Parameters:
    ///   - registry: has the detector, to load the model again.
    ///   - data: what to fit; a small synthetic table where `nil`.
    ///   - rocAUCFloor: what the synthetic table's ROC-AUC must reach; `nil` for no such check.
    /// - Returns: a sentence for each promise that is broken.
    public static func check(
        _ detector: some Detector, registry: Registry, data: Dataset? = nil, rocAUCFloor: Double? = 0.9
    ) -> [String] {
        points(detector, registry: registry, data: data, rocAUCFloor: rocAUCFloor).flatMap(\.failures)
    }

    /// The same, point by point.
    ///
    /// - Parameter report: called with each point as soon as it is checked.
    @discardableResult
    public static func points(
        _ detector: some Detector, registry: Registry, data: Dataset? = nil, rocAUCFloor: Double? = 0.9,
        report: (ConformancePoint) -> Void = { _ in }
    ) -> [ConformancePoint] {
        let made = SyntheticData.clusters()
        let synthetic = (data: labeled(made.data, for: detector), truth: made.truth)
        let table = data ?? synthetic.data
        var checks: [(name: String, check: (inout Run) -> Void)] = [
            ("the same seed gives the same scores, on any number of threads", { $0.determinism(detector, table) }),
            ("a row's score is its own, whatever the order of the rows", { $0.rows(detector, table) }),
            ("save, load, score: equal to the bit", { $0.persistence(detector, table) }),
            ("several threads score with one model", { $0.concurrency(detector, table) }),
            ("learning from further rows", { $0.update(detector, table) }),
            ("empty tables, NaN, infinities and other widths are refused", { $0.badInput(detector) }),
            ("one row, constant columns, duplicates and huge values give no NaN", { $0.degenerate(detector) }),
            ("a fit can be cancelled", { $0.cancellation(detector, table) }),
            ("parameters and names", { $0.parameters(detector) }),
        ]
        // What plug-ins that are loaded at run time say of themselves is their matter.
        if let known = try? registry.describe(.detector, detector.recipe.name), known.origin == nil {
            checks.append(
                (
                    "numbers at the ends of their ranges give scores or an error",
                    { $0.parameterEnds(detector, known.parameters) }
                ))
        }
        if detector.takes.contains(.missing) {
            let holed = SyntheticData.withHoles(table, share: 0.1)
            checks.append(
                (
                    "all of it where values are missing",
                    {
                        $0.determinism(detector, holed)
                        $0.rows(detector, holed)
                        $0.persistence(detector, holed)
                    }
                ))
        }
        if data == nil, let rocAUCFloor {
            checks.append(("planted anomalies are found", { $0.quality(detector, synthetic, floor: rocAUCFloor) }))
        }
        return checks.map { name, check in
            var run = Run(registry: registry)
            check(&run)
            let point = ConformancePoint(name: name, failures: run.failures)
            report(point)
            return point
        }
    }

    /// For a detector that cannot do without labels, a table of which the last rows are known to be anomalies: a third of
    /// those that the synthetic table has, one of other tables. Others get it as it is.
    private static func labeled(_ data: Dataset, for detector: some Detector) -> Dataset {
        guard detector.labelUse == .required else { return data }
        let known = data.rowCount >= 60 ? data.rowCount / 60 : min(1, data.rowCount)
        let labels = (0..<data.rowCount).map { $0 >= data.rowCount - known ? Label.anomaly : .unlabeled }
        return (try? data.replacing(labels: labels)) ?? data
    }

    struct Run {
        let registry: Registry
        var failures: [String] = []

        mutating func attempt(_ promise: String, _ body: (inout Run) throws -> Void) {
            do {
                try body(&self)
            } catch {
                failures.append("\(promise): threw \(error)")
            }
        }

        mutating func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
            if !condition { failures.append(message()) }
        }

        mutating func determinism(_ detector: some Detector, _ data: Dataset) {
            attempt("same seed, same scores") { run in
                let one = try detector.fitAndScore(data, context: FitContext(seed: 7, execution: Execution(threads: 1)))
                let again = try detector.fitAndScore(
                    data, context: FitContext(seed: 7, execution: Execution(threads: 1)))
                let two = try detector.fitAndScore(data, context: FitContext(seed: 7, execution: Execution(threads: 3)))
                run.expect(one.scores == again.scores, "two fits with one seed give different training scores")
                run.expect(one.scores == two.scores, "training scores depend on the number of threads")
                let first = try one.model.scores(of: data, execution: Execution(threads: 1)).values
                let second = try two.model.scores(of: data, execution: Execution(threads: 3)).values
                run.expect(first == second, "scores of new rows depend on the number of threads")
                let model = try detector.fit(data, context: FitContext(seed: 7))
                run.expect(try model.scores(of: data).values == first, "fit and fitAndScore give different models")
                run.expect(model.featureCount == data.columnCount, "featureCount is not the number of columns")
            }
        }

        mutating func rows(_ detector: some Detector, _ data: Dataset) {
            attempt("a row's score is its own") { run in
                let model = try detector.fit(data, context: FitContext(seed: 7))
                let whole = try model.scores(of: data).values
                run.expect(whole.allSatisfy { !$0.isNaN }, "a score is NaN")
                var order = Array(0..<data.rowCount)
                var random = RandomSource(seed: 3)
                order.shuffle(using: &random)
                let shuffled = try model.scores(of: data.selectingRows(order)).values
                run.expect(shuffled == order.map { whole[$0] }, "permuting the rows changes their scores")
                for row in [0, 1, data.rowCount / 2, data.rowCount - 1] {
                    let alone = try model.scores(of: data.rows(row..<row + 1)).values
                    run.expect(
                        alone == [whole[row]],
                        "row \(row) scores \(alone) alone, but \(whole[row]) together with others")
                }
                let part = try model.scores(of: data.rows(3..<min(20, data.rowCount))).values
                run.expect(part == Array(whole[3..<min(20, data.rowCount)]), "a part of the rows scores differently")
                run.expect(try model.scores(of: data.rows(0..<0)).isEmpty, "no rows give scores")
            }
        }

        mutating func persistence(_ detector: some Detector, _ data: Dataset) {
            attempt("save, load, score") { run in
                let pipeline = try Pipeline(detector: detector).fit(data, context: FitContext(seed: 7))
                let path = FileManager.default.temporaryDirectory
                    .appendingPathComponent("conformance-\(UInt64.random(in: 0...UInt64.max)).outlier").path
                defer { try? FileManager.default.removeItem(atPath: path) }
                try pipeline.save(to: path)
                let loaded = try FittedPipeline(contentsOf: path, registry: run.registry)
                run.expect(
                    try loaded.scores(of: data) == pipeline.scores(of: data), "a loaded model scores differently")
                run.expect(loaded.recipe == pipeline.recipe, "a loaded model has another recipe")
            }
        }

        mutating func concurrency(_ detector: some Detector, _ data: Dataset) {
            attempt("many tasks score with one model") { run in
                let model = try detector.fit(data, context: FitContext(seed: 7))
                let whole = try model.scores(of: data).values
                try Execution(threads: 4).forEach(8) { _ in
                    guard try model.scores(of: data, execution: Execution(threads: 2)).values == whole else {
                        throw OutlierError(.numericalFailure, "scores differ between tasks")
                    }
                }
            }
        }

        mutating func badInput(_ detector: some Detector) {
            func code(_ rows: [[Double]]) -> OutlierError.Code? {
                do {
                    _ = try detector.fit(
                        labeled(Dataset(rows: rows), for: detector), context: FitContext())
                    return nil
                } catch let error as OutlierError {
                    return error.code
                } catch {
                    return OutlierError.Code(rawValue: "\(error)")
                }
            }
            let good = labeled(SyntheticData.clusters(rows: 60, anomalies: 3).data, for: detector)
            func replacing(_ value: Double) -> [[Double]] {
                var rows = (0..<good.rowCount).map { good.matrix.row($0) }
                rows[2][1] = value
                return rows
            }
            expect(code([]) == .emptyData, "a table without rows is not refused as empty-data")
            expect(code([[], []]) == .emptyData, "a table without columns is not refused as empty-data")
            expect(code(replacing(.infinity)) == .infiniteValue, "an infinite value is not refused as infinite-value")
            if !detector.takes.contains(.missing) {
                expect(code(replacing(.nan)) == .missingValue, "NaN is not refused as missing-value")
            } else {
                expect(code(replacing(.nan)) == nil, "NaN is refused, although the detector takes missing values")
            }
            attempt("wrong width is refused") { run in
                let model = try detector.fit(good, context: FitContext())
                do {
                    _ = try model.scores(of: Dataset(rows: [[1, 2]]))
                    run.failures.append("a row of another width is scored")
                } catch let error as OutlierError {
                    run.expect(
                        error.code == .shapeMismatch || error.code == .columnMismatch,
                        "another width gives the error \(error.code.rawValue)")
                }
                if detector.takes.contains(.missing) {
                    let scores = try model.scores(of: Dataset(rows: [[1, .nan, 2, 3], [.nan, .nan, .nan, .nan]]))
                    run.expect(scores.allSatisfy { !$0.isNaN }, "a missing value gives a NaN score")
                }
            }
        }

        /// Data that have nothing to say must give a model without NaN, or an error that says why not.
        mutating func degenerate(_ detector: some Detector) {
            func row(_ value: Double) -> [Double] { [value, 1, -value] }
            let few = (0..<40).map { Double($0 * 7 % 40) }
            let wide: [[Double]] = (0..<12).map { row in
                (0..<20).map { column in Double((row * 31 + column * 17) % 23) }
            }
            var cases: [(name: String, rows: [[Double]])] = [
                ("one row", [[1, 2, 3]]),
                ("two rows", [[1, 2, 3], [3, 1, 2]]),
                ("equal rows", Array(repeating: [1, 2, 3], count: 40)),
                ("one constant column", Array(repeating: [5], count: 40)),
                ("more columns than rows", wide),
            ]
            cases.append(("a constant column", few.map { row($0) }))
            cases.append(("one column", few.map { [$0 * $0] }))
            cases.append(("huge values", few.map { [1e150 * $0, $0] }))
            cases.append(("enormous values", few.map { [1e300 * $0, $0] }))
            cases.append(("tiny values", few.map { [1e-300 * $0, $0] }))
            cases.append(("duplicates", (0..<60).map { [Double($0 % 3), Double($0 % 3)] }))
            for (name, rows) in cases {
                do {
                    let data = labeled(try Dataset(rows: rows), for: detector)
                    let result = try detector.fitAndScore(data, context: FitContext(seed: 1))
                    expect(result.scores.allSatisfy { !$0.isNaN }, "\(name): a training score is NaN")
                    let scores = try result.model.scores(of: data).values
                    expect(scores.allSatisfy { !$0.isNaN }, "\(name): a score is NaN")
                } catch is OutlierError {
                    continue
                } catch {
                    failures.append("\(name): threw \(error), which is no OutlierError")
                }
            }
        }

        mutating func cancellation(_ detector: some Detector, _ data: Dataset) {
            let cancellation = Cancellation()
            cancellation.cancel()
            do {
                _ = try detector.fitAndScore(
                    data, context: FitContext(execution: Execution(cancellation: cancellation)))
                // A fit that is over before it could look is no broken promise.
            } catch is CancellationError {
            } catch {
                failures.append("a cancelled fit threw \(error), not CancellationError")
            }
        }

        mutating func parameterEnds(_ detector: some Detector, _ parameters: [ParameterDescription]) {
            let data = labeled(SyntheticData.clusters(rows: 30, columns: 3, anomalies: 3).data, for: detector)
            failures += ParameterEnds.cases(detector.recipe, parameters).compactMap { end in
                ParameterEnds.failure(end) {
                    let execution = ParameterEnds.execution()
                    func run(_ detector: some Detector) throws {
                        let model = try detector.fitAndScore(data, context: FitContext(seed: 7, execution: execution))
                            .model
                        _ = try model.scores(of: data, execution: execution)
                    }
                    try run(registry.detector(end.recipe))
                }
            }
        }

        mutating func parameters(_ detector: some Detector) {
            let name = detector.recipe.name
            let description: ComponentDescription
            do {
                description = try registry.describe(.detector, name)
            } catch {
                failures.append("the registry does not have “\(name)”")
                return
            }
            // What plug-ins that are loaded at run time say of themselves is their matter.
            let isLoaded = description.origin != nil
            expect(!description.summary.isEmpty || isLoaded, "the summary is empty")
            let kebab = name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }
            expect(kebab && !name.isEmpty, "the name “\(name)” is not kebab-case")
            attempt("made again from its recipe") { run in
                let again = try run.registry.detector(detector.recipe)
                run.expect(again.recipe == detector.recipe, "the recipe does not make the same detector")
            }
            for parameter in description.parameters {
                let other = parameter.name + "x"
                expect(!parameter.summary.isEmpty || isLoaded, "the parameter “\(parameter.name)” has no summary")
                do {
                    _ = try registry.detector(name, parameters: .object([.init(other, 1)]))
                    failures.append("the unknown parameter “\(other)” is accepted")
                } catch let error as OutlierError {
                    expect(error.code == .unknownParameter, "an unknown parameter gives \(error.code.rawValue)")
                } catch {
                    failures.append("an unknown parameter gives \(error)")
                }
            }
        }

        mutating func quality(
            _ detector: some Detector, _ synthetic: (data: Dataset, truth: [Bool]), floor: Double
        ) {
            attempt("finds planted anomalies") { run in
                let scores = try detector.fitAndScore(synthetic.data, context: FitContext(seed: 7)).scores
                let area = try ROCAUC().number(of: Evaluation(scores: scores, truth: Truth(synthetic.truth)))
                run.expect(area >= floor, "the ROC-AUC on planted anomalies is \(area), below \(floor)")
            }
        }
    }
}
