-- For wrk: POST one callback after the other, each line of a file: the header Authorization, a tab, the body.
-- wrk … -s callbacks.lua http://127.0.0.1:8787/callbacks/oss -- callbacks.txt "<header x-oss-pub-key-url>"
local prepared = {}
local at = 0

function init(args)
  for line in io.lines(args[1]) do
    local authorization, body = line:match("^([^\t]+)\t(.+)$")
    prepared[#prepared + 1] = wrk.format("POST", nil, {
      ["authorization"] = authorization,
      ["content-type"] = "application/x-www-form-urlencoded",
      ["x-oss-pub-key-url"] = args[2],
      ["x-oss-signature-version"] = "1.0",
    }, body)
  end
end

function request()
  at = at % #prepared + 1
  return prepared[at]
end
