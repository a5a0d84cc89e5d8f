#pragma once

/// Gives memory that was freed back to the operating system, where the C library can.
void outlier_release_free_memory(void);
