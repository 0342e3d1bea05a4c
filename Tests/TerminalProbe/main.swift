import Terminal

Reexecution.runOnce()
Probe.run()
