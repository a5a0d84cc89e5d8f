import Outlier
import OutlierCommand

OutlierCommand.main(registry: .standard)
