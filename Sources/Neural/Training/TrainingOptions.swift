internal import OutlierCore

/// How long and in what portions a training goes.
package struct TrainingOptions: Sendable, Hashable {
    /// Passes over the table, at least 1.
    package var epochs: Int
    /// Rows of a step, at least 1. A table with fewer rows is one batch.
    package var batchSize: Int
    package var shuffles = true
    /// Whether the last batch of an epoch is left out where it is not full and not the only one. By default it is kept.
    package var dropsPartialBatch = false
    /// The part of the rows, chosen at random, that is not trained on but measured after each epoch. 0 for none.
    package var validationShare = 0.0
    /// After how many epochs without improvement the training ends; `nil` to go on to the last. What is looked at is the
    /// first loss: of the validation rows, or where there are none of the epoch's batches.
    package var patience: Int?
    /// What counts as an improvement: a loss below (1 − this) · the best.
    package var minimumImprovement = 1e-4
    package var schedule = LearningRateSchedule.constant
    /// Where rows are drawn, what from; `nil` where every row comes once an epoch. Batches are as large then as was asked
    /// for, and nothing can be kept for validation.
    package var draws: RowDraws?

    package init(epochs: Int, batchSize: Int) {
        self.epochs = epochs
        self.batchSize = batchSize
    }

    /// - Throws: ``OutlierError/Code/invalidParameter``.
    func validate() throws {
        guard epochs >= 1, batchSize >= 1, validationShare >= 0, validationShare < 1, patience ?? 1 >= 1 else {
            throw OutlierError(
                .invalidParameter,
                "a training needs at least one epoch, one row in a batch and a validation share of at least 0 and below 1"
            )
        }
        if let draws {
            guard validationShare == 0, draws.stepsPerEpoch >= 1, batchSize % draws.pattern.count == 0 else {
                throw OutlierError(
                    .invalidParameter,
                    "a training that draws rows needs batches of a multiple of \(draws.pattern.count) rows and no validation"
                )
            }
        }
    }
}

/// What a training did.
package struct TrainingReport: Sendable {
    /// For each epoch the mean of each loss over its steps, by the names of the model.
    package var history: [[Double]] = []
    /// For each epoch the losses of the validation rows; empty where there are none.
    package var validation: [[Double]] = []
    /// The epoch, from 0, whose weights the model has at the end.
    package var bestEpoch: Int
    /// Steps done.
    package var steps: Int
    /// Whether the training ended before the last epoch because nothing improved.
    package var stoppedEarly: Bool
}
