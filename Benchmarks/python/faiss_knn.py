"""Times faiss's flat index: the nearest neighbours of every row among all rows.

    /usr/bin/python3 faiss_knn.py FILE ROWS COLUMNS NEIGHBOURS THREADS

FILE holds ROWS × COLUMNS numbers of 64 bits. Prints the seconds of building the index and searching it, and the sum of
the distances to the last neighbour. Debian: apt-get install python3-faiss.
"""
import sys
import time

import faiss
import numpy as np

path, rows, columns, neighbours, threads = sys.argv[1], *map(int, sys.argv[2:6])
faiss.omp_set_num_threads(threads)
points = np.fromfile(path).reshape(rows, columns).astype(np.float32)
start = time.perf_counter()
index = faiss.IndexFlatL2(columns)
index.add(points)
# Each row finds itself too.
distances, _ = index.search(points, neighbours + 1)
seconds = time.perf_counter() - start
print(seconds, np.sqrt(np.maximum(distances[:, -1], 0)).astype(np.float64).sum())
