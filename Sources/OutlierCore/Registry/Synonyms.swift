/// Words that say the same elsewhere: in other libraries, and in the files that people come from.
enum Synonyms {
    /// The candidate that means what `word` means to other libraries; `nil` where none does.
    static func candidate(for word: String, among candidates: some Sequence<String>) -> String? {
        let wanted = plain(word)
        let meanings = groups.filter { $0.contains(wanted) }
        guard !meanings.isEmpty else { return nil }
        return candidates.first { candidate in meanings.contains { $0.contains(plain(candidate)) } }
    }

    /// `n_estimators`, `nEstimators` and `n-estimators` are one word.
    private static func plain(_ word: String) -> String {
        var plain = ""
        for character in word where !"-_ ".contains(character) { plain.append(character) }
        return plain.lowercased()
    }

    /// Each a set of words for one thing, one of them ours, written as ``plain(_:)`` leaves them.
    private static let groups: [Set<String>] = [
        // A configuration.
        ["preprocess", "preprocessing", "preprocessor", "preprocessors", "steps", "transform", "transforms"],
        ["detector", "model", "algorithm", "estimator"],
        ["metrics", "scoring", "evaluate", "evaluation"],
        ["seed", "randomstate", "randomseed", "rng"],
        ["threads", "njobs", "jobs", "workers", "cores", "cpus", "numthreads"],
        ["output", "results", "save", "write"],
        ["calibrate", "confidence", "probability"],
        // The section `data`.
        ["source", "file", "path", "filename", "input", "table", "csv", "url"],
        ["label", "target", "class", "truth", "y", "outcome", "groundtruth"],
        ["knownlabels", "traininglabels", "fitlabels", "knownanomalies", "semisupervised"],
        ["identifier", "id", "ids", "key", "index", "rowid", "indexcol", "primarykey", "rowname"],
        ["ignore", "drop", "exclude", "skip", "omit", "dropcolumns"],
        ["columns", "types", "dtype", "dtypes", "schema", "columntypes"],
        ["missing", "navalues", "nullvalues", "na", "nan", "null"],
        ["delimiter", "sep", "separator"],
        ["format", "type", "filetype"],
        ["anomaly", "positive", "positiveclass", "poslabel", "anomalylabel", "outliervalue"],
        // Parameters of components.
        ["neighbors", "k", "nneighbors", "minpts"],
        ["trees", "nestimators", "ntrees", "numtrees", "estimators"],
        ["samplesize", "maxsamples", "subsamplesize", "subsample", "samples"],
        ["components", "ncomponents", "nclusters", "clusters"],
        ["bins", "nbins"],
        ["epochs", "nepochs", "epochnum", "maxiter", "iterations"],
        ["hidden", "hiddenneurons", "hiddenneuronlist", "hiddenlayers", "layers"],
        ["latent", "latentdim", "latentsize"],
        ["learningrate", "lr", "eta"],
        ["weightdecay", "l2regularizer", "l2"],
        ["depth", "maxdepth"],
        ["falsealarmrate", "alpha", "level", "significance", "fpr"],
        ["falsealarm", "falsepositive", "fp"],
        ["miss", "falsenegative", "fn"],
        ["batchsize", "batch"],
    ]
}
