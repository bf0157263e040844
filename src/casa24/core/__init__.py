"""Define the data types all other packages use: snapshots, metrics, flags, series. Nothing here touches a file."""
