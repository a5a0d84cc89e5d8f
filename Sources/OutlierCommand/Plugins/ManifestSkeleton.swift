/// A detector that is a plain function of a library, named by a manifest.
enum ManifestSkeleton {
    static func files(_ name: PluginName) -> [SkeletonFile] {
        [
            SkeletonFile(
                path: "\(name.snake).c",
                text: """
                    // Nothing here knows of Outlier: \(name.kebab).yaml says how the function is called.
                    #include <math.h>
                    #include <stddef.h>

                    // The largest difference between two neighbouring values of a row.
                    double \(name.snake)_score(const double *row, size_t columns) {
                        double largest = 0;
                        for (size_t c = 1; c < columns; c++) {
                            double difference = fabs(row[c] - row[c - 1]);
                            if (difference > largest) largest = difference;
                        }
                        return largest;
                    }

                    """),
            SkeletonFile(
                path: "\(name.kebab).yaml",
                text: """
                    plugin: \(name.kebab)
                    version: 0.1.0
                    library: lib\(name.snake).so

                    detectors:
                      \(name.kebab):
                        summary: The largest difference between two neighbouring values of a row.
                        thread-safe: true
                        # double \(name.snake)_score(const double *row, size_t columns)
                        score:
                          symbol: \(name.snake)_score
                          each: row
                          arguments:
                            - {type: const double *, is: row}
                            - {type: size_t, is: columns}
                          returns: {type: double, is: score}

                    """),
            SkeletonFile(
                path: "Makefile",
                text: """
                    lib\(name.snake).so: \(name.snake).c
                    \t$(CC) -O2 -Wall -Wextra -shared -fPIC -o $@ \(name.snake).c -lm

                    """),
            SkeletonFile(
                path: "README.md",
                text: """
                    # \(name.kebab)

                    A detector for Outlier: a plain function of C, and a manifest that says how it is called.

                        make
                        outlier plugin check \(name.kebab).yaml
                        outlier run example.yaml

                    The library may be any that is on the machine, in whatever language it was written.

                    """),
        ] + SkeletonFile.example(name, plugin: "\(name.kebab).yaml")
    }
}
