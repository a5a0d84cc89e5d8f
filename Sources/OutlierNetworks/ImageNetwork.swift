internal import OutlierCore

/// A pretrained convolutional network that makes features out of pictures.
///
///     let network = try ImageNetwork(contentsOf: "resnet18.safetensors")
///     let run = try network.run(height: 224, width: 224, stages: ["layer2", "layer3"])
///     let maps = try run.features(of: pixels)
///
/// Networks are read from safetensors files with the names of torchvision, timm or Hugging Face: ResNet (18 to 152 and wide), VGG,
/// EfficientNet-Lite. All arithmetic is in `Float`. A network never changes; any number of threads may use one.
public struct ImageNetwork: Sendable {
    /// What is done to the numbers of a pixel, which go from 0 to 1, before they come into the network.
    public struct Normalization: Sendable, Hashable {
        /// Subtracted, for red, green and blue.
        public var mean: [Float]
        /// Divided by, after that.
        public var deviation: [Float]

        public init(mean: [Float], deviation: [Float]) {
            self.mean = mean
            self.deviation = deviation
        }

        /// What torchvision's and most of timm's weights were trained with.
        public static let imageNet = Normalization(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
        /// (x − 127) ÷ 128 of numbers from 0 to 255.
        public static let tensorFlow = Normalization(
            mean: [127.0 / 255, 127.0 / 255, 127.0 / 255], deviation: [128.0 / 255, 128.0 / 255, 128.0 / 255])
    }

    /// A place in the network whose features can be had.
    public struct Stage: Sendable, Hashable {
        public let name: String
        /// How many numbers it gives for each place of the picture.
        public let channels: Int
        /// How many pixels of the picture lie between two places.
        public let stride: Int
    }

    /// For instance `resnet18` or `efficientnet-lite0`.
    public let architecture: String
    /// From the picture upwards.
    public let stages: [Stage]
    public var normalization: Normalization
    /// The stages whose patches PatchCore compares unless told otherwise.
    public let patchStages: [String]
    /// The stages that PaDiM looks at unless told otherwise.
    public let gaussianStages: [String]
    let layers: [NetworkLayer]
    let channels: [Int]
    let activations: [String: Int]

    /// How many weights the layers have.
    public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }

    init(
        architecture: String, builder: NetworkBuilder, normalization: Normalization, patchStages: [String],
        gaussianStages: [String]
    ) {
        self.architecture = architecture
        self.normalization = normalization
        self.patchStages = patchStages
        self.gaussianStages = gaussianStages
        layers = builder.layers
        channels = builder.channels
        var strides = [Int](repeating: 1, count: builder.channels.count)
        for layer in builder.layers { strides[layer.output] = strides[layer.input] * layer.stride }
        var activations: [String: Int] = [:]
        var stages: [Stage] = []
        for stage in builder.stages where activations.updateValue(stage.activation, forKey: stage.name) == nil {
            stages.append(
                Stage(
                    name: stage.name, channels: builder.channels[stage.activation], stride: strides[stage.activation]))
        }
        self.activations = activations
        self.stages = stages
    }

    /// Reads a network.
    ///
    /// - Parameters:
    ///   - path: a safetensors file, or a folder with `model.safetensors`.
    ///   - architecture: a name of timm's, where the tensors alone do not say enough: `tf_efficientnet_lite0` for TensorFlow's
    ///     padding. Taken from the file's metadata (`architecture`) where it is there.
    /// - Throws: ``OutlierError/Code/inputOutput``, ``OutlierError/Code/invalidModel`` with the name of the tensor that is missing
    ///   or misshapen.
    public init(contentsOf path: String, architecture: String? = nil) throws {
        let file = try TensorFile(contentsOf: path)
        let architecture = architecture ?? file.metadata["architecture"]
        let network =
            try EfficientNetLite.build(file, architecture: architecture) ?? ResNet.build(file) ?? VGG.build(file)
        guard let network else {
            throw OutlierError(
                .invalidModel, "the tensors of “\(path)” are those of no network that is known",
                suggestion:
                    "ResNet, VGG and EfficientNet-Lite are, with the names of torchvision, timm or Hugging Face.")
        }
        self = network
    }

    /// - Throws: ``OutlierError/Code/invalidParameter`` where there is no such stage, with the stages that there are.
    public func stage(_ name: String) throws -> Stage {
        guard let stage = stages.first(where: { $0.name == name }) else {
            throw OutlierError(
                .invalidParameter, "\(architecture) has no stage “\(name)”",
                suggestion: "Its stages are \(stages.map(\.name).joined(separator: ", ")).")
        }
        return stage
    }
}
