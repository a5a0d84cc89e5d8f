// Quantiles and the like are part of what authors of components use.
@_exported public import OutlierNumerics
