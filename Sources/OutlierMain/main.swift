print("outlier")
