/// Checks at compile time that a pipeline's block is preprocessors, then one detector, then at most one threshold and one
/// ``Assurance``.
@resultBuilder
public enum PipelineBuilder {
    /// Preprocessors that wait for a detector.
    public struct Preprocessors {
        var preprocessors: [any Preprocessor]
    }

    /// A pipeline that has its detector.
    public struct WithDetector {
        var preprocessors: [any Preprocessor]
        var detector: any Detector
    }

    /// A pipeline to which nothing can be added.
    public struct Complete {
        var preprocessors: [any Preprocessor]
        var detector: any Detector
        var threshold: (any Threshold)?
        var assurance = Assurance()
    }

    /// A pipeline with a threshold.
    public struct WithThreshold {
        var preprocessors: [any Preprocessor]
        var detector: any Detector
        var threshold: any Threshold
    }

    public static func buildPartialBlock(first: any Preprocessor) -> Preprocessors {
        Preprocessors(preprocessors: [first])
    }

    public static func buildPartialBlock(first: any Detector) -> WithDetector {
        WithDetector(preprocessors: [], detector: first)
    }

    public static func buildPartialBlock(accumulated: Preprocessors, next: any Preprocessor) -> Preprocessors {
        Preprocessors(preprocessors: accumulated.preprocessors + [next])
    }

    public static func buildPartialBlock(accumulated: Preprocessors, next: any Detector) -> WithDetector {
        WithDetector(preprocessors: accumulated.preprocessors, detector: next)
    }

    public static func buildPartialBlock(accumulated: WithDetector, next: any Threshold) -> WithThreshold {
        WithThreshold(preprocessors: accumulated.preprocessors, detector: accumulated.detector, threshold: next)
    }

    public static func buildPartialBlock(accumulated: WithDetector, next: Assurance) -> Complete {
        Complete(
            preprocessors: accumulated.preprocessors, detector: accumulated.detector, threshold: nil, assurance: next)
    }

    public static func buildPartialBlock(accumulated: WithThreshold, next: Assurance) -> Complete {
        Complete(
            preprocessors: accumulated.preprocessors, detector: accumulated.detector,
            threshold: accumulated.threshold, assurance: next)
    }

    public static func buildFinalResult(_ pipeline: WithDetector) -> Complete {
        Complete(preprocessors: pipeline.preprocessors, detector: pipeline.detector, threshold: nil)
    }

    public static func buildFinalResult(_ pipeline: WithThreshold) -> Complete {
        Complete(
            preprocessors: pipeline.preprocessors, detector: pipeline.detector, threshold: pipeline.threshold)
    }

    public static func buildFinalResult(_ pipeline: Complete) -> Complete { pipeline }
}
