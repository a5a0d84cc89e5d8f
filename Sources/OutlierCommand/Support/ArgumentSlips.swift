import ArgumentParser
import Outlier

/// What people type that the parser of arguments takes for something else.
enum ArgumentSlips {
    /// The options whose value is a list.
    private static let lists: Set = ["--detectors", "--metrics", "--parameters"]

    /// `--detectors isolation-forest, lof` as it is meant: the shell parts it at the space.
    static func joiningLists(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var isInList = false
        for argument in arguments {
            if isInList, let last = result.last, last.hasSuffix(",") || argument.hasPrefix(","),
                !lists.contains(last), !argument.hasPrefix("-")
            {
                result[result.count - 1] = last + argument
            } else {
                let follows = result.last.map(lists.contains) ?? false
                isInList = follows || lists.contains { argument.hasPrefix("\($0)=") }
                result.append(argument)
            }
        }
        return result
    }

    /// The error of a verb that there is not; `nil` where there is one, or none is named. The parser would call it an
    /// unexpected argument and not say which verb is near.
    static func unknownVerb(_ arguments: [String]) -> OutlierError? {
        var command: any ParsableCommand.Type = OutlierCommand.self
        var words: [String] = []
        for argument in arguments {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !argument.hasPrefix("-") else { return nil }
            if let verb = verbs.first(where: { $0._commandName == argument }) {
                command = verb
                words.append(argument)
                continue
            }
            // The parser's own.
            if words.isEmpty && argument == "help" { return nil }
            let names = verbs.map { $0._commandName }
            return OutlierError(
                .unknownName, "there is no verb “\((words + [argument]).joined(separator: " "))”",
                suggestion: Suggestion.didYouMean(argument, among: names)
                    ?? "There are \(names.joined(separator: ", ")).")
        }
        return nil
    }
}
