#include "outlier_plugin.h"

// The layout that plug-ins are compiled against. A change here is another version of the interface.
#if UINTPTR_MAX == UINT64_MAX
_Static_assert(sizeof(outlier_matrix) == 40, "outlier_matrix has changed");
_Static_assert(sizeof(outlier_evaluation) == 32, "outlier_evaluation has changed");
_Static_assert(sizeof(outlier_call) == 48, "outlier_call has changed");
_Static_assert(sizeof(outlier_sink) == 16, "outlier_sink has changed");
_Static_assert(sizeof(outlier_component) == 13 * 8, "outlier_component has changed");
_Static_assert(sizeof(outlier_plugin) == 40, "outlier_plugin has changed");
_Static_assert(offsetof(outlier_plugin, abi_version) == 0, "the version must stand first in every version");
#endif
