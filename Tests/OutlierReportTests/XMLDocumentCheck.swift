import Foundation
import OutlierCore

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The elements of a page whose tags are all closed but those that HTML leaves open.
final class XMLDocumentCheck: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var attributeNames: Set<String> = []
    private(set) var identifiers: [String] = []
    private(set) var text = ""
    private(set) var chartCount = 0

    init(_ html: String) throws {
        super.init()
        var text = html
        for tag in ["meta", "br"] {
            // <meta …> and <br> have no end in HTML.
            text = text.replacingOccurrences(of: "<\(tag)([^>]*)>", with: "<\(tag)$1/>", options: .regularExpression)
        }
        // XML has no attribute without a value; the page should have none either.
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        guard parser.parse() else {
            throw OutlierError(
                .malformedFile,
                "not well-formed: \(parser.parserError.map { "\($0)" } ?? "") at line \(parser.lineNumber), column \(parser.columnNumber)"
            )
        }
    }

    func count(_ name: String) -> Int { elements.count { $0 == name } }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        elements.append(name)
        attributeNames.formUnion(attributes.keys)
        if let identifier = attributes["id"] { identifiers.append(identifier) }
        if name == "svg", attributes["role"] == "img" { chartCount += 1 }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
