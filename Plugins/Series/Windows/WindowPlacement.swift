/// Which points the scores of the windows go to.
public enum WindowPlacement: String, CaseIterable, Sendable {
    /// A window's score goes to its last point, so that no point's score looks ahead. Points before the first whole window
    /// get the median score of the training windows.
    case last
    /// A window's score goes to its middle. The first and the last points get the score of the nearest window.
    case centre
    /// A point gets the mean of the scores of all windows that it lies in.
    case mean
    /// A point gets the highest of the scores of all windows that it lies in.
    case maximum

    /// The scores of `count` points from those of the windows, which begin at every point that a whole window fits behind.
    ///
    /// - Parameters:
    ///   - neutral: the score of points that lie in no window.
    func points(_ windows: [Double], length: Int, count: Int, neutral: Double) -> [Double] {
        guard let first = windows.first, let last = windows.last else {
            return [Double](repeating: neutral, count: count)
        }
        switch self {
        case .last: return [Double](repeating: neutral, count: length - 1) + windows
        case .centre:
            let before = length / 2
            return [Double](repeating: first, count: before) + windows
                + [Double](repeating: last, count: length - 1 - before)
        case .mean:
            var result = [Double](repeating: 0, count: count)
            for point in 0..<count {
                let covering = max(0, point - length + 1)...min(point, windows.count - 1)
                // A sum of its own for each point: a moving one would gather rounding errors of points far behind.
                result[point] = windows[covering].reduce(0, +) / Double(covering.count)
            }
            return result
        case .maximum:
            var result = [Double](repeating: 0, count: count)
            // The windows that can still be the highest, falling.
            var candidates: [Int] = []
            var head = 0
            for point in 0..<count {
                if point < windows.count {
                    while candidates.count > head, let back = candidates.last, windows[back] <= windows[point] {
                        candidates.removeLast()
                    }
                    candidates.append(point)
                }
                while candidates[head] <= point - length { head += 1 }
                result[point] = windows[candidates[head]]
            }
            return result
        }
    }
}
