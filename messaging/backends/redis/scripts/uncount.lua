-- Stops reporting others' clearings that include the windows of a person who now appears offline. The next sweep removes what
-- is left of them.
local person = ARGV[6]
for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
  local about = redis.call('GET', key('clearing', id))
  local is_counted = redis.call('HEXISTS', key('clearing-numbers', id), person) == 1
  if about and is_counted and about:match('^%d+') ~= person then redis.call('DEL', key('clearing', id)) end
end
