internal import OutlierCore

/// VGG networks of any depth, with or without batch normalization, with torchvision's and timm's names.
///
/// K. Simonyan, A. Zisserman: Very deep convolutional networks for large-scale image recognition, 2015. Stages are named by the
/// module of torchvision that gives them: `features.4` is the first pooling of VGG-16.
enum VGG {
    /// `nil` where the file holds no such network.
    static func build(_ file: TensorFile) throws -> ImageNetwork? {
        for prefix in ["", "module.", "model.", "backbone."] where file.shape(prefix + "features.0.weight")?.count == 4
        {
            var builder = NetworkBuilder(file, prefix: prefix)
            let indices = (0..<200).filter { builder.shape("features.\($0).weight")?.count == 4 }
            var current = 0
            var pools: [String] = []
            for (place, index) in indices.enumerated() {
                let isNormalized = builder.has("features.\(index + 1).running_mean")
                current = try builder.convolution(
                    .init(
                        weight: "features.\(index)",
                        normalization: isNormalized ? "features.\(index + 1)" : nil),
                    from: current, activation: .relu, epsilon: 1e-5)
                let rectifier = index + (isNormalized ? 2 : 1)
                builder.name(current, "features.\(rectifier)")
                let next = place + 1 < indices.count ? indices[place + 1] : rectifier + 2
                guard next - rectifier == 1 || next - rectifier == 2 else {
                    throw OutlierError(
                        .invalidModel,
                        "the modules between “features.\(index)” and “features.\(next)” are not those of a VGG")
                }
                if next - rectifier == 2 {
                    current = builder.maxPooling(from: current, kernel: 2, stride: 2, padding: .even(0))
                    builder.name(current, "features.\(rectifier + 1)")
                    pools.append("features.\(rectifier + 1)")
                }
            }
            let middle = pools.count >= 4 ? Array(pools[2...3]) : Array(pools.suffix(1))
            return ImageNetwork(
                architecture: "vgg\(indices.count + 3)", builder: builder, normalization: .imageNet,
                patchStages: middle, gaussianStages: pools.count >= 4 ? Array(pools[1...3]) : middle)
        }
        return nil
    }
}
