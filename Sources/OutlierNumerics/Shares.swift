/// Shares of a number of rows or columns, as whole numbers.
///
/// 0.29 of 100 is 29, although the product of the two numbers is 28.999999999999996: a product that differs from a whole
/// number by no more than rounding leaves of it is that number.
package enum Shares {
    /// The largest whole number that is at most `share` of `count`.
    ///
    package static func floor(_ share: Double, of count: Int) -> Int {
        whole(settled(share * Double(count), scale: Double(count)).rounded(.down))
    }

    /// The least whole number that is at least `share` of `count`.
    package static func ceiling(_ share: Double, of count: Int) -> Int {
        whole(settled(share * Double(count), scale: Double(count)).rounded(.up))
    }

    private static func whole(_ number: Double) -> Int { number.isNaN ? 0 : Int(min(max(number, -0x1p62), 0x1p62)) }

    /// `product`, or the whole number that it is meant to be.
    ///
    /// - Parameter scale: the larger factor, of which a share was taken.
    static func settled(_ product: Double, scale: Double) -> Double {
        let whole = product.rounded()
        return abs(product - whole) <= max(abs(product), abs(scale)) * 0x1p-51 ? whole : product
    }
}
