-- For wrk: POST the same body again and again, each time with the next bearer token of a file.
-- wrk … -s requests.lua http://127.0.0.1:8787/uploads -- tokens.txt body.json
local prepared = {}
local at = 0

function init(args)
  local file = assert(io.open(args[2], "r"))
  local body = file:read("*a")
  file:close()
  for token in io.lines(args[1]) do
    local headers = {
      ["authorization"] = "Bearer " .. token,
      ["content-type"] = "application/json",
      ["origin"] = "https://www.example.com",
    }
    prepared[#prepared + 1] = wrk.format("POST", nil, headers, body)
  end
end

function request()
  at = at % #prepared + 1
  return prepared[at]
end
