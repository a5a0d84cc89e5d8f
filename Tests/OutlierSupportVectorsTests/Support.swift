import Foundation
import OutlierCore
import OutlierSupportVectors

func registry() throws -> Registry {
    var registry = Registry()
    try registry.register(SupportVectorsPlugin.self)
    return registry
}

let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/supportvectors.json").path

/// The kernel as its definition has it.
func kernel(_ detector: OneClassSupportVectorMachine, gamma: Double, _ a: [Double], _ b: [Double]) -> Double {
    let product = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
    switch detector.kernel {
    case .rbf: return exp(-gamma * zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) })
    case .linear: return product
    case .poly: return pow(gamma * product + detector.coef0, Double(detector.degree))
    case .sigmoid: return tanh(gamma * product + detector.coef0)
    }
}
