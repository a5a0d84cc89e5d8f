import Foundation
import Outlier

/// A line on the terminal that says how far a fit has come. Where standard error is no terminal, nothing is written.
final class ProgressBar: Sendable {
    private struct State {
        var lastShown = -1
        var lastStage = ""
        var isShown = false
    }

    private let state = Guarded(State())
    private let isEnabled = StandardError.isTerminal
    private static let width = 30

    /// What a fit reports to, or `nil` where nobody looks.
    var observer: (@Sendable (FitProgress) -> Void)? {
        guard isEnabled else { return nil }
        return { [self] progress in show(progress) }
    }

    private func show(_ progress: FitProgress) {
        state.withLock { state in
            // A plug-in may say anything.
            let percent = CheckedNumbers.whole((progress.fraction * 100).rounded(.down), in: 0...100)
            guard percent != state.lastShown || progress.stage != state.lastStage else { return }
            state.lastShown = percent
            state.lastStage = progress.stage
            state.isShown = true
            let filled = percent * ProgressBar.width / 100
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: ProgressBar.width - filled)
            let loss = progress.losses.map { "  \($0.name) \(String(format: "%.5g", $0.value))" }.joined()
            StandardError.control("\r\u{1B}[K")
            StandardError.write("\(bar) \(percent) %  \(progress.stage)\(loss)")
        }
    }

    /// Takes the line away.
    func clear() {
        state.withLock { state in
            if state.isShown { StandardError.control("\r\u{1B}[K") }
            state.isShown = false
        }
    }
}
