extension Duration {
    /// As microseconds.
    package var microseconds: Double {
        Double(components.seconds) * 1e6 + Double(components.attoseconds) / 1e12
    }

    /// As milliseconds, to a thousandth.
    package var milliseconds: Double { (microseconds).rounded() / 1000 }
}
