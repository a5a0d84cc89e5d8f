public import ArgumentParser
public import OutlierData

extension DataFormat: ExpressibleByArgument {}
