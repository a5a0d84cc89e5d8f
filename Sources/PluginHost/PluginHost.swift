internal import OutlierCore
