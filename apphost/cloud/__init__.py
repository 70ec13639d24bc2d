"""The embedded cloud: ministack, started only through this package, with its gaps mended.

Left as they are, because nothing of ours relies on them: a rule that targets a function does not
retry it (rules target queues); a row removed by its time to live writes no stream record; a
schedule fires up to ten seconds late; transactions never conflict and load throttles no table.
"""
