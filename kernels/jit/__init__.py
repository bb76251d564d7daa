"""How kernels are compiled: flags, the cache, LLVM instructions, memory behind addresses."""
