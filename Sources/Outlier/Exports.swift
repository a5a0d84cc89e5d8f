@_exported public import OutlierCore
@_exported public import OutlierEnsembles
@_exported public import OutlierForests
@_exported public import OutlierNeighbors
@_exported public import OutlierPCA
@_exported public import OutlierStatistical
@_exported public import OutlierSupportVectors
