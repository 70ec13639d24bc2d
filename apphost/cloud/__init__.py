"""The embedded cloud: ministack, started only through this package, with its gaps mended."""
