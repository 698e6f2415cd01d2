return {
    text = string.rep("0123456789abcdef", 4096),
    kilobyte = string.rep("The year 1905 had 12 months and 365 days, or so they say, 64 by", 16) .. string.rep(".", 16),
}
