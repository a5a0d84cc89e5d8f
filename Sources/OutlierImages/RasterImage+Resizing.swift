internal import CKernels

extension RasterImage {
    /// The picture in another size, as numbers from 0 to 1: height × width × 3.
    ///
    /// Bilinear, and smoothed before it is made smaller, as Pillow's and torchvision's antialiased bilinear resizing does it; their
    /// results are rounded to whole numbers, these are not.
    public func resized(height newHeight: Int, width newWidth: Int) -> [Float] {
        precondition(newHeight > 0 && newWidth > 0, "a picture has at least one pixel")
        let down = ResizingWindows(from: height, to: newHeight)
        let across = ResizingWindows(from: width, to: newWidth)
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: 3 * width) { scratch in
            [Float](unsafeUninitializedCapacity: newHeight * newWidth * 3) { buffer, initialized in
                outlier_resize(
                    pixels, width, down.windows, down.weights, newHeight, across.windows, across.weights, newWidth,
                    1.0 / 255, scratch.baseAddress, buffer.baseAddress)
                initialized = newHeight * newWidth * 3
            }
        }
    }
}

/// Which pixels of a row or column each pixel of the result is a mean of, and how much each counts.
struct ResizingWindows {
    private(set) var windows: [outlier_resizing_window] = []
    private(set) var weights: [Float] = []

    init(from size: Int, to result: Int) {
        let scale = Double(size) / Double(result)
        let support = max(1, scale)
        windows.reserveCapacity(result)
        for index in 0..<result {
            let center = (Double(index) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let last = min(size, Int(center + support + 0.5))
            let raw = (first..<last).map { max(0, 1 - abs((Double($0) - center + 0.5) / support)) }
            let sum = raw.reduce(0, +)
            windows.append(outlier_resizing_window(first: first, count: raw.count, offset: weights.count))
            weights += raw.map { Float($0 / sum) }
        }
    }
}
