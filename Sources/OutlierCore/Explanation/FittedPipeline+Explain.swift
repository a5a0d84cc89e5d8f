extension FittedPipeline {
    /// Says of each row what each column adds to its score.
    ///
    /// Where the detector is ``Explainable`` and each of its columns comes from one column of the table, its own terms are
    /// used, less their means over training rows, and added up by the table's columns: for a detector whose score is a sum over
    /// columns, these are its Shapley values. Else Shapley values of the whole pipeline's score are estimated by sampling.
    ///
    /// - Parameters:
    ///   - method: `nil` for the native one where there is one.
    ///   - samples: how many orders of the columns are sampled a row; `nil` for 100, fewer where there are many columns.
    /// - Returns: one explanation for each row that is scored, in the order of the rows.
    /// - Throws: ``OutlierError/Code/invalidConfiguration`` where the native method is asked for and there is none, or where
    ///   the model does not know what is usual, and what scoring throws.
    public func explain(
        _ data: Dataset, method: RowExplanation.Method? = nil, samples: Int? = nil, execution: Execution = Execution()
    ) throws -> [RowExplanation] {
        if data.rowCount == 0 { return [] }
        guard let profile else {
            throw OutlierError(
                .invalidConfiguration, "the model does not know what is usual in its columns",
                suggestion: "Fit and save it again with this version.")
        }
        let aligned = try ColumnAlignment.align(data, to: columns)
        let scores = try scores(of: aligned, execution: execution)
        if method != .shapley, let native = try nativeContributions(of: aligned, profile, execution) {
            return explanations(aligned, profile, scores, native, nil, .native)
        }
        if method == .native {
            throw OutlierError(
                .invalidConfiguration,
                "“\(detectorRecipe.name)” cannot say what each column adds, or a preprocessor mixes the columns",
                suggestion: "Use the method “shapley”.")
        }
        let sampled = try ShapleySampler(pipeline: self, background: profile.background, samples: samples)
            .contributions(of: aligned, scores: scores, execution: execution)
        return explanations(aligned, profile, scores, sampled.values, sampled.errors, .shapley)
    }

    private func explanations(
        _ data: Dataset, _ profile: TrainingProfile, _ scores: Scores, _ values: Matrix, _ errors: Matrix?,
        _ method: RowExplanation.Method
    ) -> [RowExplanation] {
        let usual = columns.indices.map { profile.usual($0, of: columns[$0]) }
        return (0..<data.rowCount).filter { !scores[$0].isNaN }.map { row in
            let contributions = values.row(row)
            // In units of the largest, so that huge terms add up to a number.
            let largest = contributions.max() ?? 0
            let total = largest > 0 ? contributions.reduce(0) { $0 + max(0, $1 / largest) } : 0
            let order = columns.indices.sorted { (contributions[$1], $0) < (contributions[$0], $1) }
            return RowExplanation(
                row: row, score: scores[row], method: method,
                features: order.map { column in
                    RowExplanation.Feature(
                        column: columns[column], value: data.matrix[row, column], usual: usual[column],
                        contribution: contributions[column],
                        share: total > 0 ? max(0, contributions[column] / largest) / total : 0,
                        standardError: errors?[row, column])
                })
        }
    }

    /// The detector's own terms, rows × columns of the table; `nil` where it has none or they cannot be traced.
    private func nativeContributions(
        of data: Dataset, _ profile: TrainingProfile, _ execution: Execution
    ) throws -> Matrix? {
        guard let explainable = detector.explainer else { return nil }
        let prepared = try preparedRows(of: data, execution: execution)
        guard let origins = prepared.data.columnOrigins(among: columns.count) else { return nil }
        let terms = try explainable.contributions(of: prepared.data, execution: execution)
        try terms.require(columns: origins.count, of: detectorRecipe.name)
        let usual = try meanTerms(explainable, profile, execution) ?? [Double](repeating: 0, count: origins.count)
        var result = Matrix(rowCount: data.rowCount, columnCount: columns.count)
        for index in 0..<terms.rowCount {
            let row = prepared.rows?[index] ?? index
            for (term, origin) in origins.enumerated() {
                let value = terms[index, term] - usual[term]
                // The difference of two infinite terms says nothing.
                result[row, origin] += value.isNaN ? 0 : min(max(value, -1e300), 1e300)
            }
        }
        return result
    }

    /// The means of the terms over training rows; `nil` where none of these can be used.
    private func meanTerms(
        _ explainable: any Explainer, _ profile: TrainingProfile, _ execution: Execution
    ) throws -> [Double]? {
        let background = try Dataset(profile.background, columns: columns)
        guard background.rowCount > 0,
            let prepared = try? preparedRows(of: background, execution: execution), prepared.data.rowCount > 0
        else { return nil }
        let terms = try explainable.contributions(of: prepared.data, execution: execution)
        return (0..<terms.columnCount).map { column in
            let values = terms.column(column).filter(\.isFinite)
            return values.enumerated().reduce(0) { $0 + ($1.element - $0) / Double($1.offset + 1) }
        }
    }
}

/// Explains a pipeline's scores by its detector's own terms, added up by the columns of the table.
struct PipelineExplainer: Explainer {
    let pipeline: FittedPipeline

    /// A row that is not scored has terms of 0.
    func contributions(of data: Dataset, execution: Execution) throws -> Matrix {
        let prepared = try pipeline.preparedRows(of: data, execution: execution)
        guard let explainer = pipeline.detector.explainer,
            let origins = prepared.data.columnOrigins(among: pipeline.columns.count)
        else {
            throw OutlierError(
                .invalidConfiguration, "it is not known which columns the detector's columns are made of",
                component: pipeline.detectorRecipe.name)
        }
        let terms = try explainer.contributions(of: prepared.data, execution: execution)
        try terms.require(columns: origins.count, of: pipeline.detectorRecipe.name)
        var result = Matrix(rowCount: data.rowCount, columnCount: pipeline.columns.count)
        for index in 0..<terms.rowCount {
            let row = prepared.rows?[index] ?? index
            for (term, origin) in origins.enumerated() { result[row, origin] += terms[index, term] }
        }
        return result
    }
}

extension Matrix {
    /// - Throws: ``OutlierError/Code/shapeMismatch`` where an explainer gave another number of terms than there are columns.
    fileprivate func require(columns: Int, of name: String) throws {
        guard columnCount == columns else {
            throw OutlierError(
                .shapeMismatch, "the detector gave \(columnCount) terms a row for \(columns) columns", component: name)
        }
    }
}

extension Dataset {
    /// For each column, the one of a table of `count` columns that it is made of; `nil` where that cannot be said of all.
    func columnOrigins(among count: Int) -> [Int]? {
        var found: [Int] = []
        for column in columns {
            guard case .column(let place, lag: _)? = column.origin, (0..<count).contains(place) else { return nil }
            found.append(place)
        }
        return found
    }
}
