@_exported public import OutlierCore
