// The process of an isolated plug-in, for programs that cannot be one themselves. It is started by PluginHost.

import PluginHost

PluginWorker.runIfAsked()
print("This program runs isolated plug-ins. It is started by the programs that load them, not by people.")
