-- A list of orders, some 10 KB as JSON: strings with and without escapes, integers, decimals, booleans, nulls, lists.
local function orders(n)
    local list = {}
    for i = 1, n do
        list[i] = {
            id = 100000 + 37 * i,
            customer = { name = "Renée Ångström " .. i, email = "renee" .. i .. "@example.com", vip = i % 3 == 0 },
            placed_at = 1700000000 + 86399 * i,
            total = 1234567 * i % 100000 / 100,
            weight = 7919 * i % 10000 / 1000,
            lines = { { sku = "A-" .. i, count = i % 7, price = 9.95 }, { sku = "B-" .. 2 * i, count = 1, price = 120 } },
            tags = { "new", "gift", "eu-west-1" },
            track = "https://example.com/orders/" .. i .. "/track?lang=sv",
            note = i % 2 == 0 and "Ring the bell \"twice\",\nthen leave it\tat the door." or ngx.null,
        }
    end
    return list
end

local keys = {}
for i = 1, 1000 do
    keys[i] = "key" .. i
end

return {
    keys = keys,
    text = string.rep("0123456789abcdef", 4096),
    kilobyte = string.rep("The year 1905 had 12 months and 365 days, or so they say, 64 by", 16) .. string.rep(".", 16),
    document = { page = 1, more = true, orders = orders(28) },
}
