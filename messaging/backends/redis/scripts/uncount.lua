-- A person appears offline: nobody else is told any more how far a clearing has come that waits for their windows. What
-- else there is of it goes with the next sweep.
local person = ARGV[6]
for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
  local about = redis.call('GET', key('clearing', id))
  local is_counted = redis.call('HEXISTS', key('clearing-numbers', id), person) == 1
  if about and is_counted and about:match('^%d+') ~= person then redis.call('DEL', key('clearing', id)) end
end
