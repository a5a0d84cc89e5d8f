public import OutlierCore

/// A run over pictures: which they are, how they are encoded, what detects.
///
///     data:     {images: Parts/train/good, test: Parts/test}
///     encode:   {network: efficientnet-lite0.safetensors}
///     detector: patchcore
///     output:   {scores: scores.csv, maps: maps}
public struct ImageRunConfiguration: Component {
    public static let name = "image-run"
    public static let summary = "A run over pictures: data, encoding, detector and outputs."
    public static var parameters: [Parameter<ImageRunConfiguration>] {
        [
            .section("data", \.data, "Where the pictures are."),
            .section("encode", \.encoding, "What makes numbers out of a picture."),
            .preprocessors("preprocess", \.preprocessors, "What changes the numbers first, for detectors of rows."),
            .detector(
                "detector", \.detector,
                "patchcore or padim, which see places; any other detector sees one row a picture."),
            .integer("seed", \.seed, in: .atLeast(0), "The same seed gives the same result."),
            .integer(
                "threads", \.threads, in: .between(1, 1024), null: "one for each processor",
                "How many threads may work at once; no result depends on it."),
            .section("output", \.output, "What is written where."),
        ]
    }

    public var data = ImageData()
    public var encoding = ImageEncoding()
    public var preprocessors: [any Preprocessor] = []
    public var detector: (any Detector)? = PatchCore()
    public var seed = 0
    public var threads: Int?
    public var output = ImageOutput()

    public init() {}
}

/// The section `data`: where the pictures are.
public struct ImageData: Component {
    public static let name = "data"
    public static let summary = "Where the pictures are."
    public static var parameters: [Parameter<ImageData>] {
        [
            .string(
                "images", \.images, null: "none",
                "The folder of the pictures to learn from; of folders that say what is normal only “good” is taken."),
            .string("test", \.test, null: "the pictures that were learnt from", "The folder of the pictures to score."),
            .integer(
                "limit", \.limit, in: .atLeast(1), null: "all", "How many pictures to learn from: the first ones."),
        ]
    }

    public var images: String?
    public var test: String?
    public var limit: Int?

    public init() {}
}

/// The section `encode`: what makes numbers out of a picture.
public struct ImageEncoding: Component {
    public static let name = "encode"
    public static let summary = "What makes numbers out of a picture."
    public static var parameters: [Parameter<ImageEncoding>] {
        [
            .string("network", \.network, null: "none", "A safetensors file of a ResNet, VGG or EfficientNet-Lite."),
            .string(
                "architecture", \.architecture, null: "told by the tensors",
                "timm's name, where the tensors do not say enough: tf_efficientnet_lite0."),
            .integer("size", \.size, in: .between(8, 4096), "Pixels across and down to which pictures are resized."),
            .words(
                "stages", \.stages, "Stages of the network, the finest first; by default those that suit the detector."),
        ]
    }

    public var network: String?
    public var architecture: String?
    public var size = 224
    public var stages: [String] = []

    public init() {}
}

/// The section `output` of a run over pictures.
public struct ImageOutput: Component {
    public static let name = "output"
    public static let summary = "What is written where."
    public static var parameters: [Parameter<ImageOutput>] {
        [
            .string("scores", \.scores, null: "none", "A CSV file: each picture, its score, its kind."),
            .string(
                "maps", \.maps, null: "none",
                "A folder: for each picture its heat map over it as PNG, and the map's numbers as .npy."),
        ]
    }

    public var scores: String?
    public var maps: String?

    public init() {}
}
