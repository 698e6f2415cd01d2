return { text = string.rep("0123456789abcdef", 4096) }
