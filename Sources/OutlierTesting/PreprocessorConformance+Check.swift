public import OutlierCore

extension PreprocessorConformance {
    /// Every promise that a preprocessor makes (see `Preprocessor`, `FittedPreprocessor` and what refines them).
    ///
    ///     let failures = PreprocessorConformance.check(MyPreprocessor(), registry: registry)
    ///     #expect(failures.isEmpty, "\(failures)")
    ///
    /// - Parameters:
    ///   - registry: has the preprocessor, to load what it learnt again.
    ///   - data: what to fit; a small synthetic table with labels where `nil`.
    /// - Returns: a sentence for each promise that is broken.
    public static func check(
        _ preprocessor: some Preprocessor, registry: Registry, data: Dataset? = nil
    ) -> [String] {
        var run = Run(registry: registry)
        let data = data ?? labelled()
        run.determinism(preprocessor, data)
        run.rows(preprocessor, data)
        run.persistence(preprocessor, data)
        run.trainingRows(preprocessor, data)
        run.badInput(preprocessor, data)
        run.degenerate(preprocessor)
        run.labels(preprocessor, data)
        run.parameters(preprocessor)
        run.parameterEnds(preprocessor)
        return run.failures
    }

    /// Two clusters with planted anomalies, all of them labelled.
    static func labelled(rows: Int = 120, anomalies: Int = 12) -> Dataset {
        let made = SyntheticData.clusters(rows: rows, columns: 4, anomalies: anomalies)
        let labels = made.truth.map { $0 ? Label.anomaly : .normal }
        return (try? made.data.replacing(labels: labels)) ?? made.data
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

        mutating func determinism(_ preprocessor: some Preprocessor, _ data: Dataset) {
            attempt("same seed, same result") { run in
                let results = try [1, 1, 3].map { threads in
                    let execution = Execution(threads: threads)
                    let fitted = try preprocessor.fit(data, context: FitContext(seed: 7, execution: execution))
                    return try fitted.transform(data, execution: execution)
                }
                run.expect(same(results[0].matrix, results[1].matrix), "two fits with one seed give different results")
                run.expect(same(results[0].matrix, results[2].matrix), "the result depends on the number of threads")
            }
        }

        mutating func rows(_ preprocessor: some Preprocessor, _ data: Dataset) {
            attempt("a row's values are its own") { run in
                let weights = (0..<data.rowCount).map { 1 + Double($0 % 3) }
                let fitted = try preprocessor.fit(data, context: FitContext(seed: 7))
                run.expect(fitted.featureCount == data.columnCount, "featureCount is not the number of columns")
                let given = try data.replacing(labels: data.labels, weights: weights)
                let whole = try fitted.transform(given)
                run.expect(whole.rowCount == data.rowCount, "a transformation changes the number of rows")
                run.expect(whole.columnCount > 0, "no column is left")
                run.expect(whole.labels == data.labels && whole.weights == weights, "labels or weights are lost")
                let order = Array((0..<data.rowCount).reversed())
                let turned = try fitted.transform(data.selectingRows(order))
                run.expect(
                    same(turned.matrix, whole.matrix.selectingRows(order)), "the order of the rows changes their values"
                )
                for row in [0, data.rowCount / 2, data.rowCount - 1] {
                    let alone = try fitted.transform(data.rows(row..<row + 1))
                    run.expect(
                        same(alone.matrix, whole.matrix.selectingRows([row])),
                        "row \(row) becomes something else alone than with others")
                }
                let none = try fitted.transform(data.rows(0..<0))
                run.expect(
                    none.rowCount == 0 && none.columns == whole.columns, "no rows give other columns than some rows")
            }
        }

        mutating func persistence(_ preprocessor: some Preprocessor, _ data: Dataset) {
            attempt("save, load, transform") { run in
                let fitted = try preprocessor.fit(data, context: FitContext(seed: 7))
                var archive = ModelArchive()
                try fitted.encode(to: &archive)
                let loaded = try run.registry.loadPreprocessor(preprocessor.recipe.name, from: archive)
                let (first, second) = (try fitted.transform(data), try loaded.transform(data))
                run.expect(
                    same(first.matrix, second.matrix) && first.columns == second.columns,
                    "what was loaded transforms differently")
                do {
                    _ = try run.registry.loadPreprocessor(preprocessor.recipe.name, from: ModelArchive())
                    run.failures.append("an empty archive is loaded")
                } catch let error as OutlierError {
                    run.expect(error.code == .invalidModel, "an empty archive gives the error \(error.code.rawValue)")
                }
            }
        }

        mutating func trainingRows(_ preprocessor: some Preprocessor, _ data: Dataset) {
            guard let changer = preprocessor.rowChanger else { return }
            attempt("changes the training rows") { run in try run.training(changer, data) }
        }

        private mutating func training<P: TrainingRowsPreprocessor>(_ changer: P, _ data: Dataset) throws {
            let context = FitContext(seed: 7)
            let fitted = try changer.fit(data, context: context)
            let seen = try fitted.transform(data)
            let result = try changer.trainingRows(from: seen, fitted: fitted, context: context)
            let again = try changer.trainingRows(
                from: seen, fitted: fitted, context: FitContext(seed: 7, execution: Execution(threads: 1)))
            expect(same(result.data.matrix, again.data.matrix), "two runs with one seed give different training rows")
            expect(result.data.columns == seen.columns, "the training rows have other columns")
            expect(result.data.labels?.count == result.data.rowCount, "the training rows have lost their labels")
            for (row, origin) in result.origins.enumerated() {
                guard let origin else { continue }
                guard seen.matrix.row(origin) == result.data.matrix.row(row) else {
                    failures.append("training row \(row) is not the row \(origin) that it is said to be")
                    break
                }
            }
            let values = result.data.matrix.values
            expect(values.allSatisfy(\.isFinite), "a training row has a value that is no number")
        }

        mutating func badInput(_ preprocessor: some Preprocessor, _ data: Dataset) {
            let takesMissing = preprocessor.takes.contains(.missing)
            func code(_ data: Dataset) -> OutlierError.Code? {
                do {
                    _ = try preprocessor.fit(data)
                    return nil
                } catch let error as OutlierError {
                    return error.code
                } catch {
                    return OutlierError.Code(rawValue: "\(error)")
                }
            }
            attempt("bad input is refused") { run in
                run.expect(
                    code(Dataset(Matrix(rowCount: 0, columnCount: 3))) == .emptyData,
                    "a table without rows is not refused as empty-data")
                run.expect(
                    code(Dataset(Matrix(rowCount: 3, columnCount: 0))) == .emptyData,
                    "a table without columns is not refused as empty-data")
                var matrix = data.matrix
                matrix[2, 1] = .infinity
                run.expect(
                    code(try data.replacing(matrix)) == .infiniteValue, "an infinite value is not refused")
                matrix[2, 1] = .nan
                let holed = try data.replacing(matrix)
                run.expect(
                    code(holed) == (takesMissing ? nil : .missingValue),
                    takesMissing ? "NaN is refused, although it is said to be taken" : "NaN is not refused")
                let fitted = try preprocessor.fit(data)
                do {
                    _ = try fitted.transform(Dataset(rows: [[1, 2]]))
                    run.failures.append("a row of another width is transformed")
                } catch let error as OutlierError {
                    run.expect(error.code == .shapeMismatch, "another width gives the error \(error.code.rawValue)")
                }
                if takesMissing { _ = try fitted.transform(Dataset(rows: [[.nan, .nan, .nan, .nan]])) }
            }
        }

        /// Tables that have little to say must give a result without NaN, or an error that says why not.
        mutating func degenerate(_ preprocessor: some Preprocessor) {
            let few = (0..<40).map { Double($0 * 7 % 40) }
            var cases: [(name: String, rows: [[Double]])] = [
                ("one row", [[1, 2, 3]]),
                ("two rows", [[1, 2, 3], [3, 1, 2]]),
                ("equal rows", Array(repeating: [1, 2, 3], count: 40)),
                ("one constant column", Array(repeating: [5], count: 40)),
                ("duplicates", (0..<60).map { [Double($0 % 3), Double($0 % 3)] }),
                ("a column of zeros", few.map { [$0, 0, -$0] }),
            ]
            cases.append(("huge values", few.map { [1e150 * $0, $0] }))
            cases.append(("enormous values", few.map { [1e300 * $0, $0] }))
            cases.append(("tiny values", few.map { [1e-300 * $0, $0] }))
            cases.append(("100,000 columns", (0..<6).map { row in (0..<100_000).map { Double((row * 31 + $0) % 23) } }))
            if preprocessor.takes.contains(.missing) {
                cases.append(("a column without values", few.map { [$0, .nan, $0 * $0] }))
                cases.append(("nothing but missing values", few.map { _ in [.nan, .nan] }))
            }
            for (name, rows) in cases {
                for labels in [nil, labels(rows.count, anomalies: 1), labels(rows.count, anomalies: rows.count)] {
                    if rows[0].count > 1000, labels?.contains(.normal) == false { continue }
                    attemptDegenerate(preprocessor, name, rows, labels)
                }
            }
        }

        private func labels(_ count: Int, anomalies: Int) -> [Label] {
            (0..<count).map { $0 < anomalies ? .anomaly : .normal }
        }

        private mutating func attemptDegenerate<P: Preprocessor>(
            _ preprocessor: P, _ name: String, _ rows: [[Double]], _ labels: [Label]?
        ) {
            do {
                let data = try Dataset(rows: rows).replacing(labels: labels)
                let context = FitContext(seed: 1)
                let fitted = try preprocessor.fit(data, context: context)
                let result = try fitted.transform(data)
                let holes = rows.contains { $0.contains(where: \.isNaN) }
                expect(
                    result.matrix.values.allSatisfy { $0.isFinite || (holes && $0.isNaN) },
                    "\(name): a value is no number")
                guard let changer = preprocessor.rowChanger else { return }
                try changed(changer, fitted, result, context)
            } catch is OutlierError {
                return
            } catch {
                failures.append("\(name): threw \(error), which is no OutlierError")
            }
        }

        private func changed<P: TrainingRowsPreprocessor>(
            _ changer: P, _ fitted: any FittedPreprocessor, _ data: Dataset, _ context: FitContext
        ) throws {
            guard let fitted = fitted as? P.Fitted else { return }
            _ = try changer.trainingRows(from: data, fitted: fitted, context: context)
        }

        mutating func labels(_ preprocessor: some Preprocessor, _ data: Dataset) {
            guard preprocessor.labelUse == .required else { return }
            for labels in [nil, data.labels?.map { _ in Label.normal }, data.labels?.map { _ in Label.anomaly }] {
                do {
                    _ = try preprocessor.fit(data.replacing(labels: labels))
                    failures.append("labels of fewer than two classes are not refused")
                } catch let error as OutlierError {
                    expect(error.code == .missingLabels, "missing labels give the error \(error.code.rawValue)")
                } catch {
                    failures.append("missing labels give \(error)")
                }
            }
        }

        mutating func parameterEnds(_ preprocessor: some Preprocessor) {
            guard let description = try? registry.describe(.preprocessor, preprocessor.recipe.name) else { return }
            let data = PreprocessorConformance.labelled(rows: 30, anomalies: 6)
            failures += ParameterEnds.cases(preprocessor.recipe, description.parameters).compactMap { end in
                ParameterEnds.failure(end) {
                    let context = FitContext(seed: 7, execution: ParameterEnds.execution())
                    func run<P: Preprocessor>(_ preprocessor: P) throws {
                        let fitted = try preprocessor.fit(data, context: context)
                        let seen = try fitted.transform(data, execution: context.execution)
                        guard let changer = preprocessor.rowChanger else { return }
                        try changed(changer, fitted, seen, context)
                    }
                    try run(registry.preprocessor(end.recipe))
                }
            }
        }

        mutating func parameters(_ preprocessor: some Preprocessor) {
            let type = Swift.type(of: preprocessor)
            expect(!type.summary.isEmpty, "the summary is empty")
            let kebab = type.name.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "-" }
            expect(kebab && !type.name.isEmpty, "the name “\(type.name)” is not kebab-case")
            attempt("made again from its recipe") { run in
                let again = try run.registry.preprocessor(preprocessor.recipe)
                run.expect(again.recipe == preprocessor.recipe, "the recipe does not make the same preprocessor")
            }
            for parameter in type.parameters where parameter.description.summary.isEmpty {
                failures.append("the parameter “\(parameter.description.name)” has no summary")
            }
        }
    }

    /// Equal to the bit, where `NaN` is equal to itself.
    static func same(_ left: Matrix, _ right: Matrix) -> Bool {
        guard left.rowCount == right.rowCount, left.columnCount == right.columnCount else { return false }
        return zip(left.values, right.values).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }
}
